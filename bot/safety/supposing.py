"""What is only supposed: "if i turned blue would you…", "say i passed out, who…", "could i bleed loads if…".

A cue word alone does not tell ("if i lift my arm it goes numb" happens), so these read the words between the cue
and the symptom: a subject and light verbs may stand there, nothing else. Doubt goes up: what is said of now
("say im bleeding now"), and what is suspected ("could i be bleeding inside"), is no supposition.
"""

from __future__ import annotations

from bot.safety.clauses import word_set
from bot.safety.patterns import Match
from bot.safety.read_text import ReadText

_REACH = 6  # words from a cue to the symptom
_AFTERWARDS = 3  # words after the symptom in which "still" makes it real


_SUBJECTS = word_set(
    "i he she it they we you my your his her their the a an me someone somebody anyone anybody people patient "
    "person one needle needles needling"
)
_PERSONS = _SUBJECTS - word_set("my your his her their the a an one")
_LIGHT = word_set(
    "get gets got go goes went come came start starts started turn turns turned end ended up to feel felt really "
    "actually ever suddenly even lot and or bruise bruised halfway in out with"
)
_BECOMES = word_set(
    "get go come start turn end up droop drop swell bleed burst collapse tingle hurt itch shake twitch lock"
)
_HAPPENS = word_set("have having had has do did be was were")
_OPENERS = word_set("say suppose supposing imagine assuming pretend")
_BEFORE_OPENER = word_set("lets us just so ok okay and but well hi hello now , . ? !")
_MODALS = word_set("would could might will can does do")
_NO_CONDITION = word_set(
    "as like know sure wonder wondering bad ok okay normal see worse tell even or weird fine safe odd matter serious"
)
_NOW = word_set("still keep keeps been now today tonight this")
_IS_SO = _NOW | word_set("im am its hes shes theyre wont since ive")
_ENDS_A_WHAT_IF = word_set("but because cos now so still im ive , . ? ! ;")
_ASKING = word_set("? would could should will might who what where how do does did can are is")


def is_supposed(match: Match, text: ReadText) -> bool:
    """True when the symptom is a case to think of ("imagine i fainted, would you…") and not one that is there."""
    words = [token.text for token in text.tokens[: match.last + 1 + _AFTERWARDS]]
    said = {*words[match.first :]}
    if _NOW & said:
        return False
    sentence = text.tokens[match.first].sentence
    return any(
        text.tokens[at].sentence == sentence and _begins(at, words, match, text, bool(_IS_SO & said))
        for at in range(max(0, match.first - _REACH), match.first)
    )


def _begins(at: int, words: list[str], match: Match, text: ReadText, is_so: bool) -> bool:
    """True when the word at this place begins a supposition that goes on to the symptom."""
    cue, before = words[at], words[at - 1] if at else "."
    between = {words[i] for i in range(at + 1, match.first) if not text.is_at(i, "PART")}
    if cue == "if" and before == "what":
        return not between & _ENDS_A_WHAT_IF
    if not between <= _SUBJECTS | _LIGHT | _HAPPENS:
        return False
    about_someone = bool(between & _SUBJECTS) or words[match.first] in _SUBJECTS
    if cue in _MODALS:
        becomes = _BECOMES & {*words[match.first : match.last + 1]}  # and not "will my leg swelling"
        possible = words[match.last + 1 : match.last + 3] == ["be", "possible"]
        return bool(between & _PERSONS or becomes or possible) and not between & _HAPPENS
    opens = cue in _OPENERS and before in _BEFORE_OPENER
    condition = cue == "if" and before not in _NO_CONDITION
    return (opens or condition) and about_someone and not is_so and _asks(at, match, text)


def _asks(at: int, match: Match, text: ReadText) -> bool:
    """True when a question stands beside the case: "would they…" after it, "who do i ring if" before it."""
    around = (
        *text.tokens[max(0, at - _REACH) : at],
        *text.tokens[match.last + 1 : match.last + 1 + 3 * _REACH],
    )
    return any(token.text in _ASKING for token in around)
