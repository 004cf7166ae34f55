"""Sayings that name a body part or a symptom and mean neither: "pain in the neck", "cost an arm and a leg"."""

from __future__ import annotations

import re
from functools import cache

_BODY = (
    r"pain in the (?:neck|arse|ass|backside|butt|bum|behind)", r"arms? and (?:a )?legs?", r"(?:get|got|getting) cold feet",
    r"(?:top|back) of my (?:head|mind)", r"on the other hand", r"(?<!dead )on (?:my|your|our|her|his) feet", r"hands? (?:are |is )?(?:full|tied|down|wet|dirty)",
    r"up to my (?:neck|eyes|eyeballs|ears|elbows|knees)", r"pull\w* (?:my|your) (?:\w+ )?leg", r"(?:break|shake) a leg", r"elbow grease",
    r"kick (?:up|in) the \w+", r"(?:in|at|on) the back of (?:a|an|the) (?!head|neck|knee|leg|thigh|arm|hand|shoulder|calf|foot)\w+",
    r"back (?:garden|yard|door|seat|row|room|shift|office|then|again|in the day|of the (?:net|queue|bus|car|van|room|class|book))",
    r"(?:feed|feeding|fed|milk|milking|calving|moving) the calves", r"heads or tails", r"hand on (?:my )?heart",
    r"(?:sat|sit|sitting|fell|fall|lazing) (?:on|off) (?:my|me) (?:bum|arse|ass|backside|bottom|butt)", r"chin up",
    r"head in the sand", r"(?:put|lay) (?:my|a) finger on", r"hip to be", r"(?:two|2) left feet", r"bum (?:deal|steer|rap|note)",
    r"off my chest", r"(?:give|gave|lend|need|want)(?: me| us| you)? a hand", r"face the music", r"tongue in cheek", r"(?:cold|hard) shoulder",
    r"shoulder to cry on", r"chip on (?:my|the|his|her) shoulder", r"neck of the woods", r"neck and neck", r"foot the bill",
    r"foot (?:in it|in the door|of the (?:bed|stairs|hill))", r"(?:put|best|wrong|right) (?:my |your )?foot (?:down|forward|first)",
    r"toe the line", r"at arm'?s length", r"twist(?:ed|ing)? my arm", r"if you twist my arm", r"leg (?:day|it|room|up)", r"last legs", r"on one leg",
    r"head (?:office|chef|start|over heels|teacher|coach|honcho)", r"heads? up", r"(?:over|lost|losing|lose|do(?:ing)?|wreck\w*) (?:my|me|your) head(?: in)?",
    r"head'?s? (?:is )?(?:wrecked|melted|done in|clear|a mess|all over the place)", r"(?:rule of|all) thumbs?", r"thumbs? (?:up|down)",
    r"green fingers?", r"fingers? crossed", r"finger on the pulse", r"knuckle down", r"knee[ -]deep", r"bee'?s knees", r"on the chin",
    r"bums on seats", r"(?:gut|stomach) (?:feeling|instinct|for it)", r"butterflies in my (?:stomach|tummy)", r"stiff upper lip",
    r"spread my wings", r"(?:buffalo|chicken|hot) wings", r"guns blazing", r"eyes? in the back of my head", r"by the skin of my teeth",
    r"cheek of (?:it|him|her|them|you)", r"behind (?:the|my) back", r"(?:got|have|had|watch) (?:your|my) back", r"scratch (?:your|my) back",
    r"(?:stab|stabbed) in the back", r"pat on the back", r"back (?:on|to) (?:my|your|our) feet", r"get (?:on|off) my back", r"from head to toe",
)  # fmt: skip
_SYMPTOMS = (
    r"stiff drink", r"(?:sick|tired|sick and tired) of", r"(?:itching|dying|burning) to", r"burning question", r"burn(?:ing|ed|t)? (?:the|off|calories)",
    r"tight (?:schedule|budget|fisted|ship)", r"red (?:tape|card|light|flag|wine|bull)", r"rash decision", r"(?:no|don'?t) sweat(?: it)?", r"sweat(?:ed|ing)? it out",
    r"heavy (?:metal|traffic|sleeper|drinker)", r"buzzing (?:for|about|to|that)", r"(?:shattered|knackered|wrecked) (?:the|my) (?:phone|screen|car|bike|van|glass)",
    r"out of the blue", r"blue moon", r"yellow card", r"purple patch", r"black friday", r"green light", r"clicks? with", r"in stitches",
    r"cry(?:ing)? (?:with|from) laugh\w*", r"crying laughing", r"warm welcome", r"hot (?:mess|stuff|gossip)", r"sharp dresser", r"bleeding obvious",
    r"bloody|blooming", r"numb(?:ed|ing)? the pain", r"weak at the knees", r"weeping willow", r"jump(?:ing)? (?:for joy|the gun|ship|in)", r"in cold blood",
)  # fmt: skip


@cache
def _sayings() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(_BODY + _SYMPTOMS)})\b")


def without_sayings(folded: str) -> str:
    """Return the folded message, of the same length, with its sayings struck out."""
    return _sayings().sub(lambda found: re.sub(r"\w", "_", found[0]), folded)
