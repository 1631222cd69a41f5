"""An event of a public issue in, a file for a calendar out (iCalendar, RFC 5545)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mailer.artefacts.archive.leaf import LeafEvent
from mailer.artefacts.archive.pages import Published
from mailer.artefacts.letterhead import page_url
from mailer.organisation import House

_LINE = 75
"""Octets of a line without its end (RFC 5545 §3.1)."""
_LASTS = timedelta(hours=1)
"""What an event lasts of which only the beginning is said: a calendar needs an end to show it as more than a moment."""


def event_file(one: Published, number: int, house: House) -> bytes:
    """The event with this number, counted from 1, with the page of the issue as its address."""
    event = one.leaf.events[number - 1]
    host = house.base_url.removeprefix("https://").partition("/")[0]
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Postduif//NL",
        "BEGIN:VEVENT",
        f"UID:{one.leaf.slug}-{one.leaf.locale}-{number}@{host}",
        f"DTSTAMP:{_utc(one.updated)}",
        *_when(event, house),
        f"SUMMARY:{_text(event.title)}",
        *([f"LOCATION:{_text(event.place)}"] if event.place else []),
        f"URL:{page_url(house, one.leaf.locale, one.leaf.slug)}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return b"".join(_folded(line) for line in lines)


def _when(event: LeafEvent, house: House) -> list[str]:
    day = date.fromisoformat(event.day)
    if not event.starts:
        return [f"DTSTART;VALUE=DATE:{day:%Y%m%d}", f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}"]
    starts = datetime.combine(day, time.fromisoformat(event.starts), ZoneInfo(house.time_zone))
    return [f"DTSTART:{_utc(starts)}", f"DTEND:{_utc(starts.astimezone(UTC) + _LASTS)}"]


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(words: str) -> str:
    """Escaped as §3.3.11 says; a line end in it would begin a property of its own."""
    escaped = words.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return " ".join(escaped.split())


def _folded(line: str) -> bytes:
    """Cut between letters, never inside one (§3.1)."""
    parts: list[bytes] = [b""]
    for letter in line:
        octets = letter.encode()
        if len(parts[-1]) + len(octets) > _LINE:
            parts.append(b" ")
        parts[-1] += octets
    return b"\r\n".join(parts) + b"\r\n"
