"""One office for all tests of writing, and an issue of its own for each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from staff.people import add_person
from staff.roles import Role
from tests.support.forms import Page
from tests.web.staff.conftest import SAME_ORIGIN, Desks, desks_in

_NUMBERS = count(40)
TEXT = """---
title: Recht en opvang, nummer 40   # voorlopig
subject: Vier rubrieken
preheader: En een agenda
date: 2026-11-26
audiences: [legal-aid, womens-orgs]
---

{{greeting}}

De inleiding.

## Opvang {for="legal-aid" #opvang}


Er komen tien plekken bij.

## Zorg

```
## geen kop
```

Zes weken wachten op een arts.

##  Agenda ##

Op {date:2026-12-03} is er spreekuur.
"""


@dataclass
class Writing:
    """An issue, and the people who write it."""

    desks: Desks
    slug: str
    clients: dict[str, FlaskClient] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        return self.desks.staff.office.content.folder / "issues" / self.slug / "issue.md"

    def as_(self, name: str) -> FlaskClient:
        if name not in self.clients:
            self.clients[name] = self.desks.as_(name)
        return self.clients[name]

    def get(self, name: str = "Bram", page: str = "write", status: int = 200) -> Page:
        answer = self.as_(name).get(f"/staff/issues/{self.slug}/{page}", base_url=self.desks.base)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return Page(answer.get_data(as_text=True))

    def fields(self, name: str = "Bram", page: str = "write") -> MultiDict[str, str]:
        """What the form of the page would send as a browser sends it."""
        return self.get(name, page).fields()

    def post(self, fields: MultiDict[str, str], name: str = "Bram", page: str = "write", **more: Any) -> TestResponse:
        return self.as_(name).post(
            f"/staff/issues/{self.slug}/{page}",
            data=fields,
            headers=SAME_ORIGIN | more.get("headers", {}),
            base_url=self.desks.base,
        )

    def text(self) -> str:
        return self.path.read_bytes().decode()


def having(page: Page, **fields: str) -> MultiDict[str, str]:
    """The form of a page with these fields filled in."""
    sent = page.fields()
    for name, value in fields.items():
        sent[name] = value
    return sent


@pytest.fixture(scope="module")
def writers(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    with desks_in(tmp_path_factory.mktemp("writing") / "desks", migrated_file) as desks:
        with desks.store.transaction() as session:
            desks.people["Loes"] = add_person(session, "Loes", "loes@voorbeeld.example", [Role.EDITOR])
        yield desks


@pytest.fixture
def issue(writers: Desks) -> Writing:
    """An issue of four pieces that no other test touches."""
    made = Writing(writers, f"los-2026-{next(_NUMBERS)}")
    made.path.parent.mkdir()
    made.path.write_bytes(TEXT.encode())
    return made
