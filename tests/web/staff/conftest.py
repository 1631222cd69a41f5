"""The staff pages over a database of their own, with the example organisation, served on localhost as `serve` does."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import dns.resolver
import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import BrowserContext, Page
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from database.base import Base, now
from database.keys import KeyRing
from database.session import Store
from devtools.servers import free_port
from mailer.bootstrap import Parts
from mailer.content import Content
from mailer.doctor.rounds import Rounds
from mailer.ledger.notices import Notice
from mailer.ledger.states import DeliveryState, MailingState
from mailer.ledger.tables import Delivery, Mailing
from mailer.services.administration import signing_in
from mailer.services.office import Silence
from mailer.services.post import lists, pieces, progress
from mailer.services.publishing import approval, publish
from mailer.services.readers import lists as reader_lists
from mailer.services.sending import orders
from mailer.services.sending.witness import Kept, Witness
from mailer.services.translating import messages
from mailer.settings import settings_from
from mailer.surroundings import world_of
from mailer.typesetting.typesetter import Typesetter
from staff import second_factor, sessions
from staff.people import Person, add_person
from staff.roles import Role
from subscribers.addressee import SuspendedBecause
from subscribers.examples import EXAMPLE_CENTRES
from subscribers.listing import code_of
from tests.support.answering import answered
from tests.support.house import content_in
from tests.support.people import reader
from tests.support.post_office import AUDIENCE, LIST, SLUG, PostOffice
from tests.support.staff_mail import mailed
from web.app import create_app
from web.front import Front, Renewed
from web.staff.here import Staff

SENT = "noo-2026-11"
"""The issue of the example that has been sent, where an office has a mailing."""
NOBODY = dns.resolver.Resolver(configure=False)
"""A resolver that knows of no server."""
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


@dataclass(frozen=True)
class Desks:
    """The application, what stands behind it, and the people who work there."""

    staff: Staff
    store: Store
    app: Flask
    people: dict[str, Person]
    base: str
    secrets: dict[str, str] = field(default_factory=dict)
    """Of the apps that people have, by name."""
    made: dict[str, str] = field(default_factory=dict)
    """What stands in the slots of paths to things of this office: a mailing, a person, a token."""
    renewed: Callable[[], Flask] | None = None
    """The application by the settings as they are now; None: `app`, for good."""

    living: Callable[[], Parts] | None = None

    def parts(self) -> Parts:
        """What the application is made from now."""
        assert self.living is not None
        return self.living()

    @property
    def now(self) -> Flask:
        return self.app if self.renewed is None else self.renewed()

    def client(self) -> FlaskClient:
        return self.now.test_client()

    def mails(self) -> list[Notice]:
        """What waits to be mailed, the oldest first."""
        return mailed(self.store, self.staff.office.house)

    def post(self, client: FlaskClient, path: str, **fields: str) -> TestResponse:
        """A form as a page of ours sends it."""
        return client.post(path, data=fields, headers=SAME_ORIGIN, base_url=self.base)

    def enter(self, client: FlaskClient, name: str) -> TestResponse:
        """Come in with the code from the mail, up to the second step."""
        self.post(client, "/staff/sign-in", email=self.people[name].email)
        code = next(
            one for one in reversed(self.mails()) if one.kind == "sign_in" and one.to == self.people[name].email
        )
        return self.post(client, "/staff/sign-in/code", code=code_in(code))

    def as_(self, name: str, *, fresh: bool = True) -> FlaskClient:
        """A client that has come in as this person; with `fresh` the second step was made just now."""
        client = self.client()
        client.set_cookie("staff-localhost", self.session_of(name, fresh=fresh), domain="localhost", path="/staff")
        return client

    def session_of(self, name: str, *, fresh: bool = True) -> str:
        """The secret of a new session of this person."""
        who = self.people[name]
        with self.store.transaction() as session:
            token = sessions.begin(session, who, "Test, Linux")
            if name not in self.secrets:
                self.secrets[name] = second_factor.propose_app(session, who, "x").secret
                assert second_factor.check_app(session, who.uid, pyotp.TOTP(self.secrets[name]).now(), new=True)
            opened = sessions.open_session(session, token)
            assert opened is not None
            if fresh:
                sessions.second_step_made(session, opened.uid)
        return token

    def visit(self, context: BrowserContext, name: str) -> Page:
        """A page of a browser that has come in as this person."""
        token = self.session_of(name)
        context.add_cookies(
            [{"name": "staff-localhost", "value": token, "domain": "localhost", "path": "/staff", "httpOnly": True}]
        )
        return context.new_page()

    def come_in(self, page: Page, name: str, *, base: str = "") -> None:
        """By hand, with the code from the mail, up to the second step; `base` is where the pages are, if elsewhere."""
        page.goto(f"{base or self.base}/staff/sign-in")
        page.get_by_label("Je e-mailadres").fill(self.people[name].email)
        page.get_by_role("button", name="Mail mij een link").click()
        page.get_by_label("Of typ de code").fill(code_in(self.mails()[-1]))
        page.get_by_role("button", name="Verder met de code").click()

    def csrf(self, client: FlaskClient) -> str:
        """What the forms of this client's session carry."""
        page = client.get("/staff/me", base_url=self.base).get_data(as_text=True)
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', page)
        assert found is not None, page
        return found[1]

    def contents(self) -> str:
        """Every row that signing in could change; but when a session was last seen, which is noted once a minute."""
        with self.store.reading() as session:
            tables = (Base.metadata.tables[name] for name in CHANGED)
            return repr([session.execute(select(*(c for c in one.c if c.name != "seen_at"))).all() for one in tables])


