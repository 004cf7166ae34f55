"""Words for a place that is well: "fine", "grand", "not sore"."""

from __future__ import annotations

FINE = (
    r"(?:fine|ok|okay|good|great|grand|sound|dandy|mint|sorted|lovely|a1|all good|all ?right|spot on|not sore|"
    r"not too bad now|no bother|no trouble|no problem|no pain|perfect|normal|not bad at all|healed|behaving|better now|"
    r"much better now|pain[ -]?free|happy|clear|happy out)"
)
