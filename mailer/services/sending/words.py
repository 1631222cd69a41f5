"""What a person reads of a mailing or a delivery: a word for each state, and an account that adds up."""

from __future__ import annotations

from mailer.ledger.mailings import Accounting
from mailer.ledger.states import DeliveryState
from wording import Text, _

_HELD = (DeliveryState.CLAIMED, DeliveryState.HANDING_OVER)
_TERMS = (
    DeliveryState.ACCEPTED,
    DeliveryState.DEFERRED,
    DeliveryState.REFUSED,
    DeliveryState.UNCERTAIN,
    DeliveryState.SUPPRESSED,
    DeliveryState.CANCELLED,
    DeliveryState.PENDING,
    *_HELD,
)


def terms(account: Accounting) -> tuple[tuple[int, Text], ...]:
    """Readers = accepted + deferred + refused + uncertain + suppressed + cancelled + pending: each is counted once.

    What a worker holds at this moment is a term only while there is any.
    """
    shown = (state for state in _TERMS if state not in _HELD or account.states[state])
    return tuple((account.states[state], word_for(state)) for state in shown)


def word_for_outcome(event: str) -> Text:
    """The word for how one try ended."""
    words = {
        "accept": _("aangenomen"),
        "defer": _("uitgesteld"),
        "refuse": _("geweigerd"),
        "lose_answer": _("geen antwoord"),
        "lease_over": _("werker viel weg"),
        "give_back": _("niet verstuurd"),
        "suppress": _("mag niet ontvangen"),
    }
    return words[event]


def word_for(state: str) -> Text:
    """The word for a state of a mailing or of a delivery."""
    words = {
        "draft": _("concept"),
        "approved": _("goedgekeurd"),
        "scheduled": _("gepland"),
        "sending": _("wordt verstuurd"),
        "paused": _("stilgezet"),
        "done": _("klaar"),
        "cancelled": _("afgebroken"),
        "pending": _("wacht"),
        "claimed": _("in handen van een werker"),
        "handing_over": _("wordt overgedragen"),
        "accepted": _("aangenomen"),
        "deferred": _("uitgesteld"),
        "refused": _("geweigerd"),
        "uncertain": _("onzeker"),
        "suppressed": _("mag niet ontvangen"),
    }
    return words[state]
