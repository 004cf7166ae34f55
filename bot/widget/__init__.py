"""The chat widget: a loader for the clinic's page and a frame, plain ES modules and CSS.

The browser runs what stands in this directory. `served()` reads it once, when the front door starts, and
makes it light: comments and indentation go, and the frame's modules are joined into one file, so that readable
source costs the patient nothing. There is nothing to build, and no Node.
"""

import gzip
import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent

#: The modules of the frame, each after those it imports.
MODULES = ("dom", "markdown", "store", "transcript", "conversation", "frame")

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True)
class Asset:
    """One file as it is served."""

    media_type: str
    body: bytes
    compressed: bytes
    """The body in gzip."""
    etag: str


def served() -> dict[str, Asset]:
    """Everything that the widget needs, by the path of its address.

    The pages are `/` (demo clinic), `/chat` (the frame), `/widget.js` (the loader); the rest is under
    `/static/widget/`.
    """
    pages = {"/": "demo.html", "/chat": "frame.html", "/widget.js": "loader.js"}
    names = ["frame.css", "answers.css", "answers.js", "icon.svg", "demo.css"]
    names += [f"strings/{path.name}" for path in sorted((ROOT / "strings").glob("*.json"))]
    files = pages | {f"/static/widget/{name}": name for name in names}
    assets = {path: _asset(name, (ROOT / name).read_text("utf-8")) for path, name in files.items()}
    assets["/static/widget/frame.js"] = _asset("frame.js", _joined())
    return assets


def content_security_policy(frame_ancestors: Iterable[str] = ()) -> str:
    """The policy of `/chat`: nothing but our own files and requests; framed by the clinic's sites alone.

    `img-src data:` is for the soreness curve, which is shown as a picture so that nothing in it can run.
    """
    ancestors = " ".join(["'self'", *frame_ancestors])
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        f"base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}"
    )


def _asset(name: str, text: str) -> Asset:
    suffix = Path(name).suffix
    body = _light(text, suffix).encode()
    etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    return Asset(_TYPES[suffix], body, gzip.compress(body, 9, mtime=0), etag)


def _light(text: str, suffix: str) -> str:
    """A file without its comments, its indentation and the spaces around its operators.

    As plain as it is, it holds for our own sources alone: no string in them looks like a comment or spans
    lines. The browser tests run what is served.
    """
    if suffix in {".js", ".css"}:
        text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    if suffix == ".js":
        text = re.sub(r"(^|\s)//\s.*", "", text, flags=re.M)
        text = re.sub(r" (=>|[=!]?=|&&|\|\||\?\??|[<>:]) ", r"\1", text)
        text = re.sub(r"({) | (})", r"\1\2", text)
        text = re.sub(r"([{,;(\[])\n\s*", r"\1", text)
    if suffix == ".css":
        text = re.sub(r"\s*([{};,])\s*|(:) ", r"\1\2", text).replace(";}", "}")
    if suffix == ".json":
        text = json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":"))
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def _joined() -> str:
    """The frame's modules as one: their imports go, and what they export are its own names."""
    text = "\n".join((ROOT / f"{name}.js").read_text("utf-8") for name in MODULES)
    return re.sub(r"^export ", "", re.sub(r"^import .*\n", "", text, flags=re.M), flags=re.M)
