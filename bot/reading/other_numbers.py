"""Numbers that are no score: dates, clock times, durations, doses, counts, distances, ages, phones,
text-speak."""

from __future__ import annotations

import re
from functools import cache

from bot.reading.body_parts import single_words


def _part_plurals() -> set[str]:
    return {word + end for word in single_words() for end in ("", "s", "es")}


WORD = (
    r"zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|"
    r"sixteen|seventeen|"
    r"eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|uno|una|dos|tres|"
    r"cuatro|cinco|seis|"
    r"siete|ocho|nueve|diez"
)
_N = rf"(?:\d+(?:[.,]\d+)?|\b(?:{WORD}|a couple(?: of)?|couple|few|several)\b)"
_NO_SCALE = r"(?!\d+(?:\.\d+)?\s*(?:/|out of)\s*10\b)"  # "4/10 day 2": a score, not ten days
_TO = r"\s*(?:-|to|or|/|~|and)\s*"
_RANGE = rf"{_NO_SCALE}(?:{_N}{_TO})?{_N}"
MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)"
)
WEEKDAY = (
    r"(?:mon(?:day|dy|dya)?|tue(?:s|sday|sdy)?|tuseday|teusday|tusday|wed(?:s|nesday|nsday|ensday|nesdy)?|wendsday|wensday|"
    r"wendesday|wenesday|thu(?:rs?|rsday|rday|resday)?|thrusday|thirsday|fri(?:day|dy|ady)?|firday|"
    r"sat(?:urday|erday|urdy)?|sun(?:day|dy|nday)?)"
)
_SESSION = (
    r"(?:session|sesh|appt|appointment|treatment|visit|needling|woke(?: up)?|up|left|finished|got home)"
)

_UNITS = (
    r"hours?|hrs?|days?|dys|nights?|evenings?|mornings?|weeks?|wks?|months?|mths?|years?|yrs?|yo|y/o|"
    r"minutes?|mins?|"
    r"seconds?|secs?|sessions?|sesh|sesssions?|appts?|appointments?|visits?|treatments?|rounds?|times|"
    r"goes|needles?|pins|"
    r"points? (?:since|less|more|lower|higher|better|worse|down|up)|spots?|places?|areas?|muscles?|kms?|"
    r"miles?|mi|met(?:er|re)s?|kgs?|lbs?|pounds?|stone|"
    r"mgs?|mcg|grams?|ml|oz|lit(?:er|re)s?|cups?|pints?|glass(?:es)?|beers?|drinks?|tablets?|tabs?|"
    r"pills?|caps(?:ules?)?|paracetamol\w*|"
    r"ibuprofens?|ibus?|advils?|tylenols?|aspirins?|panadols?|nurofens?|naproxen|aleves?|painkillers?|"
    r"steps|reps?|sets?|squats?|lunges?|push ?-?ups?|sit ?-?ups?|pull ?-?ups?|burpees?|curls|crunches|"
    r"deadlifts?|"
    r"laps?|flights?|stairs|kids?|children|people|dogs?|cats?|cm|mm|inch(?:es)?|ft|feet|percent|per ?cent|%|"
    r"o'?clock|a\.?m\.?\b|p\.?m\.?\b|bruises?|lumps?|marks|dots|fingers|toes|dollars?|bucks|euros?|quid|"
    r"stars?|trimester|"
    r"year old|horas?|dias?|semanas?|minutos?|anos|noches?|sesiones|de la (?:manana|tarde|noche)|degrees?|"
    r"therapists|physios|doctors|classes|games?|matches|rides?|runs?|holes|innings|quarters|blocks|"
    r"coffees?|naps?|"
    r"sleeps|bags?|floors?|buckets?|loads|trips|flights|lengths|widths|overs|pages|quid|grand|ticks?|shakes?|"
    r"jiffys?|thumbs? up|"
    r"things?|questions?|reasons?|ways|options|exercises|stretches|different|others?|separate|small|"
    r"little|tiny|big|main"
)

