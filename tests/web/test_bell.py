"""The worker is told of a mail after it was committed: told before, it finds nothing and the reader waits."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from database.base import now
from database.session import Store
from mailer.ledger import notices
from mailer.services.office import Office, Silence
from mailer.services.readers import choices, imports, joining, own_data
from mailer.services.readers.imports import ReaderFile
from mailer.services.readers.joining import SignUp
from staff.people import add_person
from staff.roles import Role
from subscribers.tokens import Purpose, token_for
from tests.support.office import office_of
from tests.support.people import ANNA, reader


@dataclass
class Worker(Silence):
    """Looks as soon as it is told, from a connection of its own."""

    store: Store
    found: list[str] = field(default_factory=list)

    def ring_for_mail(self) -> bool:
        with self.store.reading() as session:
            self.found += [one.kind for one in notices.due(session, now())]
        return True


@pytest.fixture
def worker(store: Store) -> Worker:
    return Worker(store)


@pytest.fixture
def office(store: Store, worker: Worker) -> Office:
    return office_of(store, bell=worker)


def last_token(office: Office) -> str:
    with office.store.reading() as session:
        text = notices.due(session, now())[-1].text
    return next(line for line in text.split("\n") if line.startswith("https://")).rpartition("/")[2]


def test_a_confirmation_is_there_when_the_worker_is_told(office: Office, worker: Worker) -> None:
    joining.subscribe(office, SignUp(ANNA, ("legal-aid",), "nl", "nl"))
    assert worker.found == ["confirm"]


def test_a_link_and_a_move_are_there_when_the_worker_is_told(office: Office, worker: Worker) -> None:
    uid = reader(office.store, ANNA)
    choices.mail_link(office, token_for(office.keys, Purpose.PREFERENCES, uid, "los"))
    assert worker.found == ["manage"]
    own_data.ask_to_move(office, last_token(office), "anna@elders.example", "nl")
    assert worker.found == ["manage", "manage", "move"]


def test_the_buttons_of_an_import_are_there_when_the_worker_is_told(
    office: Office, worker: Worker, tmp_path: Path
) -> None:
    with office.store.transaction() as session:
        noor = add_person(session, "Noor", "noor@redactie.example", [Role.ADMIN])
    (tmp_path / "readers.csv").write_text(f"email\n{ANNA}\n")
    imports.apply(office, noor, ReaderFile(tmp_path / "readers.csv", "test", ("legal-aid",)))
    assert worker.found == ["confirm"]
