"""How far one language of an issue is, from what its catalog has and what people decided about it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol
from uuid import UUID

from mailer.ledger.translations import FOLLOWS, HOLDS, Decision
from mailer.services.writing.found import FoundLocale, FoundMessage
from mailer.translation.approval import State


class Decided(Protocol):
    """What an editor decided about a language."""

    @property
    def decision(self) -> str: ...
    @property
    def section(self) -> str: ...
    @property
    def reason(self) -> str: ...


class Assigned(Protocol):
    """Who translates it, and by when."""

    @property
    def person(self) -> UUID: ...
    @property
    def due(self) -> date: ...


@dataclass(frozen=True)
class Verdicts:
    """What people decided about translations: approved pairs, and (pair, rule) of what was dismissed."""

    approved: frozenset[str] = frozenset()
    dismissed: frozenset[tuple[str, str]] = frozenset()

    def is_approved(self, one: FoundMessage) -> bool:
        return one.pair in self.approved

    def fails(self, one: FoundMessage) -> bool:
        return any((one.pair, rule) not in self.dismissed for rule in one.rules)


@dataclass(frozen=True)
class LocaleStanding:
    """One translation of an issue: its messages by state, and what was decided about it.

    `translated` waits for an approval; `failing` are translations that a check blocks, whatever their state.
    """

    locale: str
    exists: bool
    """False: the sentences were never made ready for the translators."""
    broken: bool
    untranslated: int
    needs_work: int
    translated: int
    approved: int
    failing: int
    blocking: int
    """Messages that keep the language from going out, after what was decided."""
    held: bool = False
    follows: bool = False
    """It goes out after the others, by itself."""
    left_out: tuple[str, ...] = ()
    overridden: bool = False
    reasons: tuple[str, ...] = ()
    """Why it was held, cut or let go, in the words of who decided."""
    translators: tuple[UUID, ...] = field(default=())
    names: tuple[str, ...] = field(default=(), repr=False)
    """Of the translators, in the same order."""
    due: date | None = None

    @property
    def total(self) -> int:
        return self.untranslated + self.needs_work + self.translated + self.approved

    @property
    def is_ready(self) -> bool:
        """It may go out, or does not have to."""
        return self.held or (not self.broken and self.exists and not self.blocking)


def locale_standing(
    found: FoundLocale, verdicts: Verdicts, decided: Sequence[Decided], assigned: Sequence[Assigned]
) -> LocaleStanding:
    """The standing of one language; `decided` and `assigned` are about it alone."""
    left_out = {one.section for one in decided if one.decision == Decision.LEAVE_OUT}
    overridden = any(one.decision == Decision.OVERRIDE for one in decided)
    states = [State.APPROVED if verdicts.is_approved(one) else one.state for one in found.messages]
    failing = [verdicts.fails(one) for one in found.messages]
    stops = [
        one
        for one, state, fails in zip(found.messages, states, failing, strict=True)
        if (fails or state is not State.APPROVED) and not set(one.sections) <= left_out
    ]
    return LocaleStanding(
        locale=found.locale,
        exists=found.exists,
        broken=found.broken,
        untranslated=states.count(State.UNTRANSLATED),
        needs_work=states.count(State.NEEDS_WORK),
        translated=states.count(State.TRANSLATED),
        approved=states.count(State.APPROVED) + found.settled,
        failing=failing.count(True),
        blocking=0 if overridden else len(stops),
        held=any(one.decision in HOLDS for one in decided),
        follows=any(one.decision in FOLLOWS for one in decided),
        left_out=tuple(sorted(left_out)),
        overridden=overridden,
        reasons=tuple(dict.fromkeys(one.reason for one in decided)),
        translators=tuple(one.person for one in assigned),
        due=min((one.due for one in assigned), default=None),
    )
