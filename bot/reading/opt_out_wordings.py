"""How people ask for no more texts: wordings that say so, that may, and that speak of something else."""

_STOP = (
    r"(?:stop|stopp?ed|stpo|sotp|sto0?p|quit|quite|cease|halt|end|cancel|discontinue|no more|enough "
    r"(?:of|with)|stop with|lay off|knock off|quit with|cut (?:it )?out|drop|turn off|switch off|disable|"
    r"pause|stahp|plz stop|suspend|terminate|kill)"
)


_TEXT = (
    r"(?:te?xts?|te?xtin[g']?|txts?|txtin[g']?|messages?|messag(?:e|in[g']?)|msgs?|msging|mssgs?|"
    r"sms(?:es)?|notifications?|reminders?|alerts?|updates|emails?|contact(?:ing)?|follow[- ]?ups?|"
    r"check[- ]?ins?|pings?|pinging|spam(?:ming)?|automated \w+|these things|blowing up my phone|"
    r"communications?|notices)"
)


_ME = (
    r"(?:me|my (?:phone|number|cell|mobile)|this (?:number|phone)|here|us|my (?:wife|husband|mom|mum|dad|"
    r"son|daughter|kid)(?:'?s phone)?)"
)


_SENDING = (
    r"(?:text(?:in[g']?)?|txt(?:in[g']?)?|te?xt|messag(?:e|in[g']?)|msg(?:in[g']?)?|sms(?:in[g']?)?|"
    r"contact(?:in[g']?)?|bother(?:in[g']?)?|bug(?:ging)?|annoy(?:in[g']?)?|harass(?:in[g']?)?|"
    r"spam(?:ming)?|call(?:in[g']?)?|email(?:in[g']?)?|ping(?:in[g']?)?|notify(?:in[g']?)?|"
    r"pester(?:in[g']?)?|hound(?:in[g']?)?|write|writin[g']?|send(?:in[g']?)?|remind(?:in[g']?)?|"
    r"hit(?:ting)? up|talk(?:in[g']?)? to|reach(?:in[g']?)? out|check(?:in[g']?)? (?:in|up)(?: on)?)"
)


