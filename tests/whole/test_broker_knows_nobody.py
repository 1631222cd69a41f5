"""The broker carries numbers: what a Valkey is told during a mailing, and what it keeps, shows no reader."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Thread

import redis

from database.base import now
from devtools.canaries import CANARIES, found_in, found_in_text
from devtools.servers import Server, valkey_server
from devtools.waiting import wait_for
from mailer.services.sending import orders
from mailer.services.sending.doorbell import CeleryDoorbell
from tests.support.house import ROOT
from tests.support.office import WholeOffice, office
from web import forms
from web.app import create_app
from worker.app import make_app

SLUG, AUDIENCE = "noo-2026-11", "noo-national"
NAME, READER, READER_IN_ASCII, _number = CANARIES


@contextmanager
def overheard(broker: Server) -> Iterator[bytearray]:
    """Every command that any client gives the broker (MONITOR)."""
    heard = bytearray()
    with socket.socket(socket.AF_UNIX) as monitor:
        monitor.connect(str(broker.ready))
        monitor.sendall(b"MONITOR\r\n")

        def listen() -> None:
            while data := monitor.recv(1 << 16):
                heard.extend(data)

        listener = Thread(target=listen)
        listener.start()
        try:
            yield heard
        finally:
            monitor.shutdown(socket.SHUT_RDWR)
            listener.join()


@contextmanager
def worker(folder: Path, broker: str, port: int, *, says_to: Path | None = None) -> Iterator[None]:
    """`postduif worker` as an operator starts it; what it says goes to a log."""
    said = {"STORAGE__BROKER": broker, "SMTP__HOST": "127.0.0.1", "SMTP__PORT": str(port), "SMTP__SECURITY": "none"}
    environment = {**os.environ, **{f"POSTDUIF_{name}": value for name, value in said.items()}}
    command = [sys.executable, "-m", "commands", "--content", str(folder), "worker"]
    with (says_to or folder / "worker.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            yield
        finally:
            process.terminate()
            assert process.wait(30) == 0


def ask(here: WholeOffice, bell: CeleryDoorbell, address: str) -> None:
    """Somebody fills in the form."""
    app = create_app(here.parts.office(bell))
    form = {
        "email": address,
        "audience": AUDIENCE,
        "locale": "nl",
        "website": "",
        "form": forms.signed_now(here.parts.keys, now() - timedelta(seconds=30)),
    }
    assert app.test_client().post("/nl/aanmelden", data=form, base_url=here.parts.house.base_url).status_code == 200


def test_a_broker_hears_and_keeps_numbers_only(tmp_path: Path) -> None:
    folder = tmp_path / "content"
    with valkey_server() as broker, overheard(broker) as heard:
        with office(folder, f"sqlite:///{folder}/var/postduif.sqlite") as here:
            here.subscribe(READER, AUDIENCE, "nl")
            bell = CeleryDoorbell(make_app(broker.url))
            port = here.parts.settings.smtp.port
            mailing = here.publish(SLUG).mailing
            assert mailing is not None
            with worker(folder, broker.url, port):
                ask(here, bell, f"new.{READER}")
                orders.start(here.parts.office(bell), here.editor, mailing)
                wait_for(lambda: here.received_by(f"{READER_IN_ASCII}.example"))
                wait_for(lambda: here.received_by(f"new.{READER_IN_ASCII}.example"))
        said = heard.decode("utf-8", "replace")
        assert "postduif.deliver_batch" in said
        assert "postduif.mail" in said
        assert found_in_text(said) == []
        redis.Redis(unix_socket_path=str(broker.ready)).save()
        assert found_in(broker.ready.parent) == []
    log = (folder / "worker.log").read_text("utf-8")
    assert "Ctrl+C" in log, "this is the log of the worker"
    assert found_in_text(log) == []
    assert found_in(folder / "var") == []
