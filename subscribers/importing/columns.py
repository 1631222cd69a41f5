"""What the columns of a file mean: ours, and those of Mailchimp, Laposta and listmonk as they export them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from subscribers.importing.source import ImportFileError, Line, Table, check_meanings
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
    """Column of the file to our word: one of WORDS, or `left`, `bounced` and `asked` (see below)."""
    known: frozenset[str]
    marks: frozenset[str]
    """Columns that only this format has."""
    needs_asked: bool = False
    """True: its date of consent counts only where `asked` is filled in too; without it the vendor's user did it."""


WORDS = ("email", "language", "audiences", "region", "role", "since", "status")
"""What a column can mean; whoever imports may say it of any column (`Defaults.columns`)."""

_STATUS = {
    "": Standing.READS,
    **dict.fromkeys(("active", "actief", "subscribed", "aangemeld", "enabled"), Standing.READS),
    **dict.fromkeys(
        ("unsubscribed", "uitgeschreven", "afgemeld", "left", "archived", "disabled", "blocklisted"), Standing.LEFT
    ),
    **dict.fromkeys(("cleaned", "opgeschoond", "bounced", "gebounced", "hardbounce"), Standing.BOUNCED),
    **dict.fromkeys(("complained", "spam", "klacht", "abuse"), Standing.COMPLAINED),
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
        **dict.fromkeys(("email address", "email", "e-mailadres"), "email"),  # the label is the user's own
        "optin_time": "asked",
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
    frozenset({"leid", "euid"}),
    needs_asked=True,
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

_GO_TIME = re.compile(r"(?P<moment>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(\.\d+)? (?P<zone>[+-]\d{4}) \S+")
"""As Go prints a time, and so listmonk's export: 2023-05-02 10:12:00.123456 +0200 CEST."""
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


def format_of(table: Table, said: Mapping[str, str] | None = None) -> Format:
    """The format whose own columns are all there, or ours; `said` gives columns another meaning, "" is: do not keep.

    Raises ImportFileError for a column nobody knows, one that is not there, and a file without addresses.
    """
    names = set(table.header)
    found = _with(next(one for one in FORMATS if one.marks <= names), said or {}, names)
    if unknown := sorted(names - set(found.columns) - found.known):
        raise ImportFileError(
            _(
                "Onbekende kolommen: {unknown}. Bekend zijn: {known}. Geef een kolom een betekenis met "
                "--map kolom=betekenis, of sla haar over met --map kolom=",
                unknown=", ".join(unknown),
                known=", ".join(sorted({*found.columns, *found.known})),
            )
        )
    check_meanings({name: found.columns[name] for name in names if name in found.columns})
    if "email" not in {found.columns.get(name) for name in names}:
        raise ImportFileError(_("Er is geen kolom met e-mailadressen; noem die ‘email’."))
    return found


def standing_from(word: str) -> Standing:
    """What a status in words means. Raises ValueError."""
    if word.casefold() not in _STATUS:
        raise ValueError(word)
    return _STATUS[word.casefold()]


def _with(kind: Format, said: Mapping[str, str], names: set[str]) -> Format:
    if missing := sorted(set(said) - names):
        raise ImportFileError(_("Deze kolom ontbreekt: {columns}.", columns=", ".join(missing)))
    if wrong := sorted({word for word in said.values() if word} - set(WORDS)):
        raise ImportFileError(
            _("Deze betekenis kennen we niet: {wrong}. Wel: {known}.", wrong=", ".join(wrong), known=", ".join(WORDS))
        )
    columns = {name: word for name, word in kind.columns.items() if name not in said}
    return replace(
        kind,
        columns={**columns, **{name: word for name, word in said.items() if word}},
        known=kind.known | {name for name, word in said.items() if not word},
        needs_asked=kind.needs_asked and "since" not in said.values(),
    )


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
            None if kind.needs_asked and "asked" not in cells else moment_from(cells.get("since", "")),
            cells.get("region"),
            cells.get("role"),
        )

    return read


def moment_from(text: str) -> datetime | None:
    """A date or an instant, in UTC where no zone is said (as Mailchimp). Raises ValueError, for the future too."""
    if not text:
        return None
    if go := _GO_TIME.fullmatch(text):
        text = go["moment"] + go["zone"]
    if day := _DUTCH_DAY.match(text):  # 24-11-2026, as a Dutch spreadsheet writes it
        text = f"{day['year']}-{day['month']:0>2}-{day['day']:0>2}{text[day.end() :]}"
    moment = datetime.fromisoformat(text)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if moment > datetime.now(UTC):
        raise ValueError(text)
    return moment


def _standing(cells: Mapping[str, str]) -> Standing:
    for word in (Standing.LEFT, Standing.BOUNCED):
        if cells.get(word):
            return word
    return standing_from(cells.get("status", ""))