# Plain requests.
YES = (
    (
    rf"\b{_STOP}\b(?:\s+(?:please|pls|plz|all|any|the|these|those|your|ur|this|d|da|with|sendin[g']?|"
    r"getting|receiving|to|automated|annoying|more|future|of|my|stupid|damn|daily|sms|text|constant|me|"
    r"so many|from|bloody|freaking|fucking|auto|automatic|soreness|follow up|now|with the|out|here|it "
    rf"with)){{0,6}}\s+{_TEXT}\b(?!\s+(?:you|the clinic|my (?:doctor|therapist|pain)|appointment|appt|"
    r"visit|session)\b)"
    ),
    (
    rf"\b(?:{_STOP})\s+(?:please\s+|pls\s+|plz\s+|ever\s+)?(?:{_SENDING})(?:\s+(?:to|any|these|those|"
    rf"messages|texts|msgs|stuff|with))?\s*(?:{_ME}\b|plz|pls|please|now|already|$|[!.,]|messages|texts|"
    r"msgs|so much|this stuff|everyday|every day|all the time|this|these|stuff|things|over and over|"
    r"anymore|any more|u creeps|you)"
    ),
    (
    r"\b(?:do not|dont|don't|don t|do n't|never|not|no|pls no|dnt|please no)\s+(?:(?:call|email|phone|"
    r"ring)\s+(?:or|and|nor)\s+)?(?:you\s+|u\s+|ever\s+|want (?:you|u) to\s+|wanna (?:be "
    rf")?)?(?:{_SENDING})\s+(?:to\s+|any\s+|more\s+|texts?\s+|messages\s+|msgs\s+|things\s+|"
    rf"stuff\s+)*(?:{_ME}|anything|nothing|none|more|again|anymore|any ?more|here)\b"
    ),
    (
    r"\b(?:do not|dont|don't|dnt|no longer|not|never|didn't|didnt|no)\s+(?:want|wish|need|wanna|like|"
    r"care for|asked?|sign(?:ed)? up|agree(?:d)?|consent(?:ed)?|interested in|interested|subscribe[d]?|"
    r"authori[sz]ed?|give (?:you )?permission)\s+(?:to\s+|for\s+|on\s+|in\s+|"
    r"with\s+)?(?:be\s+)?(?:get\s+these\W*$|get\w*\s+|receiv\w+\s+|see\w*\s+|hav\w+\s+|for\s+|"
    r"hear\w*\s+|read\w*\s+|any\s+|no\s+|none\s+|of\s+|these\s+|the\s+|this\s+|those\s+|your\s+|ur\s+|"
    r"more\s+|so many\s+|to\s+|you\s+|u\s+|sending\s+|me\s+|all\s+|further\s+|such\s+|sms\s+|"
    rf"automated\s+|follow up\s+|daily\s+|a\s+)*(?:{_TEXT}|texted|messaged|contacted|bothered|notified|"
    r"from you|from u|from this|from y'?all|from ya|from this clinic|from your clinic)\b"
    ),
    (
    r"\b(?:want|make|need|like)\s+(?:all\s+|these\s+|the\s+|your\s+|"
    rf"this\s+)*(?:{_TEXT})\s+(?:to\s+)?(?:stop|end|cease)\b"
    ),
    rf"\bno (?:more|further|additional) (?:\w+\s+){{0,2}}(?:{_TEXT})",
    (
    r"(?<!have )(?<!got )(?<!are )(?<!were )(?<!see )\bno (?:te?xts|txts|messages|msgs|sms|texting|spam|"
    r"reminders|notifications|alerts)\b(?:\s+(?:please|pls|plz|thanks?|thx|any ?more|at all))?\s*[.!]*$"
    ),
    (
    r"\b(?:un-?\s?su?b?sc?r?i?b\w*|unsub|unsuscribe\w*|unsubcribe\w*|unsubsribe|unscubscribe|unsbscribe|"
    r"unsuscrib\w*)\b(?!\s+from (?:pain|netflix|the gym))"
    ),
    r"\bopt(?:ing)?[ -]*(?:me\s+)?out\b|\boptout\b|\bopted out\b",
    (
    r"\b(?:take|remove|delete|erase|drop|scrub|strike|cross|get|pull|wipe|unlist|unenrol?l|deregister|"
    r"take out|exclude)\s+(?:me|my (?:phone|number|name|contact|details|info|information|data|cell|"
    r"mobile|phone number|phone no|no)|this (?:number|phone)|us|number|it)\b[^.!?]{0,25}\b(?:off|from|"
    r"out of|out|of)\b(?![^.!?]*\b(?:wait\w*|cancell?ation|stand-?by) list)[^.!?]{0,25}\b(?:list|"
    r"lists|texts?|messag\w+|msgs?|sms|system|database|contacts?|texting|service|program(?:me)?|"
    r"reminders?|notifications?|subscription|mailing|records?|this|phone|file|files|books|thing|chat|"
    r"group|everything|here)\b"
    ),
    (
    r"\b(?:remove|delete|erase|unenroll|deregister)\s+(?:me|my (?:phone )?(?:number|contact(?: info)?|"
    r"info|details)|this number)\b(?:\s+(?:please|pls|plz|now|asap|immediately|thanks|at once|"
    r"already))*\s*[.!]*$"
    ),
    r"\b(?:take|get) me off\b(?![^.!?]*\b(?:wait\w*|cancell?ation|stand-?by)\b)", (
        r"\b(?:take|get) (?:my|this) (?:phone )?number off\W*$"
    ), (
        r"^\W*(?:please|pls|plz)?\W*discontinue\W*$"
    ), (
        r"^\W*(?:i )?block(?:ed|ing)?(?: you| u)?\W*$"
    ),
    (
    r"\blose (?:my|this) (?:phone\s+)?number\b|\bforget (?:my|this) (?:phone )?number\b|\bblock(?:ing|"
    r"ed)?\s+(?:you|u|this number|ya)\b|\breport(?:ing)? (?:you|u|this|it)(?:\s+\w+)? (?:as|for|"
    r"to)\b[^.]{0,15}\b(?:spam|harass\w*|fcc|junk)\b|\b(?:this is|its|it's|that's|thats) (?:just "
    r")?(?:spam|harassment|junk)\b"
    ),
    (
    r"\bwr+o+n+g+\s*(?:number|num|no\b|nr|#|person|phone|guy|contact|numer|numbr|nmber)|"
    r"\bwrong\s?number\b|\b(?:wrng|worng|rong|wron) (?:number|num|no|person|#|numbr)|\bnumero "
    r"equivocado\b|\bpersona equivocada\b|\bse equivoco de numero\b|\bte has equivocado\b"
    ),
    (
    r"\b(?:i'?m|i am|im|this is|this isn'?t|this isnt|not|i'?m not|im not|there is|there's|theres) "
    r"(?:not |no )(?:\w+['’]?s (?:number|phone)|(?:your|ur|a|the) patient|the person|who you|[a-z]+ "
    r"(?:here|at this number))\b|\bnot (?:\w+'s|her|his|their) (?:number|phone)\b|\b(?:you|u) (?:have|"
    r"got|ve|'ve) the wrong\b|\bno ?(?:one|body) (?:here )?(?:by|with|of|called|"
    r"named)\b[^.]{0,15}\b(?:name|here)\b|\bi don'?t know (?:who (?:this|you|u)|"
    r"any)\b[^.]{0,30}\b(?:stop|wrong|is|are)\b|\bnever been to (?:your|this|ur) (?:clinic|office|"
    r"place)\b|\bnot a (?:patient|customer|client)\b|\b(?:new|different) (?:owner|"
    r"person)[^.]{0,20}number\b|\bno longer (?:\w+'s|belongs|her|his)\b[^.]{0,20}(?:number|phone)?"
    ),
    r"\b(?:not|isn'?t)\s+(?:\w+'?s|her|his|their)\s+(?:number|phone|cell)\b",
    (
    r"\b(?:leave|lv) me alone\b|\b(?:leave|lv|let) me (?:alone\W*$|be\W*$|in peace|tf alone|the (?:hell|"
    r"fuck|f) alone)\b|\bleave (?:us|my \w+) alone\b|\b(?:piss|f\w*|fuck|bugger|buzz|sod|back) off\b|"
    r"^\W*(?:please |pls |just |ugh |omg )*(?:go away|gtfo|get lost|screw off)\W*$"
    ),
    (
    r"\b(?:revoke|withdraw|cancel|rescind|take back)(?:ing)?\s+(?:my\s+|all\s+|any\s+)?(?:consent|"
    r"permission|subscription|authori[sz]ation|enrol?lment|text\w*|sms|opt[ -]?in|sign ?up)\b"
    ),
    (
    r"\b(?:cancel|end|quit|terminate|deactivate|stop)\s+(?:my\s+|the\s+|this\s+|all\s+|these\s+|your\s+|"
    rf"any\s+)*(?:{_TEXT}|subscription|enrol?lment|sms service|text service|texting service|service|"
    r"program(?:me)?|text program)\b(?!\s+(?:at|on|for|appointment|appt|visit|session))"
    ),
    (
    r"\b(?:i'?ve had|had|had about|sick|tired|fed up|done|over|enough|stop it with|bored|annoyed|"
    r"overwhelmed)\s*(?:and tired )?(?:enough )?(?:of|with|by)?\s*(?:all |these |your |the |ur |this |"
    rf"getting |those |receiving |damn |so many |constant |many |daily )*(?:{_TEXT})\b"
    ),
    (
    r"\b(?:dejen|deje|deja|dejar|paren|pare|parar|basta)\s+(?:ya\s+)?(?:de\s+)?(?:me\s+|"
    r"mas\s+)?(?:enviar\w*|mandar\w*|escribir\w*|molestar\w*|textear\w*|mensajes|contactar\w*|con)\b|"
    r"\bno (?:me )?(?:envien?|envies?|manden?|mandes?|escriban?|escribas?|contacten?|molesten?|molestes|"
    r"textees?|texteen)\b|\bno (?:quiero|deseo|mas|necesito)\s+(?:\w+\s+){0,2}(?:mensajes|textos|sms|"
    r"recordatorios|notificaciones)\b|\b(?:borr\w+|quit\w+|elimin\w+|saqu\w+|sac\w+)\s+(?:mi\s+|me\s+|"
    r"este\s+)?(?:numero|telefono|de (?:la|su|esta) lista)\b|\b(?:quitenme|saquenme|borrenme|eliminenme|"
    r"quiteme|saqueme|borreme)\b|\b(?:dar(?:me)? de baja|darme de baja|de baja|cancelar (?:mensajes|"
    r"suscripcion|los mensajes))\b|\bdejame en paz\b|\bdejenme en paz\b|\bya no (?:quiero|me (?:manden|"
    r"envien|escriban))\b|\bdesuscrib\w*|\bno me interesa\b"
    ),
    (
    r"\bstop all\b|\bstopall\b|\bcease and desist\b|^\W*(?:please\W+|pls\W+|plz\W+|just\W+|omg\W+|"
    r"ugh\W+)*(?:stop|quit|end)\s+(?:this|these|them|everything|already|now|immediately|asap|right now|"
    r"today|at once)\s*(?:please|pls|plz|now|immediately|texting|spam|nonsense|crap|bs|already|thx|"
    r"thanks)?\s*[.!]*$"
    ),
    (
    r"^\W*(?:please|pls|plz|just|ok|okay|hey|hi|hello|um|no|can you|can u|could you|will you|kindly|omg|"
    r"ugh|i said|yes|thanks|ty|god|for the love of god|jesus|i want to|i want|id like to|i'd like to|i "
    r"would like to|reply|text|i)?\W*(?:just\s+|please\s+|pls\s+|say\s+)*(?:s+t+o+p+|stpo|sotp|stp|stopp|"
    r"stoop|quit|unsubscribe|optout|end|revoke|cancel)(?:\W+(?:please|pls|plz|now|all|thanks|thx|thank "
    r"you|ty|already|immediately|asap|this|sir|ma'?am|lol|stop|!|for real|fr|today|sending|me|messages?|"
    r"everything|forever|bot|bro|dude|man|guys|i said|omg|bye|im serious|ok|okay|and goodbye|at once|"
    r"right now|of texts|the service|yes))*\W*$"
    ),
    (
    r"\b(?:not|no longer) interested\b(?!\s+in\s+(?!(?:this|these|text|getting|your|receiving|msgs|"
    r"messages|sms)))"
    ),
    (
    rf"\b(?:mute|silence)\s+(?:these|this|the|your|all)?\s*(?:{_TEXT})?\b(?:\s+for me)?\s*$|\b(?:how|"
    r"where|what) (?:do|can|to|would|must) (?:i )?(?:\w+\s+)?(?:stop|end|quit|cancel|unsubscribe|opt "
    rf"out|turn off|get off|get out of|disable|turn these|get rid of)\b(?:[^.?]{{0,25}}(?:{_TEXT}|list|"
    r"these|this service|off)\b)"
    ),
    (
    r"\b(?:rather|prefer) (?:not |no |to not )(?:to )?(?:get |receive |have |be |see )?(?:any |these |"
    rf"the |your |more )*(?:{_TEXT}|texted|messaged|contacted)\b"
    ),
    (
    r"\bno (?:quiero|deseo) que (?:me )?(?:escrib|mand|envi|contact|text|molest)\w+|\bfavor de no "
    r"(?:envi|mand|escrib|contact|molest)\w+"
    ),
    (
    r"\b(?:take|get) my name off\b|\bget off my (?:phone|line)\b|\b(?:you|u|y'?all|ya'?ll|these people) "
    r"(?:won'?t|wont|wouldn'?t|never|keep|just keep)\s+(?:stop )?(?:text|messag|bother|spam|"
    r"send)\w*\b.*\bstop\b"
    ),
    r"\b(?:turn|switch|shut)\s+(?:these|this|it|them|the \w+|that)\s+(?:thing\s+)?off\b",
    (
    r"\bi (?:didn'?t|did not|never|dont remember|don'?t remember) (?:sign(?:ed|ing)? up|ask(?:ed)?|"
    r"agree[d]?|consent(?:ed)?|subscrib\w+|sign for|opt(?:ed)? in|give (?:you )?(?:consent|permission)|"
    r"gave (?:you )?(?:my number|consent|permission))\b"
    ),
    (
    r"\b(?:please |pls |can (?:you|u) |could (?:you|u) "
    rf")?(?:{_STOP})\b[^.!?]{{0,18}}\b(?:{_SENDING})\s+(?:{_ME})\b"
    ),
    (
    r"\b(?:discontinue|cease)\b[^.!?]{0,20}\b(?:contact|communication\w*|correspondence|text\w*|"
    r"messages?)\b|\bno (?:more )?(?:contact|communication) (?:please|from you)\b|\bdo not contact\b|"
    r"\bdon'?t contact\b|\bput me on (?:your|the) do not\b|\bdnc\b|\bdo not (?:text|call) list\b"
    ),
    (
    r"\b(?:you|u)(?:'re| are|r)? (?:text|messag|bother|annoy|harass|spam)\w*\s+(?:me\s+)?(?:too (?:much|"
    r"often|many)|a lot|way too much|so much|constantly|every day)[^.]{0,10}(?:stop|enough)?"
    ),
    r"\bi'?m (?:out|done)\W*(?:with (?:this|these|you|the texts|texting))\b|\bcount me out\b",
    (
    r"\bdon'?t (?:ever )?(?:text|message|msg|txt|contact|write|call)(?:\s+(?:back|again|please|"
    r"ever))*\s*[.!]*$|\bdnt (?:text|txt|msg)\b"
    ),
)  # fmt: skip


