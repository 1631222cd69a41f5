"""One office for the desk of the translators, with the Arabic of an issue that stands there whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from mailer.services.translating.rows import key_of
from mailer.translation.catalog import Entry
from staff.people import add_person
from staff.roles import Role
from tests.web.staff.conftest import SAME_ORIGIN, Desks, desks_in

SLUG = "meldpunt-2026-3"
PATH = f"/staff/issues/{SLUG}/translate/ar"


@dataclass(frozen=True)
class AtDesk:
    """The office, and what a translator there does."""

    desks: Desks

    def entry(self, number: int) -> Entry:
        """A message by its place in the issue."""
        return [*self.desks.staff.office.content.catalog(SLUG, "ar")[0].entries.values()][number]

    def now(self, msgid: str) -> Entry:
        return self.desks.staff.office.content.catalog(SLUG, "ar")[0].entries[msgid]

    def send(self, who: str, do: str, entry: Entry, text: str = "", **more: str) -> TestResponse:
        """The form of a message, as its page sends it."""
        client = self.desks.as_(who)
        fields = {"csrf": self.desks.csrf(client), "do": do, "msgid": entry.msgid, "seen": entry.msgstr, "text": text}
        path = more.pop("path", f"{PATH}?m={key_of(entry.msgid)}")
        return client.post(path, data=fields | more, headers=SAME_ORIGIN, base_url=self.desks.base)

    def page(self, who: str, path: str) -> str:
        return self.desks.as_(who).get(path, base_url=self.desks.base).get_data(as_text=True)


@pytest.fixture(scope="module")
def at(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AtDesk]:
    with desks_in(tmp_path_factory.mktemp("desk") / "desks", migrated_file) as opened:
        with opened.store.transaction() as session:
            opened.people["Karim"] = add_person(
                session, "Karim", "karim@voorbeeld.example", [Role.TRANSLATOR], ["ar", "en"]
            )
        yield AtDesk(opened)
