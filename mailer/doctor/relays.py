"""The mail servers: does each take mail from us, safely, and may we fetch what comes back?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime

from mailer.carriers.carrier import RelayFault
from mailer.carriers.greeting import OpeningError, open_connection
from mailer.carriers.in_clear import is_here
from mailer.carriers.relay import STAGES, Relay, Security
from mailer.doctor.finding import Finding, Level
from mailer.doctor.world import World
from mailer.returns.vocabulary import in_known_words
from mailer.services.notices.watch import SOON, until_of
from wording import Text, _
from wording.errors import CarrierError

PATIENCE = 10.0
"""Seconds to wait for each answer of a relay; a mailing waits longer."""
LEAST_OCTETS = 5_000_000
"""A newsletter with pictures in it stays under this."""


def relays(world: World) -> Iterator[Finding]:
    """Reach, TLS, certificate, password and greatest size of every relay."""
    for each in world.sending:
        yield from _relay(each.relay, world.clock())


def _relay(relay: Relay, at: datetime) -> Iterator[Finding]:
    place = f"{relay.host}:{relay.port}"
    if relay.user and not relay.password:
        said = _("Het wachtwoord voor mailserver {place} is er niet.", place=place)
        remedy = _(
            "Zet het in het bestand smtp__password (of relays__NAAM__password), en herstart; zie docs/operations.md."
        )
        yield Finding("relay", Level.FAIL, said, remedy)
        return
    hasty = replace(relay, seconds={stage: min(most, PATIENCE) for stage, most in STAGES.items()})
    try:
        link, offer = open_connection(hasty)
    except OpeningError as error:
        yield _cannot_open(place, error.fault)
        return
    with closing(link):
        until = until_of(link)
    if until is not None:
        yield _until(place, until, at)
    elif relay.security is Security.NONE and not is_here(relay.host):
        said = _("Naar mailserver {place} gaat alle post onversleuteld.", place=place)
        yield Finding("relay", Level.WARN, said, _('Zet security = "starttls" of "tls" in postduif.toml.'))
    if 0 < offer.most_octets < LEAST_OCTETS:
        said = _("Mailserver {place} neemt hoogstens {octets} bytes per mail aan.", place=place,
                 octets=offer.most_octets)  # fmt: skip
        yield Finding("relay", Level.WARN, said, _("Vraag om een hogere grens, of neem kleinere plaatjes."))
    known = _("en kent ons") if relay.user else _("zonder wachtwoord")
    yield Finding("relay", Level.OK, _("Mailserver {place} neemt post aan, {known}.", place=place, known=known))


def _until(place: str, until: datetime, at: datetime) -> Finding:
    said = _("Het certificaat van mailserver {place} geldt tot {day}.", place=place, day=f"{until:%Y-%m-%d}")
    if until - at > SOON:
        return Finding("relay", Level.OK, said)
    return Finding("relay", Level.WARN, said, _("Laat het vernieuwen; daarna neemt Postduif die server niet meer."))


def _cannot_open(place: str, fault: RelayFault) -> Finding:
    answer = fault.answer
    words = " ".join(f"{answer.code or ''} {in_known_words(answer.words)}".split())
    said = _("Mailserver {place} doet het niet ({stage}: {words}).", place=place, stage=answer.stage, words=words)
    remedies: dict[str, Text] = {
        "connect": _("Staat de mailserver aan, klopt de naam, en laat de firewall ons naar deze poort?"),
        "starttls": _("Vernieuw het certificaat, gebruik de naam die erin staat, of zet ca_file in postduif.toml."),
        "auth": _("Zet het juiste wachtwoord in het bestand smtp__password; zie user in postduif.toml."),
    }
    other = _("Vraag de aanbieder wat dit antwoord betekent; probeer het anders later nog eens.")
    return Finding("relay", Level.FAIL, said, remedies.get(answer.stage, other))


def returns(world: World) -> Iterator[Finding]:
    """Whether the mailbox for what comes back can be opened."""
    if world.inbox is None:
        said = _("Wat terugkomt, wordt niet gelezen: er is geen mailbox ingesteld.")
        yield Finding("returns", Level.WARN, said, _("Vul [returns] in postduif.toml in; zie docs/operations.md."))
        return
    try:
        with world.inbox() as inbox:
            next(iter(inbox.messages()), None)
    except (CarrierError, OSError) as error:
        why = error.text if isinstance(error, CarrierError) else error.strerror or type(error).__name__
        said = _("Wat terugkomt, kan niet gelezen worden: {why}", why=why)
        yield Finding("returns", Level.FAIL, said, _("Kijk naar naam, wachtwoord en map onder [returns]."))
        return
    yield Finding("returns", Level.OK, _("De mailbox voor wat terugkomt, gaat open."))
