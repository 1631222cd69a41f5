"""What the columns of a file mean: ours, and those of Mailchimp, Laposta and listmonk as they export them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from subscribers.importing.source import ImportFileError, Line, Table
from wording import _


class Standing(StrEnum):
    """What the file says of a reader."""

    READS = "reads"
    LEFT = "left"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


@dataclass(frozen=True)
class Format:
    """A way to write readers down. `known` are columns we deliberately do not keep; any other column is an error."""

    name: str
    columns: Mapping[str, str]
    """Column of the file to our word: email, language, audiences, region, role, since, status."""
    known: frozenset[str]
    marks: frozenset[str]
    """Columns that only this format has."""


_STATUS = {
    "": Standing.READS,
    **dict.fromkeys(("active", "actief", "subscribed", "aangemeld", "enabled"), Standing.READS),
    **dict.fromkeys(("unsubscribed", "uitgeschreven", "afgemeld", "left", "disabled", "archived"), Standing.LEFT),
    **dict.fromkeys(("cleaned", "opgeschoond", "bounced", "gebounced", "hardbounce"), Standing.BOUNCED),
    **dict.fromkeys(("complained", "spam", "klacht", "blocklisted", "abuse"), Standing.COMPLAINED),
}

OWN = Format(
    "postduif",
    {
        **dict.fromkeys(("email", "e-mail", "e-mailadres", "emailadres"), "email"),
        **dict.fromkeys(("language", "taal"), "language"),
        **dict.fromkeys(("audiences", "doelgroepen"), "audiences"),
        **dict.fromkeys(("region", "regio"), "region"),
        **dict.fromkeys(("role", "rol"), "role"),
        **dict.fromkeys(("since", "sinds", "toestemming op"), "since"),
        "status": "status",
    },
    frozenset(),
    frozenset(),
)
MAILCHIMP = Format(
    "Mailchimp",
    {
        "email address": "email",
        "confirm_time": "since",
        "language": "language",
        "unsub_time": "left",
        "clean_time": "bounced",
    },
    frozenset(
        [
            "first name",
            "last name",
            "address",
            "phone number",
            "birthday",
            "member_rating",
            "optin_time",
            "optin_ip",
            "confirm_ip",
            "latitude",
            "longitude",
            "gmtoff",
            "dstoff",
            "timezone",
            "cc",
            "region",
            "last_changed",
            "leid",
            "euid",
            "notes",
            "tags",
            "unsub_campaign_title",
            "unsub_campaign_id",
            "unsub_reason",
            "unsub_reason_other",
            "clean_campaign_title",
            "clean_campaign_id",
        ]
    ),
    frozenset({"email address"}),
)
LAPOSTA = Format(
    "Laposta",
    {
        **dict.fromkeys(("email", "e-mailadres"), "email"),
        **dict.fromkeys(("aanmelddatum", "datum aanmelding"), "since"),
        "status": "status",
        **dict.fromkeys(("afmelddatum", "datum afmelding"), "left"),
    },
    frozenset(
        [
            "voornaam",
            "achternaam",
            "naam",
            "tussenvoegsel",
            "ip",
            "ip-adres",
            "bron",
            "relatie-id",
            "datum wijziging",
            "geboortedatum",
        ]
    ),
    frozenset({"aanmelddatum"}),
)
LISTMONK = Format(
    "listmonk",
    {"email": "email", "status": "status", "created_at": "since"},
    frozenset({"uuid", "name", "attributes", "updated_at"}),
    frozenset({"uuid", "attributes"}),
)
FORMATS = (MAILCHIMP, LAPOSTA, LISTMONK, OWN)

_DUTCH_DAY = re.compile(r"(?P<day>\d{1,2})-(?P<month>\d{1,2})-(?P<year>\d{4})\b")
_FORMULA = re.compile(r"'(?=[=+\-@\t\r＝＋－＠])")


@dataclass(frozen=True)
class Wanted:
    """What one row says, before it is checked."""

    line: int
    email: str
    standing: Standing
    language: str
    audiences: tuple[str, ...]
    since: datetime | None
    region: str | None
    role: str | None


def format_of(table: Table) -> Format:
    """The format whose own columns are all there, or ours. Raises ImportFileError for a column nobody knows."""
    names = set(table.header)
    found = next(one for one in FORMATS if one.marks <= names)
    if unknown := sorted(names - set(found.columns) - found.known):
        raise ImportFileError(
            _(
                "Onbekende kolommen: {unknown}. Bekend zijn: {known}. Haal weg wat we niet hoeven te bewaren.",
                unknown=", ".join(unknown),
                known=", ".join(sorted({*found.columns, *found.known})),
            )
        )
    if not {"email"} & {found.columns.get(name) for name in names}:
        raise ImportFileError(_("Er is geen kolom met e-mailadressen; noem die ‘email’."))
    return found


def reader_of(kind: Format) -> Callable[[Line], Wanted]:
    """What turns a row of this format into what it says. It raises ValueError for a date or status nobody knows."""

    def read(line: Line) -> Wanted:
        cells: dict[str, str] = {}
        for name, value in line.cells.items():
            if (word := kind.columns.get(name)) and value.strip():
                cells[word] = _FORMULA.sub("", value.strip(" "), count=1)
        return Wanted(
            line.number,
            cells.get("email", ""),
            _standing(cells),
            cells.get("language", "").casefold(),
            tuple(sorted({name.strip() for name in cells.get("audiences", "").split(",") if name.strip()})),
            moment_from(cells.get("since", "")),
            cells.get("region"),
            cells.get("role"),
        )

    return read


def moment_from(text: str) -> datetime | None:
    """A date or an instant; without a zone it is UTC, as Mailchimp writes it. Raises ValueError."""
    if not text:
        return None
    if day := _DUTCH_DAY.match(text):  # 24-11-2026, as a Dutch spreadsheet writes it
        text = f"{day['year']}-{day['month']:0>2}-{day['day']:0>2}{text[day.end() :]}"
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _standing(cells: Mapping[str, str]) -> Standing:
    for word in (Standing.LEFT, Standing.BOUNCED):
        if cells.get(word):
            return word
    status = cells.get("status", "").casefold()
    if status not in _STATUS:
        raise ValueError(status)
    return _STATUS[status]
