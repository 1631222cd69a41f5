"""May a language go out? The gate between translators and readers, and what an editor may decide at it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from database.audit import Event, record
from mailer.content import Content
from mailer.document.parse import Document
from mailer.issue import Issue
from mailer.ledger import translators
from mailer.ledger.translations import FOLLOWS, HOLDS, Decision
from mailer.services.office import Office, deed, look
from mailer.services.translating.catalogs import check_issue, locales_of, standards
from mailer.translation.approval import Readiness, Translations, Unready, readiness
from mailer.translation.extract import STANDING
from staff.people import Person
from staff.permissions import Permission, require
from wording import _
from wording.errors import ConflictError, ContentError, InvalidInputError, NotFoundError, Problem, Severity


@dataclass(frozen=True)
class Release:
    """What goes out of one locale: nothing when `held`, not the sections `without`, and what is not ready when
    `overridden`. `problems` name each message that still stands in the way.
    """

    readiness: Readiness
    held: bool = False
    without: frozenset[str] = frozenset()
    overridden: bool = False
    waits: bool = False
    """Held until it is ready; then it goes by itself."""

    @property
    def problems(self) -> list[Problem]:
        if self.held or self.overridden:
            return []
        return [one.problem(self.readiness.locale) for one in self.readiness.unready if not self._leaves_out(one)]

    def in_short(self) -> list[Problem]:
        """The problems, of which those with the same reason are one: translators have a list of their own."""
        alike: dict[str, list[Unready]] = {}
        for one in () if self.held or self.overridden else self.readiness.unready:
            if not self._leaves_out(one):
                alike.setdefault(one.reason.msgid, []).append(one)
        return [_together(self.readiness.locale, same) for same in alike.values()]

    @property
    def warnings(self) -> list[Problem]:
        """What to look at before approving."""
        return [one.problem(self.readiness.locale, Severity.WARNING) for one in self.readiness.warnings]

    def _leaves_out(self, unready: Unready) -> bool:
        return unready.section is not None and unready.section in self.without


def _together(locale: str, same: Sequence[Unready]) -> Problem:
    first = same[0]
    if len(same) == 1:
        return first.problem(locale)
    text = _(
        "{locale}: {reason}: {count} zinnen; de eerste is ‘{text}’.",
        locale=locale,
        reason=first.reason,
        count=len(same),
        text=first.begin,
    )
    return Problem(first.place, text)


EVERYTHING = Release(Readiness("", {}, ()))
"""For the language the issue was written in: there is nothing to approve."""


def releases(content: Content, session: Session, issue: Issue, document: Document) -> dict[str, Release]:
    """What may go out, for every locale that needs a translation. Raises ContentError for a broken catalog."""
    own = standards(content)
    found: dict[str, Release] = {}
    for locale in locales_of(content.house, issue.audiences):
        there = Translations(content.catalog(issue.slug, locale)[0], content.catalog(STANDING, locale)[0])
        ready = readiness(issue, document, there, translators.judgement(session, locale), own)
        decided = translators.decisions(session, issue.slug, locale)
        found[locale] = Release(
            ready,
            held=any(one.decision in HOLDS for one in decided),
            without=frozenset(one.section for one in decided if one.decision == Decision.LEAVE_OUT),
            overridden=any(one.decision == Decision.OVERRIDE for one in decided),
            waits=any(one.decision in FOLLOWS for one in decided),
        )
    return found


class NotReadyError(ContentError):
    """The text itself is in order; translators have work to do."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        text = _(
            "De tekst is in orde, maar vertalers hebben nog werk: kijk bij de stand van de vertalingen. Er is niets "
            "verstuurd en niets veranderd."
        )
        super().__init__(problems, text)


def require_ready(found: Mapping[str, Release]) -> None:
    """Raises NotReadyError that says of each language that is to go out what is not ready, and why."""
    problems = [problem for release in found.values() for problem in release.in_short()]
    if problems:
        raise NotReadyError(problems)


