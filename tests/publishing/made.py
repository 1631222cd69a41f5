"""Standings made by hand, as the files and the database of an issue could give them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from mailer.ledger.standing import MailingRow
from mailer.ledger.states import MailingState
from mailer.organisation import Channel
from mailer.services.publishing.progress import LocaleStanding
from mailer.services.publishing.standing import ApprovalStanding, EditionStanding, Standing
from mailer.services.publishing.steps import Step, next_step
from staff.people import Person
from staff.roles import Role

SLUG = "meldpunt-2026-3"


def someone(number: int, *roles: Role, languages: tuple[str, ...] = ()) -> Person:
    """A person who works here."""
    return Person(UUID(int=number), f"P{number}", f"p{number}@voorbeeld.example", frozenset(roles), languages)


BRAM = someone(1, Role.EDITOR)
AMINA = someone(2, Role.APPROVER)
YASMIN = someone(3, Role.TRANSLATOR, languages=("ar",))
KARIM = someone(4, Role.TRANSLATOR, languages=("ar",))  # translates too, and was not asked
SEM = someone(5, Role.POSTAL)
NOOR = someone(6, Role.ADMIN)
BOTH = someone(7, Role.EDITOR, Role.APPROVER)  # approves and sends, though never the same issue


def language(locale: str = "ar", **counts: Any) -> LocaleStanding:
    """One translation, of which what is not approved keeps it from going out."""
    given: dict[str, Any] = {
        "exists": True,
        "broken": False,
        "untranslated": 0,
        "needs_work": 0,
        "translated": 0,
        "approved": 0,
    }
    given |= {"failing": 0, **counts}
    blocking = given["untranslated"] + given["needs_work"] + given["translated"]
    return LocaleStanding(locale, **{"blocking": blocking, **given})


def ready(locale: str) -> LocaleStanding:
    return language(locale, approved=84)


def mailing(state: MailingState, mail: int = 0, post: int = 0) -> MailingRow:
    waiting: Mapping[Channel, int] = {
        channel: count for channel, count in ((Channel.EMAIL, mail), (Channel.POST, post)) if count
    }
    return MailingRow(9, state, None, None, 100, waiting)


def approval(by: Person, *editions: str) -> ApprovalStanding:
    return ApprovalStanding(by.name, by.uid, datetime(2026, 11, 27, tzinfo=UTC), editions, ())


def issue(**changes: Any) -> Standing:
    """An issue of which every edition is made and none approved; its step follows from the rest."""
    given: dict[str, Any] = {
        "slug": SLUG,
        "publication": "meldpunt",
        "title": "Bericht van het Meldpunt 3",
        "day": date(2026, 12, 1),
        "is_current": True,
        "errors": 0,
        "warnings": 0,
        "audiences": ("detention", "detention-friends"),
        "locales": (ready("en"), ready("ar")),
        "is_rendered": True,
        "editions": (EditionStanding("detention (nl)", "a", ()), EditionStanding("detention-friends (nl)", "b", ())),
        "approvals": (),
        "picks": {},
        "mailings": (),
        "runs": (),
        "next": Step.WAIT,
        **changes,
    }
    found = Standing(**given)
    step = next_step(
        errors=found.errors,
        locales=found.locales,
        rendered=found.is_rendered,
        editions=len(found.editions),
        unapproved=len(found.unapproved),
        mailings=found.mailings,
        runs=found.runs,
    )
    return Standing(**{**given, "next": step})


APPROVED = tuple(EditionStanding(name, name, (AMINA.name,)) for name in ("detention (nl)", "detention-friends (nl)"))
NAMES = tuple(one.name for one in APPROVED)
