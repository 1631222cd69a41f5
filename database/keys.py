"""A ring of keys from files: one root per kind of secret, several ids per root while one replaces another.

A key is a file `<root>.<id>` (mode 0400) of 32 random bytes in base32, so that it can also be printed; where systemd or
a container hands the folder on as credentials it is called `keys_<root>.<id>`. The highest id seals; the others still
open. Keys come from files only: an environment leaks into child processes and crash reports.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy.orm import Session

from wording import _
from wording.errors import SettingsError

ROOTS = ("data", "index", "links", "audit", "session")
"""What each is for: sealed columns, blind indexes, links in mail, the audit chain, sessions of staff."""

HANDED_ON = "keys_"
"""Before the name of a file that came by `LoadCredential=keys:FOLDER` (systemd.exec(5))."""
_FILE = re.compile(rf"(?:{HANDED_ON})?(?P<root>[a-z]+)\.(?P<kid>[1-9][0-9]{{0,3}})")
_BYTES = 32


class KeysError(SettingsError):
    """A key is missing, wrong or badly kept: whoever set the system up can mend it. `text` says how."""


@dataclass(frozen=True)
class KeyRing:
    """All roots with their ids. Neither `repr` nor `==` touches the secrets."""

    roots: Mapping[str, Mapping[int, bytes]] = field(repr=False, compare=False)
    active: Mapping[str, int] = field(default_factory=dict, repr=False, compare=False)
    """The id that seals and signs, by root, where it is not the highest: while a newer key is prepared."""
    _derived: dict[tuple[str, str, int], bytes] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def from_folder(cls, folder: Path) -> KeyRing:
        """The keys in `folder`. Raises KeysError when a root is missing or a file is open to others or damaged."""
        roots: dict[str, dict[int, bytes]] = {root: {} for root in ROOTS}
        for path in key_files(folder):
            root, _dot, kid = path.name.removeprefix(HANDED_ON).partition(".")
            if root in roots:
                roots[root][int(kid)] = _secret(path)
        if missing := [root for root, keys in roots.items() if not keys]:
            raise KeysError(
                _(
                    "In {folder} ontbreekt een sleutel voor: {roots}. Zet de sleutels terug, of maak ze bij een "
                    "nieuwe installatie met: postduif keys create",
                    folder=folder,
                    roots=", ".join(missing),
                )
            )
        return cls(roots)

    @classmethod
    def create(cls, folder: Path) -> KeyRing:
        """A new ring in `folder`. Raises KeysError when keys are there: overwriting them loses every address."""
        if has_keys(folder):
            raise KeysError(_("In {folder} staan al sleutels; die worden nooit overschreven.", folder=folder))
        for root in ROOTS:
            write_key(folder, root, 1)
        return cls.from_folder(folder)

    @classmethod
    def generated(cls) -> KeyRing:
        """A ring that exists in memory only, for a check or a test."""
        return cls({root: {1: secrets.token_bytes(_BYTES)} for root in ROOTS})

    def ids(self, root: str) -> tuple[int, ...]:
        """The ids of a root, newest first."""
        return tuple(sorted(self.roots[root], reverse=True))

    def current(self, root: str) -> int:
        """The id that seals and signs."""
        return self.active.get(root) or max(self.roots[root])

    def newest(self, root: str) -> int:
        """The highest id, which may still be prepared only."""
        return max(self.roots[root])

    def renew(self, folder: Path, active: Mapping[str, int]) -> None:
        """Become the ring that is in `folder` now, in the hands of everyone who has this one. Raises KeysError when an
        active key is not there; then nothing has changed."""
        fresh = KeyRing.from_folder(folder)
        for root, kid in active.items():
            fresh.require(root, kid)
        # A key of the same id is the same key, so whatever was derived stays right.
        object.__setattr__(self, "roots", fresh.roots)
        object.__setattr__(self, "active", dict(active))

    def require(self, root: str, kid: int) -> None:
        """Raises KeysError when the ring lacks this key."""
        if kid not in self.roots[root]:
            raise KeysError(
                _(
                    "De database gebruikt sleutel {root}.{kid}, en die is er niet. Zet het bestand terug.",
                    root=root,
                    kid=kid,
                )
            )

    def derive(self, root: str, purpose: str, kid: int) -> bytes:
        """32 bytes for one purpose (HKDF-SHA256, RFC 5869). Raises KeysError when the ring lacks the id."""
        found = self._derived.get((root, purpose, kid))
        return found if found is not None else self._derive(root, purpose, kid)

    def _derive(self, root: str, purpose: str, kid: int) -> bytes:
        self.require(root, kid)
        info = f"postduif {root} {purpose}".encode()
        key = HKDF(algorithm=SHA256(), length=_BYTES, salt=None, info=info).derive(self.roots[root][kid])
        self._derived[root, purpose, kid] = key
        return key


def write_key(folder: Path, root: str, kid: int) -> Path:
    """Write a new random key, readable by its owner only; an existing file is never opened. Raises FileExistsError.

    Half a key would stop everything, so it gets its name when it is on the disk; what a kill leaves is no key file.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return save_key(folder / f"{root}.{kid}", base64.b32encode(secrets.token_bytes(_BYTES)).rstrip(b"=") + b"\n")


def save_key(path: Path, data: bytes) -> Path:
    """As `write_key`, with what is in the file of a key."""
    descriptor, unfinished = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        os.fchmod(descriptor, 0o400)
        on_disk(descriptor, data)
        os.link(unfinished, path)
    finally:
        Path(unfinished).unlink()
    on_disk(os.open(path.parent, os.O_RDONLY))
    return path


def complete(folder: Path) -> None:
    """Write a first key for each root that has none: what making a new ring that was killed still lacks."""
    there = {path.name.removeprefix(HANDED_ON).partition(".")[0] for path in key_files(folder)}
    for root in ROOTS:
        if root not in there:
            write_key(folder, root, 1)


def key_files(folder: Path) -> list[Path]:
    """The files in `folder` that have the name of a key."""
    return sorted(path for path in folder.iterdir() if _FILE.fullmatch(path.name)) if folder.is_dir() else []


def has_keys(folder: Path) -> bool:
    """Whether there is a key in `folder`, of whatever installation."""
    return bool(key_files(folder))


def keys_of(session: Session) -> KeyRing:
    """The ring this session was opened with. Raises KeysError when the store was opened without keys."""
    ring = session.info.get("keys")
    if not isinstance(ring, KeyRing):
        raise KeysError(_("Deze opdracht heeft de sleutels nodig, maar de database is zonder sleutels geopend."))
    return ring


def on_disk(descriptor: int, data: bytes = b"") -> None:
    """Write to an open file, wait until the disk has it, and close; without data: the newest names in a folder."""
    try:
        if data:
            os.write(descriptor, data)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _secret(path: Path) -> bytes:
    if path.stat().st_mode & 0o027:
        raise KeysError(_("Anderen kunnen {path} lezen. Beperk dat met: chmod 0400 {path}", path=path))
    text = path.read_bytes().strip()
    try:
        secret = base64.b32decode(text + b"=" * (-len(text) % 8))
    except binascii.Error:
        secret = b""
    if len(secret) != _BYTES:
        raise KeysError(_("{path} is geen sleutel van Postduif, of is beschadigd.", path=path))
    return secret
