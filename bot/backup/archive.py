"""The backup file: a compressed tar of the copy and a manifest with its checksum, version and keys' names."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

FORMAT = 1
COPY = "bot.db"
MANIFEST = "manifest.json"
_PIECE = 1 << 20


class BackupError(Exception):
    """A backup can't be made, read or restored; the message is one line for the operator."""


@dataclass(frozen=True)
class Manifest:
    """What a backup says about itself: when it was made, of what, and which data keys seal its values.

    `made_at` is the time before the copy began, in UTC: what happened since may be missing. `keys` are the ids
    of the data keys, never the keys. `rows` by table.
    """

    made_at: datetime
    database: str
    revision: str
    keys: list[str]
    sha256: str
    size: int
    rows: dict[str, int]
    format: int = FORMAT

    def to_json(self) -> str:
        """The manifest's text."""
        return json.dumps({**asdict(self), "made_at": self.made_at.astimezone(UTC).isoformat()}, indent=1)

    @classmethod
    def from_json(cls, text: bytes) -> Manifest:
        """Read a manifest; raise BackupError when it is none, or of a format that we do not know."""
        try:
            raw = json.loads(text)
            if raw["format"] != FORMAT:
                raise BackupError(f"its format is {raw['format']}, made by a newer version: update first")
            return cls(**{**raw, "made_at": datetime.fromisoformat(raw["made_at"])})
        except (ValueError, KeyError, TypeError) as error:
            raise BackupError("its manifest can't be read") from error


def write_for_owner(file: Path, text: str) -> None:
    """Write a new file that only its owner may read; raise FileExistsError when it is there."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write(text)


def checksum(file: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def pack(file: Path, copy: Path, manifest: Manifest) -> None:
    """Write a backup whole or not at all, readable by its owner only."""
    draft = file.with_name(f".{file.name}.part")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with (
            os.fdopen(handle, "wb") as stream,
            tarfile.open(fileobj=stream, mode="w:gz", compresslevel=1) as tar,
        ):
            text = manifest.to_json().encode()
            tar.addfile(_member(MANIFEST, len(text)), io.BytesIO(text))
            with copy.open("rb") as body:
                tar.addfile(_member(COPY, manifest.size), body)
        with draft.open("rb") as written:
            os.fsync(written.fileno())
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


def read_manifest(file: Path) -> Manifest:
    """What a backup says about itself. Raises BackupError."""
    with _reading(file) as tar:
        return Manifest.from_json(_body(tar, MANIFEST).read(_PIECE))


def unpack(file: Path, folder: Path) -> tuple[Manifest, Path]:
    """Put the copy into a folder and check it against the manifest. Raises BackupError when they differ."""
    copy = folder / COPY
    with _reading(file) as tar:
        manifest = Manifest.from_json(_body(tar, MANIFEST).read(_PIECE))
        body = _body(tar, COPY)
        with os.fdopen(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            while piece := body.read(_PIECE):
                out.write(piece)
        while tar.fileobj is not None and tar.fileobj.read(_PIECE):
            pass  # to the end, where gzip's own checksum is
    if copy.stat().st_size != manifest.size or checksum(copy) != manifest.sha256:
        raise BackupError(f"{file.name}: the copy in it does not have the manifest's checksum")
    return manifest, copy


@contextmanager
def _reading(file: Path) -> Iterator[tarfile.TarFile]:
    """A backup to read from in one pass; nothing is ever extracted by a path that it names."""
    try:
        with tarfile.open(file, "r:gz") as tar:
            yield tar
    except FileNotFoundError as error:
        raise BackupError(f"{file}: is not there") from error
    except (tarfile.TarError, zlib.error, EOFError, OSError, KeyError) as error:
        raise BackupError(f"{file.name}: is damaged or no backup ({type(error).__name__})") from error


def _body(tar: tarfile.TarFile, name: str) -> tarfile.ExFileObject | io.BufferedReader:
    found = tar.extractfile(name)
    if found is None:
        raise BackupError(f"holds no {name}")
    return found  # type: ignore[return-value]


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member
