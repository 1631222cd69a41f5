"""Which state follows which event, for a print run and for one piece of it. Pure: a state and an event in, a state out.

```
ordered ─make─▶ prepared ─print─▶ printed ─post─▶ posted          a piece: in the run ─▶ withdrawn | returned
   └──────────────┴─────────────────┴─ void (someone was released,              | set aside, while the files are made
                                       or the desk drops it) ─▶ void    returned by mistake ─▶ in the run
```
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from mailer.ledger.states import NotPossibleError
from wording import Text, _


class RunState(StrEnum):
    ORDERED = "ordered"
    """Pieces are numbered; the files are still to be made."""
    PREPARED = "prepared"
    PRINTED = "printed"
    POSTED = "posted"
    VOID = "void"
    """Someone in it may no longer be written to, or the desk dropped it: nothing of it may leave; order a new one."""


class RunEvent(StrEnum):
    MAKE = "make"
    PRINT = "print"
    POST = "post"
    VOID = "void"


class PieceState(StrEnum):
    IN_RUN = "in_run"
    WITHDRAWN = "withdrawn"
    """Taken out of the pile and destroyed before it was posted."""
    RETURNED = "returned"
    SET_ASIDE = "set_aside"
    """Its envelope cannot be written: left out of the files, and it waits for the next run."""


class PieceEvent(StrEnum):
    WITHDRAW = "withdraw"
    RETURN = "return"
    SET_ASIDE = "set_aside"
    RESTORE = "restore"
    """It was said to have come back by mistake."""


_R, _E = RunState, RunEvent
RUN: Mapping[tuple[RunState, RunEvent], RunState] = MappingProxyType(
    {
        (_R.ORDERED, _E.MAKE): _R.PREPARED,
        (_R.PREPARED, _E.PRINT): _R.PRINTED,
        (_R.PRINTED, _E.POST): _R.POSTED,
        (_R.ORDERED, _E.VOID): _R.VOID,
        (_R.PREPARED, _E.VOID): _R.VOID,
        (_R.PRINTED, _E.VOID): _R.VOID,
    }
)

LIVE = frozenset({_R.ORDERED, _R.PREPARED, _R.PRINTED})
"""States in which a run still holds its deliveries: no one else may print them."""


def run_after(state: RunState, event: RunEvent) -> RunState:
    """The state of a run after `event`. Raises NotPossibleError."""
    try:
        return RUN[state, event]
    except KeyError:
        raise NotPossibleError(state, event) from None


def piece_after(state: PieceState, event: PieceEvent, run: RunState) -> PieceState:
    """The state of a piece: set aside before the files are made, withdrawn until the run is posted, returned after it.

    Raises NotPossibleError.
    """
    if state is PieceState.IN_RUN and event is PieceEvent.SET_ASIDE and run is RunState.ORDERED:
        return PieceState.SET_ASIDE
    if state is PieceState.IN_RUN and event is PieceEvent.WITHDRAW and run is RunState.PRINTED:
        return PieceState.WITHDRAWN
    if state is PieceState.IN_RUN and event is PieceEvent.RETURN and run is RunState.POSTED:
        return PieceState.RETURNED
    if state is PieceState.RETURNED and event is PieceEvent.RESTORE and run is RunState.POSTED:
        return PieceState.IN_RUN
    raise NotPossibleError(state, event)


WORDS: Mapping[StrEnum, Text] = MappingProxyType(
    {
        RunState.ORDERED: _("besteld"),
        RunState.PREPARED: _("klaar om te printen"),
        RunState.PRINTED: _("geprint"),
        RunState.POSTED: _("op de post"),
        RunState.VOID: _("vervallen"),
        PieceState.IN_RUN: _("in de opdracht"),
        PieceState.WITHDRAWN: _("uitgehaald"),
        PieceState.RETURNED: _("teruggekomen"),
        PieceState.SET_ASIDE: _("apart gelegd"),
    }
)
"""What the desk calls each state."""