# May be an opt-out: honoured, and the answer says how to go on.
AMBIGUOUS = (
    (
        r"^\W*(?:enough|no more|nope no more|no mas|ya basta|basta|stop it|cut it out|knock it off|stop that|"
        r"stop this|shut up|be quiet|quit it|no thanks stop|i quit|im done|i'm done|delete|remove|delete me|"
        r"goodbye forever|never again|i give up)(?:\s+(?:please|pls|plz|now|already|thanks|thank you))*\W*$"
    ),
    r"\b(?:who is this|who are you|who dis)\b.*\b(?:stop|wrong|remove)\b",
    rf"\b(?:too many|so many|too much|less|fewer|not so many)\s+(?:\w+\s+)?(?:{_TEXT})\b",
    (
        rf"\b(?:{_TEXT}) (?:is|are|r) (?:getting |so |really |very |super |too |just |kinda |kind of |pretty "
        r"|extremely )*(?:annoying|much|unwanted|irritating|a pain|a nuisance|driving me|excessive|"
        r"intrusive|unnecessary|bothering)"
    ),
    rf"\binstead of (?:te?xting|messaging|these|{_TEXT})|\bmake these (?:stop|end)\b",
    r"\bdo i have to (?:keep )?(?:answer|reply|do this|get|respond)\w*",
    r"\b(?:stop|pause)\b[^.!?]{0,12}\b(?:for now|for a while|for today|until)\b\W*$",
)


