"""From a content folder to an open mailing: read, render, approve, freeze and write down.

What is approved is the rendered editions themselves: their hash is recorded, and publishing renders again, compares,
and freezes exactly that. Any change to a text, an image, a translation or a template makes another hash and so voids
the approval.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from database.audit import Event, record
from database.session import Store
from mailer.artefacts.email.message import message_from
from mailer.artefacts.email.size import size_problems
from mailer.content import Content
from mailer.edition import Edition
from mailer.issue import Issue
from mailer.ledger import opening
from mailer.ledger.opening import EditionToFreeze
from mailer.ledger.tables import Mailing
from mailer.organisation import Audience, Channel, Copies, House
from mailer.services.office import Press
from mailer.services.publishing.approval import content_hash, hashes_of, is_approved, not_approved
from mailer.services.translating.release import Release, releases, require_ready
from mailer.services.writing.checks import no_catalog
from mailer.services.writing.editions import Loaded, editions, email_of, load, other_locales, print_job_of
from mailer.translation.apply import translate
from mailer.translation.extract import STANDING, extract
from staff.people import Person
from staff.roles import Role
from subscribers.reader import ReaderRef
from subscribers.repository import addressees_of, readers_of
from wording import _
from wording.errors import ContentError, NotAllowedError, Severity


@dataclass(frozen=True)
class Published:
    """What publishing did. `mailing` is None when every reader has or gets the issue already."""

    mailing: int | None
    deliveries: int


def rendered(press: Press, store: Store, slug: str) -> list[EditionToFreeze]:
    """Every edition as its readers will get it, in the languages that may go out.

    Raises ContentError, which names every message that is not approved, and TypesettingError.
    """
    loaded = load(press, slug)
    with store.reading() as session:
        released = releases(press.content, session, loaded.issue, loaded.document)
    _require_catalogs(press.content, slug, released)
    require_ready(released)
    cuts = editions(press, loaded, released)
    posted = [cut for cut in cuts if press.house.audiences[cut.audience].channel is Channel.POST]
    jobs = [print_job_of(press, loaded, cut, large=large) for cut in posted for large in (False, True)]
    pdfs = press.typeset(jobs) if jobs else []
    booklets = dict(zip(posted, zip(pdfs[::2], pdfs[1::2], strict=True), strict=True))
    return [_printed(cut, *booklets[cut]) if cut in booklets else _mailed(press, loaded, cut) for cut in cuts]


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


def status(press: Press, store: Store, slug: str) -> Status:
    """How far every translation is, and how many people approved the issue as it is now. Raises ContentError."""
    loaded = load(press, slug)
    locales = tuple(
        _locale_status(press.content, loaded, locale) for locale in other_locales(press.house, loaded.issue)
    )
    try:
        digest = content_hash(rendered(press, store, slug), loaded.issue.copies)
    except ContentError:
        return Status(locales, None)
    with store.reading() as session:
        return Status(locales, len(opening.approvals(session, slug=slug, content_hash=digest)))


def approve(press: Press, store: Store, slug: str, person: Person) -> bool:
    """Record that `person` approves the issue as it is now; False when that was recorded already.

    Raises NotAllowedError for somebody who may not approve, ContentError for an issue that is not finished.
    """
    _require(person, Role.APPROVER)
    finished = rendered(press, store, slug)
    digest = content_hash(finished, press.content.issue(slug)[0].copies)
    with store.transaction() as session:
        is_new = opening.approve(
            session, slug=slug, content_hash=digest, person=person.uid, editions=hashes_of(finished)
        )
        if is_new:
            record(session, Event.APPROVE, person.uid, detail={"issue": slug, "hash": digest})
    return is_new


def publish(
    press: Press, store: Store, slug: str, person: Person, *, four_eyes: bool, scheduled_at: datetime | None = None
) -> Published:
    """Freeze the editions and open a mailing with one delivery per reader; the caller starts it afterwards.

    Raises NotAllowedError when nobody else approved exactly this content, ContentError when it is not finished.
    """
    _require(person, Role.EDITOR)
    finished, issue = rendered(press, store, slug), press.content.issue(slug)[0]
    digest = content_hash(finished, issue.copies)
    with store.transaction() as session:
        if not is_approved(session, slug, digest, person.uid):
            if four_eyes:
                raise not_approved(session, slug, finished, person.uid)
            record(session, Event.WAIVE, person.uid, detail={"issue": slug, "hash": digest})
        _check_copies(session, issue)
        mailing = opening.open_mailing(
            session,
            slug=slug,
            publication=issue.publication,
            content_hash=digest,
            scheduled_at=scheduled_at,
        )
        added = sum(_write_down(session, press.house, mailing, finished, issue.copies))
        if added == 0:
            session.rollback()
            return Published(None, 0)
    return Published(mailing.id, added)


def _locale_status(content: Content, loaded: Loaded, locale: str) -> LocaleStatus:
    own, standing = (content.catalog(domain, locale)[0] for domain in (loaded.issue.slug, STANDING))
    missing = {one.msgid for one in translate(loaded.issue, loaded.document, own, standing)[1]}
    messages = {message.msgid for message in extract(loaded.issue, loaded.document)}
    return LocaleStatus(locale, len(messages), len(messages - missing))


def _require_catalogs(content: Content, slug: str, released: Mapping[str, Release]) -> None:
    """Raises ContentError for a language that is to go out and has no catalog at all."""
    wanted = (locale for locale, release in released.items() if not release.held)
    missing = [no_catalog(content, slug, locale) for locale in wanted if not content.catalog(slug, locale)[1]]
    if missing:
        raise ContentError(missing)


def _printed(cut: Edition, booklet: bytes, large: bytes) -> EditionToFreeze:
    return EditionToFreeze(cut.audience, cut.locale, Channel.POST, cut.subject, pdf=booklet, large_pdf=large)


def _mailed(press: Press, loaded: Loaded, cut: Edition) -> EditionToFreeze:
    mail = email_of(press, loaded, cut)
    too_long = [problem for problem in size_problems(mail, cut) if problem.severity is Severity.ERROR]
    if too_long:
        raise ContentError(too_long)
    return EditionToFreeze(
        audience=cut.audience,
        locale=cut.locale,
        channel=Channel.EMAIL,
        subject=mail.subject,
        html=mail.html,
        text=mail.text,
        message=message_from(
            mail, cut, press.house, in_archive=press.house.publications[cut.publication].read_on
        ).frozen(),
        images={image.cid: image.picture.data for image in mail.images},
    )


def _write_down(
    session: Session, house: House, mailing: Mailing, finished: Sequence[EditionToFreeze], copies: Copies
) -> Iterator[int]:
    """Freeze each edition and give it its readers; yields how many are new.

    The audiences come in the order of the issue, so with one copy a reader of two gets that of the first.
    """
    for each in finished:
        own = copies is Copies.EACH and each.channel is Channel.EMAIL
        audience = house.audiences[each.audience]
        frozen = opening.freeze(session, mailing, each)
        readers = [
            ref.uid
            for ref in _readers(session, audience, mailing.issue_slug)
            if audience.locale_for(ref.locale) == each.locale
        ]
        yield opening.add_deliveries(session, mailing, frozen, readers, copy=each.audience if own else "")


def _readers(session: Session, audience: Audience, slug: str) -> list[ReaderRef]:
    if audience.channel is Channel.POST:
        return addressees_of(session, audience.key)
    return readers_of(session, audience.key, issue=slug)


def _check_copies(session: Session, issue: Issue) -> None:
    """What a reader got before cannot be counted otherwise afterwards: somebody would get an audience's copy twice."""
    if (before := opening.copies_before(session, issue.slug)) not in (None, issue.copies):
        raise NotAllowedError(
            _("{slug} is al verstuurd met ‘copies: {before}’; zet dat terug.", slug=issue.slug, before=before)
        )


def _require(person: Person, role: Role) -> None:
    if role not in person.roles:
        raise NotAllowedError(_("Hiervoor is de rol ‘{role}’ nodig.", role=role.value))
