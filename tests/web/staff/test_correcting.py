"""A mistake that was sent is corrected from its page: looked at, approved by another, sent; refused in words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailer.services.sending import orders, overview
from tests.web.staff.conftest import SENT, Desks, desks_in, fill, mistaken

PAGE = f"/staff/issues/{SENT}/correct"


@pytest.fixture
def sent(migrated_file: Path, tmp_path: Path) -> Iterator[Desks]:
    with desks_in(tmp_path / "desks", migrated_file) as desks:
        fill(desks)
        yield desks


def shown(desks: Desks, name: str, query: str = "") -> str:
    answer = desks.as_(name).get(f"{PAGE}{query}", base_url=desks.base)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def seen_in(page: str) -> str:
    return page.partition('name="seen" value="')[2].partition('"')[0]


def test_one_approves_the_correction_and_another_sends_it(sent: Desks) -> None:
    assert f"Verzending {sent.made['number']} van {SENT} is nog niet klaar" in shown(sent, "Bram")
    mistaken(sent)
    page = shown(sent, "Bram")
    assert "De verbetering gaat per e-mail naar 2 lezers" in page
    assert "Verbetering: Elf kamers erbij" in page
    assert "Een proeftijd is een proef, geen examen." in page
    assert "Iemand anders moet deze verbetering eerst goedkeuren" in page
    assert "Verstuur de verbetering aan" not in page
    assert "En lezers per post?" not in page
    seen = seen_in(page)
    bram, amina = sent.as_("Bram"), sent.as_("Amina")
    editor, approver = sent.csrf(bram), sent.csrf(amina)
    assert sent.post(bram, PAGE, csrf=editor, seen=seen).status_code == 409, "not approved yet"
    assert sent.post(bram, f"{PAGE}/approve", csrf=editor, seen=seen).status_code == 403
    assert "Keur deze verbetering goed" in shown(sent, "Amina")
    assert sent.post(amina, f"{PAGE}/approve", csrf=approver, seen="x").status_code == 409
    assert sent.post(amina, f"{PAGE}/approve", csrf=approver, seen=seen).status_code == 303
    assert sent.post(amina, PAGE, csrf=approver, seen=seen).status_code == 403
    assert "Verstuur de verbetering aan 2 lezers" in shown(sent, "Bram")
    first, second = (sent.post(bram, PAGE, csrf=editor, seen=seen) for _ in range(2))
    assert first.status_code == 303
    assert first.headers["Location"] == second.headers["Location"], "two clicks make one mailing"
    office, person = sent.staff.office, sent.people["Bram"]
    [newest, _before] = overview.mailings_of(office, person)
    assert (newest.state, newest.readers) == ("scheduled", 2)
    assert orders.take_back(office, person, newest.id) == 2
    assert "Verstuur de verbetering aan 2 lezers" in shown(sent, "Bram"), "what was taken back can be sent again"
