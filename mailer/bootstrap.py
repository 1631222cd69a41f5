"""Wires settings to parts; the only module that knows them all."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from threading import Semaphore
from urllib.parse import urlsplit

from pydantic import SecretStr

from database.base import now
from database.epoch import follow
from database.fit import require_fit
from database.keys import HANDED_ON, KeyRing
from database.migrations import require_current
from database.session import Store
from mailer.artefacts.email.personal import PersonalMessage
from mailer.artefacts.greeting import greeting
from mailer.artefacts.paper.booklet import Flip
from mailer.artefacts.paper.labels import Window
from mailer.artefacts.paper.pieces import LETTERS, PrintOptions
from mailer.carriers.inbox import ImapAccount, Maildir, imap_inbox
from mailer.carriers.relay import Relay, Security
from mailer.content import Content
from mailer.ledger.health import backed_up
from mailer.organisation import House
from mailer.places import KEPT_PASSWORD, keys_folder, witness_folder
from mailer.planning import QuietHours
from mailer.sections import Returns, Smtp
from mailer.services.administration.as_written import AsKept, AsWritten, Living
from mailer.services.administration.own_house import publish
from mailer.services.keeping.backup import LOCAL_KEPT, Places, forget_old
from mailer.services.notices.site import site
from mailer.services.notices.watch import Watch, Watchman
from mailer.services.office import RENDERINGS, Doorbell, Office, Policy, Press, Silence
from mailer.services.publishing.late import send_late_languages
from mailer.services.publishing.renewing import renew_changed
from mailer.services.publishing.showing import show_chosen
from mailer.services.readers.erased import keep_erased
from mailer.services.sending.delivering import SendingOffice
from mailer.services.sending.heart import Heart
from mailer.services.sending.holding import hold_if_behind
from mailer.services.sending.letters import EditionFacts, Letters, Recipient, domain_of_marks, signing_key
from mailer.services.sending.links import personal_links
from mailer.services.sending.relays import Relays
from mailer.services.sending.returned import ReturnDesk
from mailer.services.sending.rules import Bucket, Desk, Rules
from mailer.services.sending.witness import Kept, Witness
from mailer.services.translating.pool import remind_due
from mailer.services.worker.chores import Chores, OpenInbox
from mailer.services.worker.office import Renewing, WorkerOffice
from mailer.services.writing.drafts import open_drafts
from mailer.settings import FILE, Settings, house_in, kept_part, own_part, settings_from
from mailer.typesetting.typesetter import Typesetter
from subscribers.repository import may_receive, still_receives
from wording import _
from wording.errors import SettingsError
from wording.interface import interface


@dataclass(frozen=True)
class Parts:
    """Everything an entry point works with."""

    settings: Settings
    house: House
    content: Content
    store: Store
    keys: KeyRing
    typesetter: Typesetter
    turns: Semaphore = field(default_factory=lambda: Semaphore(RENDERINGS), repr=False, compare=False)
    """Shared by every office of this process."""

    @cached_property
    def living(self) -> Living[Settings, Parts]:
        """These parts as the settings are now. Shared by every office of this process."""
        return _living(self)

    @cached_property
    def witness(self) -> Witness:
        """Shared by every office of this process."""
        return witness_of(self.settings, self.content.folder)

    @property
    def press(self) -> Press:
        return Press(self.house, self.content, self.typesetter.pdfs, turns=self.turns)

    def office(self, bell: Doorbell) -> Office:
        """What use cases work with; `bell` reaches a worker, or is silent."""
        settings = self.settings
        return Office(
            house=self.house,
            content=self.content,
            store=self.store,
            keys=self.keys,
            typeset=self.typesetter.pdfs,
            relays=relays_from(settings),
            bell=bell,
            policy=Policy(
                lambda: self.living().settings.approval.four_eyes,
                settings.print.rates,
                print_options(self),
                quiet_in(settings),
                house_in,
                self.living.wrong,
            ),
            turns=self.turns,
        )

    def worker_office(self, bell: Doorbell, stopping: Callable[[], bool] = bool) -> Renewing[Parts]:
        """What a worker needs, for one process; connections to relays are kept between batches, and each task goes by
        the settings as they are when it begins."""
        rules, heart = rules_from(self.settings), Heart(self.store, bell.ring)
        desk = Desk(self.store, may_receive, letters(self), rules, stopping=stopping, still=still_receives)
        desk = replace(desk, process=heart.process)
        relays = Relays(relays_from(self.settings))
        # A connection of its own for single mails: a confirmation never waits for a long mailing.
        single = Relays([replace(relay, connections=1) for relay in relays_from(self.settings)])

        def hang_up() -> None:
            relays.close()
            single.close()

        own = chores(self, single)
        sending = SendingOffice(
            desk,
            relays,
            bell,
            hang_up=hang_up,
            chores=own,
            writes=own.write,
            witness=self.witness,
            heart=heart,
        )

        def anew(before: WorkerOffice, parts: Parts) -> WorkerOffice:
            own = chores(parts, single)
            now_sending = replace(before.sending, chores=own, writes=own.write)
            return WorkerOffice(now_sending, parts.office(bell))

        return Renewing(WorkerOffice(sending, self.office(bell)), self.living, anew, made_from=self)


def _living(first: Parts) -> Living[Settings, Parts]:
    """The parts of one process, by the settings as they are now: a page, a task or a letter asks for them anew."""
    folder = first.content.folder
    read = partial(own_part, folder, first.settings)

    def anew(before: Parts, settings: Settings) -> Parts:
        house = settings.house()
        parts = replace(before, settings=settings, house=house, content=Content(folder, house))
        parts.__dict__.update(living=before.living, witness=before.witness)  # shared by every office of the process
        return parts

    settings = first.settings
    if settings.storage.sweeps:
        return Living(AsWritten(folder / FILE, read, first=settings), first, anew)
    return Living(AsKept(first.store, partial(kept_part, folder, settings), first=settings), first, anew)


def press_from(folder: Path) -> Press:
    """What reads, checks and renders the issues of a folder: no database, no keys. Raises SettingsError."""
    house = settings_from(folder).house()
    return Press(house, Content(folder, house), Typesetter().pdfs)


def wire(folder: Path, database: str = "") -> Parts:
    """The parts of one content folder; a database without tables gets them. `database` wins over the settings.

    Raises SettingsError, SchemaError for the tables of another version of the program, and KeysError when the keys are
    missing or are not those of the database.
    """
    return wired(settings_from(folder), folder, database)


def wired(settings: Settings, folder: Path, database: str = "") -> Parts:
    """As `wire`, for settings that were read before; theirs have the password that was kept beside the keys."""
    parts = _parts(settings, folder, database)
    try:
        require_current(parts.store)
        follow(parts.store, parts.keys, keys_folder(settings.storage.keys, folder))
        with parts.store.transaction() as session:
            require_fit(session)
        if parts.witness.kept is not None:
            hold_if_behind(parts.store, parts.witness.kept, now())
    except BaseException:
        parts.store.close()
        raise
    return parts


def wire_as_it_is(folder: Path, database: str = "") -> Parts:
    """As `wire`, whatever program the tables are of: to bring them up to date."""
    return _parts(settings_from(folder), folder, database)


def _parts(settings: Settings, folder: Path, database: str) -> Parts:
    house = settings.house()
    place = keys_folder(settings.storage.keys, folder)
    keys = KeyRing.from_folder(place)
    settings = with_kept_password(settings, place)
    (folder / settings.storage.data).mkdir(parents=True, exist_ok=True)
    store = Store(database or database_url(settings, folder), keys, zone=settings.time_zone)
    return Parts(settings, house, Content(folder, house), store, keys, Typesetter())


def with_kept_password(settings: Settings, keys: Path) -> Settings:
    """These settings with the password of `smtp` that the first run kept in the folder of the keys; one of systemd or
    of the environment wins.

    Apart from `settings_from`: whoever only checks an issue need not be able to read the keys. Raises SettingsError
    for a password that cannot be read.
    """
    if not settings.smtp.user or settings.smtp.password.get_secret_value():
        return settings
    handed_on = keys / f"{HANDED_ON}{KEPT_PASSWORD}"
    path = handed_on if handed_on.exists() else keys / KEPT_PASSWORD
    try:
        kept = SecretStr(path.read_text("utf-8"))
    except FileNotFoundError:
        return settings
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or str(error)
        text = _("Het wachtwoord in {path} is niet te lezen: {why}.", path=path, why=why)
        raise SettingsError(text) from None
    return settings.model_copy(update={"smtp": settings.smtp.model_copy(update={"password": kept})})


def database_url(settings: Settings, folder: Path) -> str:
    """The database of the settings; SQLite in the data folder when they name none."""
    return settings.storage.database or f"sqlite:///{(folder / settings.storage.data).resolve()}/postduif.sqlite"


def letters(parts: Parts) -> Letters:
    """Everything that makes a letter personal."""
    keys, living = parts.keys, parts.living

    def personal(edition: EditionFacts, reader: Recipient) -> dict[str, str]:
        own = personal_links(keys, living().house, edition.publication, reader.uid)
        return {"greeting": greeting(None, interface(edition.locale)), **own}

    def bounce_address(edition: EditionFacts, mark: str) -> str:
        return f"bounce+{mark}@{living().house.publications[edition.publication].sender.address.partition('@')[2]}"

    return Letters(
        thaw=PersonalMessage.thaw,
        personal=personal,
        key=signing_key(keys),
        domain=domain_of_marks(parts.house),
        envelope_sender=bounce_address,
    )


def witness_of(settings: Settings, folder: Path) -> Witness:
    """What tells this process whether the database was put back."""
    storage = settings.storage
    if not storage.sweeps:
        return Witness(sweeps=False)
    return Witness(Kept(witness_folder(storage.witness, folder, folder / storage.data)))


def backup_places(parts: Parts) -> Places:
    """What a backup takes, and what it leaves out."""
    storage, folder = parts.settings.storage, parts.content.folder
    data = folder / storage.data
    apart = [data, keys_folder(storage.keys, folder), witness_folder(storage.witness, folder, data)]
    return Places(folder, data, tuple(apart), parts.settings.backup.recipients)


def watch_of(parts: Parts) -> Watch:
    """What looks for that of which an administrator must hear."""
    folder = parts.content.folder
    grows = (folder, folder / parts.settings.storage.data)
    pages = partial(site, parts.settings.base_url)
    return Watch(parts.store, parts.house, grows, relays_from(parts.settings), backed_up, look_at_site=pages)


def watchman(parts: Parts) -> Watchman:
    """Mails alarms without a worker, over connections of its own."""
    return Watchman(watch_of(parts), Relays([replace(relay, connections=1) for relay in relays_from(parts.settings)]))


def chores(parts: Parts, relays: Relays) -> Chores:
    """What a worker does beside sending."""
    returns = parts.settings.returns
    loops = frozenset(domain.lower() for domain in returns.feedback_loops)
    desk = ReturnDesk(parts.store, parts.keys, parts.house, letters(parts).key, returns.authserv, loops)
    office = parts.office(Silence())

    def standing() -> None:
        publish(office)
        renew_changed(office)
        send_late_languages(office)
        show_chosen(office)

    def copies() -> None:
        forget_old(parts.content.folder / parts.settings.backup.folder, now() - LOCAL_KEPT, sealed=False)

    def erased() -> None:
        if (kept := parts.witness.kept) is not None:
            keep_erased(parts.store, kept.folder)

    return Chores(
        desk,
        relays,
        inbox_from(returns),
        partial(remind_people, parts),
        standing,
        copies,
        erased,
        quiet_in(parts.settings),
        watch_of(parts).look,
        has_content=parts.settings.storage.sweeps,  # else it is elsewhere, with what is done in it
    )


def remind_people(parts: Parts, at: datetime) -> None:
    """Open the drafts whose day comes near, and remind translators of what is due; nobody twice."""
    office = replace(parts.office(Silence()), clock=lambda: at)
    open_drafts(office)
    remind_due(office)


def inbox_from(returns: Returns) -> OpenInbox | None:
    """The mailbox for returned mail of the settings; None when there is none."""
    if returns.maildir is not None:
        local = Maildir(returns.maildir)
        return lambda: nullcontext(local)
    if not returns.host:
        return None
    password = returns.password.get_secret_value()
    account = ImapAccount(returns.host, returns.port, returns.user, password, returns.security, returns.folder)
    return partial(imap_inbox, account)


def print_options(parts: Parts, *, letters: bool | None = None, merged: bool = False) -> PrintOptions:
    """How the desk prints, after the settings; `letters` True or False chooses otherwise this time."""
    chosen = parts.settings.print
    with_letters = chosen.address == "window" if letters is None else letters
    return PrintOptions(
        addressing=LETTERS if with_letters else chosen.labels,
        offset=(chosen.offset_x, chosen.offset_y),
        window=Window(chosen.window),
        return_line=parts.house.organisation.return_address if chosen.return_line else "",
        flip=Flip(chosen.flip),
        creep=chosen.creep,
        merged=merged,
    )


def relays_from(settings: Settings) -> list[Relay]:
    """The relays of the settings, the first one first."""
    named = settings.relays or {"relay": settings.smtp}
    helo = urlsplit(settings.base_url).hostname or "localhost"
    return [_relay(name, smtp, helo) for name, smtp in named.items()]


def _relay(name: str, smtp: Smtp, helo: str) -> Relay:
    return Relay(
        name=name,
        host=smtp.host,
        port=smtp.port,
        security=Security(smtp.security),
        ca_file=str(smtp.ca_file) if smtp.ca_file else None,
        user=smtp.user,
        password=smtp.password.get_secret_value(),
        helo=helo,
        connections=smtp.connections,
        weight=smtp.weight,
        limits=smtp.limits,
    )


def quiet_in(settings: Settings) -> QuietHours | None:
    """When no newsletter is handed over."""
    quiet = settings.quiet
    return QuietHours(quiet.start, quiet.end, settings.time_zone) if quiet else None


def rules_from(settings: Settings) -> Rules:
    """How a worker behaves by the settings: quiet hours, and limits per group of receiving domains."""
    return Rules(
        quiet=quiet_in(settings),
        buckets=tuple(
            Bucket(name, frozenset(domain.casefold() for domain in limit.domains), limit.limits)
            for name, limit in settings.limits.items()
        ),
    )
