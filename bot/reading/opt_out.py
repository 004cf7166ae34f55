"""Reads a wish to get no more texts, in any reasonable words (47 CFR 64.1200(a)(10); sms-and-privacy.md B.2).

`yes` is honoured at once. `ambiguous` is honoured too, and the answer says how to go on. The texts must be what is to
stop: "it doesn't stop hurting" is soreness, "stop texting me" is an opt-out.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache

from rapidfuzz.distance import OSA

from bot.reading.keywords import Keyword, keyword_in
from bot.reading.wording import fold


class OptOut(StrEnum):
    """Whether a message asks for no more texts."""

    YES = "yes"
    AMBIGUOUS = "ambiguous"
    NO = "no"


_STOP = r"(?:stop|stopp?ed|stpo|sotp|sto0?p|quit|quite|cease|halt|end|cancel|discontinue|no more|enough (?:of|with)|stop with|lay off|knock off|quit with|cut (?:it )?out|drop|turn off|switch off|disable|pause|stahp|plz stop|suspend|terminate|kill)"
_TEXT = r"(?:te?xts?|te?xtin[g']?|txts?|txtin[g']?|messages?|messag(?:e|in[g']?)|msgs?|msging|mssgs?|sms(?:es)?|notifications?|reminders?|alerts?|updates|emails?|contact(?:ing)?|follow[- ]?ups?|check[- ]?ins?|pings?|pinging|spam(?:ming)?|automated \w+|these things|blowing up my phone|communications?|notices)"
_ME = r"(?:me|my (?:phone|number|cell|mobile)|this (?:number|phone)|here|us|my (?:wife|husband|mom|mum|dad|son|daughter|kid)(?:'?s phone)?)"
_SENDING = r"(?:text(?:in[g']?)?|txt(?:in[g']?)?|te?xt|messag(?:e|in[g']?)|msg(?:in[g']?)?|sms(?:in[g']?)?|contact(?:in[g']?)?|bother(?:in[g']?)?|bug(?:ging)?|annoy(?:in[g']?)?|harass(?:in[g']?)?|spam(?:ming)?|call(?:in[g']?)?|email(?:in[g']?)?|ping(?:in[g']?)?|notify(?:in[g']?)?|pester(?:in[g']?)?|hound(?:in[g']?)?|write|writin[g']?|send(?:in[g']?)?|remind(?:in[g']?)?|hit(?:ting)? up|talk(?:in[g']?)? to|reach(?:in[g']?)? out|check(?:in[g']?)? (?:in|up)(?: on)?)"

# Plain requests.
_YES = (
    rf"\b{_STOP}\b(?:\s+(?:please|pls|plz|all|any|the|these|those|your|ur|this|d|da|with|sendin[g']?|getting|receiving|to|automated|annoying|more|future|of|my|stupid|damn|daily|sms|text|constant|me|so many|from|bloody|freaking|fucking|auto|automatic|soreness|follow up|now|with the|out|here|it with)){{0,6}}\s+{_TEXT}\b(?!\s+(?:you|the clinic|my (?:doctor|therapist|pain)|appointment|appt|visit|session)\b)",
    rf"\b(?:{_STOP})\s+(?:please\s+|pls\s+|plz\s+|ever\s+)?(?:{_SENDING})(?:\s+(?:to|any|these|those|messages|texts|msgs|stuff|with))?\s*(?:{_ME}\b|plz|pls|please|now|already|$|[!.,]|messages|texts|msgs|so much|this stuff|everyday|every day|all the time|this|these|stuff|things|over and over|anymore|any more|u creeps|you)",
    rf"\b(?:do not|dont|don't|don t|do n't|never|not|no|pls no|dnt|please no)\s+(?:(?:call|email|phone|ring)\s+(?:or|and|nor)\s+)?(?:you\s+|u\s+|ever\s+|want (?:you|u) to\s+|wanna (?:be )?)?(?:{_SENDING})\s+(?:to\s+|any\s+|more\s+|texts?\s+|messages\s+|msgs\s+|things\s+|stuff\s+)*(?:{_ME}|anything|nothing|none|more|again|anymore|any ?more|here)\b",
    rf"\b(?:do not|dont|don't|dnt|no longer|not|never|didn't|didnt|no)\s+(?:want|wish|need|wanna|like|care for|asked?|sign(?:ed)? up|agree(?:d)?|consent(?:ed)?|interested in|interested|subscribe[d]?|authori[sz]ed?|give (?:you )?permission)\s+(?:to\s+|for\s+|on\s+|in\s+|with\s+)?(?:be\s+)?(?:get\s+these\W*$|get\w*\s+|receiv\w+\s+|see\w*\s+|hav\w+\s+|for\s+|hear\w*\s+|read\w*\s+|any\s+|no\s+|none\s+|of\s+|these\s+|the\s+|this\s+|those\s+|your\s+|ur\s+|more\s+|so many\s+|to\s+|you\s+|u\s+|sending\s+|me\s+|all\s+|further\s+|such\s+|sms\s+|automated\s+|follow up\s+|daily\s+|a\s+)*(?:{_TEXT}|texted|messaged|contacted|bothered|notified|from you|from u|from this|from y'?all|from ya|from this clinic|from your clinic)\b",
    rf"\b(?:want|make|need|like)\s+(?:all\s+|these\s+|the\s+|your\s+|this\s+)*(?:{_TEXT})\s+(?:to\s+)?(?:stop|end|cease)\b",
    rf"\bno (?:more|further|additional) (?:\w+\s+){{0,2}}(?:{_TEXT})",
    rf"(?<!have )(?<!got )(?<!are )(?<!were )(?<!see )\bno (?:te?xts|txts|messages|msgs|sms|texting|spam|reminders|notifications|alerts)\b(?:\s+(?:please|pls|plz|thanks?|thx|any ?more|at all))?\s*[.!]*$",
    r"\b(?:un-?\s?su?b?sc?r?i?b\w*|unsub|unsuscribe\w*|unsubcribe\w*|unsubsribe|unscubscribe|unsbscribe|unsuscrib\w*)\b(?!\s+from (?:pain|netflix|the gym))",
    r"\bopt(?:ing)?[ -]*(?:me\s+)?out\b|\boptout\b|\bopted out\b",
    rf"\b(?:take|remove|delete|erase|drop|scrub|strike|cross|get|pull|wipe|unlist|unenrol?l|deregister|take out|exclude)\s+(?:me|my (?:phone|number|name|contact|details|info|information|data|cell|mobile|phone number|phone no|no)|this (?:number|phone)|us|number|it)\b[^.!?]{{0,25}}\b(?:off|from|out of|out|of)\b(?![^.!?]*\b(?:wait\w*|cancell?ation|stand-?by) list)[^.!?]{{0,25}}\b(?:list|lists|texts?|messag\w+|msgs?|sms|system|database|contacts?|texting|service|program(?:me)?|reminders?|notifications?|subscription|mailing|records?|this|phone|file|files|books|thing|chat|group|everything|here)\b",
    r"\b(?:remove|delete|erase|unenroll|deregister)\s+(?:me|my (?:phone )?(?:number|contact(?: info)?|info|details)|this number)\b(?:\s+(?:please|pls|plz|now|asap|immediately|thanks|at once|already))*\s*[.!]*$",
    r"\b(?:take|get) me off\b(?![^.!?]*\b(?:wait\w*|cancell?ation|stand-?by)\b)", r"\b(?:take|get) (?:my|this) (?:phone )?number off\W*$", r"^\W*(?:please|pls|plz)?\W*discontinue\W*$", r"^\W*(?:i )?block(?:ed|ing)?(?: you| u)?\W*$",
    r"\blose (?:my|this) (?:phone\s+)?number\b|\bforget (?:my|this) (?:phone )?number\b|\bblock(?:ing|ed)?\s+(?:you|u|this number|ya)\b|\breport(?:ing)? (?:you|u|this|it)(?:\s+\w+)? (?:as|for|to)\b[^.]{0,15}\b(?:spam|harass\w*|fcc|junk)\b|\b(?:this is|its|it's|that's|thats) (?:just )?(?:spam|harassment|junk)\b",
    r"\bwr+o+n+g+\s*(?:number|num|no\b|nr|#|person|phone|guy|contact|numer|numbr|nmber)|\bwrong\s?number\b|\b(?:wrng|worng|rong|wron) (?:number|num|no|person|#|numbr)|\bnumero equivocado\b|\bpersona equivocada\b|\bse equivoco de numero\b|\bte has equivocado\b",
    r"\b(?:i'?m|i am|im|this is|this isn'?t|this isnt|not|i'?m not|im not|there is|there's|theres) (?:not |no )(?:\w+['’]?s (?:number|phone)|(?:your|ur|a|the) patient|the person|who you|[a-z]+ (?:here|at this number))\b|\bnot (?:\w+'s|her|his|their) (?:number|phone)\b|\b(?:you|u) (?:have|got|ve|'ve) the wrong\b|\bno ?(?:one|body) (?:here )?(?:by|with|of|called|named)\b[^.]{0,15}\b(?:name|here)\b|\bi don'?t know (?:who (?:this|you|u)|any)\b[^.]{0,30}\b(?:stop|wrong|is|are)\b|\bnever been to (?:your|this|ur) (?:clinic|office|place)\b|\bnot a (?:patient|customer|client)\b|\b(?:new|different) (?:owner|person)[^.]{0,20}number\b|\bno longer (?:\w+'s|belongs|her|his)\b[^.]{0,20}(?:number|phone)?",
    r"\b(?:not|isn'?t)\s+(?:\w+'?s|her|his|their)\s+(?:number|phone|cell)\b",
    r"\b(?:leave|lv) me alone\b|\b(?:leave|lv|let) me (?:alone\W*$|be\W*$|in peace|tf alone|the (?:hell|fuck|f) alone)\b|\bleave (?:us|my \w+) alone\b|\b(?:piss|f\w*|fuck|bugger|buzz|sod|back) off\b|^\W*(?:please |pls |just |ugh |omg )*(?:go away|gtfo|get lost|screw off)\W*$",
    r"\b(?:revoke|withdraw|cancel|rescind|take back)(?:ing)?\s+(?:my\s+|all\s+|any\s+)?(?:consent|permission|subscription|authori[sz]ation|enrol?lment|text\w*|sms|opt[ -]?in|sign ?up)\b",
    rf"\b(?:cancel|end|quit|terminate|deactivate|stop)\s+(?:my\s+|the\s+|this\s+|all\s+|these\s+|your\s+|any\s+)*(?:{_TEXT}|subscription|enrol?lment|sms service|text service|texting service|service|program(?:me)?|text program)\b(?!\s+(?:at|on|for|appointment|appt|visit|session))",
    rf"\b(?:i'?ve had|had|had about|sick|tired|fed up|done|over|enough|stop it with|bored|annoyed|overwhelmed)\s*(?:and tired )?(?:enough )?(?:of|with|by)?\s*(?:all |these |your |the |ur |this |getting |those |receiving |damn |so many |constant |many |daily )*(?:{_TEXT})\b",
    r"\b(?:dejen|deje|deja|dejar|paren|pare|parar|basta)\s+(?:ya\s+)?(?:de\s+)?(?:me\s+|mas\s+)?(?:enviar\w*|mandar\w*|escribir\w*|molestar\w*|textear\w*|mensajes|contactar\w*|con)\b|\bno (?:me )?(?:envien?|envies?|manden?|mandes?|escriban?|escribas?|contacten?|molesten?|molestes|textees?|texteen)\b|\bno (?:quiero|deseo|mas|necesito)\s+(?:\w+\s+){0,2}(?:mensajes|textos|sms|recordatorios|notificaciones)\b|\b(?:borr\w+|quit\w+|elimin\w+|saqu\w+|sac\w+)\s+(?:mi\s+|me\s+|este\s+)?(?:numero|telefono|de (?:la|su|esta) lista)\b|\b(?:quitenme|saquenme|borrenme|eliminenme|quiteme|saqueme|borreme)\b|\b(?:dar(?:me)? de baja|darme de baja|de baja|cancelar (?:mensajes|suscripcion|los mensajes))\b|\bdejame en paz\b|\bdejenme en paz\b|\bya no (?:quiero|me (?:manden|envien|escriban))\b|\bdesuscrib\w*|\bno me interesa\b",
    r"\bstop all\b|\bstopall\b|\bcease and desist\b|^\W*(?:please\W+|pls\W+|plz\W+|just\W+|omg\W+|ugh\W+)*(?:stop|quit|end)\s+(?:this|these|them|everything|already|now|immediately|asap|right now|today|at once)\s*(?:please|pls|plz|now|immediately|texting|spam|nonsense|crap|bs|already|thx|thanks)?\s*[.!]*$",
    r"^\W*(?:please|pls|plz|just|ok|okay|hey|hi|hello|um|no|can you|can u|could you|will you|kindly|omg|ugh|i said|yes|thanks|ty|god|for the love of god|jesus|i want to|i want|id like to|i'd like to|i would like to|reply|text|i)?\W*(?:just\s+|please\s+|pls\s+|say\s+)*(?:s+t+o+p+|stpo|sotp|stp|stopp|stoop|quit|unsubscribe|optout|end|revoke|cancel)(?:\W+(?:please|pls|plz|now|all|thanks|thx|thank you|ty|already|immediately|asap|this|sir|ma'?am|lol|stop|!|for real|fr|today|sending|me|messages?|everything|forever|bot|bro|dude|man|guys|i said|omg|bye|im serious|ok|okay|and goodbye|at once|right now|of texts|the service|yes))*\W*$",
    r"\b(?:not|no longer) interested\b(?!\s+in\s+(?!(?:this|these|text|getting|your|receiving|msgs|messages|sms)))",
    rf"\b(?:mute|silence)\s+(?:these|this|the|your|all)?\s*(?:{_TEXT})?\b(?:\s+for me)?\s*$|\b(?:how|where|what) (?:do|can|to|would|must) (?:i )?(?:\w+\s+)?(?:stop|end|quit|cancel|unsubscribe|opt out|turn off|get off|get out of|disable|turn these|get rid of)\b(?:[^.?]{{0,25}}(?:{_TEXT}|list|these|this service|off)\b)",
    rf"\b(?:rather|prefer) (?:not |no |to not )(?:to )?(?:get |receive |have |be |see )?(?:any |these |the |your |more )*(?:{_TEXT}|texted|messaged|contacted)\b",
    r"\bno (?:quiero|deseo) que (?:me )?(?:escrib|mand|envi|contact|text|molest)\w+|\bfavor de no (?:envi|mand|escrib|contact|molest)\w+",
    r"\b(?:take|get) my name off\b|\bget off my (?:phone|line)\b|\b(?:you|u|y'?all|ya'?ll|these people) (?:won'?t|wont|wouldn'?t|never|keep|just keep)\s+(?:stop )?(?:text|messag|bother|spam|send)\w*\b.*\bstop\b",
    r"\b(?:turn|switch|shut)\s+(?:these|this|it|them|the \w+|that)\s+(?:thing\s+)?off\b",
    rf"\bi (?:didn'?t|did not|never|dont remember|don'?t remember) (?:sign(?:ed|ing)? up|ask(?:ed)?|agree[d]?|consent(?:ed)?|subscrib\w+|sign for|opt(?:ed)? in|give (?:you )?(?:consent|permission)|gave (?:you )?(?:my number|consent|permission))\b",
    rf"\b(?:please |pls |can (?:you|u) |could (?:you|u) )?(?:{_STOP})\b[^.!?]{{0,18}}\b(?:{_SENDING})\s+(?:{_ME})\b",
    r"\b(?:discontinue|cease)\b[^.!?]{0,20}\b(?:contact|communication\w*|correspondence|text\w*|messages?)\b|\bno (?:more )?(?:contact|communication) (?:please|from you)\b|\bdo not contact\b|\bdon'?t contact\b|\bput me on (?:your|the) do not\b|\bdnc\b|\bdo not (?:text|call) list\b",
    rf"\b(?:you|u)(?:'re| are|r)? (?:text|messag|bother|annoy|harass|spam)\w*\s+(?:me\s+)?(?:too (?:much|often|many)|a lot|way too much|so much|constantly|every day)[^.]{{0,10}}(?:stop|enough)?",
    r"\bi'?m (?:out|done)\W*(?:with (?:this|these|you|the texts|texting))\b|\bcount me out\b",
    r"\bdon'?t (?:ever )?(?:text|message|msg|txt|contact|write|call)(?:\s+(?:back|again|please|ever))*\s*[.!]*$|\bdnt (?:text|txt|msg)\b",
)  # fmt: skip
# May be an opt-out: honoured, and the answer says how to go on.
_AMBIGUOUS = (
    r"^\W*(?:enough|no more|nope no more|no mas|ya basta|basta|stop it|cut it out|knock it off|stop that|stop this|shut up|be quiet|quit it|no thanks stop|i quit|im done|i'm done|delete|remove|delete me|goodbye forever|never again|i give up)(?:\s+(?:please|pls|plz|now|already|thanks|thank you))*\W*$",
    r"\b(?:who is this|who are you|who dis)\b.*\b(?:stop|wrong|remove)\b",
    rf"\b(?:too many|so many|too much|less|fewer|not so many)\s+(?:\w+\s+)?(?:{_TEXT})\b",
    rf"\b(?:{_TEXT}) (?:is|are|r) (?:getting |so |really |very |super |too |just |kinda |kind of |pretty |extremely )*(?:annoying|much|unwanted|irritating|a pain|a nuisance|driving me|excessive|intrusive|unnecessary|bothering)",
    rf"\binstead of (?:te?xting|messaging|these|{_TEXT})|\bmake these (?:stop|end)\b",
    r"\bdo i have to (?:keep )?(?:answer|reply|do this|get|respond)\w*",
    r"\b(?:stop|pause)\b[^.!?]{0,12}\b(?:for now|for a while|for today|until)\b\W*$",
)
# The texts are not what is to stop.
_NOT = (
    r"\b(?:should|shall|can|could|may|do|must|when (?:can|should|do|will)|if|how (?:do|can|to)) i\s+(?:stop|quit|end|cancel|discontinue)\b(?![^.?]{0,30}\b(?:text|txt|messag|msg|sms|reminder|notification|alert|these|subscription)\w*)",
    r"\b(?:do not|don'?t|dont|never|please don'?t|pls don'?t|didn'?t mean to|dont want to|don'?t want to|no need to|not) (?:want (?:you )?to )?(?:stop|quit|end|cancel|unsubscribe|opt out|remove|pause)\b(?![^.]{0,12}\b(?:me|bothering|harassing)\b)",
    r"\b(?:i|we) (?:accidentally|didn'?t mean to|did not mean to)\b",
    r"\bwhy (?:did|have|are) (?:you|u) (?:stop\w*)\b",
    r"(?<!you )(?<!u )(?<!yall )\b(?:won'?t|wouldn'?t|can'?t|couldn'?t|doesn'?t|didn'?t|hasn'?t|cannot|never) stop\b",
    r"\bwrong (?:number|num|no)\b.*\d|\d.*\bwrong (?:number|num)\b(?!.*\b(?:stop|remove)\b)",
    r"\b(?:just|only) text\b|\btext(?:s|ing)? (?:is|are) (?:fine|ok|okay|good|better)\b",
    r"(?<!you )(?<!u )(?<!y'all )\b(?:keep|start|resume|continue) (?:text|send|messag)\w+\b",
)


@cache
def _compiled(patterns: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in patterns)


_KEYWORDS = ("stop", "unsubscribe", "cancel", "quit", "optout", "stopall", "revoke")


def _misspelt_keyword(folded: str) -> bool:
    """A one-word text one slip away from a keyword: "stpo", "unsubcribe", "stop1"."""
    body = re.sub(r"[^a-z]", "", folded)
    if len(folded.split()) != 1 or len(body) < 4 or body in {"step", "stoop", "shop", "quiet", "quite", "quilt", "atop"}:
        return False
    return any(OSA.distance(body, word) <= (1 if len(word) < 9 else 2) for word in _KEYWORDS)


_SORENESS = re.compile(
    r"\b(?:pain\w*|hurt\w*|sore\w*|ach\w+|throb\w*|bleed\w*|twitch\w*|cramp\w*|tingl\w*|burn\w*|itch\w*|spasm\w*|exercis\w*|needl\w*|session|treatment|ow|ouch)\b"
)
_BARE = re.compile(
    r"(?:(?:please|pls|plz|just|ok|ugh|omg|so|now|kindly)\s+)*(?:stop|quit|unsubscribe)(?:\s+(?:please|pls|plz|now|them|these|already|all|everything|thanks|asap))*|.*\b(?:please|pls|plz) stop(?:\s+(?:them|these|now))?"
)
# "I'm not Ben": a name is written with a capital.
_NOT_THE_PERSON = re.compile(r"\b(?:(?:I'?m|I am|[Tt]his is|[Ii]t'?s) not|[Tt]his isn'?t)\s+(?!I\b|OK\b)[A-Z][a-z]+\b(?!\s+sore)")


def _bare_stop(folded: str) -> bool:
    """A clause that only says "stop", in a message that does not speak of soreness."""
    if _SORENESS.search(folded):
        return False
    return any(_BARE.fullmatch(clause.strip()) for clause in re.split(r"[,.;!?\n]+", folded))


def reads_as_opt_out(text: str) -> OptOut:
    """Tell whether a message asks for no more texts: yes, ambiguous or no."""
    if keyword_in(text) is Keyword.STOP:
        return OptOut.YES
    folded = " ".join(re.sub(r"[*_\"~]+", " ", fold(text).folded).split())
    if not folded:
        return OptOut.NO
    if _misspelt_keyword(folded):
        return OptOut.YES
    if any(pattern.search(folded) for pattern in _compiled(_NOT)):
        return OptOut.NO
    if any(pattern.search(folded) for pattern in _compiled(_YES)) or _bare_stop(folded):
        return OptOut.YES
    if _NOT_THE_PERSON.search(text):
        return OptOut.AMBIGUOUS
    if any(pattern.search(folded) for pattern in _compiled(_AMBIGUOUS)):
        return OptOut.AMBIGUOUS
    return OptOut.NO
