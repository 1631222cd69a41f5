"""A rule says who belongs to an audience, and why somebody does not."""

from __future__ import annotations

import pytest

from subscribers.audience import Rule, Traits, belongs, refusal

ANNA = Traits(frozenset({"noo"}), "nl", region="rotterdam", role="volunteer")


@pytest.mark.parametrize(
    ("rule", "why_not"),
    [
        (Rule(("noo",)), None),
        (Rule(("los", "noo")), None),
        (Rule(("noo",), ("nl", "en"), ("rotterdam",), ("volunteer",)), None),
        (Rule(("los",)), "geen lid"),
        (Rule(()), "geen lid"),
        (Rule(("noo",), locales=("en",)), "leest nl"),
        (Rule(("noo",), regions=("utrecht",)), "regio"),
        (Rule(("noo",), roles=("lawyer",)), "rol"),
    ],
)
def test_every_part_of_a_rule_must_hold(rule: Rule, why_not: str | None) -> None:
    answer = refusal(rule, ANNA)
    assert (answer is None) == (why_not is None) == belongs(rule, ANNA)
    assert why_not is None or why_not in str(answer)