def status(office: Office, person: Person, slug: str) -> dict[str, Release]:
    """How far every language of an issue is. Raises NotAllowedError, NotFoundError, ContentError."""
    require(person, Permission.SEE_ISSUES)
    check_issue(office.content, slug)
    issue, document = office.content.issue(slug)
    with look(office, person, Permission.SEE_ISSUES) as session:
        return releases(office.content, session, issue, document)


# ── decisions ─────────────────────────────────────────────────────────────────────────────────────────────────────


def hold(office: Office, person: Person, slug: str, locale: str, *, reason: str) -> None:
    """Let a language wait; the others go out without it.

    Raises NotAllowedError, NotFoundError, InvalidInputError without a reason.
    """
    with deed(office, person, Permission.RELEASE_LANGUAGES) as session:
        _decide(session, office, person, slug, locale, decision=Decision.HOLD, reason=reason)


def wait(office: Office, person: Person, slug: str, locale: str, *, reason: str) -> None:
    """Let a language wait until it is ready: once it is approved it goes to its readers by itself, after the others.

    What was decided about it before is over. Raises what `hold` raises.
    """
    with deed(office, person, Permission.RELEASE_LANGUAGES) as session:
        translators.end_decisions(session, slug, locale)
        _decide(session, office, person, slug, locale, decision=Decision.WAIT, reason=reason)


def leave_out(office: Office, person: Person, slug: str, locale: str, *, reason: str) -> list[str]:
    """Leave the sections that are not ready out of a language; returns their anchors.

    Raises ConflictError when something that is not ready stands outside a section, and what `hold` raises.
    """
    with deed(office, person, Permission.RELEASE_LANGUAGES) as session:
        check_translated(office.content, slug, locale)
        unready = releases(office.content, session, *office.content.issue(slug))[locale].readiness.unready
        if any(one.section is None for one in unready):
            raise ConflictError(_("Ook de titel of de inleiding is nog niet klaar; die kan niet weg."))
        anchors = list(dict.fromkeys(one.section for one in unready if one.section is not None))
        if anchors:
            _decide(session, office, person, slug, locale, decision=Decision.LEAVE_OUT, reason=reason, sections=anchors)
    return anchors


def override(office: Office, person: Person, slug: str, locale: str, *, reason: str) -> None:
    """Let a language go out as it is; where a translation is missing readers see the source.

    Raises what `hold` raises.
    """
    with deed(office, person, Permission.RELEASE_LANGUAGES) as session:
        _decide(session, office, person, slug, locale, decision=Decision.OVERRIDE, reason=reason)


def undo(office: Office, person: Person, slug: str, locale: str) -> int:
    """Take back what was decided about a language; returns how many decisions that were.

    Raises NotAllowedError, NotFoundError.
    """
    require(person, Permission.RELEASE_LANGUAGES)
    check_translated(office.content, slug, locale)
    with deed(office, person, Permission.RELEASE_LANGUAGES) as session:
        record(session, Event.EDIT, person.uid, detail={"issue": slug, "locale": locale, "decision": "undo"})
        return translators.end_decisions(session, slug, locale)


def check_translated(content: Content, slug: str, locale: str) -> None:
    """Raises NotFoundError unless there is such an issue and it is translated into the locale."""
    check_issue(content, slug)
    if locale not in locales_of(content.house, content.issue(slug)[0].audiences):
        raise NotFoundError(_("{slug} wordt niet in ‘{locale}’ vertaald.", slug=slug, locale=locale))


def _decide(
    session: Session,
    office: Office,
    person: Person,
    slug: str,
    locale: str,
    *,
    decision: Decision,
    reason: str,
    sections: Sequence[str] = ("",),
) -> None:
    """About each of `sections`; "" is the language as a whole."""
    kept = reason.strip()
    if not kept:
        raise InvalidInputError(_("Schrijf op waarom; de reden wordt bewaard."))
    check_translated(office.content, slug, locale)
    for section in sections:
        translators.decide(session, slug, locale, decision, section=section, reason=kept, person=person.uid)
    record(session, Event.WAIVE, person.uid, detail={"issue": slug, "locale": locale, "decision": decision})
