"""A content folder to begin with: postduif.toml, a first issue and keys; made by `postduif init` and by the first run.

The settings are written last, whole, and never over others: a folder either has them, with all that belongs to them, or
is still to be begun. `begin` may be killed at any moment and called again.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import tomlkit

from database.keys import KeyRing, complete, has_keys
from mailer.files import create_whole, halves_of, only_one, write_whole
from mailer.places import KEPT_PASSWORD, default_keys, keys_folder
from wording import _
from wording.errors import ConflictError, InvalidInputError, SettingsError

START = Path(__file__).resolve().parents[3] / "templates" / "init"
FILE, FIRST_ISSUE = "postduif.toml", "nieuws-2026-1"
_BEGUN = Path("var") / "begun"
"""Says that keys which stand outside the folder are of a start that did not end, and not of another folder."""
_MARKER = Path("var") / "first-run"
_OURS = frozenset({"issues", "translations", "var", ".gitignore"})
"""What a start that was killed may have left, beside halves of the files it was writing."""
_LOCALES: Mapping[str, Mapping[str, str]] = {
    "nl": {"name": "Nederlands", "formats": "nl_NL", "title": "Ons nieuws", "readers": "Lezers"},
    "en": {"name": "English", "formats": "en_GB", "title": "Our news", "readers": "Readers"},
    "ar": {"name": "العربية", "formats": "ar_MA", "title": "أخبارنا", "readers": "القراء"},
}
"""The languages that a start knows, each in its own words."""


class Step(StrEnum):
    """How far the first run is."""

    US = "us"
    KEYS = "keys"
    MAIL = "mail"
    ISSUE = "issue"


@dataclass(frozen=True)
class Start:
    """What an organisation says of itself at first; by default the example, to be changed in a text editor."""

    organisation: str = field(default="", repr=False)
    languages: tuple[str, ...] = ("nl", "en")
    """The first one is what they write in."""
    second_person: bool = True
    """Whether someone else than who sends approves each issue."""


def may_begin(folder: Path) -> bool:
    """True for a folder that is empty, not there, or was left by a start that did not end."""
    if not folder.exists():
        return True
    if not folder.is_dir():
        return False
    halves = {path for file in _written_in(folder) for path in halves_of(file)}
    return {path.name for path in folder.iterdir() if path not in halves} <= _OURS


def begin(folder: Path, start: Start) -> None:
    """Write the folder.

    Raises ConflictError when it has settings already, InvalidInputError for what cannot be, SettingsError for a folder
    that cannot be made.
    """
    settings = _settings(start)
    _make(folder)
    with only_one(folder):
        if (folder / FILE).exists():
            raise ConflictError(_("Iemand anders was net eerder: deze organisatie is al begonnen."))
        for half in [path for file in _written_in(folder) for path in halves_of(file)]:
            half.unlink(missing_ok=True)
        keys = _place_for_keys(folder)
        shutil.copytree(START / "issues", folder / "issues", dirs_exist_ok=True)
        if (other := START / "first" / f"{start.languages[0]}.md").exists():
            write_whole(folder / "issues" / FIRST_ISSUE / "issue.md", other.read_bytes())
        (folder / "translations").mkdir(exist_ok=True)
        if not start.organisation:  # the example as it is, whose issue is translated too
            shutil.copytree(START / "translations", folder / "translations", dirs_exist_ok=True)
        write_whole(folder / ".gitignore", b"var/\n")
        complete(keys)
        create_whole(folder / FILE, settings)
        (folder / _BEGUN).unlink(missing_ok=True)
        with suppress(OSError):  # the first run and a database have more in it
            (folder / _BEGUN).parent.rmdir()


def keys_in(folder: Path) -> KeyRing:
    """The keys that `begin` made."""
    return KeyRing.from_folder(keys_folder(None, folder))


def step_of(folder: Path) -> Step | None:
    """How far a first run that has begun is; None when there is none on its way."""
    try:
        return Step((folder / _MARKER).read_text("ascii").strip())
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None


def go_to(folder: Path, step: Step | None) -> None:
    """Note how far the first run is; None: it is over. Raises SettingsError for a folder that cannot be made."""
    if step is None:
        (folder / _MARKER).unlink(missing_ok=True)
    else:
        _make(folder)
        write_whole(folder / _MARKER, step.value.encode("ascii"))


def save_mail(folder: Path, keys: Path, table: Mapping[str, Any], password: str, sender: str) -> None:
    """Keep a mail server in the settings of a folder, and its password in the folder of the keys (mode 0400).

    Killed at any moment, no server is told the password of another: the old one goes first, the new one comes last.
    """
    with only_one(folder):
        path = folder / FILE
        document: Any = tomlkit.parse(path.read_text("utf-8"))
        smtp = document.setdefault("smtp", tomlkit.table())
        for key, value in table.items():
            smtp[key] = value
        for publication in document["publications"].values():
            publication["sender"]["address"] = sender
            publication["sender"]["reply_to"] = sender
        (keys / KEPT_PASSWORD).unlink(missing_ok=True)
        write_whole(path, tomlkit.dumps(document).encode())
        if password:
            _keep_secret(keys / KEPT_PASSWORD, password)


def _written_in(folder: Path) -> tuple[Path, ...]:
    """Every file that `begin` writes whole: while it does, a half of it stands beside it."""
    return (folder / FILE, folder / ".gitignore", folder / _BEGUN, folder / "issues" / FIRST_ISSUE / "issue.md")


def _place_for_keys(folder: Path) -> Path:
    """Raises SettingsError when keys are there that no start of this folder made."""
    keys = keys_folder(None, folder)
    if keys == default_keys(folder) and has_keys(keys) and not (folder / _BEGUN).exists():
        text = _("In {keys} staan al sleutels van een map met deze naam; kies een andere naam.", keys=keys)
        raise SettingsError(text)
    write_whole(folder / _BEGUN, f"{keys}\n".encode())
    return keys


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = error.strerror or str(error)
        raise SettingsError(_("De map {folder} kan niet gemaakt worden: {why}.", folder=folder, why=why)) from None


def _settings(start: Start) -> bytes:
    text = (START / FILE).read_text("utf-8")
    if not start.organisation:
        return text.encode()
    if not start.languages or not set(start.languages) <= _LOCALES.keys():
        raise InvalidInputError(_("Kies minstens één taal."))
    document: Any = tomlkit.parse(text)
    document["source_locale"] = start.languages[0]
    organisation = document["organisation"]
    organisation["name"] = start.organisation
    organisation["postal_address"][0] = start.organisation
    for code in [*document["locales"]]:
        if code not in start.languages:
            del document["locales"][code]
    for code in start.languages:
        if code not in document["locales"]:
            document["locales"][code] = {key: _LOCALES[code][key] for key in ("name", "formats")}
    publication = document["publications"]["nieuws"]
    publication["title"] = _inline((code, _LOCALES[code]["title"]) for code in start.languages)
    publication["sender"]["name"] = _inline((code, start.organisation) for code in start.languages)
    readers = document["audiences"]["lezers"]
    readers["title"] = _inline((code, _LOCALES[code]["readers"]) for code in start.languages)
    readers["locales"], readers["fallback"] = list(start.languages), start.languages[0]
    return tomlkit.dumps(document).encode()


def _inline(pairs: Iterable[tuple[str, str]]) -> Any:
    table = tomlkit.inline_table()
    for key, value in pairs:
        table[key] = value
    return table


def _keep_secret(path: Path, secret: str) -> None:
    """Whole and for the owner alone from its first moment on."""
    beside = path.with_name(f".{path.name}")
    beside.unlink(missing_ok=True)
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(handle, "wb") as file:
        file.write(secret.encode())
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
