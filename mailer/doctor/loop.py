"""`doctor --loop`: a letter to our own bounce address over each relay, read back from the mailbox for returned mail.

It proves what no record in DNS does: that the bounce address arrives whole (VERP), that the relay signs the headers for
leaving in one click (RFC 8058 §4) in the name of the sender (RFC 7489 §3.1), and what time the relay thinks it is.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from email.utils import format_datetime, parsedate_to_datetime

from mailer.carriers.carrier import Accepted, Answer, Letter
from mailer.carriers.relay import STAGES, Relay
from mailer.carriers.smtp import SmtpCarrier
from mailer.doctor.finding import Finding, Level
from mailer.doctor.names import tags_of
from mailer.doctor.relays import PATIENCE
from mailer.doctor.world import World
from mailer.services.sending.tray import Tray, in_short
from wording import Text, _
from wording.errors import CarrierError

MOST = 120.0
"""Seconds until a letter to ourselves must have come back."""
EVERY = 2.0
WRONG = timedelta(minutes=5)
"""Between our clock and the relay's."""
CAME_IN = ("X-Original-To", "Envelope-To", "Delivered-To", "To")
"""Where a mail server writes the address as it came in, the most certain first."""
LEAVING = ("list-unsubscribe", "list-unsubscribe-post")


def loop(world: World, *, most: float = MOST) -> Iterator[Finding]:
    """The findings of a letter per relay and sender. Waits up to `most` seconds for each."""
    if world.inbox is None:
        said = _("Een brief aan onszelf kan niet teruggelezen worden: er is geen mailbox ingesteld.")
        yield Finding("loop", Level.SKIP, said, _("Vul [returns] in postduif.toml in; zie docs/operations.md."))
        return
    for each in world.sending:
        for sender in world.senders:
            yield from _around(world, each.relay, sender, most)


def _around(world: World, relay: Relay, sender: str, most: float) -> Iterator[Finding]:
    token = secrets.token_hex(12)
    domain = sender.rpartition("@")[2]
    address = f"bounce+doctor-{token}@{domain}"
    problem = _handed_over(relay, address, _letter(world, sender, address, token))
    if problem is not None:
        said = _("Mailserver {host} nam een brief aan onszelf niet aan: {answer}", host=relay.host, answer=problem)
        yield Finding("loop", Level.FAIL, said, _("Kijk met `postduif doctor --only relay`"))
        return
    try:
        found = _read_back(world, token, most)
    except (CarrierError, OSError):
        said = _("De mailbox voor wat terugkomt, gaat niet open.")
        yield Finding("loop", Level.FAIL, said, _("Kijk met `postduif doctor --only returns`"))
        return
    if found is None:
        said = _("Een brief aan {address} kwam niet terug binnen {seconds} s.", address=f"bounce+…@{domain}",
                 seconds=int(most))  # fmt: skip
        remedy = _("Laat de mailserver alles aan bounce+…@{domain} in de mailbox van [returns] leggen.", domain=domain)
        yield Finding("loop", Level.FAIL, said, remedy)
        return
    yield from judged(found, address, world.clock())


def _letter(world: World, sender: str, address: str, token: str) -> bytes:
    message = EmailMessage(policy=policy.SMTP)
    message["From"], message["To"] = sender, address
    message["Subject"] = f"Postduif doctor {token}"
    message["Date"] = format_datetime(world.clock())
    message["Message-ID"] = f"<doctor-{token}@{sender.rpartition('@')[2]}>"
    message["List-Unsubscribe"] = f"<{world.base_url}/u/doctor>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(f"postduif doctor {token}\n")
    return message.as_bytes()


def _handed_over(relay: Relay, address: str, data: bytes) -> str | None:
    """What the relay said when it did not take it; None when it did."""
    letter = Letter(1, address, address, [data])
    hasty = replace(relay, connections=1, seconds={stage: min(most, PATIENCE) for stage, most in STAGES.items()})
    tray = Tray([letter])
    with closing(SmtpCarrier(hasty)) as carrier:
        fault = carrier.hand_over(tray)
    outcome = tray.outcomes.get(letter.key)
    if isinstance(outcome, Accepted):
        return None
    return in_short(fault.answer if fault else outcome.answer if outcome else Answer(""), address)


def _read_back(world: World, token: str, most: float) -> bytes | None:
    """Only a letter with our token, which no stranger knows, is looked at; it is then removed."""
    assert world.inbox is not None  # noqa: S101 — asked by `loop`
    until = time.monotonic() + most
    while True:
        with world.inbox() as inbox:
            for name, raw in inbox.messages():
                if token.encode() in raw:
                    inbox.done(name)
                    return raw
        if time.monotonic() > until:
            return None
        time.sleep(EVERY)


def judged(raw: bytes, address: str, at: datetime) -> Iterator[Finding]:
    """What a letter that came back tells."""
    message = message_from_bytes(raw, policy=policy.compat32)
    domain = address.rpartition("@")[2]
    seen = next((str(message[name]) for name in CAME_IN if message[name]), "")
    if address in seen:
        yield Finding("loop", Level.OK, _("Een brief aan het bounceadres komt heel terug."))
    else:
        said = _("De brief kwam terug, maar zonder het hele adres: wat na bounce+ staat, gaat verloren.")
        yield Finding("loop", Level.FAIL, said, _("Laat de mailserver X-Original-To of Delivered-To erbij schrijven."))
    yield _signature(message, domain)
    yield from _clock(message, at)


def _signature(message: Message, domain: str) -> Finding:
    signatures = [tags_of("".join(str(one).split())) for one in message.get_all("DKIM-Signature", [])]
    ours = [one for one in signatures if _is_aligned(one.get("d", ""), domain)]
    if not ours:
        said = _("Niets ondertekent in naam van {domain} (DKIM).", domain=domain)
        return Finding("loop", Level.FAIL, said, _("Zet bij de mailserver DKIM aan voor dit domein."))
    covered = {name.strip().casefold() for name in ours[0].get("h", "").split(":")}
    selector = ours[0].get("s", "")
    if missing := [name for name in LEAVING if name not in covered]:
        said = _("De handtekening (DKIM) dekt niet: {names}", names=", ".join(missing))
        return Finding("loop", Level.FAIL, said, _("Laat de mailserver die velden mee ondertekenen (RFC 8058)."))
    return Finding("loop", Level.OK, _("De handtekening (DKIM) is die van {domain}, met sleutel {selector}.",
                                       domain=domain, selector=selector))  # fmt: skip


def _is_aligned(signer: str, domain: str) -> bool:
    """The domain itself, or one above it that is more than a top-level domain."""
    signer = signer.casefold().rstrip(".")
    return signer == domain.casefold() or ("." in signer and domain.casefold().endswith(f".{signer}"))


def _clock(message: Message, at: datetime) -> Iterator[Finding]:
    stamps = [stamp for one in message.get_all("Received", []) if (stamp := _stamp(str(one))) is not None]
    if not stamps:
        return
    off = abs(at - stamps[0])
    if off > WRONG + timedelta(seconds=MOST):
        said: Text = _("De klok van de mailserver en die van deze machine schelen {minutes} minuten.",
                       minutes=int(off.total_seconds() // 60))  # fmt: skip
        yield Finding("loop", Level.WARN, said, _("Zet beide klokken goed."))


def _stamp(received: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(received.rpartition(";")[2].strip())
    except (ValueError, TypeError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