CHANGED = ("person", "staff_session", "sign_in_request", "staff_attempt", "staff_authenticator", "notice", "audit")
PEOPLE = {
    "Bram": ("bram@voorbeeld.example", [Role.EDITOR], []),  # writes and sends
    "Amina": ("amina@voorbeeld.example", [Role.APPROVER], []),  # approves, sends nothing: needs no second step
    "Yasmin": ("yasmin@voorbeeld.example", [Role.TRANSLATOR], ["ar"]),  # translates into Arabic alone
    "Sem": ("sem@voorbeeld.example", [Role.POSTAL], []),  # sees names
    "Noor": ("noor@voorbeeld.example", [Role.ADMIN], []),  # keeps the people
}


@contextmanager
def desks_in(folder: Path, migrated: Path) -> Iterator[Desks]:
    """An office in a folder that is not there yet, without a mailing."""
    keys = KeyRing.generated()
    content = folder / "content"
    content_in(content)
    store = Store(f"sqlite:///{shutil.copy(migrated, folder / 'postduif.sqlite')}", keys)
    settings = settings_from(content)
    house = settings.house()
    parts = Parts(settings, house, Content(content, house), store, keys, Typesetter())
    with store.transaction() as session:
        people = {
            name: add_person(session, name, email, roles, languages)
            for name, (email, roles, languages) in PEOPLE.items()
        }
    port = free_port()
    office = parts.office(Silence())
    rounds = Rounds(lambda: world_of(content, office.store.url, resolver=NOBODY))
    staff = Staff(office, f"http://localhost:{port}", rounds, Witness(Kept(folder / "witness")))

    def made(now: Parts) -> Flask:
        own = office if now is parts else now.office(Silence())
        return create_app(own, hosts=("localhost",), pages=staff.pages, rounds=rounds, witness=staff.witness)

    renewed = Renewed(parts.living, made)
    yield Desks(staff, store, renewed(), people, staff.pages, renewed=renewed, living=parts.living)
    store.close()


@contextmanager
def answering(desks: Desks) -> Iterator[Desks]:
    """The same, answered by a server that a browser reaches."""
    front = Front()
    front.follow(lambda: desks.now)
    with answered(front, int(desks.base.rpartition(":")[2])):
        yield desks


@pytest.fixture
def desks(migrated_file: Path, tmp_path: Path) -> Iterator[Desks]:
    with desks_in(tmp_path / "desks", migrated_file) as opened:
        yield opened


