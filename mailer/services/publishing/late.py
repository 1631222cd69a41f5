"""A language that was not ready goes to its readers by itself, once it is translated and approved; never twice.

Whoever chose that at the send page stays who sends: they must still work here and have the right. The worker looks
every minute.
"""

from __future__ import annotations

import logging
from uuid import UUID

from sqlalchemy.orm import Session

from database.audit import Event, record
from mailer.ledger import late, mailings, opening, translators
from mailer.ledger.translations import Decision, LocaleDecision
from mailer.services.office import Office
from mailer.services.publishing.approval import proposal
from mailer.services.publishing.publish import publish
from mailer.services.publishing.standing import one
from mailer.services.sending.moments import soon
from mailer.services.translating.release import releases
from staff.people import person as person_with
from wording.errors import ConflictError, ContentError, NotAllowedError, NotFoundError

log = logging.getLogger(__name__)


def send_late_languages(office: Office) -> list[int]:
    """Let go what became ready, and send what was approved; returns the mailings that were opened. No door."""
    with office.store.reading() as session:
        waiting = late.following(session)
    for each in waiting:
        if each.decision == Decision.WAIT:
            _let_go_when_ready(office, each)
    with office.store.reading() as session:
        ready = [each for each in late.following(session) if each.decision == Decision.FOLLOW]
    opened = [_send(office, slug, by) for slug, by in dict.fromkeys((each.issue_slug, each.person) for each in ready)]
    return [mailing for mailing in opened if mailing is not None]


def _let_go_when_ready(office: Office, waits: LocaleDecision) -> None:
    slug, locale = waits.issue_slug, waits.locale
    with office.store.transaction() as session:
        if not _is_ready(office, session, slug, locale) or not late.end(session, waits.id, office.clock()):
            return
        translators.decide(session, slug, locale, Decision.FOLLOW, section="", reason=waits.reason, person=waits.person)
        record(session, Event.EDIT, "chores", detail={"issue": slug, "locale": locale, "decision": "undo"})


def _is_ready(office: Office, session: Session, slug: str, locale: str) -> bool:
    if not office.content.has(slug) or not office.content.catalog(slug, locale)[1]:
        return False
    try:
        found = releases(office.content, session, *office.content.issue(slug))
    except ContentError:
        return False
    return locale in found and not found[locale].readiness.unready


def _send(office: Office, slug: str, by: UUID) -> int | None:
    """Once every edition is approved, and the others are on their way or planned; None when it waits."""
    with office.store.reading() as session:
        before = opening.last_mailing(session, slug)
        person = person_with(session, by)
        planned = mailings.mailing_of(session, before).scheduled_at if before is not None else None
    if before is None or person is None or not office.content.has(slug):
        return None
    found = one(office, slug)
    if not found.is_rendered or found.unapproved:
        return None
    at = max(soon(office), planned) if planned is not None else soon(office)
    try:
        digest = proposal(office, person, slug).digest
        done = publish(office, person, slug, approved=digest, scheduled_at=at)
    except (ConflictError, ContentError, NotAllowedError, NotFoundError) as error:
        log.info("the late languages of %s wait: %s", slug, type(error).__name__)
        return None
    _finish(office, slug, by)
    return done.mailing


def _finish(office: Office, slug: str, by: UUID) -> None:
    with office.store.transaction() as session:
        for each in late.following(session):
            if (each.issue_slug, each.person, each.decision) == (slug, by, Decision.FOLLOW):
                late.end(session, each.id, office.clock())
