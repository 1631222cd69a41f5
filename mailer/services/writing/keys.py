"""What the standing of an issue was read from, as one hash: when it is another, something on the disk changed."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

from mailer.artefacts.environment import TEMPLATES
from mailer.content import GLOSSARY, Content
from mailer.document.tree import STANDING as STANDING_FOLDER
from mailer.letterforms import families
from mailer.organisation import House
from mailer.translation.extract import STANDING
from wording.errors import ContentError


class FileKeys:
    """The keys of the issues of one folder; what they share is read once."""

    def __init__(self, content: Content) -> None:
        self._content = content
        self._locales = [one for one in content.house.locales if one != content.house.source_locale]
        self._shared = _shared(content, self._locales)

    def of(self, slug: str) -> str:
        """SHA-256 over the issue, its catalogs, its pictures, the settings, the standing texts and the templates."""
        content = self._content
        digest = sha256(self._shared)
        for file in (f"issues/{slug}/issue.md", *(content.catalog_file(slug, one) for one in self._locales)):
            _add(digest, Path(file), _bytes_of(content, file))
        self._add_pictures(digest, slug)
        return digest.hexdigest()

    def around(self, slug: str) -> str:
        """As `of`, without the text and its translations: what an edition is made with rather than made of."""
        digest = sha256(self._shared)
        self._add_pictures(digest, slug)
        return digest.hexdigest()

    def _add_pictures(self, digest: _Digest, slug: str) -> None:
        for path in sorted((self._content.folder / "issues" / slug).rglob("*")):
            if path.name != "issue.md" and not path.name.startswith("."):
                _add(digest, path, _mark_of(path))


def with_decisions(key: str, decisions: Iterable[tuple[str, str, str]]) -> str:
    """The key of rendered editions: that of the files, and what was decided about languages."""
    return sha256(repr((key, sorted(decisions))).encode()).hexdigest()


def _shared(content: Content, locales: Iterable[str]) -> bytes:
    folder, house = content.folder, content.house
    standing = sorted(path.name for path in folder.glob(f"{STANDING_FOLDER}/*.md"))
    files = [GLOSSARY, *(f"{STANDING_FOLDER}/{name}" for name in standing)]
    files += [content.catalog_file(STANDING, locale) for locale in locales]
    if logo := house.organisation.look.logo:
        files.append(logo)
    digest = sha256(_program() + _settings(house))
    for file in files:
        _add(digest, Path(file), _bytes_of(content, file))
    return digest.digest()


def _settings(house: House) -> bytes:
    """The settings that editions are made from, in an order that does not depend on how they were read."""
    return repr(house).encode()


@cache
def _program() -> bytes:
    """The version, the templates and the fonts of this process: an update of them may find or render otherwise."""
    digest = sha256(version("postduif").encode())
    for path in sorted(TEMPLATES.rglob("*")):
        if path.is_file():
            _add(digest, path, path.read_bytes())
    for family in families():
        _add(digest, family.file, family.name.encode())
    return digest.digest()


def _bytes_of(content: Content, file: str) -> bytes | None:
    try:
        return content.raw(file)
    except ContentError as error:  # also a file that may not be read: that it cannot is what changed
        return type(error).__name__.encode()


def _mark_of(path: Path) -> bytes | None:
    """A picture may have ten megabytes: its size and moment of change stand for it."""
    try:
        found = path.lstat()
    except OSError:
        return None
    return f"{found.st_size} {found.st_mtime_ns}".encode()


class _Digest(Protocol):
    def update(self, data: bytes, /) -> None: ...


def _add(digest: _Digest, path: Path, data: bytes | None) -> None:
    name = path.name.encode()
    for part in (name, b"-" if data is None else b"+" + data):
        digest.update(len(part).to_bytes(8, "big") + part)