@pytest.fixture
def served(desks: Desks) -> Iterator[Desks]:
    with answering(desks) as opened:
        yield opened


@pytest.fixture(scope="module")
def full(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    """An office for all tests of a module, where there is something of each kind that a page may be about."""
    with desks_in(tmp_path_factory.mktemp("full") / "desks", migrated_file) as opened:
        fill(opened)
        fill_post(opened)
        with answering(opened):
            yield opened


FROM = {"source": "de export van 1 november", "audience": "noo-national"}


def fill(desks: Desks) -> None:
    """A mailing that was sent by one and approved by another, a link to sign in with, and a colleague to change."""
    office, bram, amina = desks.staff.office, desks.people["Bram"], desks.people["Amina"]
    for number in range(2):
        uid = reader(desks.store, f"lezer{number}@lezers.example", "noo-national")
    desks.made["reader"] = str(uid)
    kept = reader_lists.begin(office, desks.people["Noor"], "lijst.csv", b"email;taal\nx@lezers.example;frl\n", FROM)
    desks.made["reader_draft"] = str(kept)
    messages.approve_issue(office, bram, SENT)
    seen = approval.proposal(office, amina, SENT).digest
    approval.approve(office, amina, SENT, seen=seen)
    mailing = publish.publish(office, bram, SENT, approved=seen).mailing
    assert mailing is not None
    orders.start(office, bram, mailing)
    desks.made.update(number=str(mailing), uid=str(amina.uid))
    link = signing_in.link_for(office, amina, pages=desks.base)
    desks.made["token"] = link.rpartition("/")[2]


def fill_post(desks: Desks) -> PostOffice:
    """A run that is in the post, one that is being filled, and someone who waits for the next."""
    at = PostOffice(desks.staff.office, desks.people["Sem"]).open()
    at.add("Ada Voorbeeld", "Bo Voorbeeld", "Cas Voorbeeld")
    posted = at.posted()
    pieces.returned(desks.staff.office, desks.people["Sem"], posted, 2, SuspendedBecause.DEPARTED)
    at.add("Dée Voorbeeld", "Eva Voorbeeld", centre=EXAMPLE_CENTRES[1].key)
    at.add("فرح المثال", "غسان المثال", locale="ar", centre=EXAMPLE_CENTRES[2].key)
    printed = at.printed()
    progress.tick(desks.staff.office, desks.people["Sem"], printed, 1, filled=True)
    [last] = at.add("Gijs Voorbeeld", large=True)
    draft = lists.begin(desks.staff.office, desks.people["Sem"], "lijst.csv", LIST.encode(), AUDIENCE)
    desks.made.update(
        draft=str(draft), issue=SLUG, run=str(printed), piece="1", code=code_of(last), centre=EXAMPLE_CENTRES[0].key
    )
    return at


def mistaken(desks: Desks) -> None:
    """What was sent arrived, and has been corrected in the text since."""
    with desks.store.transaction() as session:
        session.execute(update(Delivery).values(state=DeliveryState.ACCEPTED, is_open=False))
        session.execute(update(Mailing).values(state=MailingState.DONE, finished_at=now()))
    path = desks.staff.office.content.folder / "issues" / SENT / "issue.md"
    better = path.read_text().replace("Een proeftijd is geen examen.", "Een proeftijd is een proef.")
    said = "correction: Een proeftijd is een proef, geen examen."
    path.write_text(better.replace("\naudiences:", f"\n{said}\naudiences:"))


def code_in(notice: Notice) -> str:
    """The code in a mail to sign in with."""
    found = re.search(r"^([A-Z2-9]{4}-[A-Z2-9]{4})$", notice.text, re.MULTILINE)
    assert found is not None, notice.text
    return found[1]


def link_in(notice: Notice) -> str:
    """The path of the link in a mail to sign in with."""
    found = re.search(r"http://localhost:\d+(/staff/sign-in/\S+)", notice.text)
    assert found is not None, notice.text
    return found[1]
