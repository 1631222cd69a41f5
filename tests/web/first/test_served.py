"""The first run as `postduif serve` carries it: behind a proxy, and in two processes of one installation."""

from __future__ import annotations

import re
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

from database.paper import paper
from mailer.services.administration import starting
from mailer.services.administration.starting import Start, Step, keys_in
from tests.web.first.conftest import Serving
from tests.web.first.opened import Opened
from tests.web.staff.conftest import SAME_ORIGIN


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
