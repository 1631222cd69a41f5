"""What a person reads of a mailing or a delivery: a word for each state, and an account that adds up."""

from __future__ import annotations

from collections.abc import Mapping

from mailer.ledger.mailings import Accounting
from mailer.ledger.states import DeliveryState
from subscribers.reviewing import Why
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


WHY_WORDS: Mapping[Why, Text] = {
    Why.PENDING: _("aanmelding nog niet bevestigd"),
    Why.LEFT: _("zelf afgemeld"),
    Why.BOUNCED: _("stil, omdat de mail terugkwam"),
    Why.PAUSED: _("met pauze"),
    Why.BARRED: _("op de lijst die we niet mailen"),
    Why.PICKED_OUT: _("voor dit nummer weggelaten"),
    Why.SECOND: _("kozen om het andere nummer, en dit is er geen van"),
    Why.RULE: _("buiten de regel van de doelgroep"),
}
"""What stands after a number of readers who get nothing."""


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


DELIVERIES: Mapping[str, Text] = {state.value: word_for(state) for state in _TERMS if state not in _HELD}
"""What a person reads and may type for how a delivery is."""
