"""The chat widget: a loader for the clinic's page and a frame, plain ES modules and CSS.

The browser runs what stands in this directory. `served()` reads it once, when the front door starts, and makes
it light: comments and indentation go, and the frame's modules are joined into one file, so that readable source
costs the patient nothing. There is nothing to build, and no Node.
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
    assets = {path: _asset(name, _light(ROOT / name)) for path, name in pages.items()}
    for name in ("frame.css", "answers.css", "answers.js", "icon.svg", "demo.css"):
        assets[f"/static/widget/{name}"] = _asset(name, _light(ROOT / name))
    assets["/static/widget/frame.js"] = _asset("frame.js", _joined())
    for strings in sorted((ROOT / "strings").glob("*.json")):
        text = json.dumps(json.loads(strings.read_text("utf-8")), ensure_ascii=False, separators=(",", ":"))
        assets[f"/static/widget/strings/{strings.name}"] = _asset(strings.name, text)
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
    body = text.encode()
    etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    return Asset(_TYPES[Path(name).suffix], body, gzip.compress(body, 9, mtime=0), etag)


def _light(path: Path) -> str:
    """A file without its comments and indentation; strings in our sources hold no comment marks (tested)."""
    text = path.read_text("utf-8")
    if path.suffix in {".js", ".css"}:
        text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    if path.suffix == ".js":
        text = re.sub(r"(^|\s)//\s.*", "", text, flags=re.M)
    if path.suffix == ".css":
        text = re.sub(r"\s*([{};,])\s*|(:) ", r"\1\2", text).replace(";}", "}")
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def _joined() -> str:
    """The frame's modules as one module: their imports go, and what they export are its own names (tested)."""
    text = "\n".join(_light(ROOT / f"{name}.js") for name in MODULES)
    return re.sub(r"^export ", "", re.sub(r"^import .*\n", "", text, flags=re.M), flags=re.M)
