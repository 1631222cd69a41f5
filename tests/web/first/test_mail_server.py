"""The mail server that the first run asks for: its password, its name, and what is wrong with it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from devtools.fault_server import Plan, fault_server
from mailer.bootstrap import wire
from mailer.places import default_keys
from mailer.services.administration import starting
from mailer.services.administration.mail_server import MailServer
from mailer.services.administration.starting import Step
from mailer.settings import settings_from
from tests.web.first.opened import SERVER, US, KilledError, Opened
from wording.errors import CarrierError, InvalidInputError, SettingsError


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
