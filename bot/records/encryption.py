"""Field encryption and keyed fingerprints, with keys that live outside the database.

A sealed value is `key id (8) | nonce (12) | AES-256-GCM ciphertext and tag`. Its associated data name the
table, the column and the row, so that a value moved to another row or column is refused (sms-and-privacy.md
D.3). Nonces are random: one key stays far below 2**32 values; rotate before that.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import hmac
import json
import os
import secrets
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_FILE = "data.json"
_ID, _NONCE = 8, 12


class KeysError(Exception):
    """Keys are missing, unreadable or do not fit; the message is one line for the operator."""


class TamperedError(Exception):
    """A sealed value does not belong where it was found, or was changed."""


class Sealed(bytes):
    """Bytes that a vault has sealed; encrypted columns accept nothing else."""


@dataclass(frozen=True)
class Keys:
    """Data keys by id, which of them seals new values, and the key of the fingerprints."""

    current: str
    data: dict[str, bytes] = field(repr=False)
    index: bytes = field(repr=False)

    @classmethod
    def generate(cls) -> Keys:
        """Fresh keys for a new installation."""
        key_id = secrets.token_hex(_ID // 2)
        return cls(key_id, {key_id: secrets.token_bytes(32)}, secrets.token_bytes(32))

    def with_new_current(self) -> Keys:
        """The same keys and a new one that seals from now on."""
        key_id = secrets.token_hex(_ID // 2)
        return Keys(key_id, {**self.data, key_id: secrets.token_bytes(32)}, self.index)

    def without(self, key_ids: Collection[str]) -> Keys:
        """The same keys without some: values sealed with those can't be read any more. The current one stays."""
        kept = {key_id: key for key_id, key in self.data.items() if key_id not in key_ids}
        return Keys(self.current, kept | {self.current: self.data[self.current]}, self.index)

    def to_json(self) -> str:
        """The key file's text."""
        data = {key_id: base64.b64encode(key).decode() for key_id, key in self.data.items()}
        return json.dumps(
            {"current": self.current, "data": data, "index": base64.b64encode(self.index).decode()}, indent=1
        )

    @classmethod
    def from_json(cls, text: str) -> Keys:
        """Read a key file's text; raise ValueError when it is not one."""
        try:
            raw = json.loads(text)
            data = {key_id: base64.b64decode(key, validate=True) for key_id, key in raw["data"].items()}
            keys = cls(raw["current"], data, base64.b64decode(raw["index"], validate=True))
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise ValueError("is not a key file") from error
        if keys.current not in data or any(len(key) != 32 for key in [*data.values(), keys.index]):
            raise ValueError("is not a complete key file")
        if any(len(key_id.encode()) != _ID for key_id in data):
            raise ValueError(f"has a key id that is not {_ID} characters long")
        return keys


