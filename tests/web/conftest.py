"""The public pages over a database of their own, with the settings of the example organisation."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import inspect, text

from database.base import now
from database.keys import KeyRing
from database.session import Store
from mailer.ledger.notices import Notice
from mailer.organisation import House
from tests.support.office import office_of
from tests.support.staff_mail import mailed
from web import forms
from web.app import create_app

HOST = "nieuws.voorbeeld.example"


@dataclass(frozen=True)
class Pages:
    """The application and what stands behind it."""

    house: House
    store: Store
    keys: KeyRing
    app: Flask

    def client(self) -> FlaskClient:
        return self.app.test_client()

    def form(self, **changed: object) -> dict[str, object]:
        """A form as a person fills it in, with fields changed; None leaves one out."""
        made = forms.signed_now(self.keys, now() - timedelta(seconds=30))
        fields = {
            "email": "anna@lezers.example",
            "audience": ["legal-aid"],
            "locale": "nl",
            "website": "",
            "form": made,
        }
        return {name: value for name, value in {**fields, **changed}.items() if value is not None}

    def mails(self) -> list[Notice]:
        """What waits to be mailed."""
        return mailed(self.store, self.house)

    def contents(self) -> str:
        """Every row of every table: equal before and after means that nothing changed."""
        with self.store.reading() as session:
            tables = inspect(self.store.engine).get_table_names()
            return repr([session.execute(text(f'SELECT * FROM "{name}"')).all() for name in sorted(tables)])  # noqa: S608


@pytest.fixture
def pages(migrated_file: Path, tmp_path: Path) -> Iterator[Pages]:
    keys = KeyRing.generated()
    store = Store(f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'postduif.sqlite')}", keys)
    office = office_of(store)
    yield Pages(office.house, store, keys, create_app(office))
    store.close()


def link_in(notice: Notice) -> str:
    """The path of the link in a mail."""
    [line] = [line for line in notice.text.split("\n") if line.startswith("https://")]
    return line.removeprefix(f"https://{HOST}")
