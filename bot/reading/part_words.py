"""Words around body parts: short ones mistyped, what only looks like one, what means something else."""

from __future__ import annotations

# Short words as they are mistyped; one letter off is too much freedom for them in general.
SHORT_TYPOS = {
    "nek": "neck", "nck": "neck", "neckk": "neck", "kne": "knee", "knne": "knee", "kneee": "knee",
    "bak": "back", "bck": "back", "bakc": "back", "claf": "calf", "clf": "calf", "calff": "calf",
    "hipp": "hip", "shn": "shin", "foots": "foot", "feets": "foot", "tumb": "thumb", "thum": "thumb",
    "quadd": "quad", "qaud": "quad", "amr": "arm", "foor": "foot", "fott": "foot", "glut": "glute",
    "gluts": "glute", "shldr": "shoulder", "sholdur": "shoulder", "shulder": "shoulder",
    "sholder": "shoulder", "elbo": "elbow", "elbw": "elbow", "ribz": "ribs", "trapz": "traps",
    "hamy": "hamstring", "hamies": "hamstring", "kneck": "neck", "nekc": "neck", "nwck": "neck",
    "kalf": "calf", "cafl": "calf", "caf": "calf", "rist": "wrist", "wirst": "wrist", "kene": "knee",
    "nees": "knees", "kness": "knees", "lowr": "lower", "lwr": "lower", "uper": "upper", "uppr": "upper",
    "upr": "upper", "bakk": "back", "bavk": "back", "showlder": "shoulder", "sholda": "shoulder",
    "sholders": "shoulder", "shulders": "shoulder", "glootes": "glutes", "gloots": "glutes",
    "glutez": "glutes", "buttux": "buttock", "butox": "buttock", "buttox": "buttock", "bumb": "bum",
    "theigh": "thigh", "thie": "thigh", "thys": "thighs", "hammi": "hammy", "hamstr": "hamstring",
    "shinn": "shin", "toez": "toes", "toze": "toes", "ancle": "ankle", "ankl": "ankle", "calfs": "calves",
    "calvs": "calves", "foreram": "forearm", "forarm": "forearm", "hedd": "head", "hed": "head",
    "heid": "head", "jor": "jaw", "jaww": "jaw", "bely": "belly", "groyn": "groin", "gorin": "groin",
    "ches": "chest", "chset": "chest", "fingrs": "fingers", "wrst": "wrist", "ankel": "ankle",
    "achilies": "achilles", "akilles": "achilles",
}  # fmt: skip


# Ordinary words that lie one letter from a body part.
NOT_MISSPELT = frozenset(
    ["calved", "should", "shouldn", "shoulda", "shouldnt", "thing", "things", "think", "thinks", "thick", "tight",
    "tights", "night", "sight", "weight", "eight", "right", "light", "might", "fight", "check", "cheek",
    "chess", "cheat", "guest", "crest", "quest", "wrest", "twist", "knead", "kneed", "kneel", "needle",
    "needles", "heels", "health", "healed", "healthy", "heard", "heart", "hears", "herd", "bathe", "backs",
    "backed", "black", "slack", "pack", "spin", "spain", "pain", "pains", "paint", "stone", "stones",
    "scale", "small", "smell", "shine", "shines", "shirt", "thirst", "first", "third", "church", "chair",
    "change", "class", "clever", "fingers", "forever", "before", "forget", "former", "forward", "quiet",
    "quite", "quit", "squad", "squat", "elbow", "world", "would", "could", "while", "throw", "through",
    "though", "thought", "these", "those", "there", "their", "where", "truck", "trunk", "tramp", "strap",
    "straps", "train", "trains", "rapid", "hander", "handed", "hands", "handy", "handle", "heads", "ready",
    "steady", "stead", "really", "real", "rear", "reap", "rest", "chose", "chore", "choir", "those", "gross",
    "grown", "groan", "growing", "group", "going", "glue", "globe", "gluten", "bottom", "button", "buttons",
    "bitten", "butter", "better", "bother", "muscle", "muscles", "temple", "tempo", "simple", "sample",
    "pencil", "pelvic", "pills", "spike", "spine", "sport", "sports", "hotel", "whole", "other", "another",
    "brother", "mother", "father", "rather", "whether", "weather", "leather", "tender", "under", "wonder",
    "yonder", "plater", "planter", "calls", "calm", "cafe", "half", "halves", "chew", "jaws", "laws", "saw",
    "raw", "low", "blow", "below", "allow", "tow", "towel"]
)  # fmt: skip


