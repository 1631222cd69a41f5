"""After a mistake was sent: the corrected text goes to those who have the old one, and to no one else.

What goes bears a mark: a word in the subject, and above the text what was wrong. So it has an approval of its own. Who
comes later gets the corrected text without the mark, by publishing as always. See docs/decisions/0135-corrections.md.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from database.audit import Event, record
from database.retrying import retried
from mailer.artefacts.corrected import corrected, correction_leaf
from mailer.edition import Edition
from mailer.ledger import correcting, mailings, opening
from mailer.ledger.correcting import Got
from mailer.ledger.states import MailingEvent
from mailer.ledger.tables import Mailing
from mailer.ledger.writing import keep_texts
from mailer.organisation import Channel, Paper
from mailer.services.office import Office, deed, look
from mailer.services.publishing.approval import content_hash, digest_of, now_of, require_seen
from mailer.services.publishing.approvals import approvers
from mailer.services.publishing.archive import pages_on_show
from mailer.services.publishing.publish import Published, readers_now
from mailer.services.publishing.rendering import Finished, Rework, hashes_of, rendered
from mailer.services.publishing.renewing import rendered_to_look_at
from mailer.services.sending.moments import require_possible
from staff.people import Person
from staff.permissions import Permission, require
from wording import Text, _
from wording.errors import ConflictError, InvalidInputError, NotAllowedError
from wording.interface import interface


@dataclass(frozen=True)
class CorrectedEdition:
    """A correction in one audience and language. `subject` bears its mark."""

    audience: str
    locale: str
    channel: Channel
    subject: str
    got: int
    """How many have the old text, or may have it."""
    gets: int
    """How many of them may still be written to."""
    approvals: int

    @property
    def name(self) -> str:
        return f"{self.audience} ({self.locale})"


@dataclass(frozen=True)
class Correction:
    """What a correction would do now. `digest` stands for all of it: hand it back to approve or to send it."""

    slug: str
    digest: str
    editions: tuple[CorrectedEdition, ...]
    same: tuple[str, ...]
    """Editions that were sent and did not change: their readers get nothing."""
    unsent: tuple[str, ...]
    """Editions that no one got: their readers will only ever see the corrected text."""
    said: Mapping[str, str]
    """What was wrong, in the words of the editor, by locale; empty without such a sentence."""
    unprinted: int
    """Booklets that wait at the postal desk with the mistake in them: they are not printed any more."""
    approvals: int

    def count(self, channel: Channel) -> int:
        """How many get it by e-mail or by post."""
        return sum(one.gets for one in self.editions if one.channel is channel)


@dataclass(frozen=True)
class _Made:
    """A correction as it would leave: the marked editions, and what each is without its mark."""

    finished: Finished
    hashes: Mapping[str, str]
    """Of every edition as it is now, without a mark, by its name."""
    wrong: tuple[Got, ...]
    got: tuple[Got, ...]
    texts: Mapping[str, str]
    said: dict[str, str] = field(default_factory=dict)


def proposal(office: Office, person: Person, slug: str, *, paper: Paper | None = None) -> Correction:
    """What a correction of an issue would be, and whom it would reach.

    Raises ConflictError while a mailing of it is still going, when no one got it, when its text is what was sent, and
    for an edition that was sent and is no more; InvalidInputError when readers by post are concerned and `paper` does
    not say what they get; ContentError for an issue that is not finished.
    """
    require(person, Permission.SEE_ISSUES)
    made = _made(office, person, slug, paper, rendered_to_look_at(office, slug))
    with look(office, person, Permission.SEE_ISSUES) as session:
        rows = opening.all_approvals(session, slug, of_correction=True)
        by = approvers(rows, now_of(made.finished))
        editions = tuple(_shown(office, session, made, one.name, len(by[one.name])) for one in made.finished.editions)
        waits = correcting.unprinted(session, slug)
    names = {one.name for one in made.got}
    return Correction(
        slug=slug,
        digest=digest_of(made.finished),
        editions=editions,
        same=tuple(sorted(names - {one.name for one in made.wrong})),
        unsent=tuple(sorted(set(made.hashes) - names)),
        said=made.said,
        unprinted=waits,
        approvals=min((one.approvals for one in editions), default=0),
    )


def approve(office: Office, person: Person, slug: str, *, seen: str, paper: Paper | None = None) -> bool:
    """Record that `person` approves a correction as they saw it; False when that was recorded already.

    Raises what `proposal` raises, and ConflictError when it is no longer what was seen.
    """
    require(person, Permission.APPROVE_ISSUES)
    made = _made(office, person, slug, paper, rendered(office, slug))
    require_seen(seen, made.finished)
    hashes, whole = hashes_of(made.finished.editions), content_hash(made.finished.editions, made.finished.issue.copies)
    with deed(office, person, Permission.APPROVE_ISSUES) as session:
        is_new = opening.approve(
            session, slug=slug, content_hash=whole, person=person.uid, editions=hashes, of_correction=True
        )
        if is_new:
            record(session, Event.APPROVE, person.uid, detail={"issue": slug, "hash": whole, "correction": True})
    return is_new


@retried
def correct(
    office: Office,
    person: Person,
    slug: str,
    *,
    approved: str,
    paper: Paper | None = None,
    scheduled_at: datetime | None = None,
) -> Published:
    """Open the mailing of a correction, one delivery for each who has the old text and may still be written to.

    An issue that is in the archive is corrected there too. Of two clicks the second is led to the mailing of the first.
    Raises what `proposal` raises, ConflictError when it is no longer what was approved or no one is left to write to,
    and NotAllowedError when no one else approved it.
    """
    require(person, Permission.PUBLISH_ISSUES)
    if scheduled_at is not None:
        require_possible(office, scheduled_at)
    with look(office, person, Permission.PUBLISH_ISSUES) as session:
        before = correcting.same(session, slug, approved.partition(";")[0])
    if before is not None:  # a click ago
        return Published(None, 0, before)
    made = _made(office, person, slug, paper, rendered(office, slug))
    require_seen(approved, made.finished)
    digest = content_hash(made.finished.editions, made.finished.issue.copies)
    shown = pages_on_show(office, slug)
    with deed(office, person, Permission.PUBLISH_ISSUES) as session:
        correcting.hold_all(session, slug)
        if (before := correcting.same(session, slug, digest)) is not None:
            return Published(None, 0, before)
        if tuple(_wrong(_possible(session, slug), made.hashes, paper)) != made.wrong:
            raise ConflictError(_("Wie {slug} kreeg, is net veranderd. Bekijk de verbetering opnieuw.", slug=slug))
        _require_approved(office, session, person, slug, made.finished)
        mailing = opening.open_mailing(
            session,
            slug=slug,
            publication=made.finished.issue.publication,
            content_hash=digest,
            scheduled_at=scheduled_at,
            is_correction=True,
        )
        count = _write_down(office, session, mailing, made)
        if not count:
            raise ConflictError(_("Van wie {slug} kreeg, mag niemand nog post van ons krijgen.", slug=slug))
        correcting.let_go_unprinted(session, slug, office.clock())
        keep_texts(session, slug, {name: (one, made.texts[name]) for name, one in made.hashes.items()})
        if shown is not None:
            shown.show(session)
        if scheduled_at is not None:
            mailings.change(session, mailing.id, MailingEvent.SCHEDULE)
        what = {"issue": slug, "hash": digest}
        record(session, "publish", person.uid, detail={**what, "mailing": mailing.id, "correction": True})
    return Published(mailing.id, count)


def _made(office: Office, person: Person, slug: str, paper: Paper | None, plain: Finished) -> _Made:
    with look(office, person, Permission.SEE_ISSUES) as session:
        got = _possible(session, slug)
    hashes = hashes_of(plain.editions)
    wrong = tuple(_wrong(got, hashes, paper))
    _require_wrong(slug, got, hashes, wrong)
    if paper is None and any(one.channel is Channel.POST for one in wrong):
        count = sum(one.readers for one in wrong if one.channel is Channel.POST)
        raise PaperWantedError(count)
    names, said = {one.name for one in wrong}, dict[str, str]()
    finished = rendered(office, slug, _marking(office, names, paper, said))
    return _Made(finished, hashes, wrong, tuple(got), plain.texts, said)


class PaperWantedError(InvalidInputError):
    """Readers by post have the mistake, and no one said what they get."""

    def __init__(self, count: int) -> None:
        super().__init__(
            _(
                "Er zijn lezers per post met de fout: {count}. Kies wat zij krijgen: het hele boekje opnieuw "
                "(--post run), één blad (--post leaf) of niets (--post none).",
                count=count,
            )
        )


def _possible(session: Session, slug: str) -> list[Got]:
    """What the readers have of an issue. Raises ConflictError when no one has it, or a mailing is still going."""
    if (mailing := correcting.going(session, slug)) is not None:
        raise ConflictError(
            _(
                "Verzending {id} van {slug} is nog niet klaar. Verbeteren kan daarna, of breek haar eerst af.",
                id=mailing,
                slug=slug,
            )
        )
    if not (found := correcting.got(session, slug)):
        raise ConflictError(
            _("Niemand heeft {slug} gekregen. Verbeter de tekst, en geef het nummer gewoon uit.", slug=slug)
        )
    return found


def _wrong(got: Sequence[Got], hashes: Mapping[str, str], paper: Paper | None) -> list[Got]:
    """Those whose readers have another text than there is now."""
    aside = {Channel.POST} if paper is Paper.NONE else set[Channel]()
    return [one for one in got if hashes.get(one.name) != one.hash and one.channel not in aside]


def _require_wrong(slug: str, got: Sequence[Got], hashes: Mapping[str, str], wrong: Collection[Got]) -> None:
    if gone := sorted({one.name for one in wrong if one.name not in hashes}):
        raise ConflictError(
            _(
                "Van {slug} is verstuurd, en is er nu niet of wordt tegengehouden: {editions}. Zet die terug of laat "
                "die taal los; dan kan de verbetering ook naar wie die heeft.",
                slug=slug,
                editions=", ".join(gone),
            )
        )
    if not wrong:
        only_paper = any(hashes.get(one.name) != one.hash for one in got)
        raise ConflictError(
            _("Alleen wie {slug} per post kreeg, heeft de fout. Kies wat zij krijgen.", slug=slug)
            if only_paper
            else _("{slug} is nog precies zoals het is verstuurd. Verbeter eerst de fout in de tekst.", slug=slug)
        )


def _marking(office: Office, names: Collection[str], paper: Paper | None, said: dict[str, str]) -> Rework:
    """Keeps those editions and marks them; what was wrong is noted in `said`. Raises InvalidInputError."""

    def marked(cut: Edition) -> Edition | None:
        if f"{cut.audience} ({cut.locale})" not in names:
            return None
        if cut.correction:
            said[cut.locale] = cut.correction
        words = interface(cut.locale)
        if office.house.audiences[cut.audience].channel is not Channel.POST or paper is not Paper.LEAF:
            return corrected(cut, words)
        if not cut.correction:
            raise InvalidInputError(
                _("Een blad zegt wat er fout was. Zet dat bovenaan het nummer, na ‘correction:’, in één zin.")
            )
        return correction_leaf(cut, words)

    return marked


def _shown(office: Office, session: Session, made: _Made, name: str, approvals: int) -> CorrectedEdition:
    edition = next(one for one in made.finished.editions if one.name == name)
    mine = [one for one in made.wrong if one.name == name]
    gets = sum(len(_readers(office, session, made.finished.issue.slug, one)) for one in mine)
    return CorrectedEdition(
        audience=edition.audience,
        locale=edition.locale,
        channel=edition.channel,
        subject=edition.subject,
        got=sum(one.readers for one in mine),
        gets=gets,
        approvals=approvals,
    )


def _readers(office: Office, session: Session, slug: str, one: Got) -> list[UUID]:
    """Of who got it, those who may still be written to in that audience."""
    had = correcting.readers_of(session, slug, one.edition)
    return [ref.uid for ref in readers_now(session, office.house.audiences[one.audience], slug) if ref.uid in had]


def _write_down(office: Office, session: Session, mailing: Mailing, made: _Made) -> int:
    """Freeze each marked edition and give it its readers; returns how many."""
    added = 0
    for edition in made.finished.editions:
        frozen = opening.freeze(session, mailing, edition, made.hashes[edition.name])
        for one in made.wrong:
            if one.name == edition.name:
                readers = _readers(office, session, mailing.issue_slug, one)
                added += opening.add_deliveries(session, mailing, frozen, readers, copy=one.copy)
    return added


def _require_approved(office: Office, session: Session, person: Person, slug: str, finished: Finished) -> None:
    by = approvers(opening.all_approvals(session, slug, of_correction=True), now_of(finished))
    lacking = sorted(name for name, people in by.items() if not set(people) - {person.uid})
    if not lacking:
        return
    if office.policy.four_eyes:
        raise NotAllowedError(_not_approved(slug, lacking))
    digest = content_hash(finished.editions, finished.issue.copies)
    record(session, Event.WAIVE, person.uid, detail={"issue": slug, "hash": digest, "correction": True})


def _not_approved(slug: str, lacking: Sequence[str]) -> Text:
    return _(
        "Een verbetering heeft een eigen goedkeuring. Iemand anders moet die van {slug} eerst goedkeuren zoals ze nu "
        "is: {editions}.",
        slug=slug,
        editions=", ".join(lacking),
    )
