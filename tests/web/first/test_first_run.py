"""The first run: one wins, a kill is gone on from, and nobody without the link gets anywhere."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from tempfile import mkstemp
from threading import Barrier
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from commands import first_run
from commands.first_run import InFolder, Lent
from database.audit import AuditRow, Event
from database.paper import paper
from database.session import Store
from devtools.fault_server import Plan, fault_server
from mailer.bootstrap import Parts, wire
from mailer.places import default_keys
from mailer.services.administration import starting
from mailer.services.administration.mail_server import MailServer
from mailer.services.administration.starting import Start, Step, keys_in
from mailer.services.writing.checks import check
from mailer.settings import settings_from
from staff.people import people
from staff.roles import Role
from tests.web.first.conftest import Serving
from tests.web.staff.conftest import SAME_ORIGIN
from web.first.pages import create_first_app
from wording.errors import CarrierError, InvalidInputError, SettingsError, Severity

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


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    return Opened(tmp_path / "nieuw")


def who_works_in(folder: Path) -> list[tuple[str, frozenset[Role]]]:
    parts = wire(folder)
    with parts.store.reading() as session:
        found = [(one.name, one.roles) for one in people(session)]
    parts.store.close()
    return found


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


def password_of(folder: Path) -> str:
    """What a server is told that starts now."""
    parts = wire(folder)
    parts.store.close()
    return parts.settings.smtp.password.get_secret_value()


def test_a_password_stands_beside_the_keys_and_nowhere_else(opened: Opened) -> None:
    opened.post(Step.US, **US)
    keys = default_keys(opened.folder)
    starting.save_mail(opened.folder, keys, SERVER, "Geheim-Woord-7", "nieuws@zeewind.example")
    opened.run.close()
    assert settings_from(opened.folder).smtp.password.get_secret_value() == ""  # for whoever may not read the keys
    assert password_of(opened.folder) == "Geheim-Woord-7"
    assert (keys / "smtp__password").stat().st_mode & 0o777 == 0o400
    shown = [path for path in opened.folder.rglob("*") if path.is_file() and b"Geheim-Woord-7" in path.read_bytes()]
    assert shown == []


def test_a_password_of_systemd_or_the_environment_wins_and_one_that_cannot_be_read_is_told(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened.post(Step.US, **US)
    opened.run.close()
    keys = default_keys(opened.folder)
    starting.save_mail(opened.folder, keys, SERVER, "beside-the-keys", "nieuws@zeewind.example")
    with monkeypatch.context() as here:
        here.setenv("POSTDUIF_SMTP__PASSWORD", "of-the-environment")
        assert password_of(opened.folder) == "of-the-environment"
    (keys / "smtp__password").unlink()
    (keys / "smtp__password").mkdir()
    with pytest.raises(SettingsError, match="smtp__password is niet te lezen"):
        wire(opened.folder)


@pytest.mark.parametrize("where", ["write_whole", "_keep_secret"])
def test_no_server_is_told_the_password_of_another(opened: Opened, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    """Killed before the settings of the new server are written, or before its password is."""
    opened.post(Step.US, **US)
    opened.run.close()
    keys, sender = default_keys(opened.folder), "nieuws@zeewind.example"
    starting.save_mail(opened.folder, keys, {**SERVER, "host": "old.example"}, "old", sender)

    def killed(*_arguments: object) -> None:
        raise KilledError

    with monkeypatch.context() as patched:
        patched.setattr(starting, where, killed)
        with pytest.raises(KilledError):
            starting.save_mail(opened.folder, keys, {**SERVER, "host": "new.example"}, "new", sender)
    now = settings_from(opened.folder).smtp.host
    assert (now, password_of(opened.folder)) == ("old.example" if where == "write_whole" else "new.example", "")
    starting.save_mail(opened.folder, keys, {**SERVER, "host": "new.example"}, "new", sender)
    assert password_of(opened.folder) == "new"
    starting.save_mail(opened.folder, keys, {**SERVER, "host": "third.example"}, "", sender)
    assert password_of(opened.folder) == ""


@pytest.mark.parametrize("host", ["mail..provider.example", ".mail.example", f"{'a' * 64}.example"])
def test_what_can_be_no_name_of_a_server_is_refused_at_the_form(opened: Opened, host: str) -> None:
    opened.post(Step.US, **US)
    with pytest.raises(InvalidInputError, match="is geen naam van een mailserver"):
        opened.run.choose_mail(MailServer(host, 587, "starttls", "", "", "nieuws@zeewind.example"))
    opened.run.close()


def test_of_what_a_mail_server_says_only_known_words_are_shown(opened: Opened) -> None:
    opened.post(Step.US, **US)
    said = "550 5.1.1 noor@zeewind.example unknown at Blabla"
    with fault_server(Plan(faults={"rcpt": {said: 1.0}})) as (_server, port), pytest.raises(CarrierError) as caught:
        opened.run.choose_mail(MailServer("127.0.0.1", port, "none", "", "", "nieuws@zeewind.example"))
    assert str(caught.value.text.values["answer"]) == "550 … unknown at …"
    opened.run.close()


def test_two_processes_on_one_postgresql_and_valkey_are_one_installation(
    start: Callable[..., Serving], opened: Opened, postgres_url: str, valkey_url: str
) -> None:
    where = {"POSTDUIF_DATABASE": postgres_url, "POSTDUIF_STORAGE__BROKER": valkey_url}
    first = start(opened.folder, "--no-worker", environment=where)
    asked = _http(first)
    link = first.link().removeprefix(first.base)
    assert (
        asked.post(link, step="us", organisation="Zee", language="nl", name="Noor", email="noor@zeewind.example") == 303
    )
    second = start(opened.folder, "--no-worker", environment=where)
    there = _http(second)
    other = second.link().removeprefix(second.base)
    assert "Bewaar de sleutels" in there.get(other)
    assert there.post(other, step="keys", line=paper(keys_in(opened.folder))[0]) == 303
    assert asked.post(link, step="mail", do="later") == 303
    assert asked.post(link, step="issue") == 303
    come_in = re.sub(r"^http://[^/]+", "", asked.location)
    there.get(other)  # the first run is over: it opens its pages too
    assert there.post(come_in) == 303
    asked.cookies = there.cookies  # ports do not part cookies: the session of one is that of both
    assert "Stel je tweede stap in" in asked.get("/staff/set-up")


def _http(server: Serving) -> _Http:
    return _Http(server.base)


class _Http:
    """A browser without a screen."""

    def __init__(self, base: str) -> None:
        self._base, self.cookies, self.location = base, "", ""

    def get(self, path: str) -> str:
        return self._ask("GET", path, b"")[1]

    def post(self, path: str, **fields: str) -> int:
        return self._ask("POST", path, urlencode(fields).encode())[0]

    def _ask(self, method: str, path: str, body: bytes) -> tuple[int, str]:
        connection = HTTPConnection(self._base.removeprefix("http://"))
        headers = {"Cookie": self.cookies, "Content-Type": "application/x-www-form-urlencoded", **SAME_ORIGIN}
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        set_now = [one.partition(";")[0] for one in answer.headers.get_all("Set-Cookie") or []]
        self.cookies = "; ".join([*filter(None, [self.cookies]), *set_now])
        self.location = answer.headers.get("Location", "")
        text = answer.read().decode()
        connection.close()
        return answer.status, text


def test_in_a_folder_with_an_address_the_first_run_is_there_behind_a_proxy(
    start: Callable[..., Serving], tmp_path: Path
) -> None:
    starting.begin(tmp_path, Start("Zee", ("nl",)))
    path = tmp_path / "postduif.toml"
    text = re.sub(r"(?m)^base_url = .*$", 'base_url = "https://nieuws.zeewind.nl/"', path.read_text("utf-8"))
    path.write_text(f'{text}\n[web]\nhosts = ["www.zeewind.nl"]\nproxies = 1\n', "utf-8")
    server = start(tmp_path, "--no-worker")
    link = server.link()
    assert link.startswith("https://nieuws.zeewind.nl/staff/first/")

    def ask(method: str, host: str, body: str = "") -> tuple[int, str]:
        connection = HTTPConnection(server.base.removeprefix("http://"))
        headers = {"Host": host, "Origin": f"https://{host}", "X-Forwarded-Proto": "https"}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, link.removeprefix("https://nieuws.zeewind.nl"), body, headers)
        answer = connection.getresponse()
        connection.close()
        return answer.status, answer.headers.get("Location", "")

    assert [ask("GET", f"{name}.nl")[0] for name in ("nieuws.zeewind", "www.zeewind", "evil")] == [200, 200, 400]
    us = urlencode({"step": "us", "name": "Noor", "email": "noor@zeewind.nl"})
    assert ask("POST", "www.zeewind.nl", us)[0] == 303
    starting.go_to(tmp_path, Step.ISSUE)
    status, onwards = ask("POST", "nieuws.zeewind.nl", "step=issue")
    assert (status, onwards.startswith("https://nieuws.zeewind.nl/staff/sign-in/")) == (303, True)


def test_keys_that_were_shown_and_checked_stand_in_the_trail(opened: Opened) -> None:
    opened.post(Step.US, **US)
    first = paper(keys_in(opened.folder))[0]
    assert first in opened.look("/paper")
    opened.post(Step.KEYS, line=first)
    opened.run.close()
    parts = wire(opened.folder)
    with parts.store.reading() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.event == Event.KEY).order_by(AuditRow.seq)).all()
        assert [row.detail for row in rows] == [{"step": "printed"}, {"step": "checked"}]
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


@pytest.mark.parametrize(
    ("changed", "at"),
    [
        ({"host": "mail server"}, "host"),
        ({"port": "70000"}, "port"),
        ({"security": "geen"}, "security"),
        ({"security": "none"}, "security"),
        ({"sender": "nieuws@"}, "sender"),
    ],
)
def test_what_is_wrong_with_a_mail_server_stands_at_its_field(opened: Opened, changed: dict[str, str], at: str) -> None:
    opened.post(Step.US, **US)
    starting.go_to(opened.folder, Step.MAIL)
    server = {"host": "mail.zeewind.example", "port": "587", "security": "starttls", "sender": "nieuws@zeewind.example"}
    answer = opened.post(Step.MAIL, do="try", **{**server, "user": "noor", "password": "woord", **changed})
    opened.run.close()
    page = answer.get_data(as_text=True)
    assert (answer.status_code, page.count('aria-invalid="true"')) == (422, 1)
    assert f'<a href="#{at}">' in page
    assert re.search(rf'id="{at}"[^>]*aria-invalid="true" aria-describedby="problem"', page)
    assert settings_from(opened.folder).smtp.host == "localhost"


def test_a_problem_that_is_not_of_the_line_does_not_mark_it(opened: Opened) -> None:
    opened.post(Step.US, **US)
    late = opened.post(Step.US, **US)
    opened.run.close()
    assert "aria-invalid" not in late.get_data(as_text=True)