# Words that are a body part only sometimes: when the text around them matches, they are not.
OTHER_MEANINGS: dict[str, tuple[str, str]] = {
    # word: (text just before, text just after); an empty pattern never matches
    "back": (
        r"\b(come|came|coming|go|going|went|get|got|getting|text|write|call|bring|brought|be|am|im|i'm|"
        r"is|are|was|ring|give|"
        r"gave|take|took|look|looking|hold|days?|hours?|weeks?|bit|it|them|me|you|straight|right|started|"
        r"writing|report|"
        r"head|heading|walk(ed|ing)?|drove|drive|driving|hear|check|pain|soreness|swelling|laid|lying|"
        r"lie|lay|sleep(ing)?) on my$|"
        r"\b(come|came|coming|go|going|went|gone|get|got|getting|text|write|call|bring|brought|be|ring|"
        r"give|gave|take|took|"
        r"look|looking|hold|days?|hours?|weeks?|head|heading|walking|drove|drive|driving|hear|check|"
        r"straight|way|was|am|"
        r"i'm|im|on my way|its|it's|it|pain|soreness|me|started|creeping|crept|comes|goes|right)$",
        (
        r"^(to|in|then|again|at (work|it|me|you|us|them)|at (an? |about )?\d|home|into|from|up|at the|down (to|at)|"
        r"on (mon|tue|wed|thu|fri|sat|sun)|and forth|"
        r"ache again)\b"
        ),
    ),
    "head": ((
        r"\b(turn|turning|move|moving|rotate|rotating|tilt|tilting|lift|lifting|over|off the top of|"
        r"shake|nod) my$|\b\d{2,}$"
    ),
             r"^(start|out|to the|over|back|off)\b"),
    "leg": (r"", r"^day\b"),
    "back down": (r"(?<!my)(?<!the)$", r"^(to|at|by)\b"),
    "down back": (r"(?<!my)(?<!the)$", r"^(to|at|in)\b"),
    "heads": (r"\b\d+$", r"^up\b"),
    "feet": (
        r"((?<!sore )(?<!soreness )(?<!pain )(?<!bruise )(?<!bruises )(?<!bruising )\bon my|\b(\d+|on your|"
        r"getting to my|off my|back on))$",
        r"",
    ),
    "foot": (r"\b(\d+|on|by)$", r""),
    "hand": (r"\b(other|on|by|first|second|at|to|a|gave me a|give me a)$", r"^(it|me|over|out|in|side)\b"),
    "hands": (r"", r"^(down|on)\b"),
    "bottom": (r"", r"^(line|of (the|this|it))\b"),
    "behind": (r"(?<!my)$", r""),
    "rear": (r"(?<!my)$", r""),
    "arse": (r"\bpain in the$", r""), "ass": (r"\bpain in the$|\bbad$|\bkick(ed|ing|s)?( my)?$", r""),
    "butt": (r"\bpain in the$", r""),
    "neck": (r"\bpain in the$", r"^and neck\b"),
    "face": (r"", r"^(to face|it|the|up)\b"),
    "arch": (r"", r"^(my|your)\b"),
    "side": (r"", r""),
    "stomach": (r"", r"^(it|this)\b"),
    "quad": (r"", r"^bike"),
    "lat": (r"", r""),
    "pie": (r"(?<!el)(?<!mi)$", r""),
    "cara": (r"(?<!la)(?<!mi)$", r""),
    "mano": (r"(?<!la)(?<!mi)$", r""),
    "talon": (r"(?<!el)(?<!mi)$", r""),
    "extensor": (r"", r"^digitorum brevis"),
    "hams": (r"(?<!my)(?<!both)(?<!the)$", r""),
    "sole": (r"", r"^(reason|purpose|survivor|parent)"),
    "heel": (r"", r"^(turn)"),
    "traps": (r"", r"^(me|you)\b"),
    "trap": (r"\ba$|\binto (a|the)$", r""),
    "caff": (r"", r"^(e|eine)"),
    "cheek": (r"\b(bit of|the|a)$", r""),
    "temple": (r"\b(to the|at the|a)$", r""),
    "cervical": (r"", r"^(cancer|smear|screen)"),
    "chest": (r"", r"^(infection|of drawers)"),
}  # fmt: skip