# The texts are not what is to stop.
SOMETHING_ELSE = (
    (
        r"\b(?:should|shall|can|could|may|do|must|when (?:can|should|do|will)|if|how (?:do|can|to)) "
        r"i\s+(?:stop|quit|end|cancel|discontinue)\b(?![^.?]{0,30}\b(?:text|txt|messag|msg|sms|reminder|"
        r"notification|alert|these|subscription)\w*)"
    ),
    (
        r"\b(?:do not|don'?t|dont|never|please don'?t|pls don'?t|didn'?t mean to|dont want to|don'?t want to|"
        r"no need to|not) (?:want (?:you )?to )?(?:stop|quit|end|cancel|unsubscribe|opt out|remove|"
        r"pause)\b(?![^.]{0,12}\b(?:me|bothering|harassing)\b)"
    ),
    r"\b(?:i|we) (?:accidentally|didn'?t mean to|did not mean to)\b",
    r"\bwhy (?:did|have|are) (?:you|u) (?:stop\w*)\b",
    (
        r"(?<!you )(?<!u )(?<!yall )\b(?:won'?t|wouldn'?t|can'?t|couldn'?t|doesn'?t|didn'?t|hasn'?t|cannot|"
        r"never) stop\b"
    ),
    r"\bwrong (?:number|num|no)\b.*\d|\d.*\bwrong (?:number|num)\b(?!.*\b(?:stop|remove)\b)",
    r"\b(?:just|only) text\b|\btext(?:s|ing)? (?:is|are) (?:fine|ok|okay|good|better)\b",
    r"(?<!you )(?<!u )(?<!y'all )\b(?:keep|start|resume|continue) (?:text|send|messag)\w+\b",
)
