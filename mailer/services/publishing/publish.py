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
from mailer.artefacts.email.artefact import EmailArtefact, email_from
from mailer.artefacts.email.message import message_from
from mailer.artefacts.email.read_on import email_with_links
from mailer.artefacts.email.size import size_problems
from mailer.artefacts.paper.job import PrintJob, Typeset
from mailer.artefacts.paper.tree import print_job_from
from mailer.content import Content
from mailer.document.parse import Document
from mailer.edition import Edition, edition_from
from mailer.issue import Issue
from mailer.ledger import opening
from mailer.ledger.opening import EditionToFreeze
from mailer.ledger.tables import Mailing
from mailer.organisation import Audience, Channel, Copies, House
from mailer.services.publishing.approval import content_hash, hashes_of, is_approved, not_approved
from mailer.services.translating.release import EVERYTHING, Release, releases, require_ready
from mailer.translation.apply import TranslatedDocument, in_source_language, translate
from mailer.translation.extract import STANDING, extract
from staff.people import Person
from staff.roles import Role
from subscribers.reader import ReaderRef
from subscribers.repository import addressees_of, readers_of
from wording import _
from wording.errors import ContentError, NotAllowedError, Place, Problem, Severity
from wording.interface import interface


@dataclass(frozen=True)
class Press:
    """What turns an issue into artefacts."""

    house: House
    content: Content
    typeset: Typeset


@dataclass(frozen=True)
class Loaded:
    """An issue as it was read once: no file is looked at again while its editions are made."""

    issue: Issue
    document: Document
    images: Mapping[str, bytes]


@dataclass(frozen=True)
class Published:
    """What publishing did. `mailing` is None when every reader has or gets the issue already."""

    mailing: int | None
    deliveries: int


def load(press: Press, slug: str) -> Loaded:
    """Read an issue with its images. Raises ContentError with every mistake in it."""
    issue, document = press.content.issue(slug)
    images = press.content.images(slug, document)
    if logo := press.house.organisation.look.logo:
        images[logo] = press.content.asset(logo)
    return Loaded(issue, document, images)


def translations(press: Press, loaded: Loaded) -> dict[str, TranslatedDocument]:
    """The document in every locale that an audience of the issue reads. Raises ContentError for a broken catalog."""
    house, content, issue, document = press.house, press.content, loaded.issue, loaded.document
    found: dict[str, TranslatedDocument] = {}
    for locale in dict.fromkeys(locale for key in issue.audiences for locale in house.audiences[key].locales):
        if locale == house.source_locale:
            found[locale] = in_source_language(issue, document, locale)
        else:
            own, standing = (content.catalog(domain, locale)[0] for domain in (issue.slug, STANDING))
            found[locale], _missing = translate(issue, document, own, standing)
    return found


def editions(press: Press, loaded: Loaded, released: Mapping[str, Release] | None = None) -> list[Edition]:
    """Every edition of an issue, in the order of its audiences. Raises ContentError with all that is wrong.

    `released` says what of each language may go out; without it, everything that is translated.
    """
    translated = translations(press, loaded)
    made: list[Edition] = []
    problems: dict[Problem, None] = {}
    for audience in (press.house.audiences[key] for key in loaded.issue.audiences):
        for locale in audience.locales:
            release = (released or {}).get(locale, EVERYTHING)
            if release.held:
                continue
            try:
                made.append(
                    edition_from(
                        translated[locale],
                        audience,
                        press.house,
                        without=release.without,
                        unfinished=release.overridden,
                    )
                )
            except ContentError as error:
                problems.update(dict.fromkeys(error.problems))
    if problems:
        raise ContentError(list(problems))
    return made


def edition(press: Press, loaded: Loaded, audience: str, locale: str) -> Edition:
    """One edition for a preview; where a translation is missing the source stands.

    Raises NotAllowedError for an audience or locale the issue is not for, ContentError for a broken catalog.
    """
    chosen = _audience(press.house, audience)
    if locale not in chosen.locales:
        known = ", ".join(chosen.locales)
        raise NotAllowedError(
            _(
                "‘{audience}’ krijgt geen editie in ‘{locale}’; wel in: {known}.",
                audience=audience,
                locale=locale,
                known=known,
            )
        )
    return edition_from(translations(press, loaded)[locale], chosen, press.house, unfinished=True)


