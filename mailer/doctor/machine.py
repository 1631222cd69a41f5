"""This machine: its clock, its room, its fonts, and who may write where."""

from __future__ import annotations

import ctypes
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from babel import Locale, UnknownLocaleError

from mailer.doctor.finding import Finding, Level
from mailer.doctor.world import World
from mailer.letterforms import can_be_added, without_form
from mailer.services.notices.watch import LEAST_FREE
from wording import _

LEAST_INODES = 10_000
MOST_FILES = 50_000
"""Of the content folder that are looked at."""
_UNSYNCHRONISED = 0x0040
"""STA_UNSYNC of adjtimex(2)."""


class _Timex(ctypes.Structure):
    """The first fields of `struct timex` (adjtimex(2)); the rest is room."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 300),
    )


def kernel_clock() -> tuple[bool, float] | None:
    """Whether a service keeps the clock of this machine right, and how many seconds off it is at most; None: unsaid."""
    timex = _Timex()
    try:
        state = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(timex))
    except (OSError, AttributeError):
        return None
    return None if state == -1 else (not timex.status & _UNSYNCHRONISED, timex.maxerror / 1e6)


def clock(_world: World, ask: Callable[[], tuple[bool, float] | None] = kernel_clock) -> Iterator[Finding]:
    """A wrong clock mails at the wrong hour, and stops retention."""
    said = ask()
    if said is None:
        text = _("De kernel zegt niet of de klok van deze machine goed wordt gehouden.")
        yield Finding("clock", Level.NOTE, text)
    elif not said[0]:
        text = _("Niets houdt de klok van deze machine goed.")
        yield Finding("clock", Level.WARN, text, _("Installeer systemd-timesyncd of chrony."))
    else:
        yield Finding("clock", Level.OK, _("De klok wordt goed gehouden, op hoogstens {off} s.", off=f"{said[1]:.1f}"))


def disk(world: World) -> Iterator[Finding]:
    """Room for bytes and for files, wherever something of ours grows."""
    places = [one for one in (world.folder, world.data) if one is not None and one.exists()]
    for place in {one.stat().st_dev: one for one in reversed(places)}.values():
        free, inodes = shutil.disk_usage(place).free, os.statvfs(place)
        room = f"{free / 1e9:.1f}"
        if free < LEAST_FREE:
            said = _("In {place} is nog {room} GB vrij.", place=place, room=room)
            remedy = _("Maak ruimte: reservekopieën en printopdrachten groeien het meest.")
            yield Finding("disk", Level.FAIL if free < LEAST_FREE / 10 else Level.WARN, said, remedy)
        elif inodes.f_files and inodes.f_favail < LEAST_INODES:  # some file systems count none
            said = _("In {place} kunnen nog maar {count} bestanden bij.", place=place, count=inodes.f_favail)
            yield Finding("disk", Level.WARN, said, _("Ruim kleine bestanden op, of neem een grotere schijf."))
        else:
            yield Finding("disk", Level.OK, _("In {place} is nog {room} GB vrij.", place=place, room=room))


def fonts(world: World) -> Iterator[Finding]:
    """Whether paper can show each language: by the letters of its alphabet (CLDR) where known, and of its own name."""
    for code, name in world.locales.items():
        missing = without_form(name + _letters(code))
        if not missing:
            yield Finding("fonts", Level.OK, _("Voor {language} zijn er letters.", language=name))
            continue
        add = _("Installeer de letters erbij: `pip install postduif[scripts]`")
        other = _("Er is geen lettertype voor; kies voor deze taal geen post.")
        remedy = add if can_be_added(missing) else other
        yield Finding("fonts", Level.WARN, _("Voor {language} ontbreken letters op papier.", language=name), remedy)


def _letters(code: str) -> str:
    """The names of the months and days in a language: all the letters of its script that matter, and some more."""
    try:
        locale = Locale.parse(code, sep="_")
    except (ValueError, UnknownLocaleError):
        return ""
    words = [*locale.months["format"]["wide"].values(), *locale.days["format"]["wide"].values()]
    return "".join(words)


def content(world: World) -> Iterator[Finding]:
    """Links, devices, and what anyone on this machine may write in the content folder."""
    links, open_to_all = 0, 0
    for path in islice(_below(world.folder), MOST_FILES):
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            links += 1
        elif mode & stat.S_IWOTH:
            open_to_all += 1
    if links:
        said = _("In {folder} staan koppelingen (symlinks): {count}.", folder=world.folder, count=links)
        yield Finding("content", Level.WARN, said, _("Zet er echte bestanden neer; koppelingen worden niet gelezen."))
    if open_to_all:
        said = _("In {folder} mag iedereen op deze machine schrijven (bestanden: {count}).", folder=world.folder,
                 count=open_to_all)  # fmt: skip
        yield Finding("content", Level.FAIL, said, _("Neem dat weg: `chmod -R o-w {folder}`", folder=world.folder))
    if not os.access(world.folder, os.W_OK):
        said = _("In {folder} kan Postduif niet schrijven.", folder=world.folder)
        remedy = _("Geef de gebruiker van Postduif dat recht; op een machine zonder redactie is het goed.")
        yield Finding("content", Level.NOTE, said, remedy)
    if not links and not open_to_all:
        yield Finding("content", Level.OK, _("De inhoudsmap is in orde."))


def _below(folder: Path) -> Iterator[Path]:
    """Everything in a folder, no link followed, without the history of git."""
    for here, folders, files in os.walk(folder):
        folders[:] = [one for one in folders if one != ".git"]
        yield from (Path(here, one) for one in (*folders, *files))
