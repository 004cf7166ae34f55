"""What stands beside the symptoms: words that only look like one, and how symptoms are misspelt."""

from __future__ import annotations

from bot.reading.wording import words

# A word that only looks like the symptom, by what stands beside it: (word, before, after).
NOT_A_SYMPTOM: tuple[tuple[str, frozenset[str], frozenset[str]], ...] = (
    ("knot", words("a that the"), words("that u you")),
    (
        "hot",
        words("a had some take taking the took"),
        words(
            "bath baths chocolate coffee compress date day food here in outside pack packs shower showers stuff "
            "tap tea tub water weather yoga"
        ),
    ),
    (
        "warm",
        words("a keep kept stay with"),
        words("bath compress drink pack shower towel tub up water weather"),
    ),
    (
        "heavy",
        frozenset(),
        words(
            "bag bags box boxes day deadlifts drinker lift lifting load metal night session shopping sleeper smoker "
            "squats stuff traffic training week weight weights work"
        ),
    ),
    ("pink", words("a in the"), words("dress floyd lady shirt tape top")),
    ("crying", words("baby kid"), frozenset()),
    ("low", words("bit feeling"), words("back down on")),
    ("tender", frozenset(), words("loving")),
    ("tight", frozenset(), words("budget chest schedule")),
    ("red", words("infra the"), words("cross flag flags light wine")),
    ("weak", frozenset(), words("coffee tea")),
    ("burning", frozenset(), words("question")),
    (
        "blood",
        words("high low my the"),
        words("flow pressure sugar test tests thinner thinners work"),
    ),
    ("tiff", words("a"), frozenset()),
    ("spaced", frozenset(), words("apart")),
    ("jumping", frozenset(), words("in jacks on rope up")),
    ("bump", frozenset(), words("in into")),
    ("faint", words("a very"), words("ache bruise mark soreness")),
    ("flushed", frozenset(), words("toilet")),
    ("shooting", words("been was"), words("hoops")),
    ("sick", frozenset(), words("day leave of")),
)


TYPO_WORDS = {
    "bruise": "bruising",
    "bruising": "bruising",
    "bruised": "bruising",
    "swelling": "swelling",
    "swollen": "swelling",
    "numbness": "numbness",
    "tingling": "tingling",
    "tingly": "tingling",
    "headache": "headache",
    "headaches": "headache",
    "migraine": "headache",
    "fatigue": "fatigue",
    "exhausted": "fatigue",
    "stiffness": "stiffness",
    "tightness": "tightness",
    "nausea": "nausea",
    "nauseous": "nausea",
    "dizziness": "dizziness",
    "dizzy": "dizziness",
    "redness": "redness",
    "itching": "itching",
    "itchy": "itching",
    "weakness": "weakness",
    "bleeding": "bleeding",
    "cramping": "cramping",
    "spasms": "spasm",
    "lightheaded": "dizziness",
    "tenderness": "tenderness",
}


# Ordinary words that lie a letter from a symptom.
NOT_MISSPELT = frozenset(
    ["bitchy", "bleeding", "breeding", "bruiser", "business", "camping", "catchy", "clamping", "cruise",
    "cruised", "damping", "darkness", "ditching", "dizzy", "dozy", "dwelling", "fallen", "feeding",
    "fitness", "fuzzy", "headed", "hitching", "illness", "jingle", "lightness", "pitching", "pitchy",
    "readiness", "rightness", "sadness", "selling", "sickness", "single", "smelling", "spelling",
    "stamping", "stiffens", "stitching", "telling", "thickness", "tingle", "titchy", "welling", "witchy",
    "witness",]
)  # fmt: skip
