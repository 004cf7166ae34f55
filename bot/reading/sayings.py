"""Sayings that name a body part or a symptom and mean neither: "pain in the neck", "cost an arm and a leg"."""

from __future__ import annotations

import re
from functools import cache

_BODY = (
    r"pain in the (?:neck|arse|ass|backside|butt|bum|behind)", r"arms? and (?:a )?legs?",
    r"cold feet about", r"off the top of my head", r"back of my mind", r"on the other hand",
    r"hands (?:are )?(?:full|tied|wet|dirty)", r"hands down(?! (?:to|into))",
    r"up to my (?:neck|eyes|eyeballs|ears|elbows|knees)", r"pulling (?:my|your) leg",
    r"(?:break|shake) a leg", r"elbow grease", r"kick (?:up|in) the \w+",
    r"back (?:garden|yard|door|seat|row|room|shift|office|in the day)",
    r"back of (?:a|an|the) (?:net|queue|bus|car|van|taxi|cab|lorry|truck|room|class|book|shop|house|garden)",
    r"(?:feed|feeding|fed|milk|milking|calving|moving) the calves", r"heads or tails", r"hand on (?:my )?heart",
    r"chin up", r"head in the sand", r"(?:put|lay) (?:my|a) finger on", r"hip to be", r"(?:two|2) left feet",
    r"bum (?:deal|steer|rap|note)", r"off my chest", r"(?:give|gave|lend|need|want)(?: me| us| you)? a hand",
    r"face the music", r"tongue in cheek", r"the (?:cold|hard) shoulder", r"shoulder to cry on",
    r"chip on (?:my|the|his|her) shoulder", r"neck of the woods", r"neck and neck", r"back to back", r"foot the bill",
    r"foot (?:in it|in the door|of the (?:bed|stairs|hill))",
    r"best foot forward", r"toe the line", r"at arm'?s length",
    r"twist my arm", r"leg (?:day|room)", r"last legs", r"on one leg",
    r"head (?:office|chef|start|over heels|teacher|coach|honcho)", r"heads? up",
    r"(?:lost|losing|lose|do(?:ing)?|wreck\w*) (?:my|me|your) head(?: in)?",
    r"head'?s? (?:is )?(?:wrecked|melted|done in|clear|a mess|all over the place)", r"(?:rule of|all) thumbs?",
    r"thumbs? (?:up|down)", r"green fingers?", r"fingers? crossed", r"(?:fat|butter) fingers?",
    r"finger on the pulse", r"knuckle down", r"knee[ -]deep", r"bee'?s knees", r"on the chin", r"bums on seats",
    r"(?:gut|stomach) (?:feeling|instinct|for it)", r"butterflies in my (?:stomach|tummy)", r"stiff upper lip",
    r"spread my wings", r"(?:buffalo|chicken|hot) wings", r"guns blazing", r"eyes? in the back of my head",
    r"by the skin of my teeth", r"cheek of (?:it|him|her|them|you)", r"(?:said|done|going|"
                                                                     r"talk\w*) behind (?:the|my) back",
    r"(?:got|have|had|watch) (?:your|my) back", r"scratch (?:your|my) back", r"(?:stab|stabbed) in the back",
    r"pat on the back", r"back (?:on|to) (?:my|your|our) feet", r"get off my back", r"from head to toe",
)  # fmt: skip
_SYMPTOMS = (
    r"stiff drink", r"(?:sick|tired|sick and tired) of", r"(?:itching|dying) to (?!touch|the)", r"burning question",
    r"burn(?:ing|ed|t)? (?:off|calories)", r"tight (?:schedule|budget|fisted|ship)",
    r"red (?:tape|card|light|flag|wine|bull)", r"rash decision", r"(?:no|don'?t) sweat(?: it)?",
    r"sweat(?:ed|ing)? it out", r"heavy (?:metal|traffic|sleeper|drinker)", r"buzzing (?:for|about|to|that)",
    r"(?:shattered|knackered|wrecked) (?:the|my) (?:phone|screen|car|bike|van|glass)", r"out of the blue",
    r"blue moon", r"yellow card", r"purple patch", r"black friday", r"green light", r"clicks? with",
    r"in stitches", r"cry(?:ing)? (?:with|from) laugh\w*", r"crying laughing", r"warm welcome",
    r"hot (?:mess|stuff|gossip)", r"sharp dresser", r"bleeding obvious",
    r"numb(?:ed|ing)? the pain", r"weeping willow",
    r"jump(?:ing)? (?:for joy|the gun|ship)", r"in cold blood",
)  # fmt: skip


@cache
def _sayings() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(_BODY + _SYMPTOMS)})\b")


def without_sayings(folded: str) -> str:
    """Return the folded message, of the same length, with its sayings struck out."""
    return _sayings().sub(lambda found: re.sub(r"\w", "_", found[0]), folded)
