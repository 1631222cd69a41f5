"""A proof from the page: to oneself or named colleagues, who got it and when is shown, and the ledger knows nothing."""

from __future__ import annotations

import mailbox
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from commands.local_mail import maildir_server
from devtools.fault_server import Plan, fault_server
from devtools.mailings import relay
from mailer.services.office import Office
from tests.support.people import reader
from tests.web.staff.conftest import SENT, Desks
from web.app import create_app, rounds_of
from web.staff.here import Staff

PAGE = f"/staff/issues/{SENT}/send"
PROOF = f"/staff/issues/{SENT}/proof"
EDITION = "noo-national/nl"


def through(desks: Desks, port: int) -> Desks:
    """The same office, whose mail goes to this port."""
    office: Office = replace(desks.staff.office, relays=(relay(port, connections=1),))
    app = create_app(office, hosts=("localhost",), pages=desks.base)
    return replace(
        desks, staff=Staff(office, desks.staff.pages, rounds_of(office), desks.staff.witness), app=app, renewed=None
    )


@pytest.fixture
def mailing_desks(desks: Desks, tmp_path: Path) -> Iterator[Desks]:
    reader(desks.store, "lezer@lezers.example", "noo-national")
    with maildir_server(tmp_path / "Maildir") as port:
        yield through(desks, port)


def ledger(desks: Desks) -> list[int]:
    with desks.store.reading() as session:
        tables = ("mailing", "delivery", "attempt", "frozen_edition")
        return [session.scalar(text(f"SELECT count(*) FROM {name}")) or 0 for name in tables]  # noqa: S608


def test_ticked_colleagues_get_it_and_the_page_says_who_and_when(mailing_desks: Desks, tmp_path: Path) -> None:
    desks, bram = mailing_desks, mailing_desks.as_("Bram")
    shown = bram.get(PAGE, base_url=desks.base).get_data(as_text=True)
    assert shown.count('name="to"') == len(desks.people)
    assert f'value="{desks.people["Bram"].uid}" checked' in shown
    data = {"csrf": desks.csrf(bram), "edition": EDITION}
    to = [str(desks.people[name].uid) for name in ("Amina", "Yasmin")]
    answer = bram.post(PROOF, data={**data, "to": to}, headers={"Sec-Fetch-Site": "same-origin"}, base_url=desks.base)
    assert answer.status_code == 303
    got = {str(one["Delivered-To"]) for one in mailbox.Maildir(tmp_path / "Maildir", create=False)}
    assert got == {desks.people[name].email for name in ("Amina", "Yasmin")}
    shown = bram.get(PAGE, base_url=desks.base).get_data(as_text=True)
    assert all(f"{name} kreeg de proef: " in shown for name in ("Amina", "Yasmin"))
    assert "Bram kreeg de proef" not in shown
    assert ledger(desks) == [0, 0, 0, 0]


def test_to_no_one_or_to_who_does_not_work_here_nothing_is_sent(mailing_desks: Desks, tmp_path: Path) -> None:
    desks, bram = mailing_desks, mailing_desks.as_("Bram")
    csrf = desks.csrf(bram)
    for to in ("", "lezer@lezers.example", "00000000-0000-0000-0000-000000000000"):
        refused = desks.post(bram, PROOF, csrf=csrf, edition=EDITION, to=to)
        assert refused.status_code == 409
        assert "Kies minstens één collega" in refused.get_data(as_text=True)
    noor = desks.as_("Noor")
    fields = {"csrf": desks.csrf(noor), "do": "deactivate", "seen": "approver|"}
    desks.post(noor, f"/staff/people/{desks.people['Amina'].uid}", **fields)
    gone = desks.post(bram, PROOF, csrf=csrf, edition=EDITION, to=str(desks.people["Amina"].uid))
    assert gone.status_code == 409
    assert not (tmp_path / "Maildir").exists() or not list(mailbox.Maildir(tmp_path / "Maildir", create=False))


def test_whom_the_relay_refuses_is_named_and_is_not_among_those_who_got_it(desks: Desks) -> None:
    with fault_server(Plan({"rcpt": {"5xx": 1.0}}, only_for="bram")) as (_server, port):
        mailing_desks = through(desks, port)
        bram = mailing_desks.as_("Bram")
        fields = {"csrf": desks.csrf(bram), "edition": EDITION, "to": str(desks.people["Bram"].uid)}
        refused = mailing_desks.post(bram, PROOF, **fields)
    assert refused.status_code == 409
    shown = refused.get_data(as_text=True)
    assert "De proef voor Bram is niet aangenomen: " in shown
    assert "Bram kreeg de proef" not in shown
