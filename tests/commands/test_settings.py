"""postduif.toml: an error names the file, the key and the known values; a secret never shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailer.settings import settings_from
from wording.errors import SettingsError

EXAMPLE = (Path(__file__).resolve().parents[2] / "postduif.toml").read_text("utf-8")


def told(tmp_path: Path, text: str) -> str:
    (tmp_path / "postduif.toml").write_text(text, "utf-8")
    with pytest.raises(SettingsError) as error:
        settings_from(tmp_path)
    return "\n".join(f"{one.place}: {one.text}" for one in error.value.problems) or str(error.value)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('channel = "post"', 'kanaal = "post"', ("`audiences.detention.kanaal`", "channel")),
        ('fallback = "en"', 'fallback = "fr"', ("‘fr’ is onbekend", "ar, en, nl")),
        ('"detention", "detention-friends"', '"detentie"', ("‘detentie’ is onbekend", "detention")),
        ('formats = "ar_MA"', 'formats = "xx_QQ"', ("`locales.ar.formats`", "xx_QQ")),
        ('cadence = "two-weekly"', 'cadence = "daily"', ("`publications.los.cadence`", "two-weekly")),
        ('stamp = "1.40"', 'stamp = "1,40"', ("`print.rates.0.stamp`", 'een bedrag met een punt, zoals "1.40"')),
        ("port = 25", 'port = "vijf"', ("`smtp.port`",)),
        ("[smtp]", "[smtp", ("postduif.toml:",)),
        ("port = 25", "port = 25\nper_minute = -1", ("`smtp.per_minute`", "minstens 0")),
        ("[smtp]", '[quiet]\nstart = "25:70"\nend = "07:00"\n\n[smtp]', ("`quiet.start`", "22:00")),
        ("[smtp]", '[relays.eigen]\nhost = "mail.example"\n\n[smtp]', ("`smtp`", "[relays]")),
        (
            "[smtp]",
            '[limits.a]\ndomains = ["x.example"]\n[limits.b]\ndomains = ["X.example"]\n\n[smtp]',
            ("`limits.b`", "X.example", "staat ook in a"),
        ),
        ('"#0b5f58"', '"geel"', ("`organisation.look.accent`", "‘geel’", "#0b5f58")),
        ('"#7fd6cd"', '"#fff"', ("`organisation.look.accent_dark`", "‘#fff’")),
        (
            "personal_stories = true",
            "personal_stories = true\nread_on = true",
            ("`publications.meldpunt.read_on`", "on-send"),
        ),
        ("personal_stories = true", 'on_show = "altijd"', ("`publications.meldpunt.on_show`", "'on-send'", "'never'")),
        ("base_url", "base_uri", ("`base_uri`", "base_url")),
        (
            "[smtp]",
            '[returns]\nhost = "mail.example"\nsecurity = "none"\n\n[smtp]',
            ("`returns.security`", "onversleuteld naar mail.example"),
        ),
        (
            "[smtp]",
            '[relays.a]\nhost = "mail.example"\nuser = "noor"\n\n[smtp]',
            ("`relays.a.security`", "onversleuteld naar mail.example"),
        ),
    ],
)
def test_a_wrong_setting_is_named_with_what_is_known(
    tmp_path: Path, before: str, after: str, words: tuple[str, ...]
) -> None:
    assert before in EXAMPLE
    message = told(tmp_path, EXAMPLE.replace(before, after))
    assert "postduif.toml" in message
    for word in words:
        assert word in message


def test_a_folder_without_settings_says_how_to_begin(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="postduif init"):
        settings_from(tmp_path)


@pytest.mark.promise("row 13")
def test_a_secret_comes_from_a_file_and_never_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "postduif.toml").write_text(EXAMPLE, "utf-8")
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "smtp__password").write_text("hier-geheim", "utf-8")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
    settings = settings_from(tmp_path)
    assert settings.smtp.password.get_secret_value() == "hier-geheim"
    assert "hier-geheim" not in repr(settings)
    assert "hier-geheim" not in str(settings)


def test_each_relay_has_a_password_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    provider = 'host = "twee.example"\nuser = "bode"\nsecurity = "tls"'
    several = f'[relays.eigen]\nhost = "een.example"\n[relays.provider]\n{provider}'
    (tmp_path / "postduif.toml").write_text(EXAMPLE.replace('[smtp]\nhost = "localhost"\nport = 25', several), "utf-8")
    monkeypatch.setenv("POSTDUIF_RELAYS__PROVIDER__PASSWORD", "geheim")
    relays = settings_from(tmp_path).relays
    assert {name: (one.host, one.password.get_secret_value()) for name, one in relays.items()} == {
        "eigen": ("een.example", ""),
        "provider": ("twee.example", "geheim"),
    }


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "postduif.toml").write_text(EXAMPLE, "utf-8")
    monkeypatch.setenv("POSTDUIF_SMTP__PORT", "2525")
    assert settings_from(tmp_path).smtp.port == 2525
