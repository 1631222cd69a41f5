"""What `doctor` looks at, wired from the settings as they are."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from dns.resolver import NoResolverConfiguration, Resolver

from mailer.bootstrap import database_url, inbox_from, relays_from, with_kept_password
from mailer.carriers.relay import Relay
from mailer.doctor.world import Sending, World
from mailer.places import keys_folder
from mailer.sections import Smtp
from mailer.services.notices.site import site
from mailer.settings import Settings, settings_from
from wording.errors import SettingsError


def world_of(folder: Path, database: str = "", *, resolver: Resolver | None = None) -> World:
    """What `doctor` looks at. Nothing is made, migrated or opened; settings that cannot be read are its problems."""
    asked = resolver or _resolver()
    try:
        settings = settings_from(folder)
        keys = keys_folder(settings.storage.keys, folder)
        settings = with_kept_password(settings, keys)
    except SettingsError as error:
        problems = tuple(one.text for one in error.problems) or (error.text,)
        return World(folder, asked, problems)
    storage = settings.storage
    return World(
        folder=folder,
        resolver=asked,
        data=folder / storage.data,
        keys=keys,
        base_url=settings.base_url,
        look_at_site=partial(site, settings.base_url),
        hosts=settings.web.hosts,
        proxies=settings.web.proxies,
        senders=tuple(dict.fromkeys(one.sender.address for one in settings.publications.values())),
        locales={code: one.name for code, one in settings.locales.items()},
        sending=tuple(map(_sending, relays_from(settings), _smtps(settings))),
        inbox=inbox_from(settings.returns),
        database=database or database_url(settings, folder),
        broker=storage.broker,
        broker_master=storage.broker_master,
        zone=settings.time_zone,
    )


def _resolver() -> Resolver:
    """That of this machine; without any server every question is a skip."""
    try:
        return Resolver()
    except NoResolverConfiguration:
        return Resolver(configure=False)


def _smtps(settings: Settings) -> list[Smtp]:
    return list(settings.relays.values()) or [settings.smtp]


def _sending(relay: Relay, smtp: Smtp) -> Sending:
    return Sending(relay, smtp.dkim_selectors, tuple(map(str, smtp.outgoing)))
