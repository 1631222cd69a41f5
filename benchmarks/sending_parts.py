"""What the benchmark of sending works with: readers, a message of 60 KB, the sink, and our own sender as a process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from database.base import now
from database.keys import KeyRing
from database.session import Store
from mailer.artefacts.email.personal import PersonalMessage, TextPart
from mailer.artefacts.email.transfer import part_from
from mailer.artefacts.slots import slot
from mailer.carriers.relay import Relay
from mailer.ledger import mailings, opening
from mailer.ledger.states import MailingEvent, MailingState
from mailer.organisation import Channel
from mailer.services.office import Silence
from mailer.services.sending.delivering import SendingOffice, dispatch
from mailer.services.sending.letters import EditionFacts, Letters, Recipient
from mailer.services.sending.relays import Relays
from mailer.services.sending.rules import Desk
from subscribers.repository import may_receive, readers_of
from subscribers.tokens import Purpose, token_for
from worker.running import embedded

ROOT = Path(__file__).parent.parent

AUDIENCE, PUBLICATION = "legal-aid", "los"
_WARM = 600
"""Readers of a first mailing that is not measured: a worker runs for weeks, and makes its statements once."""
SIZE = 60_000
"""Octets of a message as it goes over the wire, header and encoding included; the same for every sender."""
SENTENCE = "Eén gemeentelijk loket helpt mensen zonder papieren – met opvang, zorg en ‘het juiste’ advies. "
"""As the example issues are: with the accents, dashes and quotes of printed Dutch, which every sender must encode."""

_PARAGRAPHS = 327
"""Quoted-printable makes some 180 octets of one."""


def html_of() -> str:
    """A newsletter with slots for greeting and links, that makes a message of SIZE octets."""
    paragraphs = f'<p style="font-size:16px;line-height:1.6">{SENTENCE}</p>\n' * _PARAGRAPHS
    links = (
        f'<p><a href="{slot("unsubscribe_url")}">Afmelden</a> <a href="{slot("preferences_url")}">Voorkeuren</a></p>'
    )
    return f"<html><body><p>{slot('greeting')}</p>\n{paragraphs}{links}</body></html>\n"


def text_of() -> str:
    return f"{slot('greeting')}\n\n{SENTENCE}\n\nAfmelden: {slot('unsubscribe_url')}\n"


def message() -> PersonalMessage:
    """A finished MIME of 60 KB: multipart/alternative, quoted-printable, slots as in a real edition."""
    edge = b"--=_benchmark\r\nContent-Type: text/%b; charset=utf-8\r\n"
    head = (
        "From: LOS <nieuwsbrief@post.example>\r\nTo: {to}\r\nSubject: Nieuwsbrief 24\r\nDate: {date}\r\n"
        "Message-ID: {id}\r\nList-Unsubscribe: <{url}>, <{mail}>\r\n"
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/alternative;\r\n boundary="=_benchmark"\r\n\r\n'
    ).format(
        to=slot("to"),
        date=slot("date"),
        id=slot("message_id"),
        url=slot("unsubscribe_url"),
        mail=slot("unsubscribe_mailto"),
    )
    parts = (
        TextPart(edge % b"plain", part_from(text_of()), is_html=False),
        TextPart(edge % b"html", part_from(html_of()), is_html=True),
    )
    return PersonalMessage(head, parts, b"--=_benchmark--\r\n")


def open_mailing(store: Store, most: int | None = None) -> int:
    """One delivery for every reader; an issue of its own."""
    with store.transaction() as session:
        slug = f"{PUBLICATION}-{uuid4().hex[:8]}"
        mailing = opening.open_mailing(session, slug=slug, publication=PUBLICATION, content_hash="b" * 64)
        edition = opening.EditionToFreeze(AUDIENCE, "nl", Channel.EMAIL, "Nieuws", message=message().frozen())
        frozen = opening.freeze(session, mailing, edition)
        opening.add_deliveries(session, mailing, frozen, (ref.uid for ref in readers_of(session, AUDIENCE)[:most]))
        return mailing.id


@dataclass(frozen=True)
class Anybody:
    uid: UUID
    address: str


def anybody(_session: Session, uids: Collection[UUID], _audience: str, _issue: str) -> Mapping[UUID, Recipient]:
    """Stands for a million subscribers, whose import is another benchmark."""
    return {uid: Anybody(uid, f"lezer{uid.int}@lezers.example") for uid in uids}


class OnlySending(SendingOffice):
    """The office of a worker that has nothing to print."""

    def make_print_run(self, run_id: int) -> None:
        raise RuntimeError(f"print run {run_id} was ordered of a sender that only mails")


def desk(store: Store, keys: KeyRing, *, real: bool = True) -> Desk:
    """Wired as bootstrap does, with the same work for each reader: links with tokens, an HMAC, the slots."""

    def personal(edition: EditionFacts, reader: Recipient) -> dict[str, str]:
        leave = token_for(keys, Purpose.UNSUBSCRIBE, reader.uid, edition.publication)
        settings = token_for(keys, Purpose.PREFERENCES, reader.uid, edition.publication)
        return {
            "greeting": "Beste lezer,",
            "unsubscribe_url": f"https://post.example/u/{leave}",
            "unsubscribe_mailto": f"mailto:afmelden@post.example?subject={leave}",
            "preferences_url": f"https://post.example/p/{settings}",
        }

    letters = Letters(
        thaw=PersonalMessage.thaw,
        personal=personal,
        key=b"k" * 32,
        domain="post.example",
        envelope_sender=lambda _edition, mark: f"bounce+{mark}@post.example",
    )
    return Desk(store, may_receive if real else anybody, letters)


def ours(database: str, folder: str, port: int) -> dict[str, float]:
    """One mailing to all readers, from its start to its end, through an embedded Celery worker and the ledger."""
    keys = KeyRing.from_folder(Path(folder))
    store = Store(database, keys)
    few, mailing_id = open_mailing(store, _WARM), open_mailing(store)
    relays = Relays([Relay("127.0.0.1", port)])
    with embedded(lambda bell, _stopping: OnlySending(desk(store, keys), relays, bell), sweep_seconds=5) as bell:
        time.sleep(0.5)
        for one in (few, mailing_id):
            with store.transaction() as session:
                mailings.change(session, one, MailingEvent.START, started_at=now())
            dispatch(store, bell, one)
            while not _done(store, one):
                time.sleep(0.05)
    with store.reading() as session:
        row = mailings.mailing_of(session, mailing_id)
        assert row.started_at is not None
        assert row.finished_at is not None
        seconds = (row.finished_at - row.started_at).total_seconds()
        account = mailings.accounting(session, mailing_id)
    assert account.balances
    assert account.states["accepted"] == account.readers, account  # type: ignore[index]
    relays.close()
    store.close()
    return {"rate": account.readers / seconds, "readers": account.readers, "rss_mb": rss_mb()}


def _done(store: Store, mailing_id: int) -> bool:
    with store.reading() as session:
        return mailings.mailing_of(session, mailing_id).state is MailingState.DONE


def scale(database: str, folder: str, port: int, readers: int, sent: int) -> dict[str, float]:
    """Plan a mailing, claim and send `sent` of it, and measure the memory of the process that sends."""
    pid = os.fork()
    if pid == 0:
        _plan(database, readers)
        os._exit(0)
    os.waitpid(pid, 0)
    keys = KeyRing.from_folder(Path(folder))
    store = Store(database, keys)
    with store.transaction() as session:
        mailing = mailings.in_state(session, MailingState.APPROVED)[-1]
        mailing.state = MailingState.SENDING
        mailing_id, planned = mailing.id, mailing.reason
    relays = Relays([Relay("127.0.0.1", port)])
    office = SendingOffice(desk(store, keys, real=False), relays, Silence())
    began = time.perf_counter()
    with store.reading() as session:
        due = mailings.due_batches(session, mailing_id, office.desk.clock())
    looked = time.perf_counter() - began
    for batch in due[: -(-sent // 500)]:
        office.deliver_batch(mailing_id, batch)
    rate = sent / (time.perf_counter() - began)
    relays.close()
    store.close()
    return {"plan_per_s": float(planned), "due_s": looked, "rate": rate, "rss_mb": rss_mb()}


def _plan(database: str, readers: int) -> None:
    store = Store(database)
    began = time.perf_counter()
    with store.transaction() as session:
        mailing = opening.open_mailing(session, slug=f"x-{readers}", publication=PUBLICATION, content_hash="b")
        edition = opening.EditionToFreeze(AUDIENCE, "nl", Channel.EMAIL, "Nieuws", message=message().frozen())
        frozen = opening.freeze(session, mailing, edition)
        opening.add_deliveries(session, mailing, frozen, (UUID(int=number + 1) for number in range(readers)))
        mailing.reason = f"{readers / (time.perf_counter() - began):.0f}"
    store.close()


def rss_mb() -> float:
    """The most memory this program ever held, in MB. (getrusage would tell that of whoever started it, too.)"""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


@contextmanager
def smtp_sink(port: int) -> Iterator[int]:
    """Postfix's sink, which takes mail and throws it away."""
    run_as = ["-u", "nobody"] if os.geteuid() == 0 else []
    with subprocess.Popen(["smtp-sink", *run_as, f"127.0.0.1:{port}", "500"], stderr=subprocess.DEVNULL) as sink:
        try:
            time.sleep(0.3)
            yield port
        finally:
            sink.terminate()


def in_child(*arguments: str | int) -> dict[str, float]:
    """Run a function of this module in a fresh process; its result comes back as JSON."""
    done = subprocess.run(_command(*arguments), check=True, capture_output=True, text=True, cwd=ROOT)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _command(*arguments: str | int) -> list[str]:
    return [sys.executable, "-m", "benchmarks.sending_parts", *map(str, arguments)]


if __name__ == "__main__":
    name, *rest = sys.argv[1:]
    numbers = [int(one) if one.isdigit() else one for one in rest]
    known: dict[str, Callable[..., dict[str, float]]] = {"ours": ours, "scale": scale}
    print(json.dumps(known[name](*numbers)))
