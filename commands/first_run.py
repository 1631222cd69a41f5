"""The first run of an installation, as `postduif serve` carries it: from an empty folder to the first issue."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from database.paper import paper, wrong_on_paper
from mailer.bootstrap import wire
from mailer.places import keys_folder
from mailer.services.administration import mail_server, signing_in, staff, starting
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
    from staff.people import Person
    from web.first.running import FirstPerson

_EXAMPLE = "@voorbeeld.example"


class InFolder:
    """The first run in a folder. What it reached is kept there, so that it goes on after a kill."""

    def __init__(self, folder: Path, database: str, pages: str, opened: Callable[[], None]) -> None:
        self._folder, self._database, self._opened = folder, database, opened
        self._parts: Parts | None = None
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
                staff.add(self._office(), None, newcomer)
            except NotAllowedError:
                raise ConflictError(_("Iemand anders was net eerder, en is nu de eerste beheerder.")) from None
            if not is_begun:  # what is to be translated lies ready
                following.extract_issue(self._wired().press, FIRST_ISSUE)
            starting.go_to(self._folder, Step.KEYS)

    def paper(self) -> list[str]:
        return paper(self._wired().keys)

    def on_paper(self, line: str) -> bool:
        typed = [line, f"data.1 {line}"]
        is_right = "data.1" not in wrong_on_paper(self._wired().keys, typed)
        if is_right:
            starting.go_to(self._folder, Step.MAIL)
        return is_right

    def choose_mail(self, server: MailServer) -> None:
        keys = keys_folder(self._wired().settings.storage.keys, self._folder)
        mail_server.choose(self._office(), self._first_person(), server, keys=keys)

    def after_mail(self) -> None:
        starting.go_to(self._folder, Step.ISSUE)

    def end(self) -> str:
        with self._busy:
            onwards = f"{self.pages}/staff/"
            if self.step() is not None:
                link = signing_in.link_for(self._office(), self._first_person(), pages=self.pages)
                onwards = f"{link}?next=/staff/issues/{FIRST_ISSUE}"
            if not self._is_open:
                self._opened()
                self._is_open = True
            starting.go_to(self._folder, None)
            self.close()
            return onwards

    def close(self) -> None:
        """End the connections to the database, if any were made."""
        if self._parts is not None:
            self._parts.store.close()
            self._parts = None

    def _is_founded(self) -> bool:
        return (self._folder / FILE).exists() and staff.has_people(self._office())

    def _wired(self) -> Parts:
        if self._parts is None:
            self._parts = wire(self._folder, self._database)
        return self._parts

    def _office(self) -> Office:
        return self._wired().office(Silence())

    def _first_person(self) -> Person:
        return staff.first_administrator(self._office())
