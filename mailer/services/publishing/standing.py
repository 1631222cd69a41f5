"""Where an issue stands: how far its translations are, and who approved it as it is now."""

from __future__ import annotations

from dataclasses import dataclass

from mailer.content import Content
from mailer.ledger import opening
from mailer.services.office import Office, look
from mailer.services.publishing.approval import content_hash
from mailer.services.publishing.rendering import rendered
from mailer.services.writing.editions import Loaded, load, other_locales
from mailer.translation.apply import translate
from mailer.translation.extract import STANDING, extract
from staff.people import Person
from staff.permissions import Permission, require
from wording.errors import ContentError


@dataclass(frozen=True)
class LocaleStatus:
    """How far one translation is: messages in all, and those that may be published."""

    locale: str
    total: int
    done: int


@dataclass(frozen=True)
class Status:
    """Where an issue stands. `approvals` is None while it cannot be approved yet."""

    locales: tuple[LocaleStatus, ...]
    approvals: int | None


def status(office: Office, person: Person, slug: str) -> Status:
    """How far every translation is, and how many people approved the issue as it is now. Raises ContentError."""
    require(person, Permission.SEE_ISSUES)
    loaded = load(office, slug)
    locales = tuple(
        _locale_status(office.content, loaded, locale) for locale in other_locales(office.house, loaded.issue)
    )
    try:
        finished = rendered(office, slug)
    except ContentError:
        return Status(locales, None)
    digest = content_hash(finished.editions, finished.issue.copies)
    with look(office, person, Permission.SEE_ISSUES) as session:
        return Status(locales, len(opening.approvals(session, slug=slug, content_hash=digest)))


def _locale_status(content: Content, loaded: Loaded, locale: str) -> LocaleStatus:
    own, standing = (content.catalog(domain, locale)[0] for domain in (loaded.issue.slug, STANDING))
    missing = {one.msgid for one in translate(loaded.issue, loaded.document, own, standing)[1]}
    messages = {message.msgid for message in extract(loaded.issue, loaded.document)}
    return LocaleStatus(locale, len(messages), len(messages - missing))
