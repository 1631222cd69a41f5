"""What the tests of the organisation's pages share: forms as a browser sends them, and the file of settings."""

from __future__ import annotations

import html
import json
import re

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from database.audit import AuditRow
from mailer.services.publishing import approval
from mailer.services.translating import messages
from tests.web.staff.conftest import SENT, Desks

PAGE = "/staff/organisation"
HELPLINE = ("organisation", "helpline")
OLD, NEW = "010-000 0199", "010-000 0177"


def shown(desks: Desks, client: FlaskClient, path: str = PAGE) -> str:
    return client.get(path, base_url=desks.base).get_data(as_text=True)


def form_of(page: str) -> dict[str, str]:
    """The form with `was` as a browser would send it untouched; and what goes along unseen."""
    [form] = [one for one in re.findall(r"<form.*?</form>", page, re.DOTALL) if 'name="was"' in one]
    found = {
        html.unescape(name): html.unescape(value)
        for name, value in re.findall(r'<input[^>]*?name="([^"]*)" value="([^"]*)"(?![^>]*type="radio")', form)
    }
    lines = re.findall(r'<textarea[^>]*?name="([^"]*)"[^>]*>(.*?)</textarea>', form, re.DOTALL)
    return {**found, **{name: html.unescape(value) for name, value in lines}}


def carried(page: str) -> dict[str, str]:
    """Everything that goes along unseen."""
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page.partition("<main")[2])
    return {html.unescape(name): html.unescape(value) for name, value in found}


def save(desks: Desks, client: FlaskClient, page: str, **typed: str) -> TestResponse:
    fields = {**form_of(page), **{name.replace("__", "/"): value for name, value in typed.items()}}
    return desks.post(client, PAGE, **fields)


def written(desks: Desks) -> str:
    return (desks.staff.office.content.folder / "postduif.toml").read_text("utf-8")


def by_hand(desks: Desks, before: str, after: str) -> None:
    path = desks.staff.office.content.folder / "postduif.toml"
    assert before in path.read_text("utf-8")
    path.write_text(path.read_text("utf-8").replace(before, after), "utf-8")


def trail(desks: Desks) -> list[list[list[object]]]:
    with desks.store.reading() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.event == "house").order_by(AuditRow.seq))
        return [json.loads(str(one.detail["changes"])) for one in rows]


def approved(desks: Desks) -> None:
    office, bram, amina = desks.staff.office, desks.people["Bram"], desks.people["Amina"]
    messages.approve_issue(office, bram, SENT)
    approval.approve(office, amina, SENT, seen=approval.proposal(office, amina, SENT).digest)