class Vault:
    """Seals, opens and fingerprints; rereads its key file when a rotation has changed it.

    Who seals for a database must hold the keys until it commits (`bot.records.sealing`). A key that this process
    has once read opens values for as long as it lives: a reader may have fetched them before a rotation ended.
    """

    def __init__(self, keys: Keys, path: Path | None = None):
        self._keys = keys
        self._path = path
        self._seen: tuple[int, int] | None = None  # the file as it was when `_keys` were read from it
        self._known = dict(keys.data)
        self._lock = threading.Lock()

    @property
    def keys(self) -> Keys:
        """The keys in force now, another process's rotation included."""
        if self._changed_at() != self._seen:
            with self._lock:
                self._reread()
        return self._keys

    @property
    def keeps_keys(self) -> bool:
        """Whether new keys can be kept in a file of ours."""
        return self._path is not None

    def change_keys(self, change: Callable[[Keys], Keys]) -> None:
        """Put changed keys in force and in the key file, in one atomic step; of several changers none is lost."""
        if self._path is None:
            self._adopt(change(self._keys))
            return
        with _locked(self._path.parent), self._lock:
            self._reread()
            fresh = change(self._keys)
            _write_owner_only(self._path, fresh.to_json(), replace=True)
            self._adopt(fresh)

    def seal(self, place: str, clear: str) -> Sealed:
        """Encrypt text for one place ("table|column|row")."""
        keys = self.keys
        nonce = os.urandom(_NONCE)
        cipher = AESGCM(keys.data[keys.current])
        body = cipher.encrypt(nonce, clear.encode(), place.encode())
        return Sealed(keys.current.encode() + nonce + body)

    def open(self, place: str, sealed: bytes) -> str:
        """Decrypt the text sealed for a place; raise TamperedError when it was changed or moved."""
        wanted = key_id(sealed)
        key = self._known.get(wanted) or self.keys.data.get(wanted)
        if key is None:
            raise TamperedError(f"{place}: sealed with an unknown key")
        try:
            nonce, body = sealed[_ID : _ID + _NONCE], sealed[_ID + _NONCE :]
            return AESGCM(key).decrypt(nonce, body, place.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise TamperedError(f"{place}: the sealed value was changed or moved") from error

    def fingerprint(self, purpose: str, value: str) -> str:
        """Keyed HMAC-SHA-256 (64 hex digits): equal values meet, nothing can be read or guessed back."""
        return hmac.new(self.keys.index, f"{purpose}|{value}".encode(), hashlib.sha256).hexdigest()

    def phone_hash(self, phone: str) -> str:
        """How a phone number (E.164) is looked up."""
        return self.fingerprint("phone", phone)

    def conversation_id(self, channel: str, phone: str) -> str:
        """The conversation of a number on a channel: 32 characters of base32, never the number itself."""
        digest = hmac.new(
            self.keys.index, f"conversation|{channel}|{phone}".encode(), hashlib.sha256
        ).digest()
        return base64.b32encode(digest).decode().lower()[:32]

    def _reread(self) -> None:
        """Read the key file if it was changed. The look at its time comes first: a later change is seen later."""
        changed = self._changed_at()
        if self._path is not None and changed != self._seen:
            self._adopt(read_keys(self._path))
            self._seen = changed

    def _adopt(self, keys: Keys) -> None:
        self._known |= keys.data
        self._keys = keys

    def _changed_at(self) -> tuple[int, int] | None:
        if self._path is None:
            return None
        try:
            found = self._path.stat()
        except OSError:  # keep working with the keys in memory
            return self._seen
        return (found.st_mtime_ns, found.st_ino)


def key_id(sealed: bytes) -> str:
    """Which data key sealed a value."""
    return sealed[:_ID].decode(errors="replace")


def open_vault(folder: Path) -> Vault:
    """An installation's vault: keys from BOT_DATA_KEYS (the key file's JSON), else the folder's key file.

    The file is made on first use, readable by its owner only. Raises KeysError when keys can't be used.
    """
    given = os.environ.get("BOT_DATA_KEYS")
    if given:
        try:
            return Vault(Keys.from_json(given))
        except ValueError as error:
            raise KeysError(f"BOT_DATA_KEYS: {error}") from error
    path = folder / KEY_FILE
    if not path.exists():
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write_owner_only(path, Keys.generate().to_json(), replace=False)
        except OSError as error:
            raise KeysError(f"{path}: cannot be made ({error.strerror})") from error
    return Vault(read_keys(path), path)


def read_keys(path: Path) -> Keys:
    """Read a key file; raise KeysError when others may read it or it is not a key file."""
    try:
        if path.stat().st_mode & 0o077:
            raise KeysError(f"{path}: others may read it; run chmod 600 {path}")
        return Keys.from_json(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise KeysError(f"{path}: cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise KeysError(f"{path}: {error}") from error


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One process at a time changes the keys in a folder."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _write_owner_only(path: Path, text: str, *, replace: bool) -> None:
    """Write a whole file or nothing. Without `replace`, the first of several processes wins."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            # Clocks of files tick in milliseconds: no two versions may look alike to `Vault`.
            later = max(time.time_ns(), path.stat().st_mtime_ns + 1)
            os.utime(draft, ns=(later, later))
            draft.replace(path)
        else:
            path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
