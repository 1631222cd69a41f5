"""All checks, by the name that `--only` takes, in the order in which they are told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from urllib.parse import urlsplit

from mailer.doctor import kept, machine, names, relays, running
from mailer.doctor.finding import Check, Finding, Level
from mailer.doctor.world import World
from mailer.services.notices.site import Site
from mailer.services.notices.watch import SOON
from wording import _

RESERVED = ("example", "invalid", "test", "localhost")
"""RFC 2606."""


def settings(world: World) -> Iterator[Finding]:
    """Whether postduif.toml, the secrets and the environment can be read together."""
    for problem in world.problems:
        yield Finding("settings", Level.FAIL, problem, _("Verbeter dat; tot dan kan niet alles bekeken worden."))
    if world.is_known:
        yield Finding("settings", Level.OK, _("De instellingen kloppen."))


def pages(world: World) -> Iterator[Finding]:
    """The address of the pages, and the server for TLS that stands before them."""
    parts = urlsplit(world.base_url)
    if (parts.hostname or "").rpartition(".")[2] in RESERVED:
        said = _("base_url is nog die van een voorbeeld: {url}", url=world.base_url)
        yield Finding("pages", Level.WARN, said, _("Zet in postduif.toml het adres waar lezers jullie vinden."))
    elif parts.scheme != "https":
        said = _("De pagina’s zijn niet versleuteld: base_url begint niet met https.")
        yield Finding("pages", Level.FAIL, said, _("Zet er een server voor TLS voor, zoals Caddy (deploy/Caddyfile)."))
    elif not world.proxies:
        said = _("base_url begint met https, maar web.proxies is 0: alle bezoekers lijken er één.")
        yield Finding("pages", Level.WARN, said, _("Zet in postduif.toml onder [web]: proxies = 1"))
    else:
        yield Finding("pages", Level.OK, _("De pagina’s staan op {url}", url=world.base_url))
    if parts.scheme == "https" and (parts.hostname or "").rpartition(".")[2] not in RESERVED:
        yield _certificate(world.look_at_site(), world.clock())


def _certificate(found: Site, at: datetime) -> Finding:
    """That of the server for TLS, as it looks from outside."""
    if found.until is None:
        said = _("De pagina’s antwoorden niet over https, of geen browser vertrouwt hun certificaat ({why}).",
                 why=found.wrong or "?")  # fmt: skip
        remedy = _(
            "Draait de server voor TLS, wijst de naam hierheen, en vernieuwt hij het certificaat? `journalctl -u caddy`"
        )
        return Finding("pages", Level.FAIL if found.has_ended else Level.WARN, said, remedy)
    said = _("Het certificaat van de pagina’s geldt tot {day}.", day=f"{found.until:%Y-%m-%d}")
    if found.until - at > SOON:
        return Finding("pages", Level.OK, said)
    return Finding("pages", Level.WARN, said, _("Kijk waarom het niet vernieuwd wordt: `journalctl -u caddy`"))


CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "settings": settings,
        "pages": pages,
        "keys": kept.keys,
        "database": kept.database,
        "schema": kept.schema,
        "broker": running.broker,
        "workers": running.workers,
        "hold": running.hold,
        "backup": running.backup,
        "retention": running.retention,
        "relay": relays.relays,
        "returns": relays.returns,
        "resolver": names.resolver,
        "spf": names.spf,
        "dkim": names.dkim,
        "dmarc": names.dmarc,
        "mx": names.mx,
        "ptr": names.ptr,
        "clock": machine.clock,
        "disk": machine.disk,
        "fonts": machine.fonts,
        "content": machine.content,
    }
)
