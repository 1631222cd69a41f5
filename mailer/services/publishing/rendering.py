"""Every edition of an issue as its readers will get it, from one reading of its files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from mailer.artefacts.email.message import message_from
from mailer.artefacts.email.size import size_problems
from mailer.artefacts.paper.job import PrintJob, digest_of
from mailer.artefacts.word_count import read_text, word_count
from mailer.content import Content
from mailer.edition import Edition
from mailer.issue import Issue
from mailer.kept import Kept
from mailer.ledger.opening import EditionToFreeze
from mailer.organisation import Channel
from mailer.services.office import Office, Press
from mailer.services.publishing.archive import Pages
from mailer.services.publishing.on_send import pages_from
from mailer.services.translating.release import NotReadyError, Release, releases, require_ready
from mailer.services.writing.checks import no_catalog
from mailer.services.writing.editions import Loaded, editions, email_of, is_on_the_web, load, print_job_of
from wording.errors import ContentError, Severity


@dataclass(frozen=True)
class Finished:
    """All that would go out of an issue now. Nothing of it is read again until it is frozen."""

    issue: Issue
    editions: tuple[EditionToFreeze, ...]
    words: tuple[int, ...]
    """How long each edition is, in their order."""
    texts: Mapping[str, str]
    """The words of each edition by its name, without form: to show later which of them changed."""
    pages: Pages | None = None
    """What the archive shows of it from the first mail on."""


_PAGES: Kept[bytes] = Kept(24)
"""Booklets of the last issues that were rendered in this process: a few megabytes each, and no reader is in them."""

Rework = Callable[[Edition], Edition | None]
"""What is made of an edition before it is rendered; None leaves it out."""


def rendered(office: Office, slug: str, rework: Rework = lambda cut: cut) -> Finished:
    """Every edition in the languages that may go out.

    Raises ContentError, which names every message that is not approved, and TypesettingError.
    """
    with office.turns:
        return _rendered(office, slug, rework)


def _rendered(office: Office, slug: str, rework: Rework) -> Finished:
    press = replace(office, content=office.content.reading_once())
    loaded = load(press, slug)
    with office.store.reading() as session:
        released = releases(press.content, session, loaded.issue, loaded.document)
    _require_catalogs(press.content, slug, released)
    require_ready(released)
    cuts = [cut for cut in map(rework, editions(press, loaded, released)) if cut is not None]
    posted = [cut for cut in cuts if press.house.audiences[cut.audience].channel is Channel.POST]
    jobs = [print_job_of(press, loaded, cut, large=large) for cut in posted for large in (False, True)]
    pdfs = _typeset(press, jobs)
    booklets = dict(zip(posted, zip(pdfs[::2], pdfs[1::2], strict=True), strict=True))
    made = [_printed(cut, *booklets[cut]) if cut in booklets else _mailed(press, loaded, cut) for cut in cuts]
    texts = {one.name: " ".join(read_text(cut)) for one, cut in zip(made, cuts, strict=True)}
    pages = pages_from(press.house, loaded, cuts)
    return Finished(loaded.issue, tuple(made), tuple(word_count(cut) for cut in cuts), texts, pages)


def _typeset(press: Press, jobs: Sequence[PrintJob]) -> list[bytes]:
    """A PDF per job, in order; what was typeset a while ago to be looked at is not typeset again to be approved."""
    keys = [(press.typeset, digest_of(job)) for job in jobs]
    missing = {key: job for key, job in zip(keys, jobs, strict=True) if key not in _PAGES}
    made = dict(zip(missing, press.typeset([*missing.values()]), strict=True)) if missing else {}
    for key, pdf in made.items():
        _PAGES.put(key, pdf)

    def one(job: PrintJob) -> bytes:
        return press.typeset([job])[0]  # so many were made meanwhile that it is kept no more

    return [made.get(key) or _PAGES.get(key, partial(one, job)) for key, job in zip(keys, jobs, strict=True)]


def hashes_of(finished: Iterable[EditionToFreeze]) -> dict[str, str]:
    """The hash of each edition by its name."""
    return {each.name: each.content_hash() for each in finished}


def _require_catalogs(content: Content, slug: str, released: Mapping[str, Release]) -> None:
    """Raises NotReadyError for a language that is to go out and has no catalog at all."""
    wanted = (locale for locale, release in released.items() if not release.held)
    missing = [no_catalog(content, slug, locale) for locale in wanted if not content.catalog(slug, locale)[1]]
    if missing:
        raise NotReadyError(missing)


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
        message=message_from(mail, cut, press.house, in_archive=is_on_the_web(press.house, loaded.issue, cut)).frozen(),
        images={image.cid: image.picture.data for image in mail.images},
    )