_EVENT = (
    r"physio|appt|appointment|session|class|work|shift|meeting|lunch|dinner|tea|exams?|school|college|uni|flight|train|"
    r"match|gym|training|coming|comes|due|starts?|arriv\w+|leav\w+|opens?|closes?|kettle|see (?:you|u|ya)|"
    r"be (?:in|there|back|home|round)|call in|pop in|drop in|kids?|pick ?up|free|busy|slot|call|"
    r"interview|bus|asleep|bed|awake|home|finish|off"
)
# Words in -s that count nothing: "6 yes", "5 sometimes", "4 hurts", and body parts ("3 knees").
_NO_COUNT = (
    r"(?:this|is|was|as|has|its|us|yes|yas|always|sometimes|perhaps|hurts|feels|aches|eases|thanks|cheers|across|plus|points|"
    r"obvs|tops|seems|gets|goes|comes|maybes|besides|\w+wards|nights|lads|guys|folks|ladies|boss|sis|doctors|ours|hers|yours|"
    r"days|does|says|stays|\w*ss|levels|probs|sos|afters|overs|rights?|lefts?|"
    r"others|theirs|sides|cos|cus|jus|tis|thats|theres|heres|whats|hes|shes|lets|throbs|stings|burns|itches|kills|moves|walks|"
    r"stops|starts|settles|fades|lasts|wakes|keeps|makes|works|helps|needs|wants|looks|means|depends|bothers|bends|sits|"
    + "|".join(sorted(_part_plurals(), key=len, reverse=True))
    + r")\b"
)
_TEXT_SPEAK = (
    r"\b2\s+(?=(?:be|walk|sit|move|touch|bend|lift|do|get|go|sleep|say|know|see|the|my|me|you|u|much|"
    r"many|long|bad|hot|cold|"
    r"tell|run|drive|work|turn|stand|ask|day|morrow|night|have|make|take|try|come|use|put|wear|type|talk|"
    r"stretch|roll|"
    r"press|climb|train|work|pick|hold)\b)|"
    r"\b4\s+(?=(?:me|you|u|ages|sure|real|asking|ever|us|help|checking|texting)\b)|"
    r"\b(?:good|great|time|appt|ice|looking|waiting|something|anything|bed|stretches|"
    r"meds)\s+4\b(?=\s+(?:the|my|a|this|that))|"
    r"(?<=thanks )4\b|(?<=thx )4\b|(?<=ty )4\b|(?<=need )2\b|(?<=want )2\b|(?<=going )2\b|(?<=used )2\b|"
    r"(?<=have )2(?= \w)"
)

