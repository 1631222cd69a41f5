"""The first run of an installation, as `postduif serve` carries it: from an empty folder to the first issue."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from mailer.bootstrap import wire
from mailer.places import keys_folder
from mailer.services.administration import keys, mail_server, second_person, signing_in, staff, starting
from mailer.services.administration.starting import FIRST_ISSUE, Start, Step
from mailer.services.office import Silence
from mailer.services.translating import following
from mailer.settings import FILE, settings_from
from staff.roles import Role
from wording import _
from wording.errors import ConflictError, NotAllowedError

if TYPE_CHECKING:
    from mailer.bootstrap import Parts
    from mailer.services.administration.mail_server import MailServer
    from mailer.services.office import Office
    from web.first.running import FirstPerson

_EXAMPLE = "@voorbeeld.example"


class InFolder:
    """The first run in a folder. What it reached is kept there, so that it goes on after a kill."""

    def __init__(self, folder: Path, database: str, pages: str, opened: Callable[[], None]) -> None:
        self._folder, self._database, self._opened = folder, database, opened
        self._lent = Lent(folder, database)
        self._is_open = False
        self._busy = Lock()
        self.pages, self.token = pages, secrets.token_urlsafe(24)

    @classmethod
    def needed(cls, folder: Path, database: str) -> bool:
        """Whether there is an organisation to begin, or a first run that did not end."""
        if not (folder / FILE).exists():
            return starting.may_begin(folder)
        if starting.step_of(folder) is not None:
            return True
        if database or settings_from(folder).storage.database:
            return False  # a database of someone's own choice: its readers are served, whoever works there
        parts = wire(folder, database)
        try:
            return not staff.has_people(parts.office(Silence()))
        finally:
            parts.store.close()

    @property
    def organisation(self) -> str:
        return settings_from(self._folder).organisation.name if (self._folder / FILE).exists() else ""

    @property
    def sender(self) -> str:
        if not (self._folder / FILE).exists():
            return ""
        senders = [one.sender.address for one in settings_from(self._folder).publications.values()]
        return next((one for one in senders if not one.endswith(_EXAMPLE)), "")

    def step(self) -> Step | None:
        found = starting.step_of(self._folder)
        if found in (None, Step.US) and self._is_founded():
            return None if found is None else Step.KEYS
        return found or Step.US

    def found(self, start: Start, person: FirstPerson) -> None:
        with self._busy:
            is_begun = (self._folder / FILE).exists()
            if starting.step_of(self._folder) is None:
                starting.go_to(self._folder, Step.US)
            if not is_begun:
                starting.begin(self._folder, start)
            elif start.organisation:
                raise ConflictError(_("Iemand anders was net eerder: deze organisatie is al begonnen."))
            newcomer = staff.Newcomer(person.name, person.email, frozenset({Role.ADMIN, Role.EDITOR}))
            try:
                with self._office() as office:
                    staff.add(office, None, newcomer)
            except NotAllowedError:
                raise ConflictError(_("Iemand anders was net eerder, en is nu de eerste beheerder.")) from None
            if not is_begun:
                with self._lent.parts() as parts:
                    following.extract_issue(parts.press, FIRST_ISSUE)  # what is to be translated lies ready
                if not start.second_person:
                    with self._office() as office:
                        second_person.decide(office, staff.first_administrator(office), needed=False)
            starting.go_to(self._folder, Step.KEYS)

    def paper(self) -> list[str]:
        with self._office() as office:
            return keys.on_paper(office, staff.first_administrator(office))

    def on_paper(self, line: str) -> bool:
        typed = [line, f"data.1 {line}"]
        with self._office() as office:
            is_right = not keys.wrong(office, staff.first_administrator(office), typed, of="data.1")
        if is_right:
            starting.go_to(self._folder, Step.MAIL)
        return is_right

    def choose_mail(self, server: MailServer) -> None:
        with self._lent.parts() as parts:
            office, folder = parts.office(Silence()), keys_folder(parts.settings.storage.keys, self._folder)
            mail_server.choose(office, staff.first_administrator(office), server, keys=folder)

    def after_mail(self) -> None:
        starting.go_to(self._folder, Step.ISSUE)

    def end(self) -> str:
        with self._busy:
            onwards = f"{self.pages}/staff/"
            if self.step() is not None:
                with self._office() as office:
                    link = signing_in.link_for(office, staff.first_administrator(office), pages=self.pages)
                onwards = f"{link}?next=/staff/issues/{FIRST_ISSUE}"
            if not self._is_open:
                self._opened()
                self._is_open = True
            starting.go_to(self._folder, None)
            self.close()
            return onwards

    def close(self) -> None:
        """End the connections to the database, if any were made."""
        self._lent.close()

    def _is_founded(self) -> bool:
        if not (self._folder / FILE).exists():
            return False
        with self._office() as office:
            return staff.has_people(office)

    @contextmanager
    def _office(self) -> Iterator[Office]:
        with self._lent.parts() as parts:
            yield parts.office(Silence())


class Lent:
    """The parts of a folder: wired once, lent to one request or several, closed when the last gives them back."""

    def __init__(self, folder: Path, database: str) -> None:
        self._folder, self._database = folder, database
        self._lock = Lock()
        self._wired: Parts | None = None
        self._hands, self._is_over = 0, False

    @contextmanager
    def parts(self) -> Iterator[Parts]:
        """The parts, for as long as the block lasts."""
        with self._lock:
            if self._wired is None:
                self._wired = wire(self._folder, self._database)
            parts = self._wired
            self._hands += 1
        try:
            yield parts
        finally:
            with self._lock:
                self._hands -= 1
                self._close_if_free()

    def close(self) -> None:
        """End the connections to the database, now or when the last request has done with them."""
        with self._lock:
            self._is_over = True
            self._close_if_free()

    def _close_if_free(self) -> None:
        if self._is_over and not self._hands and self._wired is not None:
            self._wired.store.close()
            self._wired = None
