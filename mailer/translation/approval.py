"""How far a message is, and whether a locale of an issue may go out. Pure: what was approved comes in as hashes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256

from mailer.document.markdown import References
from mailer.document.parse import Document
from mailer.issue import Issue
from mailer.kept import Kept
from mailer.translation.apply import Untranslated, needed
from mailer.translation.catalog import Catalog, Entry
from mailer.translation.checks import findings
from mailer.translation.checks.pair import Finding, Pair
from mailer.translation.glossary import Term
from wording import Text, _
from wording.errors import Place, Problem, Severity

_FOUND: Kept[tuple[Finding, ...]] = Kept(20_000)
"""Pairs: some hundred octets each."""


class State(StrEnum):
    """How far one message is in one locale."""

    UNTRANSLATED = "untranslated"
    NEEDS_WORK = "needs-work"
    TRANSLATED = "translated"
    APPROVED = "approved"


def pair_hash(msgid: str, msgstr: str, locale: str) -> str:
    """What an approval is bound to: a change of the source, the translation or the locale makes another hash."""
    parts = (f"{len(part.encode())}:{part}" for part in (msgid, msgstr, locale))
    return sha256("".join(parts).encode()).hexdigest()


def source_hash(msgid: str) -> str:
    """What comments and history are bound to."""
    return sha256(msgid.encode()).hexdigest()


def state_of(entry: Entry | None, locale: str, approved: Collection[str]) -> State:
    """The state of a message; `approved` are the pair hashes of approvals."""
    if entry is None or not entry.msgstr:
        return State.UNTRANSLATED
    if entry.fuzzy:
        return State.NEEDS_WORK
    return State.APPROVED if pair_hash(entry.msgid, entry.msgstr, locale) in approved else State.TRANSLATED


@dataclass(frozen=True)
class Judgement:
    """What people decided about translations: approved pairs, and the rules dismissed for a pair."""

    approved: Collection[str] = ()
    dismissed: Mapping[str, Collection[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Standards:
    """What a translation is checked against."""

    protected: Sequence[str] = ()
    glossary: Sequence[Term] = ()
    months: Sequence[str] = ()
    """CLDR locales with the names of months that its audiences chose for Arabic."""
    source_language: str = "nl"


@dataclass(frozen=True)
class Translations:
    """The catalogs of one locale that an issue needs: its own, and that of the standing texts."""

    own: Catalog
    standing: Catalog

    @property
    def locale(self) -> str:
        return self.own.locale

    def entry(self, text: Untranslated) -> Entry | None:
        """The entry of a text of the issue."""
        return (self.standing if text.standing else self.own).entries.get(text.msgid)


@dataclass(frozen=True)
class Unready:
    """A text that may not go out yet, or asks for a look, and why. `section` is its anchor, None for what all get."""

    msgid: str
    place: Place
    section: str | None
    reason: Text

    def problem(self, locale: str, severity: Severity = Severity.ERROR) -> Problem:
        text = _("{locale}: ‘{text}’: {reason}", locale=locale, text=self.begin, reason=self.reason)
        return Problem(self.place, text, severity)

    @property
    def begin(self) -> str:
        return self.msgid if len(self.msgid) < 60 else self.msgid[:57] + "…"


@dataclass(frozen=True)
class Readiness:
    """How far a locale of an issue is: messages per state, everything that keeps it from going out, and what the
    checks ask to look at in translations that nobody approved yet.
    """

    locale: str
    states: Mapping[State, int]
    unready: tuple[Unready, ...]
    warnings: tuple[Unready, ...] = ()

    @property
    def total(self) -> int:
        return sum(self.states.values())

    @property
    def translated(self) -> int:
        """Messages with a translation that needs no work, approved or not."""
        return self.states.get(State.TRANSLATED, 0) + self.approved

    @property
    def approved(self) -> int:
        return self.states.get(State.APPROVED, 0)


_REASONS = {
    State.UNTRANSLATED: _("nog niet vertaald"),
    State.NEEDS_WORK: _("de bron is veranderd; de vertaling moet worden nagekeken"),
    State.TRANSLATED: _("nog niet goedgekeurd"),
}


def readiness(
    issue: Issue, document: Document, there: Translations, judgement: Judgement, standards: Standards
) -> Readiness:
    """Whether every text of the issue is approved and no blocking finding is left, in the locale of the catalogs."""
    states: dict[tuple[str, bool], State] = {}
    unready: list[Unready] = []
    warnings: list[Unready] = []
    for text in needed(issue, document):
        entry = there.entry(text)
        state = state_of(entry, there.locale, judgement.approved)
        states[text.msgid, text.standing] = state
        if state is not State.APPROVED:
            unready.append(Unready(text.msgid, text.place, text.section, _REASONS[state]))
        if entry is not None and entry.is_translated:
            pair = pair_of(entry, there.locale, standards, document.references.get(text.place.file, {}))
            for one in open_findings(pair, judgement.dismissed):
                if one.is_blocking or state is not State.APPROVED:
                    where = unready if one.is_blocking else warnings
                    where.append(Unready(text.msgid, text.place, text.section, one.text))
    told = (tuple(dict.fromkeys(found)) for found in (unready, warnings))
    return Readiness(there.locale, Counter(states.values()), *told)


def known_findings(pair: Pair) -> Sequence[Finding]:
    """`findings`, worked out once for a pair and what it is checked against, however many pages and editions ask."""
    around = tuple(pair.protected), tuple(pair.glossary), repr(pair.references), tuple(pair.months)
    key = pair_hash(pair.source, pair.target, pair.locale), around, pair.source_language
    return _FOUND.get(key, lambda: tuple(findings(pair)))


def open_findings(pair: Pair, dismissed: Mapping[str, Collection[str]]) -> list[Finding]:
    """What the checks say about a pair, without the rules a person dismissed for exactly this pair."""
    without = dismissed.get(pair_hash(pair.source, pair.target, pair.locale), ())
    return [finding for finding in known_findings(pair) if finding.check not in without]


def pair_of(entry: Entry, locale: str, standards: Standards, references: References) -> Pair:
    """An entry as the checks want it."""
    return Pair(
        entry.msgid,
        entry.msgstr,
        locale,
        standards.protected,
        standards.glossary,
        references,
        standards.months,
        standards.source_language,
    )