_PATTERNS = (
    r"(?<!\d)\+?\d[\d().-]{0,3}(?:[\s().-]?\d){6,14}(?!\d)",  # phones and long numbers
    r"(?<![\d.])\d{4}-\d{1,2}-\d{1,2}",
    r"(?<![\d.])\d{1,2}(?P<s>[/.-])\d{1,2}(?P=s)(?:\d{4}|\d{2})(?!\d)",
    r"(?<![\d.])\d{1,2}(?::|h)\d{2}(?:\s*[ap]\.?m\b\.?)?",
    r"(?<![\d.])(?:\d{1,2}\s*(?:-|to)\s*)?\d{1,2}\s*(?:[ap]\.?m\b\.?|ish [ap]m\b)",
    r"(?<![\d.])\d{1,2}[ap]\b",
    r"(?<![\d.])\d{1,2}\.[0-5]\d\s+(?:slot|appt|appointment|session|one|train|bus)\b",
    rf"\b{MONTH}\.?\s+(?:the\s+)?\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s+(?:19|20)\d\d)?",
    rf"(?<![\d.])\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{MONTH}\b(?:,?\s+(?:19|20)\d\d)?",
    r"(?<![\d.])\d+(?:st|nd|rd|th)\b",
    rf"\b{WEEKDAY}\s+(?:the\s+)?(?:1[1-9]|2\d|3[01])\b",
    r"\bon the \d{1,2}\b(?!\s*/)", r"\bthe (?:1[1-9]|2\d|3[01])\b",
    r"(?<!first )(?<!last )(?<!next )(?<!other )(?<!same )(?<!that )(?<!this )(?<!all )(?<!good "
    r")(?<!bad )\b(?:day|days|week|wk|month|session|sesh|visit|appt|appointment|treatment|round|"
    r"(?<!as )(?<!the )(?<!and )(?<!of )number|"
    r"room|suite|apt|stage|type|grade|"
    r"phase|option|part|step|chapter|top|high|year|mile|km|set|rep|item|question|q|covid|page|highway|"
    rf"route|unit|bus|gate|bay|flat|ward|channel|radio|junction|exit|zone|rpe|size)\s*#?\s*(?:was\s+)?{_RANGE}\b(?!\s*(?:/|out))",
    r"\b(?:iphone|ipad|galaxy|pixel|android)\s+\w?\d+\b",
    r"#\s*\d+", r"[$£€]\s?\d+(?:[.,]\d+)?(?:\s*k)?", r"\b\d+\s?[$£€]",
    r"\b[a-z]+\d+(?:\s*[/-]\s*[a-z]*\d+)*\b(?<!ish)",  # l4, l5-s1, b4, gr8, ps5
    rf"(?<!/)(?<!/ )(?<!out of )\b(?:{_RANGE})(?:\s*-\s*|\s*)(?:{_UNITS})(?![a-z])",
    r"(?<![\d.])\d+(?:\.\d+)?(?:d|h|w|m|k|x|g|hr|min|yo|y|wk)\b",
    r"\bx\s?\d+\b",
    # sayings
    r"\b10-4\b", rf"\bnumber\s+{_N}\s+(?:bus|house|tram|shirt|iron|wood|needle|problem|priority)\b",
    # reckonings: "knock 2 off", "add one", "2 up on yesterday"; "the two shoulders"
    rf"\b(?:knock|take|shave|lop)\s+(?:off\s+{_N}|(?:a\s+)?{_N}\s+off)\b|\b(?:add|subtract|deduct)\s+(?:on\s+)?{_N}\b",
    rf"\bof\s+{_N}\s+points?\b",
    rf"\b{_N}\s+(?:points?\s+)?(?:up|down)\s+(?:on|from)\s+(?:yesterday|last|\w+day|the)\b",
    rf"\b(?:the|my|all|these|them)\s+(?:two|2)\s+(?=(?:\w+\s+)?(?:{'|'.join(sorted(_part_plurals()))})\b)",
    r"\b(?:cloud (?:9|nine)|catch (?:22|twenty[ -]?two)|square (?:1|one)|sixe?s and sevens?|(?:6|"
    r"six) of (?:1|one)\b[^.,;]*|"
    r"(?:9|nine) times out of (?:10|ten)|(?:1|one) in (?:10|ten)|(?:10|ten|100|hundred) times)\b",
    # the clock as it is said, the weather, results of a match
    rf"\b(?:half|half past|quarter (?:to|past)|(?:20|25|twenty|twenty five) (?:to|past)|(?:{_N}) past)\s+{_N}\b",
    rf"\bminus\s+{_N}\s+(?:outside|degrees|celsius|below)\b",
    rf"\b(?:won|win|lost|lose|beat|beats|beaten|drew|draw|thrashed|hammered|finished|final score)\b[^.,;\d]{{0,20}}"
    rf"{_N}\s*(?:-|:|to|nil|all)\s*(?:{_N}|nil)?(?:,?\s+\d+\s*-\s*\d+)*",
    # needles, hours to come, times that are asked for
    rf"\b(?:you|they|she|he|u)\s+(?:put|stuck|used|poked|jabbed|placed)\s+(?:about |like |"
    rf"maybe )?{_N}\s+(?:in|into|on)\b",
    rf"\b(?:(?:ask|text|call|ring|message|msg|try|see|there|here|home)(?: (?:me|you|u|us))?(?: again|"
    rf" back)? (?:in|at)|brb|bbs|bbl)\s+{_N}\b",
    rf"(?:^|[.,;!?]\s*|\b(?:hi|hey|so|and|or)\s+)(?:is|would|does|will|can (?:you|u|we) do|"
    rf"how about)\s+{_N}\s+(?:still\s+)?"
    rf"(?:ok|okay|good|free|suit|work|available|possible|alright|instead|on {WEEKDAY})\b",
    r"\b(?:10|ten)\s*(?:/|out of)\s*(?:10|ten)\s+(?:for|to)\s+(?:the |my |your )?(?:physio|therapist|"
    r"staff|service|clinic|team|"
    r"girl|lady|lad|needler|receptionist|effort|treatment)\b",
    rf"\b(?:{_N})\s+and\s+a\s+half\s+(?:{_UNITS})\b",
    (
    rf"\b(?:{_N})\s+(?:more |full |whole |good |solid |long |or so |of your |bad |busy |rest |straight "
    rf")+(?:{_UNITS})\b"
    ),
    r"\b(?:took|take|taking|taken|popped|had to take|swallowed|slept|sleep|sleeping|ran|run|walked|"
    r"cycled|biked|swam|jogged|lifted|squatted|deadlifted|drove|rode|paid|"
    r"weigh|text|call|dial|ring)\s+(?:for\s+|about\s+|like\s+|only\s+|my\s+|around\s+|me at\s+|"
    rf"at\s+)*{_N}\b",
    rf"\bfor\s+(?:about\s+|like\s+|the (?:past|last)\s+|around\s+)?{_RANGE}(?!\s*(?:/|out))(?<!go for \d)\b",
    (
    r"(?<!at )\b(?:last|past|first|other(?=\s+\S+\s+[a-z])|next|these|those|all|every|another|"
    rf"within)\s+{_RANGE}\b(?!\s*(?:/|out))"
    ),
    (
    r"(?<!right )(?<!straight )\b(?:since|until|till|til|by|before|after)\s+(?:about\s+|around\s+|"
    rf"like\s+)?{_RANGE}\b(?!\s*(?:/|out))"
    ),
    (
    rf"\b(?:{WEEKDAY}|yesterday|today|tonight|night|morning|afternoon|evening|{_SESSION})\s+(?:at|around|"
    rf"about|by|@)\s+(?:about\s+|around\s+)?{_N}\b(?!\s*(?:/|out))"
    ),
    (
    r"(?<!now )(?<!its )(?<!it's )(?<!still )(?<!im )(?<!i'm )\b(?:at|around|about|by|"
    rf"@)\s+{_N}\s+(?:(?:this|in the|on|last|that)\s+(?:morning|afternoon|evening|night|"
    rf"{WEEKDAY})|yesterday)\b"
    ),
    r"\b(?:woke up|wake up|woke|got up|up|awake)\s+(?:at|around|by|about)\s+(?:like\s+)?\d+",
    rf"\b{_N}\s+of\s+(?:my|the|them|us|those|these|you|your)\b(?!\s+(?:10|ten)\b)",
    (
    r"\b(?:i'?m|i am|aged?|turning|turned|he'?s|she'?s|feel|look)\s+(?:like\s+|like i'?m\s+)?(?:only |"
    r"now |nearly |almost )?(?:1[1-9]|"
    r"[2-9]\d)\b(?!\s*/)"
    ),
    r"\b(?:1[1-9]|[2-9]\d)\s*/?\s*[mf]\b", r"\b(?:in my |the )\d+s\b",
    rf"\b{_N}\s+(?:points?\s+)?(?:less|more|higher|lower|better|worse|up|down) than\b",
    r"\bwork\w*\b[^.,]{0,15}\bfrom \d+\s*(?:to|till|-|until)\s*\d+",
    (
    r"\b(?:took|had|ate|left|finished|arrived|got home|ibuprofen|advil|tylenol|paracetamol|meds?|"
    r"mg)\b[^.,;\d]{0,20}\bat (?:about |around )?\d{1,2}\b(?!\s*(?:/|out))"
    ),
    r"\b(?:ibuprofen|advil|tylenol|paracetamol|acetaminophen|aleve|naproxen|aspirin|motrin|panadol|"
    r"nurofen)\s+\d+",
    rf"\b(?:sets?|reps?|rounds?|laps?|packs?|box|boxes|series)\s+of\s+{_N}\b",
    r"\b(?:dog|cat|puppy|son|daughter|kid|boy|girl|baby|grandson|granddaughter|niece|nephew|toddler|mom|"
    r"dad|husband|wife|"
    rf"she|he)(?:'s|\s+is|\s+was|\s+(?:just\s+)?turned|\s+turns)\s+(?:only |almost |nearly |"
    rf"about )?{_N}\b(?!\s*(?:/|out))",
    r"\b24\s*/\s*7\b", r"\b50\s*[/-]\s*50\b", r"\b9\s*(?:-|to)\s*5\s+(?:job|desk|work|shift)",
    r"\bwork(?:ing)?\s+9\s*(?:-|to)\s*5\b",
    (
    r"\b(?:(?:10|ten)\s*/\s*(?:10|ten)|(?:10|ten) out of (?:10|ten)|100 ?%|5 stars?)\W+(?:would |will |"
    r"i'?d |wd "
    r")?(?:recommend\w*|service|experience|would|wd|best|for (?:service|you guys)|great|again|thank\w*|"
    r"thx|for the "
    r"(?:session|treatment|staff|clinic))"
    ),
    (
    r"\b(?:session|treatment|service|experience|therapist|clinic|staff|you guys|massage|visit|physio|"
    r"sleep|slept|mood|stress)(?:\s+(?:was|is|were|are|a|solid|level))*\s+(?:\d+\s*/\s*10|ten out of "
    r"ten)\b"
    ),
    (
    r"\b(?:blood pressure|bp|pulse|temp(?:erature)?|fever of|heart rate|hr|weight|bmi|sugar)\s*(?:was|is|"
    r"of|at|around|:)?\s*\d+(?:\.\d+)?(?:\s*/\s*\d+)?"
    ),
    r"(?<=\S\s)\b\d{4,}\b|\b\d{4,}\b(?=\s*\S)",
    _TEXT_SPEAK,
    # an hour: "my physio is at 3", "in exams til 4", "at 9 it's a 4"
    rf"\b(?:{_EVENT})\b[^.,;\d]{{0,15}}(?<!it's )(?<!its )(?<!i'm )(?<!im )(?<!still )\b(?:at|@|til|"
    rf"till|until|from|by|before|around|about)\s+{_N}\b(?!\s*(?:/|out))",
    rf"(?:^|[.,;!]\s*)at\s+{_N}(?=,?\s+(?:it|its|it's|i)\b)",
    rf"\b(?:give me|gimm[ei]e?|be with (?:you|u) in|back in)\s+(?:about\s+|like\s+)?{_N}\b(?!\s*(?:/|out))",
    rf"\b(?:cost|costs|costing|charged|paid|pay|price|worth|spent)\b(?:\s+\w+){{0,2}}?\s+{_N}\b(?!\s*(?:/|out))",
    rf"(?<!/)(?<!/ )(?<!out of )\b{_N}\s+(?!{_NO_COUNT})(?=[a-z]*[aeiouy])[a-z]{{2,}}(?<!s)"
    rf"s\b(?!')",  # "30 bags", "2 goals": a count
    # "one" that counts nothing
    r"\b(?:this|that|the|no|any|every|some|which|left|right|other|bad|good|another|big|small|sore|first|"
    r"last|each|same|new|old|"
    r"worst|best|only|hard|tough|rough|long|quick|tricky|worse|better)\s+one\b",
    r"\bone\s+(?:of|more|thing|day|side|time|leg|arm|spot|minute|foot|is|was|has|bit|hip|knee|calf|"
    r"shoulder|that|place|area|point|night|needle|"
    r"session|week|hour|on|in the|where|muscle|you|we|i|he|she|question|other|big|small|little|who|which|"
    r"can|would|and only|side's)\b",
    r"\b(?:ones|someone|anyone|no one|everyone)\b",
)  # fmt: skip


@cache
def _compiled() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in _PATTERNS)


# "before needling 7, after 4": two scores, no hours.
_BEFORE_AND_AFTER = re.compile(r"\bbefore\b[^.;\d]*\d[^.;\d]*\bafter\b[^.;\d]*\d")


def other_numbers(folded: str) -> list[tuple[int, int]]:
    """Return the stretches of a folded message whose numbers mean something else than a score."""
    spans = [found.span() for pattern in _compiled() for found in pattern.finditer(folded)]
    if _BEFORE_AND_AFTER.search(folded):
        spans = [one for one in spans if not re.match(r"(?:before|after)\b", folded[one[0] :])]
    return spans
