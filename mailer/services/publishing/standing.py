"""Where issues stand: translations, checks, approvals, picks, mailings, print runs, and the one thing to do next.

A standing is put together from what was last found in the files, which is kept, and from what the database knows now.
A list reads nothing but that; the page of one issue reads its files again when they changed. Neither ever renders:
`renewing` does, after a save and in the sweep.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from mailer.issue import publication_of
from mailer.ledger import standing as ledger
from mailer.ledger.standing import IssueStanding, Known, MailingRow, RunRow
from mailer.ledger.translations import LocaleDecision
from mailer.services.office import Office, look
from mailer.services.publishing.approvals import Now, approvers, changed_since, holds_for, kept_by
from mailer.services.publishing.progress import LocaleStanding, Verdicts, locale_standing
from mailer.services.publishing.steps import Step, next_step
from mailer.services.translating.catalogs import check_issue
from mailer.services.writing.found import Found, from_json
from mailer.services.writing.keys import FileKeys, with_decisions
from mailer.services.writing.looking import read_files, verdicts_on
from staff.people import Person, everyone
from staff.permissions import Permission, require
from subscribers.rules import picks


@dataclass(frozen=True)
class EditionStanding:
    """One edition as it is now, and who approved it so."""

    name: str
    """Its audience and language: "legal-aid (ar)"."""
    hash: str
    approved_by: tuple[str, ...]


@dataclass(frozen=True)
class ApprovalStanding:
    """What one person approved, and whether that still holds. All of `valid` and `changed` are names of editions."""

    by: str
    person: UUID
    at: datetime
    valid: tuple[str, ...]
    changed: tuple[str, ...]
    """What made it void; "copies" where only that changed."""
    typos: tuple[int, ...] = ()
    """The versions of the issue with corrected typing errors that it outlived."""


@dataclass(frozen=True)
class Standing:
    """Where one issue stands."""

    slug: str
    publication: str
    title: str
    day: date | None
    is_current: bool
    """False: a file changed since this was found, and it is being looked at again."""
    errors: int
    warnings: int
    audiences: tuple[str, ...]
    """The keys of those it is written for; empty while its front matter cannot be read."""
    locales: tuple[LocaleStanding, ...]
    is_rendered: bool
    """False: `editions`, and what is `valid` of the approvals, wait for a rendering or for what comes before it."""
    editions: tuple[EditionStanding, ...]
    approvals: tuple[ApprovalStanding, ...]
    picks: Mapping[str, int]
    """Readers picked in or out for this issue, by audience."""
    mailings: tuple[MailingRow, ...]
    runs: tuple[RunRow, ...]
    next: Step

    @property
    def can_be_rendered(self) -> bool:
        """Nothing that must come first is left to do."""
        return self.is_current and bool(self.title) and not self.errors and all(one.is_ready for one in self.locales)

    @property
    def unapproved(self) -> tuple[str, ...]:
        """The editions that wait for an approval."""
        return tuple(one.name for one in self.editions if not one.approved_by)


@dataclass(frozen=True)
class Around:
    """What is the same for every issue: who works here, and who was picked for which."""

    names: Mapping[UUID, str]
    picked: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, session: Session) -> Around:
        return cls({one.uid: one.name for one in everyone(session)}, picks(session))


def standing(office: Office, person: Person, slug: str) -> Standing:
    """Where an issue stands now; its files are read again if they changed. Raises NotFoundError.

    Nothing is rendered: the editions of a changed issue come with the next renewal.
    """
    require(person, Permission.SEE_ISSUES)
    with look(office, person, Permission.SEE_ISSUES):
        check_issue(office.content, slug)
    kept = read_files(office, slug)
    with office.store.reading() as session:
        return one_in(office, session, (slug, kept.key), kept, Around.of(session))


def all_standing(office: Office, person: Person) -> tuple[Standing, ...]:
    """Where every issue stands, the newest first. No issue is read: what changed on the disk says so of itself."""
    require(person, Permission.SEE_ISSUES)
    current = keys_now(office)
    with look(office, person, Permission.SEE_ISSUES) as session:
        return everything_in(office, session, current, Around.of(session))


def one(office: Office, slug: str) -> Standing:
    """Where one issue stands, after what was last found in its files. No door."""
    key = FileKeys(office.content).of(slug)
    with office.store.reading() as session:
        return one_in(office, session, (slug, key), ledger.kept(session, [slug]).get(slug), Around.of(session))


def one_in(
    office: Office, session: Session, current: tuple[str, str], kept: IssueStanding | None, around: Around
) -> Standing:
    """As `one`, in a transaction of the caller; `current` is the slug and the key of the files now. No door."""
    slug, key = current
    return _together(office, session, {slug: key}, {slug: kept} if kept else {}, around)[0]


def everything(office: Office) -> tuple[Standing, ...]:
    """Where every issue stands, the newest first. No door."""
    current = keys_now(office)
    with office.store.reading() as session:
        return everything_in(office, session, current, Around.of(session))


def everything_in(office: Office, session: Session, current: Mapping[str, str], around: Around) -> tuple[Standing, ...]:
    """As `everything`, in a transaction of the caller. No door."""
    found = _together(office, session, current, ledger.kept(session), around)
    return tuple(sorted(found, key=lambda each: (each.day or date.max, each.slug), reverse=True))


def keys_now(office: Office) -> dict[str, str]:
    """What every issue is read from at this moment, by its slug; files only. No door."""
    keys = FileKeys(office.content)
    return {slug: keys.of(slug) for slug in office.content.slugs()}


def rendered_key(key: str, decided: Sequence[LocaleDecision]) -> str:
    """What the editions of an issue were made from, beside its text: what of each language goes out."""
    return with_decisions(key, {(each.locale, each.decision, each.section) for each in decided})


def _together(
    office: Office,
    session: Session,
    current: Mapping[str, str],
    kept: Mapping[str, IssueStanding],
    around: Around,
) -> list[Standing]:
    """The standing of each issue of `current`, in as many queries whatever their number."""
    found = {slug: from_json(kept[slug].found) for slug in current if slug in kept}
    approved, dismissed = verdicts_on(session, found.values())
    verdicts = Verdicts(frozenset(approved), frozenset(dismissed))
    desk = _Desk(office, ledger.known(session, current), around.picked, verdicts, around.names)
    return [desk.standing(slug, key, kept.get(slug), found.get(slug)) for slug, key in current.items()]


@dataclass(frozen=True)
class _Desk:
    """Everything the database knows, to be put beside what is in the files of each issue."""

    office: Office
    known: Known
    picks: Mapping[str, Mapping[str, int]]
    verdicts: Verdicts
    names: Mapping[UUID, str]

    def standing(self, slug: str, key: str, kept: IssueStanding | None, found: Found | None) -> Standing:
        publication = publication_of(slug, self.office.house)
        decided = self.known.decisions.get(slug, [])
        here = Standing(
            slug=slug,
            publication=publication.key if publication else "",
            title=found.title if found else "",
            day=found.day if found else None,
            is_current=kept is not None and kept.key == key,
            errors=found.errors if found else 0,
            warnings=found.warnings if found else 0,
            audiences=found.audiences if found else (),
            locales=self._locales(slug, found) if found else (),
            is_rendered=kept is not None and kept.rendered_key == rendered_key(key, decided),
            editions=(),
            approvals=(),
            picks=self.picks.get(slug, {}),
            mailings=tuple(self.known.mailings.get(slug, ())),
            runs=tuple(self.known.runs.get(slug, ())),
            next=Step.WAIT,
        )
        now = Now(kept.editions, found.copies) if here.is_rendered and kept is not None and found is not None else None
        here = replace(here, approvals=self._approvals(slug, now), editions=self._editions(slug, now))
        return replace(here, next=self._next(here))

    def _locales(self, slug: str, found: Found) -> tuple[LocaleStanding, ...]:
        decided, assigned = self.known.decisions.get(slug, []), self.known.assigned.get(slug, [])
        standings = (
            locale_standing(
                one,
                self.verdicts,
                [each for each in decided if each.locale == one.locale],
                [each for each in assigned if each.locale == one.locale],
            )
            for one in found.locales
        )
        return tuple(replace(one, names=tuple(map(self._name, one.translators))) for one in standings)

    def _editions(self, slug: str, now: Now | None) -> tuple[EditionStanding, ...]:
        if now is None:
            return ()
        by = approvers(self.known.approvals.get(slug, []), now)
        return tuple(
            EditionStanding(name, one, tuple(self._name(uid) for uid in by[name])) for name, one in now.editions.items()
        )

    def _approvals(self, slug: str, now: Now | None) -> tuple[ApprovalStanding, ...]:
        return tuple(
            ApprovalStanding(
                by=self._name(row.person),
                person=row.person,
                at=row.at,
                valid=tuple(sorted(holds_for(row, now))) if now else (),
                changed=changed_since(row, now) if now else (),
                typos=kept_by(row, now) if now else (),
            )
            for row in self.known.approvals.get(slug, [])
        )

    def _next(self, here: Standing) -> Step:
        if not here.is_current and not here.mailings:
            return Step.WAIT
        return next_step(
            errors=here.errors,
            locales=here.locales,
            rendered=here.is_rendered,
            editions=len(here.editions),
            unapproved=len(here.unapproved) if self.office.policy.four_eyes else 0,
            mailings=here.mailings,
            runs=here.runs,
        )

    def _name(self, uid: UUID) -> str:
        return self.names.get(uid, str(uid))
