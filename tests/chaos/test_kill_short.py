"""The short form of `make chaos`: the same harness, fewer kills."""

from __future__ import annotations

import pytest

from devtools.chaos import databases, run
from devtools.servers import valkey

pytestmark = pytest.mark.faults


@pytest.mark.promise("P2", "F6")
def test_senders_killed_at_random_lose_nobody_and_double_nobody() -> None:
    with databases() as urls, valkey() as broker:
        control = run("control", urls["sqlite"], broker, seed=1, kills=2, readers=900, intents=False)
        assert control.doubled, "without intents mail is doubled, or this test proves nothing"
        found = run("intents", urls["sqlite"], broker, seed=2, kills=3, readers=1200)
    assert (found.lost, found.doubled) == (0, 0), found.line()
    assert found.uncertain <= found.at_most, found.line()
    assert found.kills.total() == 3