def email_of(press: Press, loaded: Loaded, cut: Edition) -> EmailArtefact:
    """The e-mail of an edition; of a publication with `read_on`, its longest sections shortened where it is long."""
    if press.house.publications[cut.publication].read_on:
        return email_with_links(cut, press.house, interface(cut.locale), loaded.images)[0]
    return email_from(cut, press.house, interface(cut.locale), loaded.images)


def print_job_of(press: Press, loaded: Loaded, cut: Edition, *, large: bool = False) -> PrintJob:
    """What the typesetter is to make of an edition; `large` is A4 in large print."""
    words, qr = interface(cut.locale), loaded.issue.qr
    return print_job_from(cut, press.house, words, loaded.images, large=large, qr=qr)


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


def check(press: Press, slug: str) -> list[Problem]:
    """Everything there is to say about an issue and its translations, errors and warnings, at once."""
    read = press.content.read(slug)
    problems = list(read.problems)
    if read.issue is None or read.document is None:
        return problems
    for locale in _other_locales(press.house, read.issue):
        problems += _translation_problems(press.content, read.issue, read.document, locale)
    if not any(problem.severity is Severity.ERROR for problem in problems):
        problems += _too_long(press, slug)
    return problems


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
        _locale_status(press.content, loaded, locale) for locale in _other_locales(press.house, loaded.issue)
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


def _other_locales(house: House, issue: Issue) -> list[str]:
    """The locales of the issue's audiences that need a translation."""
    wanted = dict.fromkeys(locale for key in issue.audiences for locale in house.audiences[key].locales)
    return [locale for locale in wanted if locale != house.source_locale]


def _locale_status(content: Content, loaded: Loaded, locale: str) -> LocaleStatus:
    own, standing = (content.catalog(domain, locale)[0] for domain in (loaded.issue.slug, STANDING))
    missing = {one.msgid for one in translate(loaded.issue, loaded.document, own, standing)[1]}
    messages = {message.msgid for message in extract(loaded.issue, loaded.document)}
    return LocaleStatus(locale, len(messages), len(messages - missing))


def _translation_problems(content: Content, issue: Issue, document: Document, locale: str) -> list[Problem]:
    try:
        own, base_hash = content.catalog(issue.slug, locale)
        standing, _hash = content.catalog(STANDING, locale)
    except ContentError as error:
        return list(error.problems)
    if not base_hash:
        return [_no_catalog(content, issue.slug, locale)]
    return [one.problem(locale) for one in translate(issue, document, own, standing)[1]]


def _require_catalogs(content: Content, slug: str, released: Mapping[str, Release]) -> None:
    """Raises ContentError for a language that is to go out and has no catalog at all."""
    wanted = (locale for locale, release in released.items() if not release.held)
    missing = [_no_catalog(content, slug, locale) for locale in wanted if not content.catalog(slug, locale)[1]]
    if missing:
        raise ContentError(missing)


def _no_catalog(content: Content, slug: str, locale: str) -> Problem:
    text = _("Deze vertaling is er nog niet. Maak haar met `postduif extract {slug}`.", slug=slug)
    return Problem(Place(content.catalog_file(slug, locale)), text)


def _too_long(press: Press, slug: str) -> Iterator[Problem]:
    """What there is to say about the size of each e-mail."""
    loaded = load(press, slug)
    for cut in editions(press, loaded):
        if press.house.audiences[cut.audience].channel is Channel.EMAIL:
            yield from size_problems(email_of(press, loaded, cut), cut)


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


def _audience(house: House, key: str) -> Audience:
    try:
        return house.audiences[key]
    except KeyError:
        known = ", ".join(house.audiences)
        raise NotAllowedError(_("De doelgroep ‘{key}’ is onbekend. Bekend: {known}.", key=key, known=known)) from None
