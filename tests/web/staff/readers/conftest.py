"""An office with readers, each with a reason to be there, and what they were sent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from database.audit import AuditRow
from tests.support.people import ANNA, BAS, CHADIA, reader
from tests.web.staff.conftest import Desks


@dataclass(frozen=True)
class Readers:
    """An administrator looks at readers of two newsletters."""

    desks: Desks
    noor: FlaskClient
    csrf: str
    anna: UUID
    """An ordinary reader of noo-national, and of noo-rotterdam."""
    bas: UUID
    """Reads noo-national alone."""
    chadia: UUID
    """Reads Arabic, and no newsletter that is in it."""

    def get(self, path: str, status: int = 200) -> str:
        answer = self.noor.get(f"/staff{path}", base_url=self.desks.base)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return plain(answer)

    def post(self, path: str, **fields: str) -> TestResponse:
        return self.desks.post(self.noor, f"/staff{path}", csrf=self.csrf, **fields)

    def trail(self, event: str) -> list[tuple[UUID | None, dict[str, object]]]:
        """What the audit trail has of an event: about whom, and the detail."""
        with self.desks.store.reading() as session:
            rows = session.scalars(select(AuditRow).where(AuditRow.event == event).order_by(AuditRow.seq))
            return [(row.subject, row.detail) for row in rows]


def plain(answer: TestResponse) -> str:
    """The words of a page, without its tags."""
    text = re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))
    return " ".join(text.split())


@pytest.fixture
def readers(desks: Desks) -> Readers:
    anna = reader(desks.store, ANNA, "noo-national", "noo-rotterdam")
    bas = reader(desks.store, BAS, "noo-national")
    chadia = reader(desks.store, CHADIA, "noo-national", locale="ar")
    noor = desks.as_("Noor")
    return Readers(desks, noor, desks.csrf(noor), anna, bas, chadia)
