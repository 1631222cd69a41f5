"""`make chaos`, its second half: kill -9 of pages, worker and relay at random, while people write, translate, approve,
send and leave in the pages.

Afterwards: nobody lost, nobody twice, no text lost that a page called saved, and who was told to have left has left.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from functools import partial
from html import unescape
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select, update

from database import audit
from database.base import now
from database.keys import KeyRing
from database.session import Store
from devtools import servers
from devtools.chaos import children_of, databases, received
from devtools.fault_server import Plan
from devtools.house import ROOT, house
from devtools.plain_browser import Browser
from devtools.waiting import wait_for
from devtools.worker_process import kill_group
from mailer.artefacts.paper.pieces import PrintOptions
from mailer.content import Content
from mailer.ledger.states import OPEN, DeliveryState, MailingState
from mailer.ledger.tables import Delivery, Mailing
from mailer.services.office import Office, Policy, Silence
from mailer.services.sending import orders
from mailer.services.translating import messages
from mailer.typesetting.typesetter import Typesetter
from staff import second_factor, sessions
from staff.people import Person, add_person
from staff.roles import Role
from subscribers.examples import example_readers, insert_readers
from subscribers.repository import may_receive, readers_of
from subscribers.tables import Subscriber, SubscriberState
from subscribers.tokens import Purpose, token_for
from wording.errors import ConflictError

WRITTEN, SENT, TRANSLATED = "meldpunt-2026-3", "noo-2026-11", "meldpunt-2026-3"
AUDIENCE = "noo-national"
KINDS = ("pages", "worker", "child", "relay")
HIDDEN = re.compile(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"')
REST = 0.3
"""Seconds a person takes between two clicks."""


@dataclass
class Ended:
    """What one run came to."""

    kills: Counter[str] = field(default_factory=Counter)
    readers: int = 0
    left: int = 0
    accepted: int = 0
    uncertain: int = 0
    doubled: int = 0
    lost: int = 0
    came_back: int = 0
    """Who was told that they had left, and had not."""
    saved: int = 0
    """Texts that a page called saved."""
    forgotten: int = 0
    mailings: int = 0
    trail: bool = False
    wrong_answers: list[str] = field(default_factory=list)
    """Answers of a page that are an error of ours; a page that is away is none."""

    @property
    def is_well(self) -> bool:
        none = self.lost, self.doubled, self.came_back, self.forgotten, len(self.wrong_answers)
        return not any(none) and self.mailings == 1 and self.trail


class Programs:
    """Pages, worker and relay as processes; each is started again when it was killed."""

    def __init__(self, folder: Path, database: str, broker: str, log: Path) -> None:
        self.ports = {name: servers.free_port() for name in ("pages", "relay")}
        given = {
            "STORAGE__BROKER": broker,
            "STORAGE__DATABASE": database,
            "SMTP__HOST": "127.0.0.1",
            "SMTP__PORT": str(self.ports["relay"]),
            "SMTP__SECURITY": "none",
        }
        self._environment = {**os.environ, **{f"POSTDUIF_{name}": value for name, value in given.items()}}
        ours = [sys.executable, "-m", "commands", "--content", str(folder), "--database", database]
        plan = asdict(Plan(delay=0.02, log=str(log), port=self.ports["relay"]))
        self._commands = {
            "pages": [*ours, "serve", "--port", str(self.ports["pages"]), "--no-worker"],
            "worker": [*ours, "worker"],
            "relay": [sys.executable, "-m", "devtools.fault_server", json.dumps(plan)],
        }
        self._running = {name: self._started(name) for name in self._commands}

    @property
    def base(self) -> str:
        return f"http://localhost:{self.ports['pages']}"

    def pid(self, name: str) -> int:
        return self._running[name].pid

    def kill(self, kind: str, chance: random.Random) -> None:
        if kind == "child":
            for child in children_of(self._running["worker"].pid)[:1]:
                with suppress(ProcessLookupError):
                    os.kill(chance.choice(children_of(self._running["worker"].pid) or [child]), 9)
            return
        kill_group(self._running[kind])
        self._running[kind] = self._started(kind)

    def stop(self) -> None:
        for process in self._running.values():
            kill_group(process)

    def _started(self, name: str) -> subprocess.Popen[bytes]:
        out = subprocess.DEVNULL
        return subprocess.Popen(
            self._commands[name], cwd=ROOT, env=self._environment, stdout=out, stderr=out, start_new_session=True
        )


@dataclass
class World:
    """An office on PostgreSQL with readers, people who are signed in, and what they were told."""

    office: Office
    cookies: dict[str, str]
    people: dict[str, Person]
    addresses: dict[UUID, str]
    ended: Ended
    colleagues: tuple[str, ...] = ()
    told: dict[str, set[str]] = field(default_factory=lambda: {"written": set(), "translated": set(), "left": set()})
    stop: threading.Event = field(default_factory=threading.Event)

    def browser(self, base: str, name: str) -> Browser:
        return Browser(base, self.cookies.get(name, ""), self.ended.wrong_answers.append)


def world_in(folder: Path, url: str, readers: int, *, colleagues: int = 0) -> World:
    """An office in an empty folder; `colleagues` are so many more editors who are signed in."""
    for name in ("issues", "translations"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "postduif.toml", folder)
    keys = KeyRing.create(folder / "var" / "keys")
    store = Store(url, keys)
    policy = Policy(lambda: True, rates=(), printing=PrintOptions())
    office = Office(house(), Content(folder, house()), Typesetter().pdfs, store, keys, (), Silence(), policy)
    roles: dict[str, tuple[list[Role], list[str]]] = {
        "Bram": ([Role.EDITOR], []),
        "Wies": ([Role.EDITOR], []),
        "Amina": ([Role.APPROVER], []),
        "Yasmin": ([Role.TRANSLATOR], ["ar"]),
    }
    more = [f"Collega {number}" for number in range(colleagues)]
    roles |= {name: ([Role.EDITOR], []) for name in more}
    with store.transaction() as session:
        people = {
            name: add_person(session, name, f"{name.lower().replace(' ', '.')}@voorbeeld.example", own, languages)
            for name, (own, languages) in roles.items()
        }
        insert_readers(session, example_readers({AUDIENCE: ["nl"]}, readers))
    cookies = {name: _signed_in(store, who) for name, who in people.items()}
    messages.approve_issue(office, people["Bram"], SENT)
    with store.reading() as session:
        uids = [one.uid for one in readers_of(session, AUDIENCE)]
        addresses = {uid: one.address for uid, one in may_receive(session, uids, AUDIENCE).items()}
    return World(office, cookies, people, addresses, Ended(readers=len(addresses)), tuple(more))


def _signed_in(store: Store, who: Person) -> str:
    """The secret of a session whose second step was made just now."""
    with store.transaction() as session:
        token = sessions.begin(session, who, "Chaos")
        second_factor.new_paper(session, who.uid)
        opened = sessions.open_session(session, token)
        assert opened is not None
        sessions.second_step_made(session, opened.uid)
    return token


def _write(world: World, browser: Browser) -> None:
    """One more line at the end of an issue, again and again."""
    path, number = f"/staff/issues/{WRITTEN}/write?as=text", 0
    while not world.stop.is_set():
        page = browser.get(path)
        found = re.search(r'<textarea[^>]* name="text"[^>]*>(.*?)</textarea>', page, re.DOTALL)
        if found is not None:
            number += 1
            line = f"Regel {number:04} van Wies."
            text = unescape(found[1]).removeprefix("\n").rstrip() + f"\n\n{line}\n"
            fields = {**dict(HIDDEN.findall(page)), "text": text.replace("\n", "\r\n"), "do": "save"}
            if browser.post(path, {name: unescape(value) for name, value in fields.items()}) == 303:
                world.told["written"].add(line)
        world.stop.wait(REST)


def _translate(world: World, browser: Browser) -> None:
    """Each message of a language in turn, with a text of its own."""
    path, number = f"/staff/issues/{TRANSLATED}/translate/ar", 0
    csrf = ""
    while not world.stop.is_set():
        number += 1
        entries = [*world.office.content.catalog(TRANSLATED, "ar")[0].entries.values()]
        entry = entries[number % len(entries)]
        csrf = csrf or dict(HIDDEN.findall(browser.get(path))).get("csrf", "")
        text = f"نص {number:04}"
        fields = {"csrf": csrf, "do": "save", "msgid": entry.msgid, "seen": entry.msgstr, "text": text}
        if csrf and browser.post(path, fields) == 303:
            world.told["translated"] = {one for one in world.told["translated"] if one.split("|")[0] != entry.msgid}
            world.told["translated"].add(f"{entry.msgid}|{text}")
        world.stop.wait(REST)


def _approve_and_send(world: World, amina: Browser, bram: Browser) -> None:
    """Until a page says that it is being sent; who gets no answer presses again."""
    way = f"/staff/issues/{SENT}"
    while not world.stop.is_set():
        for browser, deed in ((amina, "approve"), (bram, "send")):
            fields = {name: unescape(value) for name, value in HIDDEN.findall(browser.get(f"{way}/{deed}"))}
            if fields:
                browser.post(f"{way}/{deed}", {**fields, "when": "now"})
        with world.office.store.transaction() as session:
            begun = Mailing.state != MailingState.APPROVED
            if session.scalar(select(func.count()).select_from(Mailing).where(begun)):
                session.execute(update(Mailing).values(scheduled_at=now()))  # the minutes to take it back are over
                return
        world.stop.wait(REST)


def sent_by_pages(world: World, base: str) -> None:
    """Approved by one, sent by another, in the pages; it begins at once."""
    _approve_and_send(world, world.browser(base, "Amina"), world.browser(base, "Bram"))


def _leave(world: World, browser: Browser) -> None:
    """One reader after the other, by the button of a mail program."""
    uids = sorted(world.addresses, key=str)[::4]
    for uid in uids:
        path = f"/u/{token_for(world.office.keys, Purpose.UNSUBSCRIBE, uid, 'noo')}"
        while not world.stop.is_set() and browser.post(path, {"List-Unsubscribe": "One-Click"}) != 200:
            world.stop.wait(REST)
        if world.stop.is_set():
            return
        world.told["left"].add(str(uid))
        world.stop.wait(REST)


def run(url: str, broker: str, *, seed: int, kills: int, readers: int) -> Ended:
    """One mailing, from an approval to its end, with everything killed that often meanwhile."""
    chance = random.Random(seed)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="postduif-chaos-web-"))) / "content"
        folder.mkdir()
        log = folder / "received"
        log.touch()
        world = world_in(folder, url, readers)
        stack.callback(world.office.store.close)
        programs = Programs(folder, url, broker, log)
        stack.callback(programs.stop)
        with _people_at_work(world, programs.base):
            for number in range(kills):
                time.sleep(chance.uniform(0.5, 3.0))
                kind = KINDS[number % len(KINDS)]
                programs.kill(kind, chance)
                world.ended.kills[kind] += 1
            _settled(world)
        _counted(world, log)
    return world.ended


@contextmanager
def _people_at_work(world: World, base: str) -> Iterator[None]:
    deeds: list[tuple[Callable[..., None], tuple[str, ...]]] = [
        (_write, ("Wies",)),
        (_translate, ("Yasmin",)),
        (_approve_and_send, ("Amina", "Bram")),
        (_leave, ("",)),
    ]
    threads = [
        threading.Thread(target=deed, args=(world, *(world.browser(base, name) for name in names)))
        for deed, names in deeds
    ]
    for one in threads:
        one.start()
    try:
        yield
    finally:
        world.stop.set()
        for one in threads:
            one.join()


def _settled(world: World) -> None:
    """Wait until nothing of the mailing is open, as long as it goes on; one that waits for a person is resumed."""
    while (left := _open(world)) != 0:
        wait_for(partial(_goes_on, world, left), lambda: "the mailing stands still", every=0.5)


def _goes_on(world: World, left: int) -> bool:
    return _open(world) != left


def _open(world: World) -> int:
    """How many deliveries are open; -1 before there is a mailing."""
    with world.office.store.reading() as session:
        sent = session.scalars(select(Mailing)).all()
        left = session.scalar(select(func.count()).select_from(Delivery).where(Delivery.is_open)) or 0
    for one in sent:
        if one.state is MailingState.PAUSED:
            with suppress(ConflictError):
                orders.resume(world.office, world.people["Bram"], one.id)
    return left if sent else -1


def _counted(world: World, log: Path) -> None:
    ended, got = world.ended, received(log)
    with world.office.store.reading() as session:
        rows = session.execute(select(Delivery.reader, Delivery.state)).all()
        gone = session.scalars(select(Subscriber.uid).where(Subscriber.state == SubscriberState.LEFT)).all()
        ended.mailings = session.scalar(select(func.count()).select_from(Mailing)) or 0
        ended.trail = audit.verify(session).broken_at is None
    ended.left = len(world.told["left"])
    ended.came_back = len(world.told["left"] - {str(uid) for uid in gone})
    ended.doubled = sum(1 for times in got.values() if times > 1)
    for uid, state in rows:
        times = got[world.addresses[uid]]
        ended.accepted += state is DeliveryState.ACCEPTED
        ended.uncertain += state is DeliveryState.UNCERTAIN
        may_lack = state in (DeliveryState.UNCERTAIN, DeliveryState.SUPPRESSED)
        ended.lost += (times == 0 and not may_lack) or state in OPEN
    planned = {uid for uid, _state in rows}
    ended.lost += len(set(world.addresses) - planned - set(gone))
    text = (world.office.content.folder / "issues" / WRITTEN / "issue.md").read_text("utf-8")
    entries = world.office.content.catalog(TRANSLATED, "ar")[0].entries
    ended.saved = len(world.told["written"]) + len(world.told["translated"])
    ended.forgotten = sum(1 for line in world.told["written"] if line not in text)
    for one in world.told["translated"]:
        msgid, _bar, said = one.rpartition("|")
        number = int(said.rpartition(" ")[2])
        there = re.search(r"(\d{4})$", entries[msgid].msgstr)
        ended.forgotten += there is None or int(there[1]) < number


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--readers", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    begun = time.monotonic()
    with databases() as urls, servers.valkey() as broker:
        ended = run(urls["postgresql"], broker, seed=options.seed, kills=options.kills, readers=options.readers)
    told = {**asdict(ended), "kills": dict(ended.kills), "seconds": round(time.monotonic() - begun)}
    sys.stdout.write(json.dumps(told) + "\n")
    return 0 if ended.is_well else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
