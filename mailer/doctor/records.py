"""What the world must know of this installation: the records to set, from its settings alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from mailer.doctor.names import dmarc_record, spf_record
from mailer.doctor.world import World
from mailer.services.sending.links import LEAVE_BY_MAIL
from wording import Text, _


@dataclass(frozen=True)
class Record:
    """One thing to set: its kind, where, what, and what it is for. `kind` is a type of DNS or "mailbox"."""

    topic: str
    kind: str
    name: str
    value: str
    why: Text


def records(world: World) -> Iterator[Record]:
    """Everything to set, domain by domain."""
    for domain in world.domains:
        yield from _of_domain(world, domain)
    host = urlsplit(world.base_url).hostname or ""
    yield Record("pages", "A/AAAA", host, "", _("Het adres van deze machine, voor de pagina’s."))
    for each in world.sending:
        for address in each.outgoing:
            why = _("Vraag wie het adres verhuurt om deze naam, en geef die naam dit adres.")
            yield Record("ptr", "PTR", address, each.relay.host if "." in each.relay.host else host, why)


def _of_domain(world: World, domain: str) -> Iterator[Record]:
    yield Record("spf", "TXT", domain, spf_record(world), _("Welke machines in jullie naam versturen. Eén record."))
    selectors = dict.fromkeys(one for each in world.sending for one in each.selectors)
    why = _("De sleutel waarmee de mailserver ondertekent; hij toont zelf wat hier moet staan. Minstens 2048 bits.")
    for selector in selectors or ("…",):
        yield Record("dkim", "TXT", f"{selector}._domainkey.{domain}", "v=DKIM1; k=rsa; p=…", why)
    why = _("Wat ontvangers doen met post die niemand ondertekende. Ga later naar p=quarantine.")
    yield Record("dmarc", "TXT", f"_dmarc.{domain}", dmarc_record(domain), why)
    yield Record("mx", "MX", domain, "10 …", _("De mailserver die voor dit domein post ontvangt."))
    mailbox = _("Alles aan dit adres, met wat er na de plus staat, komt in de mailbox van [returns].")
    yield Record("bounces", "mailbox", f"bounce+…@{domain}", "[returns]", mailbox)
    leaving = _("Wie zich per mail afmeldt, schrijft hierheen; het komt in dezelfde mailbox.")
    yield Record("leaving", "mailbox", f"{LEAVE_BY_MAIL}@{domain}", "[returns]", leaving)
