"""An office for the tests of the postal desk, and what a test of its pages does in one word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.post_office import PostOffice
from tests.web.staff.conftest import Desks, desks_in


@dataclass
class PostDesk:
    """The desk of Sem, who prints, and what is on it."""

    desks: Desks
    at: PostOffice
    client: FlaskClient
    csrf: str

    def get(self, path: str, **headers: str) -> str:
        return self.ask(path, **headers).get_data(as_text=True)

    def ask(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(f"/staff/post{path}", base_url=self.desks.base, headers=headers)

    def post(self, path: str, **fields: str) -> TestResponse:
        return self.desks.post(self.client, f"/staff/post{path}", csrf=self.csrf, **fields)

    def do(self, run: int, what: str, **fields: str) -> TestResponse:
        """Press a button of the page of a run."""
        return self.post(f"/runs/{run}/do", do=what, **fields)


@pytest.fixture
def desk(desks: Desks) -> PostDesk:
    """An issue that three people wait for."""
    return desk_of(desks)


def desk_of(desks: Desks) -> PostDesk:
    at = PostOffice(desks.staff.office, desks.people["Sem"]).open()
    client = desks.as_("Sem")
    return PostDesk(desks, at, client, desks.csrf(client))


@pytest.fixture(scope="module")
def shared(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostDesk]:
    """One office for tests that only look."""
    with desks_in(tmp_path_factory.mktemp("post") / "desks", migrated_file) as opened:
        yield desk_of(opened)
