"""`make browser`: accidents around a mailing, in a browser, with a real worker, relay and PostgreSQL (F17–F19).

One set of servers for all of them: PostgreSQL, a broker, a relay that goes wrong on purpose and a worker process. Each
accident has its own outcome, which is read from the page, from the ledger and at the receiving server.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import func, select, update

from database.keys import KeyRing
from devtools.browser import PATIENCE
from devtools.fault_server import FaultServer, Plan, fault_server
from devtools.servers import Server, free_port, postgres_server, valkey_server
from devtools.waiting import wait_for
from mailer.bootstrap import Parts, wired
from mailer.ledger.tables import Delivery, Mailing
from mailer.services.administration import staff
from mailer.services.office import Office
from mailer.services.publishing import approval, publish
from mailer.services.sending import orders, overview
from mailer.services.sending.doorbell import CeleryDoorbell
from mailer.services.sending.witness import Witness
from mailer.services.translating import messages
from mailer.settings import settings_from
from staff.people import Person, add_person
from subscribers.address import address_from
from subscribers.admission import Newcomer, admit
from subscribers.consent import Choice, Evidence
from subscribers.tables import Subscriber, SubscriberState
from tests.support.answering import answered
from tests.support.house import ROOT, content_in
from tests.support.office import WORDING
from tests.support.people import leave, reader
from tests.web.staff.conftest import PEOPLE, Desks
from web.app import create_app, rounds_of
from web.front import Front
from web.staff.here import Staff
from worker.app import make_app

pytestmark = pytest.mark.browser

SLUG, AUDIENCE = "noo-2026-11", "noo-national"
READERS = 40


@dataclass
class World:
    """Everything that can go wrong, and the pages over it."""

    desks: Desks
    database: Server
    relay: FaultServer
    environment: dict[str, str]
    folder: Path
    numbers: Iterator[int]
    """Of readers: every test has its own."""

    @property
    def office(self) -> Office:
        return self.desks.staff.office

    @property
    def bram(self) -> Person:
        return self.desks.people["Bram"]

    def mailings(self) -> int:
        with self.desks.store.reading() as session:
            return session.scalar(select(func.count()).select_from(Mailing)) or 0

    @contextmanager
    def worker(self) -> Iterator[subprocess.Popen[bytes]]:
        """`postduif worker` as an operator starts it."""
        command = [sys.executable, "-m", "commands", "--content", str(self.folder), "worker"]
        quiet = subprocess.DEVNULL
        process = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, start_new_session=True, stdout=quiet, stderr=quiet
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
            process.wait(60)

    def approved(self) -> str:
        """By Amina, as the issue is now."""
        seen = approval.proposal(self.office, self.desks.people["Amina"], SLUG).digest
        approval.approve(self.office, self.desks.people["Amina"], SLUG, seen=seen)
        return seen

    def opened(self) -> int:
        """A mailing that waits for the button under which it leaves."""
        done = publish.publish(self.office, self.bram, SLUG, approved=self.approved()).mailing
        assert done is not None
        return done

    def fresh(self) -> None:
        """Nothing is planned, those of before have left, and there are READERS who have nothing yet."""
        for one in overview.mailings_of(self.office, self.bram):
            if one.state in overview.UNBEGUN:
                orders.take_back(self.office, self.bram, one.id)
        evidence = Evidence("test", WORDING)
        names = [address_from(f"lezer{next(self.numbers)}@lezers.example") for _each in range(READERS)]
        with self.desks.store.transaction() as session:  # all at once: those who sign up on a page are counted
            session.execute(update(Subscriber).values(state=SubscriberState.LEFT))
            admit(session, [Newcomer(name, Choice((AUDIENCE,), "nl"), evidence) for name in names])
        self.relay.received.clear()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("accidents") / "content"
    content_in(folder)
    KeyRing.create(folder / "var" / "keys")
    with ExitStack() as stack:
        database = stack.enter_context(postgres_server())
        broker = stack.enter_context(valkey_server())
        relay, smtp = stack.enter_context(fault_server(Plan(delay=0.05)))
        environment = {
            **os.environ,
            "POSTDUIF_DATABASE": database.url,
            "POSTDUIF_STORAGE__BROKER": broker.url,
            "POSTDUIF_STORAGE__KEYS": str(folder / "var" / "keys"),
            "POSTDUIF_SMTP__HOST": "127.0.0.1",
            "POSTDUIF_SMTP__PORT": str(smtp),
            "POSTDUIF_SMTP__SECURITY": "none",
            "POSTDUIF_SMTP__CONNECTIONS": "2",
        }
        with pytest.MonkeyPatch.context() as patched:
            for name, value in environment.items():
                patched.setenv(name, value)
            settings = settings_from(folder)
        parts: Parts = wired(settings, folder, database.url)
        stack.callback(parts.store.close)
        with parts.store.transaction() as session:
            people = {
                name: add_person(session, name, email, roles, languages)
                for name, (email, roles, languages) in PEOPLE.items()
            }
        port = free_port()
        pages = f"http://localhost:{port}"
        office = parts.office(CeleryDoorbell(make_app(broker.url)))
        app = create_app(office, hosts=("localhost",), pages=pages)
        desks = Desks(Staff(office, pages, rounds_of(office), Witness()), parts.store, app, people, pages)
        stack.enter_context(answered(Front(app), port))
        messages.approve_issue(office, people["Bram"], SLUG)
        yield World(desks, database, relay, environment, folder, count())


@pytest.fixture
def context(browser: Browser, world: World) -> Iterator[BrowserContext]:
    world.fresh()
    opened = browser.new_context(viewport={"width": 1280, "height": 900}, locale="nl", reduced_motion="reduce")
    opened.set_default_timeout(PATIENCE)
    yield opened
    opened.close()


def at_send(world: World, context: BrowserContext) -> Page:
    page = world.desks.visit(context, "Bram")
    page.goto(f"{world.desks.base}/staff/issues/{SLUG}/send")
    page.get_by_role("button", name="Verstuur aan").wait_for()
    return page


def test_a_double_click_and_two_tabs_make_one_mailing(world: World, context: BrowserContext) -> None:
    world.approved()
    before = world.mailings()
    page = at_send(world, context)
    other = context.new_page()
    other.goto(page.url)
    page.get_by_role("button", name="Verstuur aan").dblclick()
    page.get_by_role("heading", name=f"Staat klaar voor {READERS} lezers").wait_for()
    other.get_by_role("button", name="Verstuur aan").click()
    other.get_by_role("heading", name=f"Staat klaar voor {READERS} lezers").wait_for()
    expect(other, "the mailing of the first click").to_have_url(page.url)
    assert world.mailings() == before + 1


def test_an_old_tab_with_another_text_sends_nothing(world: World, context: BrowserContext) -> None:
    world.approved()
    page, before = at_send(world, context), world.mailings()
    issue = world.folder / "issues" / SLUG / "issue.md"
    text = issue.read_text("utf-8")
    try:
        issue.write_text(text.replace("date: ", "date: 2027-01-02 #", 1), "utf-8")
        page.get_by_role("button", name="Verstuur aan").click()
        page.get_by_role("link", name="is veranderd sinds het werd bekeken").wait_for()
        expect(page.locator("#problem")).to_be_focused()
        page.get_by_text("Iemand anders moet dit nummer eerst goedkeuren").first.wait_for()
    finally:
        issue.write_text(text, "utf-8")
    assert world.mailings() == before


def test_an_audience_that_grew_is_shown_before_anything_leaves(world: World, context: BrowserContext) -> None:
    world.approved()
    page, before = at_send(world, context), world.mailings()
    uid = reader(world.desks.store, "later@lezers.example", AUDIENCE)
    page.get_by_role("button", name="Verstuur aan").click()
    page.get_by_role("link", name=f"{READERS + 1} lezers nu, {READERS} toen").wait_for()
    page.get_by_role("button", name=f"Verstuur aan {READERS + 1} lezers").wait_for()
    assert world.mailings() == before
    leave(world.desks.store, uid)
    page.get_by_role("button", name="Verstuur aan").click()
    page.get_by_role("heading", name=f"Staat klaar voor {READERS} lezers").wait_for()


def test_who_was_deactivated_sends_nothing(world: World, context: BrowserContext) -> None:
    world.approved()
    page, before = at_send(world, context), world.mailings()
    noor = world.desks.people["Noor"]
    staff.deactivate(world.office, noor, world.bram)
    try:
        page.get_by_role("button", name="Verstuur aan").click()
        page.get_by_text("Er is nog niets veranderd").wait_for()
        expect(page.get_by_role("heading", name="Staat klaar")).to_have_count(0)
        assert world.mailings() == before
    finally:
        [bram] = [one for one in staff.everyone(world.office, noor) if one.uid == world.bram.uid]
        staff.activate(world.office, noor, bram)


def leaves(world: World, page: Page, mailing: int) -> None:
    """Press the button under which a mailing leaves."""
    page.goto(f"{world.desks.base}/staff/mailings/{mailing}/")
    page.get_by_role("button", name="Laat vertrekken").click()


def states(world: World, mailing: int) -> dict[str, int]:
    """How many deliveries are in each state."""
    with world.desks.store.reading() as session:
        mine = select(Delivery.state, func.count()).where(Delivery.mailing_id == mailing).group_by(Delivery.state)
        return {str(row[0]): int(row[1]) for row in session.execute(mine)}


def arrivals(world: World) -> Counter[str]:
    """How often each reader got a letter; staff get mails through this relay too."""
    return Counter(one for one in world.relay.received if one.startswith("lezer"))


def got_once(world: World, mailing: int) -> bool:
    """Everyone of this mailing got one, and no one two."""
    return states(world, mailing) == {"accepted": READERS} and set(arrivals(world).values()) == {1}


def test_without_a_worker_the_page_says_so_and_goes_on_when_one_comes(world: World, context: BrowserContext) -> None:
    mailing = world.opened()
    page = world.desks.visit(context, "Bram")
    leaves(world, page, mailing)
    page.get_by_text("Er is geen werker die verstuurt").wait_for()
    assert not arrivals(world)
    with world.worker():
        page.get_by_role("heading", name=f"{READERS} van de {READERS} zijn aangenomen").wait_for(timeout=90_000)
        expect(page.get_by_text("Er is geen werker")).to_have_count(0)
    assert got_once(world, mailing)


def test_a_database_that_fails_over_is_said_and_no_one_gets_two(world: World, context: BrowserContext) -> None:
    mailing = world.opened()
    page = world.desks.visit(context, "Bram")
    with world.worker():
        leaves(world, page, mailing)
        wait_for(lambda: arrivals(world))
        world.database.stop()
        page.locator("[data-stale]:not([hidden])").wait_for(timeout=60_000)
        expect(page.get_by_role("heading", level=1), "what stood there stays").to_have_count(1)
        button = context.new_page()
        button.goto(f"{world.desks.base}/staff/mailings/")
        button.get_by_role("heading", name="De database geeft geen antwoord").wait_for()
        expect(button.get_by_text("Er is niets verstuurd"), "no one can know that now").to_have_count(0)
        world.database.start()
        page.locator("[data-stale][hidden]").wait_for(state="attached", timeout=60_000)
        page.get_by_role("heading", name=f"van de {READERS} zijn aangenomen").wait_for(timeout=90_000)
    assert set(arrivals(world).values()) == {1}
    assert sum(states(world, mailing).values()) == READERS


def test_a_relay_that_refuses_the_mailing_stops_it_and_a_button_goes_on(world: World, context: BrowserContext) -> None:
    world.relay.plan.faults = {"mail": {"5.7.1": 1.0}}
    mailing = world.opened()
    page = world.desks.visit(context, "Bram")
    with world.worker():
        leaves(world, page, mailing)
        page.get_by_role("heading", name="Stilgezet: 0 van").wait_for(timeout=60_000)
        expect(page.locator(".said.warn").first).not_to_be_empty()
        assert not arrivals(world)
        world.relay.plan.faults = {}
        page.get_by_role("button", name="Ga verder").click()
        page.get_by_role("button", name="Probeer opnieuw").or_(
            page.get_by_role("heading", name=f"{READERS} van de {READERS} zijn aangenomen")
        ).first.wait_for(timeout=60_000)
        if page.get_by_role("button", name="Probeer opnieuw").count():
            page.get_by_role("button", name="Probeer opnieuw").click()
        page.get_by_role("heading", name=f"{READERS} van de {READERS} zijn aangenomen").wait_for(timeout=90_000)
    assert got_once(world, mailing)


def test_a_reader_who_leaves_while_it_is_sent_gets_nothing_more(world: World, context: BrowserContext) -> None:
    leaver = reader(world.desks.store, "lezer-weg@lezers.example", AUDIENCE)  # leaves at the first letter
    world.relay.plan.delay = 0.4
    mailing = world.opened()
    page = world.desks.visit(context, "Bram")
    with world.worker():
        leaves(world, page, mailing)
        wait_for(lambda: arrivals(world))
        leave(world.desks.store, leaver)
        before = len(world.relay.received)
        page.get_by_role("heading", name=f"{READERS} van de {READERS + 1} zijn aangenomen").wait_for(timeout=90_000)
        page.get_by_role("link", name="1 mag niet ontvangen").wait_for()
    world.relay.plan.delay = 0.05
    assert before < READERS, "it was being sent"
    assert "lezer-weg@lezers.example" not in arrivals(world)
    assert states(world, mailing) == {"accepted": READERS, "suppressed": 1}
