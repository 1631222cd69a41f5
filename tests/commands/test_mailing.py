"""`postduif mailing` and `postduif delivery`: orders, answers, and the account that balances."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from commands import words
from commands.sending import begin, deliver_now
from database.audit import AuditRow
from database.base import now
from database.keys import KeyRing
from devtools.fault_server import Plan, fault_server
from devtools.mailings import Readers, Through, desk, relay
from devtools.waiting import wait_for
from devtools.worker_process import Sender
from devtools.worker_process import sending as sender
from mailer.artefacts.email.personal import PersonalMessage, TextPart
from mailer.artefacts.email.transfer import part_from
from mailer.artefacts.slots import slot
from mailer.bootstrap import Parts, wire
from mailer.ledger import mailings, opening, shunt
from mailer.ledger.mailings import mailing_of
from mailer.ledger.signing import signed
from mailer.ledger.states import MailingState
from mailer.ledger.tables import FrozenEdition
from mailer.organisation import Channel
from mailer.services.office import Silence
from mailer.services.sending import delivering, orders
from mailer.services.sending.relays import Relays
from staff.people import add_person, people
from staff.roles import Role
from subscribers.consent import AgreedWording
from subscribers.importing.bringing import Provenance, bring
from subscribers.importing.judging import Defaults
from subscribers.importing.source import table_from
from subscribers.repository import may_receive, readers_of
from tests.commands.test_cli import ROOT, Outcome, run
from tests.support.desk_people import ADMIN, EDITOR, employ
from tests.support.people import leave, reader


@pytest.fixture
def dutch(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("LANGUAGE", "nl")
    words.here.cache_clear()
    yield
    words.here.cache_clear()


@pytest.fixture
def parts(tmp_path: Path, dutch: None) -> Iterator[Parts]:
    """The example organisation with three readers, one of whom refuses: bas, whose mailbox is full."""
    shutil.copy(ROOT / "postduif.toml", tmp_path)
    KeyRing.create(tmp_path / "var" / "keys")
    wired = wire(tmp_path)
    table = tmp_path / "readers.csv"
    table.write_text("email,since\n" + "".join(f"{who}@lezers.example,2024-05-02\n" for who in ("anna", "bas", "cor")))
    defaults = Defaults(("legal-aid",), "nl", frozenset({"nl"}), frozenset({"legal-aid"}), evidence=True)
    provenance = Provenance("test", "command", AgreedWording("1", "nl", "Ja, mail mij."))
    with wired.store.transaction() as session:
        add_person(session, "Bram", "bram@voorbeeld.example", [Role.EDITOR])
        bring(session, table_from(table), defaults, provenance, ask=lambda _session, _needed: None)
        add_person(session, "Noor", "noor@redactie.example", [Role.ADMIN])
    yield wired
    wired.store.close()


@pytest.fixture
def mailing(parts: Parts) -> int:
    """Handed over to a server that refuses bas and loses its answer to cor."""
    with parts.store.transaction() as session:
        opened = opening.open_mailing(session, slug="los-2026-24", publication="los", content_hash="a" * 64)
        edition = opening.EditionToFreeze("legal-aid", "nl", Channel.EMAIL, "Nieuws", message=b"Nieuws.\r\n")
        frozen = opening.freeze(session, opened, edition)
        opening.add_deliveries(session, opened, frozen, [ref.uid for ref in readers_of(session, "legal-aid")])
        opened.state = MailingState.SENDING
    return opened.id


def deliver(parts: Parts, mailing_id: int, plan: Plan) -> list[str]:
    readers = Readers()
    readers.may_receive = may_receive  # type: ignore[method-assign, assignment]
    with fault_server(plan) as (server, port):
        delivering.deliver_now(desk(parts.store, readers), Through(relay(port, connections=1)), mailing_id)
        return server.received


def content_of(parts: Parts) -> Path:
    return parts.content.folder


def bram(folder: Path, *arguments: str) -> Outcome:
    """A command about mailings by Bram, who edits."""
    return run(folder, "mailing", *arguments, "--as", "Bram")


def test_show_counts_everybody_once_and_says_that_it_balances(parts: Parts, mailing: int) -> None:
    deliver(parts, mailing, Plan({"rcpt": {"5xx": 1.0}}, only_for="bas"))
    shown = bram(content_of(parts), "show", str(mailing))
    rest = "0 onzeker + 0 mag niet ontvangen + 0 afgebroken + 0 wacht"
    assert f"3 = 2 aangenomen + 0 uitgesteld + 1 geweigerd + {rest}\n" in shown.stdout
    data = json.loads(bram(content_of(parts), "show", str(mailing), "--json").stdout)
    assert data["balances"]
    assert (data["state"], data["readers"], data["states"]["refused"]) == ("done", 3, 1)
    assert "los-2026-24  klaar: 3 van 3" in bram(content_of(parts), "list").stdout


def test_who_got_it_and_who_not_and_why_masked_and_in_words(parts: Parts, mailing: int) -> None:
    folder = content_of(parts)
    deliver(parts, mailing, Plan({"rcpt": {"5xx": 1.0}}, only_for="bas"))
    leave(parts.store, reader(parts.store, "dora@lezers.example"))
    told = bram(folder, "who", str(mailing)).stdout
    assert told.count("@l….example  legal-aid (nl)  aangenomen") == 2
    assert "geweigerd  550 5.1.1 no such user <…>" in told
    assert "Kreeg niets: 1 zelf afgemeld" in told
    assert "bas@" not in told
    assert "dora" not in told
    for word in ("geweigerd", "Geweigerd", "refused"):
        assert len(bram(folder, "who", str(mailing), "--state", word).stdout.splitlines()) == 1
    refused = json.loads(bram(folder, "who", str(mailing), "--state", "refused", "--json").stdout)
    assert [(one["state"], one["code"], one["outcome"], one["words"]) for one in refused] == [
        ("refused", 550, "refuse", "no such user <…>")
    ]
    assert json.loads(bram(folder, "who", str(mailing), "--state", "cancelled", "--json").stdout) == []
    assert bram(folder, "who", str(mailing), "--state", "zoek").exit_code == 2
    assert "Verzending 99 is er niet" in bram(folder, "who", "99").stderr


def test_find_tells_what_became_of_one_reader_and_is_itself_recorded(parts: Parts, mailing: int) -> None:
    deliver(parts, mailing, Plan({"rcpt": {"5xx": 1.0}}, only_for="bas"))
    found = run(content_of(parts), "delivery", "find", "--as", "Noor", typed="Bas@lezers.example").stdout
    assert "los-2026-24, legal-aid, nl: geweigerd" in found
    assert "550 5.1.1 no such user <…>" in found
    assert "bas@" not in found, "the words of the server are kept without the address"
    assert "Hierna: niets meer." in found
    with parts.store.reading() as session:
        assert "search" in {str(row.event) for row in session.query(AuditRow)}
    assert (
        "geen lezer"
        in run(content_of(parts), "delivery", "find", "--as", "Noor", typed="niemand@lezers.example").stderr
    )


def test_a_person_pauses_resumes_and_cancels(parts: Parts, mailing: int) -> None:
    folder = content_of(parts)
    assert bram(folder, "pause", str(mailing), "--why", "relay in onderhoud").exit_code == 0
    assert deliver(parts, mailing, Plan()) == []
    assert "Reden: relay in onderhoud" in bram(folder, "show", str(mailing)).stdout
    assert "stilstaat" in run(folder, "delivery", "find", "--as", "Noor", typed="anna@lezers.example").stdout
    assert bram(folder, "resume", str(mailing)).exit_code == 0
    assert bram(folder, "resume", str(mailing)).exit_code == 1, "it goes on already"
    assert "3 lezers krijgen niets meer" in bram(folder, "cancel", str(mailing)).stdout
    assert deliver(parts, mailing, Plan()) == []


def test_a_scheduled_mailing_that_was_stopped_goes_on_at_its_moment(parts: Parts, mailing: int) -> None:
    folder = content_of(parts)
    with parts.store.transaction() as session:
        mailing_of(session, mailing).state = MailingState.APPROVED
    day = (now() + timedelta(days=9)).date()
    told = f"Verzending {mailing} begint op {day} 09:30."
    assert told in bram(folder, "schedule", str(mailing), f"{day}T09:30").stdout
    assert "Dit moment kan niet" in bram(folder, "schedule", str(mailing), "0001-01-01T00:00").stderr
    assert bram(folder, "pause", str(mailing)).exit_code == 0
    assert told in bram(folder, "resume", str(mailing)).stdout
    assert deliver(parts, mailing, Plan()) == []


def test_a_person_retries_the_refused_and_settles_the_uncertain(parts: Parts, mailing: int) -> None:
    folder = content_of(parts)
    lost = deliver(parts, mailing, Plan({"dot": {"drop": 1.0}, "rcpt": {"5xx": 1.0}}, only_for="bas"))
    assert len(lost) == 2
    assert "1 bezorging" in bram(folder, "retry", str(mailing)).stdout
    deliver(parts, mailing, Plan({"dot": {"drop": 1.0}}, only_for="bas"))
    assert "1 onzeker" in bram(folder, "show", str(mailing)).stdout
    listed = bram(folder, "resolve", str(mailing)).stdout
    assert "Message-ID <" in listed
    assert "Over 0 bezorgingen" in bram(folder, "resolve", str(mailing), "--lost", "--only", str(2**70)).stdout
    assert "Over 1 bezorging is beslist" in bram(folder, "resolve", str(mailing), "--lost").stdout
    assert deliver(parts, mailing, Plan()) == ["bas@lezers.example"]
    assert "3 = 3 aangenomen" in bram(folder, "show", str(mailing)).stdout


@pytest.mark.parametrize("number", ["99", "0", str(2**70)])
def test_an_unknown_mailing_is_an_error_in_words(parts: Parts, number: str) -> None:
    for order in ("show", "pause", "resume", "cancel", "retry", "resolve"):
        found = bram(content_of(parts), order, number)
        assert (found.exit_code, found.stdout) == (1, "")
        assert f"Verzending {number} is er niet." in found.stderr


def test_each_order_is_written_down_with_who_gave_it(parts: Parts, mailing: int) -> None:
    folder = content_of(parts)
    for order in ("pause", "resume", "retry", "cancel"):
        assert bram(folder, order, str(mailing)).exit_code == 0
    with parts.store.reading() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.event.startswith("mailing_"))).all()
        [person] = [one for one in people(session) if one.name == "Bram"]
    assert [str(row.event) for row in rows] == [f"mailing_{one}" for one in ("pause", "resume", "retry", "cancel")]
    assert {row.actor for row in rows} == {str(person.uid)}


def test_the_bell_rings_after_the_commit(parts: Parts, mailing: int) -> None:
    """A worker that is rung for looks at once, and must find what it was rung for."""

    class Looks(Silence):
        found: list[MailingState]

        def ring(self, mailing_id: int, batch: int) -> bool:
            with parts.store.reading() as session:
                self.found = [*getattr(self, "found", []), mailing_of(session, mailing_id).state]
            return True

    employ(parts.store, EDITOR)
    bell = Looks()
    office = parts.office(bell)
    orders.pause(office, EDITOR, mailing)
    orders.resume(office, EDITOR, mailing)
    orders.retry(office, EDITOR, mailing)
    assert bell.found == [MailingState.SENDING] * 2


def test_show_says_what_a_worker_holds_how_fast_it_goes_and_until_when(parts: Parts, mailing: int) -> None:
    """From the planning on the command line to the last answer, with a sender in a process of its own."""
    folder = content_of(parts)
    with parts.store.transaction() as session:
        mailing_of(session, mailing).state = MailingState.APPROVED
    moment = datetime.now(ZoneInfo("Europe/Amsterdam")) + timedelta(days=1)
    assert bram(folder, "schedule", str(mailing), f"{moment:%Y-%m-%dT%H:%M:%S}").exit_code == 0
    assert "gepland\nBegint op 2" in bram(folder, "show", str(mailing)).stdout
    assert deliver(parts, mailing, Plan()) == []
    with parts.store.transaction() as session:
        mailing_of(session, mailing).scheduled_at = now()  # its moment has come
    said: set[str] = set()
    with fault_server(Plan(delay=0.6)) as (server, port):
        with sender(Sender(parts.store.url, port, connections=1)) as process:
            while process.poll() is None:
                said.update(bram(folder, "show", str(mailing)).stdout.splitlines())
                time.sleep(0.1)
            assert process.returncode == 0
        assert len(server.received) == 3
    assert any(
        re.fullmatch(r"\d\.\d per seconde; klaar om ongeveer \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.", line) for line in said
    )
    assert any("1 wordt overgedragen" in line for line in said)
    assert "per seconde" not in bram(folder, "show", str(mailing)).stdout


def test_an_order_says_when_there_is_no_worker_to_carry_it_out(
    parts: Parts, mailing: int, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, start = content_of(parts), "3 bezorgingen wachten. Start `postduif serve` of `postduif worker`"
    with parts.store.transaction() as session:
        mailing_of(session, mailing).state = MailingState.APPROVED
    employ(parts.store, EDITOR)
    begin(parts, EDITOR, mailing, now=False)
    assert f"{start}, of geef voortaan --now mee.\n" in capsys.readouterr().out
    bram(folder, "pause", str(mailing))
    assert f"{start}.\n" in bram(folder, "resume", str(mailing)).stdout
    assert f"{start}.\n" in bram(folder, "retry", str(mailing)).stdout
    assert f"{start}.\n" in bram(folder, "resolve", str(mailing), "--lost").stdout
    bram(folder, "pause", str(mailing))
    there = subprocess.Popen([sys.executable, "-m", "commands", "--content", str(folder), "worker"], cwd=ROOT)
    try:
        wait_for(lambda: delivering.has_worker(parts.store))
        assert bram(folder, "resume", str(mailing)).stdout == f"Verzending {mailing} gaat verder.\n"
    finally:
        there.send_signal(signal.SIGQUIT)
        assert there.wait(30) == 0


def test_show_tells_of_a_relay_that_takes_nothing_while_the_mailing_goes_on(parts: Parts, mailing: int) -> None:
    with fault_server(Plan(auth="PLAIN")) as (_server, port), fault_server(Plan()) as (good, second):
        wrong = relay(port, name="eigen", user="bode", password="fout", weight=1_000_000)
        relays = Relays([wrong, relay(second, name="provider")])
        delivering.deliver_now(desk(parts.store), relays, mailing)
        relays.close()
    assert len(good.received) == 3
    shown = bram(content_of(parts), "show", str(mailing)).stdout
    assert "\nMailserver eigen neemt niets van ons aan (auth: 535 wrong password).\n" in shown


def test_show_names_what_was_set_aside(parts: Parts, mailing: int) -> None:
    with parts.store.transaction() as session:
        for _try in range(shunt.TRIES + 1):
            shunt.begin(session, mailing, 1, now())
    assert (
        "Apart gezet, omdat werkers erop vastliepen: groep 1." in bram(content_of(parts), "show", str(mailing)).stdout
    )
    assert bram(content_of(parts), "retry", str(mailing)).exit_code == 0
    assert "Apart gezet" not in bram(content_of(parts), "show", str(mailing)).stdout


def test_why_a_mailing_waits_is_said_in_the_language_of_whoever_asks(
    parts: Parts, mailing: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with parts.store.transaction() as session:
        orders.ask_after_restore(session, ADMIN, now())
    said = {}
    for language in ("nl", "en", "ar"):
        monkeypatch.setenv("LANGUAGE", language)
        words.here.cache_clear()
        said[language] = json.loads(bram(content_of(parts), "show", str(mailing), "--json").stdout)["reason"]
    assert "Er is een back-up teruggezet" in said["nl"]
    assert "backup" in said["en"]
    assert "نسخة احتياطية" in said["ar"]


def write_a_message(parts: Parts) -> None:
    """One that the product itself can make personal."""
    head = f"From: Redactie <redactie@post.example>\r\nTo: {slot('to')}\r\nSubject: Nieuws\r\n\r\n"
    plain = TextPart(b"", part_from("Nieuws.\n"), is_html=False)
    with parts.store.transaction() as session:
        edition = session.scalars(select(FrozenEdition)).one()
        edition.message = PersonalMessage(head, (plain,), b"").frozen()
        whole = opening.EditionToFreeze("legal-aid", "nl", Channel.EMAIL, "Nieuws", message=edition.message)
        edition.content_hash = whole.content_hash()
        signed(session, edition)  # as if it was frozen so


def toml_with(parts: Parts, port: int, more: str) -> str:
    toml = (content_of(parts) / "postduif.toml").read_text("utf-8")
    return toml.replace(
        '[smtp]\nhost = "localhost"\nport = 25\n', f'[smtp]\nhost = "127.0.0.1"\nport = {port}\n{more}\n'
    )


QUIET = '\n[quiet]\nstart = "{start}"\nend = "{end}"\n'


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("quiet", "Het zijn stille uren: er gaat niets uit tot {day}"),
        ("per_minute = 2", "De grens van wat per keer mag is bereikt; de rest kan vanaf {day}"),
        ("", "De rest is uitgesteld; de volgende poging is om {day}"),
    ],
)
def test_sending_at_once_says_why_not_everything_went_and_when_it_does(
    parts: Parts, mailing: int, more: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write_a_message(parts)
    plan = Plan() if more else Plan({"rcpt": {"4xx": 1.0}}, only_for="bas")
    with fault_server(plan) as (server, port):
        toml = toml_with(parts, port, "" if more == "quiet" else more)
        local = datetime.now(ZoneInfo("Europe/Amsterdam"))
        if more == "quiet":
            start, end = local - timedelta(minutes=5), local + timedelta(hours=2)
            toml += QUIET.format(start=f"{start:%H:%M}", end=f"{end:%H:%M}")
        (content_of(parts) / "postduif.toml").write_text(toml, "utf-8")
        chosen = wire(content_of(parts))
        deliver_now(chosen, mailing)
        chosen.store.close()
        assert len(server.received) == (0 if more == "quiet" else 2)
    told = capsys.readouterr().out
    day = (local + timedelta(hours=2 if more == "quiet" else 0)).date()
    assert says.format(day=day) in told
    assert "`postduif serve` of `postduif worker` doet dat vanzelf" in told


NOW = (
    "import sys; from pathlib import Path; from mailer.bootstrap import wire; from commands.sending import deliver_now;"
)
NOW += "deliver_now(wire(Path(sys.argv[1])), int(sys.argv[2]))"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_sending_at_once_can_be_stopped_and_leaves_nothing_uncertain(
    parts: Parts, mailing: int, number: signal.Signals
) -> None:
    write_a_message(parts)
    folder = content_of(parts)
    with fault_server(Plan(delay=0.5, pipelining=False)) as (server, port):
        (folder / "postduif.toml").write_text(toml_with(parts, port, "connections = 1"), "utf-8")
        command = [sys.executable, "-c", NOW, str(folder), str(mailing)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        wait_for(lambda: len(server.received) == 1)
        process.send_signal(number)
        told, _errors = process.communicate(timeout=30)
        assert process.returncode == 0
        assert len(server.received) == 1
    assert "1 van 3 lezers zijn afgehandeld" in told
    assert "2 bezorgingen wachten. Start `postduif serve` of `postduif worker`.\n" in told
    with parts.store.reading() as session:
        account = mailings.accounting(session, mailing)
    assert (account.states["accepted"], account.states["pending"]) == (1, 2)  # type: ignore[index]
