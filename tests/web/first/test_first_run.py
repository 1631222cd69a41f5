"""The first run: one wins, a kill is gone on from, and nobody without the link gets anywhere."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import mkstemp
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from commands import first_run
from commands.first_run import InFolder, Lent
from database.audit import AuditRow, Event
from database.paper import paper
from database.session import Store
from mailer.bootstrap import Parts, wire
from mailer.places import default_keys
from mailer.services.administration import starting
from mailer.services.administration.starting import Start, Step, keys_in
from mailer.services.writing.checks import check
from mailer.settings import settings_from
from staff.roles import Role
from tests.web.first.opened import BASE, US, KilledError, Opened, who_works_in
from wording.errors import SettingsError, Severity


@pytest.mark.parametrize("languages", [["nl"], ["en"], ["ar"], ["en", "ar"], ["nl", "en", "ar"]])
def test_whatever_languages_are_chosen_the_first_issue_is_in_order(tmp_path: Path, languages: list[str]) -> None:
    opened = Opened(tmp_path)
    assert opened.post(Step.US, **{**US, "language": languages}).status_code == 303
    opened.run.close()
    settings = settings_from(tmp_path)
    assert (settings.source_locale, list(settings.locales)) == (languages[0], languages)
    assert settings.organisation.name == "Zee & Wind"
    parts = wire(tmp_path)
    problems = check(parts.press, "nieuws-2026-1")
    parts.store.close()
    wrong = [one.text.msgid for one in problems if one.severity is Severity.ERROR]
    assert all(one.startswith("Nog niet vertaald ({locale})") for one in wrong), wrong
    assert who_works_in(tmp_path) == [("Noor", frozenset({Role.ADMIN, Role.EDITOR}))]


def test_who_works_alone_says_so_and_the_trail_has_it(opened: Opened) -> None:
    assert "Kijkt een tweede persoon mee" in opened.look()
    assert opened.post(Step.US, **US, second="no").status_code == 303
    opened.run.close()
    assert not settings_from(opened.folder).approval.four_eyes
    parts = wire(opened.folder)
    with parts.store.reading() as session:
        rows = [dict(one.detail) for one in session.scalars(select(AuditRow)) if one.event == "second_person"]
    parts.store.close()
    assert rows == [{"needed": False}]


def test_init_and_the_first_run_write_the_same_files(opened: Opened, tmp_path: Path) -> None:
    starting.begin(tmp_path / "init", Start())
    opened.post(Step.US, **US)
    opened.run.close()
    written, by_page = (
        {str(path.relative_to(one)) for path in one.rglob("*") if not {*path.parts} & {"var", "translations"}}
        for one in (tmp_path / "init", opened.folder)
    )
    assert by_page == written
    names = [{path.name for path in default_keys(one).iterdir()} for one in (tmp_path / "init", opened.folder)]
    assert names[0] == names[1] > {"data.1"}


def test_keys_of_another_folder_of_this_name_are_never_taken(opened: Opened, tmp_path: Path) -> None:
    starting.begin(tmp_path / "elsewhere" / opened.folder.name, Start())
    with pytest.raises(SettingsError, match="staan al sleutels"):
        starting.begin(opened.folder, Start())
    assert not (opened.folder / "postduif.toml").exists()


def test_of_two_first_runs_at_once_one_wins_and_the_other_is_told(opened: Opened) -> None:
    other = Opened(opened.folder)
    assert "Welkom bij Postduif" in opened.look()
    assert "Welkom bij Postduif" in other.look()
    assert opened.post(Step.US, **US).status_code == 303
    late = other.post(Step.US, **{**US, "organisation": "Een ander", "name": "Bram"})
    assert late.status_code == 409
    assert "Iemand anders was net eerder" in late.get_data(as_text=True)
    assert "Bewaar de sleutels" in late.get_data(as_text=True)
    assert who_works_in(opened.folder) == [("Noor", frozenset({Role.ADMIN, Role.EDITOR}))]
    for one in (opened, other):
        one.post(Step.KEYS, line=paper(keys_in(opened.folder))[0])
    assert "Langs welke mailserver" in other.look()
    other.post(Step.MAIL, do="later")
    ended = opened.post(Step.ISSUE)
    assert "/staff/sign-in/" in ended.headers["Location"]
    assert other.client.get(other.path, base_url=BASE).headers["Location"] == f"{BASE}/staff/"
    assert (opened.times, other.times) == (1, 1)


@pytest.mark.parametrize("where", ["complete", "create_whole", "go_to"])
def test_killed_halfway_it_goes_on_and_nothing_is_half_done(
    opened: Opened, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    real: Callable[..., object] = getattr(starting, where)

    def killed(*arguments: object) -> None:
        if where != "go_to" or arguments[-1] is Step.KEYS:
            raise KilledError
        real(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(starting, where, killed)
        with pytest.raises(KilledError):
            opened.post(Step.US, **US)
    opened.run.close()
    again = Opened(opened.folder)
    assert InFolder.needed(opened.folder, "")
    if where == "go_to":  # the person was there already
        assert "Bewaar de sleutels" in again.look()
    else:
        assert again.post(Step.US, **US).status_code == 303
    assert again.post(Step.KEYS, line=paper(keys_in(opened.folder))[0]).status_code == 303
    again.run.close()
    assert who_works_in(opened.folder) == [("Noor", frozenset({Role.ADMIN, Role.EDITOR}))]


@pytest.mark.parametrize("file", [".gitignore", "postduif.toml", "var/begun", "issues/nieuws-2026-1/issue.md"])
def test_the_half_of_a_file_that_a_kill_left_is_taken_away(tmp_path: Path, file: str) -> None:
    place = tmp_path / "nieuw" / file
    place.parent.mkdir(parents=True)
    handle, half = mkstemp(dir=place.parent, prefix=f".{place.name}.")  # as in mailer.files
    os.close(handle)
    assert InFolder.needed(tmp_path / "nieuw", "")
    starting.begin(tmp_path / "nieuw", Start())
    assert not Path(half).exists()


@pytest.mark.parametrize("name", [".gitignore.orig", ".postduif.toml.swp", "..gitignore.Een-eigen-bestand"])
def test_what_is_no_half_of_ours_is_left_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("van mij")
    assert not InFolder.needed(tmp_path, "")


def test_killed_between_settings_and_the_first_person_only_the_person_is_asked(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(InFolder, "_office", lambda self: (_ for _ in ()).throw(KilledError))
        with pytest.raises(KilledError):
            opened.post(Step.US, **US)
    again = Opened(opened.folder)
    assert "De map van Zee &amp; Wind is er al" in again.look()
    assert again.post(Step.US, name="Noor", email="noor@zeewind.example").status_code == 303
    again.run.close()


def test_a_folder_that_is_no_beginning_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "brief.txt").write_text("van mij")
    assert not InFolder.needed(tmp_path, "")
    (tmp_path / "brief.txt").unlink()
    assert InFolder.needed(tmp_path, "")
    starting.begin(tmp_path, Start())
    assert InFolder.needed(tmp_path, "")


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"organisation": " "}, "Vul de naam van je organisatie in."),
        ({"name": ""}, "Vul je eigen naam in."),
        ({"email": "noor@"}, 'id="problem"'),
        ({"language": []}, "Kies minstens één taal."),
        ({"language": ["xx", "../../etc"]}, "Kies minstens één taal."),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_written(
    opened: Opened, changed: dict[str, str | list[str]], says: str
) -> None:
    answer = opened.post(Step.US, **{**US, **changed})
    assert answer.status_code == 422
    assert says in answer.get_data(as_text=True)
    assert not opened.folder.exists()


@pytest.mark.parametrize("name", ['A"\n[smtp]\nhost = "evil"', "{{7*7}}", "O'Brien; DROP", "\u202eabc", "x" * 200])
def test_an_odd_name_of_an_organisation_stays_a_name(opened: Opened, name: str) -> None:
    assert opened.post(Step.US, **{**US, "organisation": name}).status_code == 303
    opened.run.close()
    settings = settings_from(opened.folder)
    assert settings.organisation.name == " ".join(name.split())
    assert settings.smtp.host == "localhost"


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "brief.txt").write_text("van mij")
    answer = Opened(tmp_path / "brief.txt" / "nieuw").post(Step.US, **US)
    assert answer.status_code == 500
    assert "kan niet gemaakt worden" in answer.get_data(as_text=True)


def test_without_the_link_or_from_another_site_there_is_nothing(opened: Opened) -> None:
    for path in ("/", "/staff/", "/staff/first/x", "/staff/first/", f"{opened.path}/paper", "/nl/"):
        answer = opened.client.get(path, base_url=BASE)
        assert answer.status_code == 404
        assert opened.run.token not in answer.get_data(as_text=True)
    for headers in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert (
            opened.client.post(opened.path, data={"step": "us", **US}, headers=headers, base_url=BASE).status_code
            == 403
        )
    assert opened.client.get(opened.path, base_url="http://evil.example").status_code == 400
    assert not opened.folder.exists()


def test_keys_that_were_shown_and_checked_stand_in_the_trail(opened: Opened) -> None:
    opened.post(Step.US, **US)
    first = paper(keys_in(opened.folder))[0]
    assert first in opened.look("/paper")
    opened.post(Step.KEYS, line=first)
    opened.run.close()
    parts = wire(opened.folder)
    with parts.store.reading() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.event == Event.KEY).order_by(AuditRow.seq)).all()
        assert [row.detail for row in rows] == [{"step": "printed"}, {"step": "checked", "wrong": 0}]
    parts.store.close()


def test_requests_at_once_wire_one_store_and_the_last_closes_it(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened.post(Step.US, **US)
    opened.run.close()
    lent, at_once = Lent(opened.folder, ""), Barrier(8)
    wired, closed = [], []

    def counted(*where: Any) -> Parts:
        wired.append(wire(*where))
        return wired[-1]

    monkeypatch.setattr(first_run, "wire", counted)
    monkeypatch.setattr(Store, "close", lambda _store: closed.append(1))

    def ask(_number: int) -> None:
        at_once.wait(60)
        with lent.parts():
            at_once.wait(60)
            lent.close()
            assert closed == []
            at_once.wait(60)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(8)))
    assert (len(wired), len(closed)) == (1, 1)
    monkeypatch.undo()
    wired[0].store.close()
