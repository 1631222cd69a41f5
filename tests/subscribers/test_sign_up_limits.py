"""A flood of sign-ups from one side, however many networks it has, does not shut out a reader from another."""

from __future__ import annotations

import pytest

from database.session import Store
from subscribers import services
from subscribers.consent import Choice
from subscribers.limits import (
    PER_HOUR,
    PER_HOUR_AT_MOST,
    PER_NETWORK,
    PER_SITE,
    Counts,
    network_of,
    side_of,
    site_of,
)
from subscribers.tables import Asked
from tests.support.people import FORM
from tests.support.rows import count


def ask_from(store: Store, remote: str, number: int) -> bool:
    choice, network = Choice(("legal-aid",), "nl"), network_of(remote)
    with store.transaction() as session:
        return services.subscribe(session, f"lezer{number}@lezers.example", choice, FORM, network=network) is not None


@pytest.mark.parametrize(
    ("remote", "network", "site", "side"),
    [
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64", "2001:db8:1::/48", "2001:db8::/32"),
        ("203.0.113.9", "203.0.113.0/24", "203.0.113.0/24", "203.0.0.0/16"),
        ("::ffff:203.0.113.9", "203.0.113.0/24", "203.0.113.0/24", "203.0.0.0/16"),
        ("fe80::1%eth0", "fe80::/64", "fe80::/48", "fe80::/32"),
        ("nobody", "", "", ""),
    ],
)
def test_a_client_is_counted_with_its_network_its_site_and_its_side(
    remote: str, network: str, site: str, side: str
) -> None:
    assert (network_of(remote), site_of(network), side_of(network)) == (network, site, side)


@pytest.mark.parametrize(
    ("asked", "has_room"),
    [
        (Counts(0, 0, 0, 0, 0, 0), True),
        (Counts(0, 0, PER_NETWORK - 1, PER_NETWORK - 1, 0, 0), True),
        (Counts(0, 0, PER_NETWORK, PER_NETWORK, 0, 0), False),
        (Counts(0, 0, 0, 0, 0, PER_HOUR_AT_MOST - 1), True),
        (Counts(0, 0, 0, 0, 0, PER_HOUR_AT_MOST), False),
        (Counts(0, 0, 1, 1, 0, PER_HOUR - 1), True),
        (Counts(0, 0, 1, 1, 0, PER_HOUR), False),
    ],
)
def test_a_network_and_everybody_together_have_a_limit(asked: Counts, has_room: bool) -> None:
    assert asked.leave_room is has_room


def test_a_site_of_ipv6_is_one_visitor_with_65_536_networks(lite: Store) -> None:
    taken = sum(ask_from(lite, f"2001:db8:1:{number:x}::1", number) for number in range(150))
    assert taken == count(lite, Asked) == PER_SITE
    assert ask_from(lite, "2001:db8:2::1", 9_000)


def test_a_flood_from_all_sites_of_one_provider_leaves_room_for_every_other(lite: Store) -> None:
    for number in range(200):
        ask_from(lite, f"2001:db8:{number:x}::1", number)
    assert count(lite, Asked) == PER_HOUR_AT_MOST // 2
    for number in range(120):  # and a second one
        ask_from(lite, f"2001:db9:{number:x}::1", 1_000 + number)
    assert count(lite, Asked) < PER_HOUR_AT_MOST
    assert ask_from(lite, "2a02:1::1", 9_000)
    assert ask_from(lite, "203.0.113.9", 9_001)
