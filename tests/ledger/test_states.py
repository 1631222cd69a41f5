"""Every state and every event, one by one."""

from __future__ import annotations

import pytest

from mailer.ledger.states import (
    DELIVERY,
    MAILING,
    OPEN,
    DeliveryEvent,
    DeliveryState,
    MailingEvent,
    MailingState,
    NotPossibleError,
    before,
    delivery_after,
    mailing_after,
)

PATHS = """
pending claim claimed
deferred claim claimed
claimed suppress suppressed
claimed intend handing_over
claimed defer deferred
claimed refuse refused
claimed give_back pending
claimed lease_over pending
handing_over accept accepted
handing_over defer deferred
handing_over refuse refused
handing_over lose_answer uncertain
handing_over lease_over uncertain
handing_over give_back pending
pending cancel cancelled
deferred cancel cancelled
deferred retry pending
refused retry pending
uncertain found_accepted accepted
uncertain found_lost pending
"""


def test_exactly_the_listed_transitions_of_a_delivery_are_possible() -> None:
    listed = {tuple(line.split()) for line in PATHS.strip().splitlines()}
    possible = set()
    for state in DeliveryState:
        for event in DeliveryEvent:
            try:
                possible.add((str(state), str(event), str(delivery_after(state, event))))
            except NotPossibleError:
                continue
    assert possible == listed


@pytest.mark.promise("P2")
def test_nothing_that_may_have_arrived_is_ever_sent_again_without_a_person() -> None:
    """From handing_over only an answer, or the certainty that the dot never left, leads back to a state that sends."""
    by_itself = set(DeliveryEvent) - {DeliveryEvent.FOUND_LOST, DeliveryEvent.RETRY, DeliveryEvent.FOUND_ACCEPTED}
    knows_it_did_not_arrive = {DeliveryEvent.DEFER, DeliveryEvent.GIVE_BACK}
    for (state, event), after in DELIVERY.items():
        if state is DeliveryState.HANDING_OVER and after in OPEN:
            assert event in knows_it_did_not_arrive
        if state in (DeliveryState.ACCEPTED, DeliveryState.UNCERTAIN, DeliveryState.REFUSED) and event in by_itself:
            assert after not in OPEN


def test_every_event_that_ends_a_claim_leads_to_one_state_only() -> None:
    """A compare-and-set writes one state; `before` says which ones it compares with."""
    for event in DeliveryEvent:
        results = {after for (_state, happening), after in DELIVERY.items() if happening is event}
        if event is not DeliveryEvent.LEASE_OVER:
            assert len(results) == 1, event
    assert set(before(DeliveryEvent.REFUSE)) == {DeliveryState.CLAIMED, DeliveryState.HANDING_OVER}
    assert before(DeliveryEvent.LEASE_OVER, DeliveryState.UNCERTAIN) == (DeliveryState.HANDING_OVER,)


@pytest.mark.parametrize("state", MailingState)
@pytest.mark.parametrize("event", MailingEvent)
def test_a_mailing_moves_as_its_table_says_and_no_other_way(state: MailingState, event: MailingEvent) -> None:
    if (state, event) in MAILING:
        assert mailing_after(state, event) is MAILING[state, event]
    else:
        with pytest.raises(NotPossibleError):
            mailing_after(state, event)


def test_a_mailing_cannot_be_sent_before_it_is_approved_nor_after_it_was_cancelled() -> None:
    starts = {state for (state, event), after in MAILING.items() if after is MailingState.SENDING}
    assert MailingState.DRAFT not in starts
    assert not [event for (state, event) in MAILING if state is MailingState.CANCELLED]
