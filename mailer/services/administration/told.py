"""A row of the audit trail in words: who did what, and about what. Codes and counts only, as the row itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from database.audit import AuditRow, Event
from mailer.ledger.health import BACKED_UP, BACKUP_CHECKED
from mailer.services.notices.alarms import ALARMS
from wording import Text, _


@dataclass(frozen=True)
class Told:
    """One row. `by` is a name, "" for a part of the system; `subject` the name of a colleague, if it is about one."""

    row: int
    at: datetime
    event: str
    what: Text
    about: str
    """What it was about, as the row has it: "los-2026-24", "12", "data.2"."""
    by: str = field(repr=False, default="")
    part: str = ""
    """The part of the system that did it."""
    subject: str = field(repr=False, default="")


_SAID: Mapping[str, Text] = {
    Event.VIEW_LIST: _("bekeek een lijst"),
    Event.VIEW_ONE: _("bekeek de gegevens van één persoon"),
    Event.SEARCH: _("zocht iemand op"),
    Event.EXPORT: _("haalde gegevens op in een bestand"),
    Event.PRINT: _("werkte aan een printopdracht"),
    Event.EDIT: _("veranderde iets"),
    Event.ERASE: _("wiste gegevens"),
    Event.IMPORT: _("las een lijst in"),
    Event.APPROVE: _("keurde goed"),
    Event.WAIVE: _("liet iets doorgaan met een reden"),
    Event.LOGIN: _("logde in"),
    Event.FAIL: _("gaf een verkeerde code"),
    Event.ROLE: _("veranderde rechten"),
    Event.KEY: _("werkte aan een sleutel"),
    Event.CONFIG: _("veranderde een instelling"),
    Event.PRUNED: _("wiste regels van meer dan 13 maanden oud"),
    "settings": _("veranderde een instelling"),
    "mail_test": _("stuurde zichzelf een proefmail"),
    "second_person": _("besloot of een tweede persoon goedkeurt"),
    "publish": _("verstuurde een nummer"),
    "mailing_start": _("liet een verzending beginnen"),
    "mailing_pause": _("zette een verzending stil"),
    "mailing_resume": _("liet een verzending verdergaan"),
    "mailing_cancel": _("brak een verzending af"),
    "mailing_relay": _("koos een andere mailserver voor een verzending"),
    "mailing_take_back": _("nam terug wat nog niet weg was"),
    "mailing_schedule": _("koos wanneer een verzending begint"),
    "mailing_retry": _("liet opnieuw versturen wat niet aankwam"),
    "mailing_resolve": _("zei wat er van onzekere mails kwam"),
    "send_back": _("stuurde een nummer terug"),
    "ask_approval": _("vroeg goedkeuring"),
    "keep_approval": _("verbeterde alleen een typfout"),
    "proof": _("stuurde een proefmail"),
    "archive_show": _("zette een nummer in het archief"),
    "archive_withdraw": _("haalde een nummer uit het archief"),
    "archive_build": _("maakte het archief als bestanden"),
    "dismiss_warning": _("verborg een waarschuwing"),
    "bring_back_warning": _("toonde een waarschuwing weer"),
    "breach_report": _("maakte een verslag van een datalek"),
    "tombstones": _("haalde op wie gewist is"),
    "hold_lifted": _("hief de stilstand op"),
    "retention_go_on": _("liet het wissen verdergaan"),
    BACKED_UP: _("maakte een back-up"),
    BACKUP_CHECKED: _("opende een back-up om te kijken"),
    "upgraded": _("werkte het programma bij"),
}
"""By event; one that is not here is told by its code."""
_STEPS: Mapping[tuple[str, str], Text] = {
    (Event.KEY, "printed"): _("zette de sleutels op papier"),
    (Event.KEY, "checked"): _("keek de sleutels op papier na"),
    (Event.KEY, "prepared"): _("zette een nieuwe sleutel klaar"),
    (Event.EDIT, "added"): _("voegde iemand toe"),
    (Event.EDIT, "assigned"): _("vroeg een vertaler"),
    (Event.EDIT, "answered"): _("gaf antwoord op een vraag"),
}
_ROLE: Mapping[str, Mapping[bool, Text]] = {
    "invited": {True: _("stuurde een uitnodiging")},
    "sessions": {False: _("logde iemand overal uit")},
    "second_step": {False: _("zette een tweede stap terug")},
    "passkey": {True: _("maakte een toegangssleutel"), False: _("haalde een toegangssleutel weg")},
    "paper": {True: _("maakte codes voor op papier")},
}
_ABOUT = ("issue", "mailing", "run", "audience", "centre", "relay", "job", "domain", "rule", "root", "privacy")


def told(row: AuditRow, names: Mapping[UUID, str]) -> Told:
    """The row in words; `names` are those of colleagues by their id."""
    actor = _uuid(row.actor)
    return Told(
        row.seq,
        row.at,
        row.event,
        _what(row.event, row.detail),
        " ".join(str(row.detail[key]) for key in _ABOUT if key in row.detail),
        names.get(actor, "") if actor else "",
        "" if actor else row.actor,
        names.get(row.subject, "") if row.subject else "",
    )


def _what(event: str, detail: Mapping[str, Any]) -> Text:
    if event == Event.ROLE:
        return _role(detail)
    if event == Event.LOGIN and "link" in detail:
        return _("maakte een inloglink op de server")
    if event in ALARMS:
        return Text(ALARMS[event].msgid, detail)
    return _STEPS.get((event, str(detail.get("step", "")))) or _SAID.get(event) or Text(event)


def _role(detail: Mapping[str, Any]) -> Text:
    for key, words in _ROLE.items():
        if key in detail and bool(detail[key]) in words:
            return words[bool(detail[key])]
    before, after = str(detail.get("before", "")), str(detail.get("after", ""))
    if after and not before:
        return _("voegde een medewerker toe")
    if after.startswith("inactive"):
        return _("nam iemand alle rechten af")
    if before.startswith("inactive"):
        return _("maakte iemand weer actief")
    return _SAID[Event.ROLE]


def _uuid(actor: str) -> UUID | None:
    try:
        return UUID(actor)
    except ValueError:
        return None
