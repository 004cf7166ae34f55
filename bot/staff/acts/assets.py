"""The stylesheet and the script, served with an address that changes when they do."""

from __future__ import annotations

import hashlib
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.staff.act import Act

_FOLDER = Path(__file__).parents[1] / "static"
_KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
FILES = {file.name: file.read_bytes() for file in sorted(_FOLDER.iterdir()) if file.suffix in _KINDS}


def address(name: str) -> str:
    """Where a file is, with a mark of its content."""
    return f"/staff/static/{name}?v={hashlib.sha256(FILES[name]).hexdigest()[:10]}"


def show(act: Act) -> Response:
    """One file."""
    name = act.part("name")
    if name not in FILES:
        raise HTTPException(404)
    kind = _KINDS[Path(name).suffix]
    return Response(FILES[name], media_type=kind, headers={"Cache-Control": "max-age=31536000, immutable"})
