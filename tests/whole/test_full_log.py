"""A log that nothing can be written to any more stops no mail."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from devtools.servers import valkey_server
from devtools.waiting import wait_for
from mailer.services.sending import orders
from mailer.services.sending.doorbell import CeleryDoorbell
from tests.support.office import office
from tests.whole.test_broker_knows_nobody import worker
from worker.app import make_app

SLUG, AUDIENCE = "noo-2026-11", "noo-national"
FULL = Path("/dev/full")


@pytest.mark.faults
@pytest.mark.promise("F12", "F25")
def test_a_worker_whose_log_is_full_sends_all_and_stops_clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It logs each batch: to a disk without room, from its first line on."""
    monkeypatch.setenv("POSTDUIF_LOG", "json")
    with FULL.open("wb", buffering=0) as full, pytest.raises(OSError, match="No space left"):
        os.write(full.fileno(), b"a line")
    folder = tmp_path / "content"
    with valkey_server() as broker, office(folder, f"sqlite:///{folder}/var/postduif.sqlite") as here:
        readers = [f"lezer{number}@lezers.example" for number in range(3)]
        for one in readers:
            here.subscribe(one, AUDIENCE, "nl")
        mailing = here.publish(SLUG).mailing
        assert mailing is not None
        with worker(folder, broker.url, here.parts.settings.smtp.port, says_to=FULL):
            orders.start(here.parts.office(CeleryDoorbell(make_app(broker.url))), here.editor, mailing)
            wait_for(lambda: all(here.received_by(one) for one in readers))
        assert [len(here.received_by(one)) for one in readers] == [1, 1, 1]
