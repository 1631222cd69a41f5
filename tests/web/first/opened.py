"""A first run of a folder in this process, without a server."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from commands.first_run import InFolder
from mailer.bootstrap import wire
from mailer.services.administration.starting import Step
from staff.people import people
from staff.roles import Role
from tests.web.staff.conftest import SAME_ORIGIN
from web.first.pages import create_first_app

BASE = "http://localhost:8080"
SERVER = {"host": "mail.zeewind.example", "port": 587, "security": "starttls", "user": "noor"}
US: dict[str, str | list[str]] = {
    "organisation": "Zee & Wind",
    "name": "Noor",
    "email": "noor@zeewind.example",
    "language": ["nl", "ar"],
}


class KilledError(BaseException):
    """As a kill: no `except` of ours sees it."""


@dataclass
class Opened:
    """A process that carries the first run of a folder, and how often it opened all pages."""

    folder: Path
    run: InFolder = field(init=False)
    client: FlaskClient = field(init=False)
    times: int = 0

    def __post_init__(self) -> None:
        self.run = InFolder(self.folder, "", BASE, self.count)
        self.client = create_first_app(self.run).test_client()

    def count(self) -> None:
        self.times += 1

    @property
    def path(self) -> str:
        return f"/staff/first/{self.run.token}"

    def look(self, path: str = "") -> str:
        return self.client.get(self.path + path, base_url=BASE).get_data(as_text=True)

    def post(self, step: Step, **fields: str | list[str]) -> TestResponse:
        data = {"step": step.value, **fields}
        return self.client.post(self.path, data=data, headers=SAME_ORIGIN, base_url=BASE)


def who_works_in(folder: Path) -> list[tuple[str, frozenset[Role]]]:
    parts = wire(folder)
    with parts.store.reading() as session:
        found = [(one.name, one.roles) for one in people(session)]
    parts.store.close()
    return found
