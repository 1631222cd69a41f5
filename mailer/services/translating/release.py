"""May a language go out? The gate between translators and readers, and what an editor may decide at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from database.audit import Event, record
from database.session import Store
from mailer.content import Content
from mailer.document.parse import Document
from mailer.issue import Issue
from mailer.ledger import translators
from mailer.ledger.translations import Decision
from mailer.services.translating.messages import locales_of, standards
from mailer.translation.approval import Readiness, Translations, Unready, readiness
from mailer.translation.extract import STANDING
from staff.people import Person
from staff.roles import Role
from wording import _
from wording.errors import ContentError, NotAllowedError, Problem


@dataclass(frozen=True)
class Release:
    """What goes out of one locale: nothing when `held`, not the sections `without`, and what is not ready when
    `overridden`. `problems` name each message that still stands in the way.
    """

    readiness: Readiness
    held: bool = False
    without: frozenset[str] = frozenset()
    overridden: bool = False

    @property
    def problems(self) -> list[Problem]:
        if self.held or self.overridden:
            return []
        return [one.problem(self.readiness.locale) for one in self.readiness.unready if not self._leaves_out(one)]

    def _leaves_out(self, unready: Unready) -> bool:
        return unready.section is not None and unready.section in self.without


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
            held=any(one.decision == Decision.HOLD for one in decided),
            without=frozenset(one.section for one in decided if one.decision == Decision.LEAVE_OUT),
            overridden=any(one.decision == Decision.OVERRIDE for one in decided),
        )
    return found


def require_ready(found: Mapping[str, Release]) -> None:
    """Raises ContentError that names every message that is not ready, over all languages that are to go out."""
    problems = [problem for release in found.values() for problem in release.problems]
    if problems:
        raise ContentError(problems)


def status(content: Content, store: Store, slug: str) -> dict[str, Release]:
    """How far every language of an issue is. Raises ContentError."""
    issue, document = content.issue(slug)
    with store.reading() as session:
        return releases(content, session, issue, document)


# ── decisions ─────────────────────────────────────────────────────────────────────────────────────────────────────


def hold(content: Content, store: Store, slug: str, locale: str, *, reason: str, person: Person) -> None:
    """Let a language wait; the others go out without it."""
    _decide(content, store, slug, locale, Decision.HOLD, reason=reason, person=person)


def leave_out(content: Content, store: Store, slug: str, locale: str, *, reason: str, person: Person) -> list[str]:
    """Leave the sections that are not ready out of a language; returns their anchors.

    Raises NotAllowedError when something that is not ready stands outside a section.
    """
    unready = status(content, store, slug)[locale].readiness.unready
    if any(one.section is None for one in unready):
        raise NotAllowedError(_("Ook de titel of de inleiding is nog niet klaar; die kan niet weg."))
    anchors = list(dict.fromkeys(one.section for one in unready if one.section is not None))
    for anchor in anchors:
        _decide(content, store, slug, locale, Decision.LEAVE_OUT, section=anchor, reason=reason, person=person)
    return anchors


def override(content: Content, store: Store, slug: str, locale: str, *, reason: str, person: Person) -> None:
    """Let a language go out as it is; where a translation is missing readers see the source."""
    _decide(content, store, slug, locale, Decision.OVERRIDE, reason=reason, person=person)


def undo(store: Store, slug: str, locale: str, person: Person) -> int:
    """Take back what was decided about a language; returns how many decisions that were."""
    _require_editor(person)
    with store.transaction() as session:
        record(session, Event.EDIT, person.uid, detail={"issue": slug, "locale": locale, "decision": "undo"})
        return translators.end_decisions(session, slug, locale)


def _decide(
    content: Content,
    store: Store,
    slug: str,
    locale: str,
    decision: Decision,
    *,
    reason: str,
    person: Person,
    section: str = "",
) -> None:
    _require_editor(person)
    if not reason.strip():
        raise NotAllowedError(_("Schrijf op waarom; de reden wordt bewaard."))
    if locale not in locales_of(content.house, content.issue(slug)[0].audiences):
        raise NotAllowedError(_("{slug} wordt niet in ‘{locale}’ vertaald.", slug=slug, locale=locale))
    with store.transaction() as session:
        translators.decide(session, slug, locale, decision, section=section, reason=reason.strip(), person=person.uid)
        record(session, Event.WAIVE, person.uid, detail={"issue": slug, "locale": locale, "decision": decision})


def _require_editor(person: Person) -> None:
    if Role.EDITOR not in person.roles:
        raise NotAllowedError(_("Dit kan alleen een redacteur beslissen."))
