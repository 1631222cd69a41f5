"""Whether everything works, in a browser: the last look and a new one, records of DNS, a test mail, keys on paper."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from threading import Event

import dns.exception
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from database.audit import AuditRow
from database.paper import paper
from devtools.fault_server import Plan, fault_server
from mailer.carriers.relay import Relay
from mailer.doctor.finding import Check, Finding, Level
from mailer.doctor.rounds import Rounds
from mailer.doctor.world import World
from mailer.ledger import installation
from mailer.services.administration import staff
from mailer.services.office import Office
from mailer.surroundings import world_of
from tests.support.queries import queries
from tests.web.staff.conftest import NOBODY, Desks
from web.app import create_app
from web.staff.administration import health
from web.staff.here import Staff
from wording import Text

HEALTH, RECORDS, KEYS = "/staff/health", "/staff/health/records", "/staff/keys"


def world(desks: Desks) -> Callable[[], World]:
    office = desks.staff.office
    return lambda: world_of(office.content.folder, office.store.url, resolver=NOBODY)


def looked_at(desks: Desks, checks: Mapping[str, Check], office: Office | None = None) -> Desks:
    """The same pages in another process, whose looks are these."""
    rounds = Rounds(world(desks), checks)
    office = office or desks.staff.office
    app = create_app(office, hosts=("localhost",), pages=desks.base, rounds=rounds)
    return replace(desks, app=app, renewed=None, staff=Staff(office, desks.base, rounds, desks.staff.witness))


def page(desks: Desks, client: FlaskClient, path: str) -> str:
    answer = client.get(path, base_url=desks.base)
    assert answer.status_code == 200, answer.status
    return html.unescape(answer.get_data(as_text=True))


def look(desks: Desks, client: FlaskClient) -> str:
    """Press the button, and wait until the look has ended."""
    assert desks.post(client, HEALTH, csrf=desks.csrf(client)).status_code == 303
    assert desks.staff.rounds.wait(90)
    return page(desks, client, HEALTH)


def ill(_world: World) -> Iterator[Finding]:
    yield Finding("backup", Level.FAIL, Text("Oud."), Text("Doe `postduif backup <b>`."))


def well(_world: World) -> Iterator[Finding]:
    yield Finding("clock", Level.OK, Text("De klok loopt."))


def silent(_world: World) -> Iterator[Finding]:
    raise dns.exception.Timeout
    yield  # a check is a generator


def test_nobody_has_looked_and_the_page_says_how_to_begin(desks: Desks) -> None:
    noor = desks.as_("Noor")
    first = page(desks, noor, HEALTH)
    assert "Er is nog niet gekeken" in first
    assert "Kijk nu" in first
    assert "nog niet naar gekeken" in page(desks, noor, RECORDS)


def test_a_look_is_kept_with_its_time_and_says_what_to_do(desks: Desks) -> None:
    desks = looked_at(desks, {"backup": ill, "clock": well, "spf": silent, "mx": silent})
    noor = desks.as_("Noor")
    shown = look(desks, noor)
    assert shown.count("<h3>De naamserver (DNS) gaf geen antwoord (Timeout).") == 1
    assert "Iets werkt niet" in shown
    assert 'Doe <code dir="ltr">postduif backup <b></code>.' in shown  # once unescaped: it was no tag
    assert "De klok loopt." in shown
    assert "gaf geen antwoord (Timeout)" in shown
    assert f'href="{KEYS}"' in shown
    assert desks.staff.office.clock().strftime("%Y-%m-%d") in shown  # in the report
    other = looked_at(desks, {})
    noor = other.as_("Noor")
    with queries() as asked:
        assert "De klok loopt." in page(other, noor, HEALTH)
    assert len(asked) <= 12
    assert "geen antwoord" in page(other, noor, RECORDS)


def test_a_server_that_hangs_keeps_no_page_waiting(desks: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PATIENCE", 0.0)
    answered, asked = Event(), []

    def hangs(_world: World) -> Iterator[Finding]:
        asked.append(1)
        answered.wait()
        yield Finding("spf", Level.OK, Text("Eindelijk."))

    desks = looked_at(desks, {"clock": well})
    noor = desks.as_("Noor")
    look(desks, noor)
    desks = looked_at(desks, {"spf": hangs})
    noor = desks.as_("Noor")
    try:
        for _twice in range(2):
            assert desks.post(noor, HEALTH, csrf=desks.csrf(noor)).status_code == 303
        meanwhile = page(desks, noor, HEALTH)
        assert "Er wordt nu gekeken" in meanwhile
        assert "De klok loopt." in meanwhile
        assert 'hx-get="/staff/health"' in meanwhile
        part = noor.get(HEALTH, base_url=desks.base, headers={"HX-Request": "true"}).get_data(as_text=True)
        assert part.lstrip().startswith('<div id="health"')
        assert "Er wordt nu gekeken" in page(desks, noor, RECORDS)
    finally:
        answered.set()
    assert desks.staff.rounds.wait(90)
    assert "Eindelijk." in page(desks, noor, HEALTH)
    assert len(asked) == 1


def test_what_is_found_for_someone_who_lost_the_right_meanwhile_is_not_kept(
    desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "PATIENCE", 0.0)
    gone = Event()

    def waits(_world: World) -> Iterator[Finding]:
        gone.wait()
        yield Finding("clock", Level.OK, Text("Te laat."))

    office, noor = desks.staff.office, desks.people["Noor"]
    newcomer = staff.Newcomer("Kim", "kim@voorbeeld.example", noor.roles)
    desks = looked_at(desks, {"clock": waits})
    desks.people["Kim"] = staff.add(office, noor, newcomer)
    kim = desks.as_("Kim")
    try:
        desks.post(kim, HEALTH, csrf=desks.csrf(kim))
        staff.deactivate(office, noor, desks.people["Kim"])
    finally:
        gone.set()
    assert desks.staff.rounds.wait(90)
    assert "Er is nog niet gekeken" in page(desks, desks.as_("Noor"), HEALTH)


def test_records_can_be_copied_and_say_whether_they_are_seen(desks: Desks) -> None:
    domain = next(iter(world(desks)().domains))

    def spf(_world: World) -> Iterator[Finding]:
        yield Finding("spf", Level.OK, Text("Klopt {domain}", {"domain": domain}))
        yield Finding("spf", Level.FAIL, Text("Fout {domain}", {"domain": "ander.example"}))

    def dmarc(_world: World) -> Iterator[Finding]:
        yield Finding("dmarc", Level.FAIL, Text("Er is er geen bij {name}", {"name": f"_dmarc.{domain}"}))

    desks = looked_at(desks, {"spf": spf, "dmarc": dmarc})
    noor = desks.as_("Noor")
    look(desks, noor)
    shown = page(desks, noor, RECORDS)
    fields = re.findall(r"<textarea[^>]*readonly[^>]*>([^<]*)</textarea>", shown)
    assert domain in fields
    assert f"_dmarc.{domain}" in fields
    assert any(one.startswith("v=spf1 ") for one in fields)
    states = dict(re.findall(r'<bdi dir="ltr">(SPF|DMARC|DKIM)</bdi>.*?</svg>([^<]+)</span>', shown, re.DOTALL))
    assert states == {
        "SPF": "gezien, klopt",
        "DMARC": "ontbreekt of klopt niet",
        "DKIM": "nog niet naar gekeken",
    }


def test_settings_that_are_wrong_by_now_are_told_on_the_page(desks: Desks) -> None:
    path = desks.staff.office.content.folder / "postduif.toml"
    path.write_text(path.read_text("utf-8") + "\n[nergens]\nx = 1\n", "utf-8")
    desks = looked_at(desks, {"settings": ill})
    noor = desks.as_("Noor")
    assert "De instellingen kloppen niet" in page(desks, noor, RECORDS)
    assert "Iets werkt niet" in look(desks, noor)


def test_a_test_mail_goes_to_who_asks_and_what_the_server_said_is_told(desks: Desks) -> None:
    def ask(relays: tuple[Relay, ...]) -> tuple[int, str]:
        there = looked_at(desks, {}, replace(desks.staff.office, relays=relays))
        noor = there.as_("Noor")
        answer = there.post(noor, RECORDS, csrf=there.csrf(noor), do="proof")
        return answer.status_code, html.unescape(answer.get_data(as_text=True))

    with fault_server(Plan()) as (server, port):
        status, said = ask((Relay("127.0.0.1", port),))
        assert (status, server.received) == (200, ["noor@voorbeeld.example"])
        assert "nam een proefmail aan" in said
    with fault_server(Plan(faults={"rcpt": {"550 5.1.1 geen geheim@elders.example": 1.0}})) as (server, port):
        status, said = ask((Relay("127.0.0.1", port),))
        assert (status, server.received) == (409, [])
        assert "nam de proef niet aan: 550" in said
        assert "geheim@elders" not in said
    assert ask(())[0] == 409
    with desks.store.reading() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.event == "mail_test")).all()
    assert [row.actor for row in rows] == [str(desks.people["Noor"].uid)]
    with desks.store.transaction() as session:
        installation.hold(session, Text("Er is een back-up teruggezet."), desks.staff.office.clock())
    with fault_server(Plan()) as (server, port):
        status, said = ask((Relay("127.0.0.1", port),))
        assert (status, server.received) == (409, [])
        assert "Alles staat stil" in said


def test_keys_on_paper_are_printed_once_it_is_sure_and_checked_line_by_line(desks: Desks) -> None:
    noor = desks.as_("Noor")
    assert "nog nooit" in page(desks, noor, KEYS)
    assert noor.get(f"{KEYS}/paper", base_url=desks.base).status_code == 405
    unsure = desks.post(noor, f"{KEYS}/paper", csrf=desks.csrf(noor))
    assert unsure.status_code == 422
    printed = desks.post(noor, f"{KEYS}/paper", csrf=desks.csrf(noor), sure="yes")
    lines = paper(desks.staff.office.keys)
    assert printed.headers["Cache-Control"] == "no-store"
    assert re.findall(r"<li><code>([^<]+)</code>", printed.get_data(as_text=True)) == lines
    assert lines[0] not in unsure.get_data(as_text=True)
    empty = desks.post(noor, KEYS, csrf=desks.csrf(noor), lines=" \n ")
    assert empty.status_code == 422
    wrong = desks.post(noor, KEYS, csrf=desks.csrf(noor), lines="\n".join(lines[1:]))
    assert wrong.status_code == 422
    told = wrong.get_data(as_text=True)
    assert "data.1" in told
    assert lines[1] not in told  # what was typed is a key, and stands on no page
    assert "klopte het niet" in page(desks, noor, KEYS)
    right = desks.post(noor, KEYS, csrf=desks.csrf(noor), lines="\n".join(lines).lower())
    assert "Het papier klopt." in right.get_data(as_text=True)
    assert "klopte het niet" not in page(desks, noor, KEYS)
