"""As in CheckList (Ribeiro 2020): what does not change the meaning does not change the tier; a denial does."""

import random
import re
from pathlib import Path

import pytest
import yaml

from bot.safety import Context, assess
from bot.safety.judge import rules

_, SIGNS = rules()
SETS = [Path(__file__).with_name(name) for name in ("independent.yml", "blind3.yml")]
URGENT = [
    (item["text"], Context(question=item.get("context")))
    for file in SETS
    for item in yaml.safe_load(file.read_text(encoding="utf-8"))["items"]
    if item["expect"] == "urgent" and "typo" not in item["tags"]  # one slip a message
] + [(text, Context()) for sign in SIGNS if sign.tier.urgency >= 2 for text in sign.examples]
FOUND = [(text, context, assess(text, context).tier) for text, context in URGENT]
FOUND = [(text, context, tier) for text, context, tier in FOUND if tier.urgency >= 2]


def _typo(text: str, dice: random.Random) -> str:
    """Swap two inner letters of one long word."""
    words = list(re.finditer(r"[A-Za-z]{6,}", text))
    if not words:
        return text
    word = dice.choice(words)
    cut = dice.randrange(word.start() + 1, word.end() - 2)
    return text[:cut] + text[cut + 1] + text[cut] + text[cut + 2 :]


PERTURBATIONS = {
    "capitals": lambda text, dice: text.upper(),
    "small letters": lambda text, dice: text.lower(),
    "no closing punctuation": lambda text, dice: text.rstrip(".!?"),
    "shouting": lambda text, dice: text.rstrip(".!?") + "!!!",
    "no apostrophes": lambda text, dice: text.replace("'", "").replace("’", ""),
    "emoji": lambda text, dice: f"😬 {text} 😭🙏",
    "filler before": lambda text, dice: f"hi so um, {text}",
    "filler after": lambda text, dice: f"{text.rstrip('.!?')} lol sorry",
    "typo": _typo,
    "time in front": lambda text, dice: f"Today {text}",
    "time at the end": lambda text, dice: f"{text.rstrip('.!?')} this afternoon",
}


@pytest.mark.parametrize("name", PERTURBATIONS)
def test_the_tier_does_not_change_with(name):
    changed = []
    dice = random.Random(20)
    for text, context, tier in FOUND:
        written = PERTURBATIONS[name](text, dice)
        if written != text and assess(written, context).tier is not tier:
            changed.append(written)
    assert len(changed) <= 0.01 * len(FOUND), changed[:10]


SYMPTOMS = [
    "chest pain", "chest tightness", "trouble breathing", "shortness of breath", "cough", "blue lips", "fainting",
    "seizures", "slurred speech", "double vision", "headache", "numbness", "tingling in my hand", "weakness in my leg",
    "swelling of my tongue", "wheezing", "hives", "rash", "redness or heat", "pus", "fever", "chills", "stiff neck",
    "swelling",
    "bleeding", "belly pain", "calf swelling", "vomiting", "suicidal thoughts",
    "thoughts of hurting myself",
    "palpitations", "blood when i cough", "loss of bladder control", "electric shocks down my legs", "face droop",
]  # fmt: skip
DENIALS = [
    "no {}", "No {}, just a bit sore", "i dont have any {}", "I do not have {}", "havent had any {}", "without {}",
    "had the session yesterday, no {} at all", "{}? no", "no sign of {}", "feeling good, no {} or anything",
    "not had any {} since", "she has no {}", "there is no {}", "no fever, no {}, all good", "never had any {}",
]  # fmt: skip


def test_an_explicit_denial_raises_no_alert_in_98_of_100():
    sentences = [denial.format(symptom) for denial in DENIALS for symptom in SYMPTOMS]
    alarms = [sentence for sentence in sentences if assess(sentence).is_alert]
    assert len(alarms) <= 0.02 * len(sentences), alarms[:20]
