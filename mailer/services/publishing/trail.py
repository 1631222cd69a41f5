"""The way of an issue: the steps it has, and how far it came. And its editions in a table. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from mailer.ledger.states import MailingState
from mailer.organisation import Channel, House
from mailer.services.publishing.progress import LocaleStanding
from mailer.services.publishing.standing import Standing
from mailer.services.publishing.steps import Step


class Stage(StrEnum):
    """One step of the way."""

    WRITE = "write"
    TRANSLATE = "translate"
    APPROVE = "approve"
    SEND = "send"
    POST = "post"
    FIGURES = "figures"


class Reached(StrEnum):
    """Where the issue is, seen from a stage."""

    PAST = "past"
    NOW = "now"
    AHEAD = "ahead"


@dataclass(frozen=True)
class Leg:
    """One stage of the way of an issue."""

    stage: Stage
    reached: Reached
    held: tuple[str, ...] = ()
    """Languages that stay behind here."""


_AT: Mapping[Step, Stage] = {
    Step.MEND: Stage.WRITE,
    Step.EXTRACT: Stage.WRITE,
    Step.TRANSLATE: Stage.TRANSLATE,
    Step.REVIEW: Stage.TRANSLATE,
    Step.WAIT: Stage.APPROVE,
    Step.APPROVE: Stage.APPROVE,
    Step.PUBLISH: Stage.SEND,
    Step.START: Stage.SEND,
    Step.SCHEDULED: Stage.SEND,
    Step.FOLLOW: Stage.SEND,
    Step.RESUME: Stage.SEND,
    Step.PRINT: Stage.POST,
    Step.DONE: Stage.FIGURES,
}
"""Where an issue is that waits for a step."""


def trail(found: Standing, house: House) -> tuple[Leg, ...]:
    """The stages of an issue, in order; one that its newsletter lacks is left out."""
    series = house.publications.get(found.publication)
    audiences = found.audiences or (series.audiences if series else ())
    on_paper = any(house.audiences[key].channel is Channel.POST for key in audiences if key in house.audiences)
    lacks = {Stage.POST} if not on_paper and _AT[found.next] is not Stage.POST else set()
    if not found.locales and _AT[found.next] is not Stage.TRANSLATE:
        lacks.add(Stage.TRANSLATE)
    here = list(Stage).index(_AT[found.next])
    held = tuple(one.locale for one in found.locales if one.held)
    return tuple(
        Leg(
            stage,
            Reached.PAST if number < here else Reached.NOW if number == here else Reached.AHEAD,
            held if stage is Stage.TRANSLATE else (),
        )
        for number, stage in enumerate(Stage)
        if stage not in lacks
    )


class CellState(StrEnum):
    """How far one edition is."""

    STOPS = "stops"
    """Something in it keeps it from going out."""
    CHANGED = "changed"
    """The source changed under its translation."""
    NOT_BEGUN = "not_begun"
    PART = "part"
    READ = "read"
    """Translated; not read again by another."""
    HELD = "held"
    MAKING = "making"
    READY = "ready"
    APPROVED = "approved"
    TO_PRINT = "to_print"
    """The postal desk has it."""
    ON_ITS_WAY = "on_its_way"
    SENT = "sent"


@dataclass(frozen=True)
class Cell:
    """One edition of an issue: an audience in a language. The counts are sentences; 0 in the source language."""

    locale: str
    state: CellState
    done: int = 0
    """Translated, or also read again where the state is READ."""
    changed: int = 0
    failing: int = 0
    total: int = 0


@dataclass(frozen=True)
class Row:
    """The editions of one audience; one of `cells` is None for a language it does not read."""

    audience: str
    channel: Channel
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True)
class Matrix:
    """The editions of an issue, audience by language."""

    locales: tuple[str, ...]
    rows: tuple[Row, ...]


def matrix(found: Standing, house: House) -> Matrix:
    """Each edition of an issue, in the order of its audiences and of the languages of the organisation."""
    audiences = [house.audiences[key] for key in found.audiences if key in house.audiences]
    locales = tuple(code for code in house.locales if any(code in one.locales for one in audiences))
    return Matrix(
        locales,
        tuple(
            Row(
                one.key,
                one.channel,
                tuple(
                    _cell(found, one.key, one.channel, code, house.source_locale) if code in one.locales else None
                    for code in locales
                ),
            )
            for one in audiences
        ),
    )


def _cell(found: Standing, audience: str, channel: Channel, locale: str, source: str) -> Cell:
    own = next((one for one in found.locales if one.locale == locale), None)
    state = _sent(found, channel) or (_of_source(found) if locale == source or own is None else _of_translation(own))
    if own is not None and own.held:
        state = CellState.HELD
    if state is CellState.READY:
        by = {one.name: one.approved_by for one in found.editions}
        name = f"{audience} ({locale})"
        making = found.can_be_rendered and not found.is_rendered
        state = CellState.MAKING if making else CellState.APPROVED if by.get(name) else CellState.READY
    if own is None:
        return Cell(locale, state)
    done = own.approved if state is CellState.READ else own.approved + own.translated
    return Cell(locale, state, done, own.needs_work, own.failing, own.total)


_OPENED = (MailingState.DRAFT, MailingState.APPROVED, MailingState.SCHEDULED)
"""Nothing of the mailing has left."""


def _sent(found: Standing, channel: Channel) -> CellState | None:
    there = [one for one in found.mailings if one.state is not MailingState.CANCELLED]
    if not there:
        return None
    if all(one.state in _OPENED for one in there):
        return CellState.APPROVED
    if not any(one.waiting.get(channel) for one in there):
        return CellState.SENT
    return CellState.TO_PRINT if channel is Channel.POST else CellState.ON_ITS_WAY


def _of_source(found: Standing) -> CellState:
    if found.errors or not found.title:
        return CellState.STOPS
    return CellState.READY


def _of_translation(own: LocaleStanding) -> CellState:
    if own.broken:
        return CellState.STOPS
    if not own.exists:
        return CellState.NOT_BEGUN
    if own.is_ready:
        return CellState.READY
    if own.failing:
        return CellState.STOPS
    if own.needs_work:
        return CellState.CHANGED
    return CellState.PART if own.untranslated else CellState.READ
