"""Which state follows which event, for a delivery and for a mailing. Pure: a state and an event in, a state out.

```
pending ─claim─▶ claimed ─intend, committed before the final dot─▶ handing_over ─▶ accepted (250)
   ▲                │ lease over: nothing was sent                      ├──▶ deferred (4xx: tried again later)
   └────────────────┘                                                  ├──▶ refused (5xx)
 suppressed, cancelled                                                 └─ no answer, or lease over ─▶ uncertain
```
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class DeliveryState(StrEnum):
    PENDING = "pending"
    CLAIMED = "claimed"
    """A worker holds it under a lease; nothing of it has left yet."""
    HANDING_OVER = "handing_over"
    """Written down before the final dot may leave: from here on it may have arrived."""
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    """The receiving side said "later"; `next_at` says when."""
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    """The final dot was written and no answer was read: only a person or the relay's log knows."""
    SUPPRESSED = "suppressed"
    """The reader may not receive it (any more): withdrawn, paused or bounced since the mailing was opened."""
    CANCELLED = "cancelled"


class DeliveryEvent(StrEnum):
    CLAIM = "claim"
    SUPPRESS = "suppress"
    INTEND = "intend"
    ACCEPT = "accept"
    DEFER = "defer"
    REFUSE = "refuse"
    LOSE_ANSWER = "lose_answer"
    LEASE_OVER = "lease_over"
    GIVE_BACK = "give_back"
    """The worker returns what it certainly has not sent: a graceful stop, a paused mailing, a relay at fault."""
    CANCEL = "cancel"
    RETRY = "retry"
    """A person orders another try of what was refused or deferred."""
    FOUND_ACCEPTED = "found_accepted"
    """A person, or the relay's log, says that it arrived."""
    FOUND_LOST = "found_lost"
    """A person, or the relay's log, says that it did not: it is sent again with the same Message-ID."""


class MailingState(StrEnum):
    DRAFT = "draft"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"


class MailingEvent(StrEnum):
    APPROVE = "approve"
    SCHEDULE = "schedule"
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    WAIT = "wait"
    """Resumed while the moment for which it is scheduled is still to come."""
    FINISH = "finish"
    CANCEL = "cancel"
    REOPEN = "reopen"
    """A retry or a resolved doubt gives a finished mailing work again."""


class NotPossibleError(ValueError):
    """The event cannot happen in this state."""

    def __init__(self, state: StrEnum, event: StrEnum) -> None:
        super().__init__(f"{event} cannot happen to what is {state}")
        self.state = state
        self.event = event


_D, _E = DeliveryState, DeliveryEvent
DELIVERY: Mapping[tuple[DeliveryState, DeliveryEvent], DeliveryState] = MappingProxyType(
    {
        (_D.PENDING, _E.CLAIM): _D.CLAIMED,
        (_D.DEFERRED, _E.CLAIM): _D.CLAIMED,
        (_D.CLAIMED, _E.SUPPRESS): _D.SUPPRESSED,
        (_D.CLAIMED, _E.INTEND): _D.HANDING_OVER,
        (_D.CLAIMED, _E.DEFER): _D.DEFERRED,
        (_D.CLAIMED, _E.REFUSE): _D.REFUSED,
        (_D.CLAIMED, _E.GIVE_BACK): _D.PENDING,
        (_D.CLAIMED, _E.LEASE_OVER): _D.PENDING,
        (_D.HANDING_OVER, _E.ACCEPT): _D.ACCEPTED,
        (_D.HANDING_OVER, _E.DEFER): _D.DEFERRED,
        (_D.HANDING_OVER, _E.REFUSE): _D.REFUSED,
        (_D.HANDING_OVER, _E.LOSE_ANSWER): _D.UNCERTAIN,
        (_D.HANDING_OVER, _E.LEASE_OVER): _D.UNCERTAIN,
        (_D.HANDING_OVER, _E.GIVE_BACK): _D.PENDING,
        (_D.PENDING, _E.CANCEL): _D.CANCELLED,
        (_D.DEFERRED, _E.CANCEL): _D.CANCELLED,
        (_D.DEFERRED, _E.RETRY): _D.PENDING,
        (_D.REFUSED, _E.RETRY): _D.PENDING,
        (_D.UNCERTAIN, _E.FOUND_ACCEPTED): _D.ACCEPTED,
        (_D.UNCERTAIN, _E.FOUND_LOST): _D.PENDING,
    }
)

_M, _F = MailingState, MailingEvent
MAILING: Mapping[tuple[MailingState, MailingEvent], MailingState] = MappingProxyType(
    {
        (_M.DRAFT, _F.APPROVE): _M.APPROVED,
        (_M.APPROVED, _F.SCHEDULE): _M.SCHEDULED,
        (_M.SCHEDULED, _F.SCHEDULE): _M.SCHEDULED,
        (_M.PAUSED, _F.SCHEDULE): _M.SCHEDULED,
        (_M.APPROVED, _F.START): _M.SENDING,
        (_M.SCHEDULED, _F.START): _M.SENDING,
        (_M.SENDING, _F.PAUSE): _M.PAUSED,
        (_M.SCHEDULED, _F.PAUSE): _M.PAUSED,
        (_M.PAUSED, _F.RESUME): _M.SENDING,
        (_M.PAUSED, _F.WAIT): _M.SCHEDULED,
        (_M.SENDING, _F.FINISH): _M.DONE,
        (_M.DONE, _F.REOPEN): _M.SENDING,
        (_M.PAUSED, _F.REOPEN): _M.PAUSED,
        (_M.SENDING, _F.REOPEN): _M.SENDING,
        **{(state, _F.CANCEL): _M.CANCELLED for state in (_M.DRAFT, _M.APPROVED, _M.SCHEDULED, _M.SENDING, _M.PAUSED)},
    }
)

OPEN = frozenset({_D.PENDING, _D.CLAIMED, _D.HANDING_OVER, _D.DEFERRED})
"""States in which a delivery still waits for something the system will do by itself."""

NEVER_GOT = frozenset({_D.REFUSED, _D.SUPPRESSED, _D.CANCELLED})
"""States in which the reader certainly has not got it, nor will by itself."""
MAY_HAVE = frozenset({_D.ACCEPTED, _D.UNCERTAIN})
"""States in which the reader has it, or may have."""


def delivery_after(state: DeliveryState, event: DeliveryEvent) -> DeliveryState:
    """The state of a delivery after `event`. Raises NotPossibleError."""
    try:
        return DELIVERY[state, event]
    except KeyError:
        raise NotPossibleError(state, event) from None


def mailing_after(state: MailingState, event: MailingEvent) -> MailingState:
    """The state of a mailing after `event`. Raises NotPossibleError."""
    try:
        return MAILING[state, event]
    except KeyError:
        raise NotPossibleError(state, event) from None


def before(event: DeliveryEvent, after: DeliveryState | None = None) -> tuple[DeliveryState, ...]:
    """The states in which `event` can happen (and leads to `after`): what a compare-and-set compares with."""
    return tuple(
        state for (state, happening), result in DELIVERY.items() if happening is event and after in (None, result)
    )
