"""Better, worse or the same: how the soreness is changing, as the patient says it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True)
class Trend:
    """A change said in words at `folded[start:end]`: "better", "worse" or "same"."""

    direction: str
    start: int
    end: int


NUMBER = "zero|one|two|three|four|five|six|seven|eight|nine|ten"
COUNTED = (
    r"days?|d\b|hours?|hrs?|h\b|weeks?|wks?|nights?|months?|mins?|minutes?|to go|left|more|of|places?|spots?"
)
# "its gone numb": what a place has become.
_TURNED = (
    "numb|red|hard|lumpy|stiff|purple|yellow|blue|black|green|dead|tight|hot|cold|weak|puffy|bruised|sore|"
    "worse|tingly"
)


# The first that matches wins; denied and situational wordings stand before the plain ones.
_WORDINGS: tuple[tuple[str, str], ...] = (
    ("", (
        r"(?:i'?ve had|have had|could be|couldn'?t be|been|could'?ve been|known|had|never felt|"
        r"never been) (?:a lot |much |way )?(?:worse|"
        rf"better)|less than (?:an?|half|\d+|{NUMBER})\b|(?:go|goes|going|went) (?:down|up) (?:the |"
        r"a )?(?:stairs|steps|hills?)"
    )),
    ("better", (
        r"(?:yesterday|last night|this morning|\w+day) (?:was|were) (?:a lot |much |way |a bit |even "
        r")?worse"
    )),
    ("worse", (
        r"(?:yesterday|last night|this morning|\w+day) (?:was|were) (?:a lot |much |way |a bit |even "
        r")?better"
    )),
    ("", (
        r"(?:when|will|hope|hoping|hopefully|should|would|could|might|want|if|can|does|do|how long "
        r"(?:till|until|before)|to|until|till|if it)\s+(?:\w+\s+){0,4}?(?:get(?:s|ting)?|be|feel|make\w*|"
        r"start\w*)\s+(?:it\s+|me\s+|to\s+|any\s+|feel(?:ing)?\s+|get(?:ting)?\s+)*(?:better|worse|"
        r"easier|ease)"
    )),
    ("same", (
        r"(?:no|not|isn'?t|hasn'?t|haven'?t|aint|ain'?t|didn'?t|nt|neither)\s+(?:\w+\s+){0,3}?(?:better|"
        r"improv\w+|eased?|easing|chang\w+|different|shift\w*|budged?|worse|difference|gone down|gone "
        r"up)(?:\s+(?:or|nor)\s+(?:better|worse))?|(?:is |still |about |pretty much |exactly |stayed |"
        r"staying |much |roughly |just |all |feels )?(?:the |d |da )?same(?! (?:day|time|night|thing|"
        r"place|spot|side|morning|leg|arm|evening|area|session|therapist|muscle|one)|(?: as)? (?:always|"
        r"usual|ever))(?: as (?:yesterday|"
        r"before|last\s\w+|this morning|earlier))?|no change|no difference|unchanged|hasn'?t (?:changed|"
        r"moved|shifted)|stayed at|plateau\w*|steady|igual|constant|ditto|as you were|"
        r"much of a muchness|same old|neither better|"
        r"(?:still|stuck|holding|sticking|hovering) (?:(?:at|on|about|around|like|an?|the|stuck|sitting|"
        r"hovering|only|just|maybe) )*"
        rf"(?:\d+(?:\.\d+)?|{NUMBER})(?:ish)?(?!\s*(?:{COUNTED}))"
    )),
    ("better", (
        r"(?:not|isn'?t|nowhere near|nt)\s+(?:as|so|quite as|nearly as|near as|that)\s+(?:bad|sore|"
        r"painful|stiff|tender|achy|much)\s+(?:as|now|today|anymore|any ?more)"
    )),
    ("worse", (
        r"(?:not|isn'?t)\s+(?:going|easing|settling|shifting|calming|dying|fading|letting)\s*(?:away|"
        r"down|up|off)?\s+.*(?:worse)"
    )),
    ("same", (
        r"(?:not|isn'?t|hasn'?t|won'?t|doesn'?t|didn'?t)\s+(?:really\s+|yet\s+)?(?:going|gone|go|eas(?:e|"
        r"ing|ed)|settl(?:e|ing|ed)|shift(?:ing|ed)?|calm(?:ing|ed)?|fad(?:e|ing|ed)|let(?:ting)?|"
        r"budg(?:e|ing))\s*(?:away|down|up|off)?"
    )),
    ("better", (
        r"(?:eas(?:ed|es|ing)|improv(?:ed|es|ing|ement)|settl(?:ed|ing)(?! in)|subsid\w+|fad(?:ed|es|"
        r"ing)|calm(?:ed|ing)|wear(?:s|ing) off|worn off|wore off|dying down|died down|going (?:down|"
        r"away)|goes away|went away|went down|gone (?:down|away)|coming down|came down|letting up|"
        r"loosen\w+|healing|on the mend|diminish\w*|lessen\w*|decreas\w*|reduc(?:ed|ing)|dropp(?:ed|"
        r"ing)(?! (?:things|stuff|cups|my|everything))|"
        r"down (?:from|to)(?! (?:my|the|mid|both|left|right)\b)|less (?:each|every) (?:day|hour|time)|"
        r"(?:bit|little|lot|lil) less|gone "
        r"(?:after|by|in|within)|less (?:sore|pain|painful|tender|achy|stiff|than|today|now|bad)|turned "
        r"the corner|mejor\w*|backing off|tapering|cleared up|eases? (?:off|up)|disappear\w+|gone now|"
        r"(?:all |it'?s |its |now |completely |totally |is |has |has completely )gone(?!\s+(?:a|an|all|"
        r"quite|really|very|so|kinda|"
        rf"right|proper|back|to|from|up|{_TURNED})\b)|gone (?:completely|totally|entirely|altogether|"
        rf"for good)|now nothing|"
        r"nothing now|recover\w*|melted|relaxed|back to normal|almost gone|nearly gone|"
        r"then (?:it was )?(?:fine|ok|okay|nothing|gone)|lifted|pass(?:ed|"
        r"ing) off|not anymore|getting there|on the up|over the worst|then it went(?! (?:to|up|from|"
        r"down|back))|coming (?:right|good|on|"
        r"along)(?! (?:at|in|after|when|the))|turned a corner|"
        r"halved|half (?:of )?(?:what|as|the)|nothing like (?:it was|yesterday)|no longer sore|"
        r"not (?:even )?sore any ?more|"
        r"isn'?t sore any ?more|doesn'?t hurt any ?more|light years|on its way out|sorted itself)"
    )),
    ("worse", (
        r"(?:ris(?:en|ing)|increas\w+|ramp\w+|going up|gone up|went up|coming up|climb\w+|creep\w+ up|"
        r"crept up|up (?:from|to an?(?=[^,.;]*\b(?:now|today|overnight)\b))|up to \d+ (?:now|overnight|"
        r"today)|(?:shot|jumped|crept|gone|back) up to|more (?:sore|pain|painful|tender|achy|"
        r"stiff)(?!\s+(?:when|in|if|on|"
        r"at|after|than usual)\b)(?: (?:than|now|today|each|every))?|sorer|building(?: up)?|spread\w*|"
        r"peor\w*|flared up|flaring|intensif\w+|escalat\w+|deteriorat\w+|worsen\w*|back again|(?:come|came) back"
        r"(?! (?:in|within|after|to (?:life|me|normal)|fine|normal|for|on|at the|tomorrow|next))|"
        r"returned|doubled|(?:twice|double) (?:as|what|the|yesterday)(?! size)|"
        r"(?:gone|going|went) (?:downhill|backwards|south)|wrong (?:way|direction)|stiffer|nastier|"
        r"kicked off(?! (?:at|on)))"
    )),
    ("worse", (
        r"(?:worse(?:r|ning)?|wors|wose|worst today|worst now)(?!\s+(?:when|whenever|if(?! anything)|in the|at night|"
        r"on the|on (?:stairs|steps|left|right|l|r|one|my)|with|after|first thing|if i|whilst|while|"
        r"than (?:usual|expected|i "
        r"thought|(?:the )?(?:left|right|other|neck|shoulder))|case|thing|part|place|mornings?|evenings?|"
        r"for)\b)"
    )),
    ("better", (
        r"(?:better|beter|bettter|btter|easier|bttr)(?!\s+(?:when|whenever|if|in the|at night|with|after|"
        r"once|than (?:nothing|expected|the (?:left|right|other|neck|shoulder))|safe|to|not|off|pillow|"
        r"for|idea|ask|late|half|result|place|part|way|side)\b)"
    )),
)  # fmt: skip


@cache
def _compiled() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((direction, re.compile(rf"\b(?:{pattern})(?![a-z])")) for direction, pattern in _WORDINGS)


_UNDONE = re.compile(
    r"\b(?:sleep\w*|eat\w*|mood|work\w*)\s+(?:is\s+|are\s+)?$|\b(?:would|'d|itd|should|will|to) be\s+$|"
    r"(?:makes?|made|making|helps?|helped)\s+(?:it|them|me|things?)?\s*(?:feel\s+)?(?:a (?:lot|bit|"
    r"little)\s+|much\s+)?$|\b(?:u|you|hope|get well|asap)\s+(?:feel\s+)?$|\b(?:bruis\w*|swelling|"
    r"numb\w*)\s+(?:is |are |has |was )?(?:now )?$"
)
_SINCE_GONE_BACK = re.compile(r"\b(?:gone|went away|went)\b.*\b(?:back|returned)\b")


# "up to a 7 when I run", "up to 6 at times": no change for good.
_SITUATIONAL = re.compile(
    r"\bup to (?:an? |about )?\d+[^,.;]{0,12}\b(?:when|if|at times|sometimes|at night|walking|running|with|on|in the)\b"
)


def trend_in(folded: str, score: float | None, previous: float | None) -> Trend | None:
    """Return the change said in words, or the one that the earlier and present scores show."""
    if score is not None and previous is not None and (score != previous or score > 0):
        return Trend("same" if score == previous else "better" if score < previous else "worse", 0, 0)
    if _SINCE_GONE_BACK.search(folded):
        found = _SINCE_GONE_BACK.search(folded)
        assert found is not None
        return Trend("worse", *found.span())
    clear = list(_SITUATIONAL.sub(lambda found: "_" * len(found[0]), folded))
    hits: list[Trend] = []
    for direction, pattern in _compiled():
        text = "".join(clear)
        for found in pattern.finditer(text):
            clear[found.start() : found.end()] = "_" * (found.end() - found.start())
            if direction and not _UNDONE.search(text[: found.start()]):
                hits.append(Trend(direction, *found.span()))
    # What stands last is how it is now: "got worse yesterday, better today".
    moved = [hit for hit in hits if hit.direction != "same"] or hits
    return max(moved, key=lambda hit: hit.start) if moved else None
