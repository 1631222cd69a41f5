"""Every setting, read once from postduif.toml, secret files and the environment; frozen afterwards.

The file may be read by every editor, so a secret never stands in it. A secret comes from a file in the folder
$CREDENTIALS_DIRECTORY (systemd) named after its key, such as `smtp__password`, or from the environment variable
POSTDUIF_SMTP__PASSWORD; the one that was typed in the first run stands beside the keys, and is read with
them (`mailer.bootstrap.wired`).
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from babel.core import Locale, UnknownLocaleError
from pydantic import ValidationError, model_validator
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError
from pydantic_settings import (
    BaseSettings,
    NestedSecretsSettingsSource,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)

from mailer.artefacts.colours import is_colour
from mailer.broker import mistake_in
from mailer.carriers.in_clear import is_here, mailbox_in_clear, relay_in_clear
from mailer.guarded import OutOfBoundsError, read_inside
from mailer.organisation import Audience, House, LocaleSettings, Organisation, Publication, Showing
from mailer.sections import Approval, Backup, DomainLimit, Print, Quiet, Returns, Smtp, Storage, Web
from mailer.services.administration.toml_changes import OWN
from wording import Text, _
from wording.errors import Place, Problem, SettingsError
from wording.interface import direction

FILE = "postduif.toml"


class Settings(BaseSettings):
    """The whole of postduif.toml."""

    model_config = SettingsConfigDict(
        extra="forbid", frozen=True, env_prefix="POSTDUIF_", env_nested_delimiter="__", arbitrary_types_allowed=True
    )

    organisation: Organisation
    base_url: str
    source_locale: str = "nl"
    time_zone: str = "Europe/Amsterdam"
    locales: dict[str, LocaleSettings]
    publications: dict[str, Publication]
    audiences: dict[str, Audience]
    protected: tuple[str, ...] = ()
    approval: Approval = Approval()
    backup: Backup = Backup()
    smtp: Smtp = Smtp()
    relays: dict[str, Smtp] = {}
    """Several relays, by name, in the place of `smtp`."""
    limits: dict[str, DomainLimit] = {}
    quiet: Quiet | None = None
    storage: Storage = Storage()
    print: Print = Print()
    returns: Returns = Returns()
    web: Web = Web()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment and secret files win over the file in the content folder; no .env is ever read."""
        folder = os.environ.get("CREDENTIALS_DIRECTORY")
        if folder is None:
            return env_settings, init_settings
        secrets = SecretsSettingsSource(settings_cls, secrets_dir=folder)
        files = NestedSecretsSettingsSource(secrets, secrets_prefix="", secrets_nested_delimiter="__")
        return env_settings, files, init_settings

    @model_validator(mode="before")
    @classmethod
    def _name_the_tables(cls, data: dict[str, Any]) -> dict[str, Any]:
        """A table knows its own key: `[audiences.detention]` is the audience with key "detention"."""
        for group, key in (("audiences", "key"), ("publications", "key"), ("locales", "code")):
            tables = data.get(group)
            if isinstance(tables, dict):
                data[group] = {name: {**table, key: name} for name, table in tables.items() if isinstance(table, dict)}
        for code, table in data.get("locales", {}).items():
            table.setdefault("direction", _direction(code))
        return data

    @model_validator(mode="after")
    def _know_each_other(self) -> Settings:
        mistakes = list(_mistakes(self))
        if mistakes:
            raise ValidationError.from_exception_data("postduif.toml", mistakes)
        return self

    def house(self) -> House:
        """What steps 1–5 receive."""
        return House(
            self.organisation,
            self.base_url.rstrip("/"),
            self.source_locale,
            self.time_zone,
            self.locales,
            self.audiences,
            self.publications,
            self.protected,
        )


_OWN_NAMES = {"key", "code"}
"""The name of a table, which we fill in ourselves."""

_EXPECTED = {
    "int": _("een geheel getal"),
    "float": _("een getal"),
    "decimal": _('een bedrag met een punt, zoals "1.40"'),
    "string": _("een tekst tussen aanhalingstekens"),
    "bool": _("true of false"),
    "tuple": _("een lijst tussen rechte haken"),
    "dict": _("een tabel"),
    "time": _('een tijd, zoals "22:00"'),
}


def settings_from(folder: Path) -> Settings:
    """Read the settings of a content folder.

    Raises SettingsError that names the file, the key and, where there is a choice, the known values.
    """
    return settings_in(_file(folder))


def settings_in(written: bytes) -> Settings:
    """As `settings_from`, of what is in such a file."""
    return _settings(_tables(written))


def _tables(written: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(written.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(
            _("De instellingen zijn niet te lezen."),
            [Problem(_place_of(error), _("Geen geldige TOML: {why}", why=error))],
        ) from None


def _settings(data: dict[str, Any]) -> Settings:
    try:
        return Settings(**data)
    except ValidationError as error:
        problems = [Problem(Place(FILE), _explanation(mistake)) for mistake in error.errors(include_url=False)]
        raise SettingsError(_("De instellingen kloppen niet."), problems) from None


def own_part(folder: Path, now: Settings) -> Settings:
    """The settings of this process, with what the organisation says of itself (`OWN`) as it is written now.

    The rest is of the machine, and is read when a process starts. Raises SettingsError.
    """
    found = settings_from(folder)
    return now.model_copy(update={name: getattr(found, name) for name in OWN})


def kept_part(folder: Path, now: Settings, text: str) -> Settings:
    """As `own_part`, by the text that a machine with the content folder kept in the database. Raises SettingsError."""
    data = _tables(_file(folder))
    found = _settings({name: one for name, one in data.items() if name not in OWN} | _tables(text.encode()))
    return now.model_copy(update={name: getattr(found, name) for name in OWN})


def house_in(written: bytes) -> House:
    """What a postduif.toml with these octets says of the organisation. Raises SettingsError."""
    return settings_in(written).house()


def _file(folder: Path) -> bytes:
    try:
        data = read_inside(folder, folder / FILE)
    except OutOfBoundsError:
        text = _("postduif.toml in {folder} is een koppeling of een apparaat; zet daar een bestand.", folder=folder)
        raise SettingsError(text) from None
    except OSError as error:
        why = error.strerror or str(error)
        raise SettingsError(_("postduif.toml in {folder} is niet te lezen: {why}.", folder=folder, why=why)) from None
    if data is None:
        raise SettingsError(
            _("In {folder} staat geen postduif.toml. Maak een map met `postduif init MAP`.", folder=folder)
        )
    return data


def _place_of(error: ValueError) -> Place:
    line = re.search(r"at line (\d+)", str(error))
    return Place(FILE, int(line[1]) if line else 0)


def _direction(code: str) -> str:
    try:
        return direction(code)
    except ValueError:
        return "ltr"  # the locale itself is reported as unknown by `_mistakes`


def _mistakes(settings: Settings) -> Iterable[InitErrorDetails]:
    """What no single key shows: names that must exist elsewhere in the file."""
    locales, audiences = settings.locales, settings.audiences
    yield from _unknown("source_locale", [settings.source_locale], locales)
    yield from _unknown("time_zone", [settings.time_zone], dict.fromkeys(available_timezones()), show=False)
    for code, locale in locales.items():
        for name, key in ((code, f"locales.{code}"), (locale.formats, f"locales.{code}.formats")):
            if not _is_locale(name):
                yield _mistake(key, name, _("een taalcode van CLDR, zoals nl, ar of ar_MA"))
    for name, audience in audiences.items():
        yield from _unknown(f"audiences.{name}.locales", audience.locales, locales)
        yield from _unknown(f"audiences.{name}.fallback", [audience.fallback], dict.fromkeys(audience.locales))
    for name, publication in settings.publications.items():
        yield from _unknown(f"publications.{name}.audiences", publication.audiences, audiences)
        if publication.read_on and publication.on_show is not Showing.ON_SEND:
            why = _('‘lees verder’ leidt naar het archief: zet erbij on_show = "on-send"')
            yield _conflict(f"publications.{name}.read_on", why)
    if settings.relays and "smtp" in settings.model_fields_set:
        yield _conflict("smtp", _("naast [relays] telt [smtp] niet mee; maak er een relay van"))
    yield from _limited_twice(settings.limits)
    if (mistake := mistake_in(settings.storage.broker, settings.storage.broker_master)) is not None:
        yield _conflict(*mistake)
    look = settings.organisation.look
    for name, colour in (("accent", look.accent), ("accent_dark", look.accent_dark)):
        if not is_colour(colour):
            yield _mistake(f"organisation.look.{name}", colour, _("een kleur als #0b5f58"))
    returns = settings.returns
    if returns.host and returns.security == "none" and not is_here(returns.host):
        yield _conflict("returns.security", mailbox_in_clear(returns.host))
    relays = {f"relays.{name}": one for name, one in settings.relays.items()} or {"smtp": settings.smtp}
    for key, one in relays.items():  # without a password, a relay in a network of one's own may do without TLS
        if one.security == "none" and (one.user or one.password.get_secret_value()) and not is_here(one.host):
            yield _conflict(f"{key}.security", relay_in_clear(one.host))


def _limited_twice(limits: Mapping[str, DomainLimit]) -> Iterable[InitErrorDetails]:
    known: dict[str, str] = {}
    for name, limit in limits.items():
        for domain in limit.domains:
            other = known.setdefault(domain.casefold(), name)
            if other != name:
                yield _conflict(f"limits.{name}", _("{domain} staat ook in {other}", domain=domain, other=other))


def _unknown(
    key: str, names: Iterable[str], known: Mapping[str, Any], *, show: bool = True
) -> Iterable[InitErrorDetails]:
    for name in names:
        if name not in known:
            yield _mistake(
                key, name, ", ".join(sorted(known)) if show else _("een IANA-tijdzone, zoals Europe/Amsterdam")
            )


def _mistake(key: str, value: str, known: Text | str) -> InitErrorDetails:
    problem = PydanticCustomError("unknown_name", "unknown", {"value": value, "known": known})
    return InitErrorDetails(type=problem, loc=tuple(key.split(".")), input=value)


def _conflict(key: str, why: Text) -> InitErrorDetails:
    problem = PydanticCustomError("conflict", "conflict", {"why": why})
    return InitErrorDetails(type=problem, loc=tuple(key.split(".")), input=None)


def _is_locale(name: str) -> bool:
    try:
        Locale.parse(name, sep="_")
    except (ValueError, UnknownLocaleError):
        return False
    return True


def _explanation(mistake: ErrorDetails) -> Text:
    key = ".".join(str(part) for part in mistake["loc"])
    match mistake["type"]:
        case "unknown_name":
            context = mistake["ctx"]
            return _(
                "`{key}`: ‘{value}’ is onbekend. Bekend: {known}.",
                key=key,
                value=context["value"],
                known=context["known"],
            )
        case "conflict":
            return _("`{key}`: {why}.", key=key, why=mistake["ctx"]["why"])
        case "greater_than_equal":
            return _("`{key}` moet minstens {least} zijn.", key=key, least=mistake["ctx"]["ge"])
        case "extra_forbidden" | "unexpected_keyword_argument":
            return _(
                "`{key}` is geen instelling. Bekend: {known}.", key=key, known=", ".join(known_keys(mistake["loc"]))
            )
        case "missing" | "missing_argument":
            return _("`{key}` ontbreekt.", key=key)
        case "enum" | "literal_error":
            return _("`{key}` moet een van deze zijn: {known}.", key=key, known=mistake["ctx"]["expected"])
        case kind if kind.partition("_")[0] in _EXPECTED:
            return _("`{key}` moet {kind} zijn.", key=key, kind=_EXPECTED[kind.partition("_")[0]])
        case _:
            # the value itself may be a secret, so only the rule is shown
            return _("`{key}` klopt niet: {why}", key=key, why=mistake["msg"])


def known_keys(loc: tuple[int | str, ...]) -> list[str]:
    """The keys that may stand where `loc` stands in the file."""
    here: Any = Settings.model_json_schema()
    definitions = here["$defs"]
    for part in loc[:-1]:
        here = here.get("properties", {}).get(part) or here.get("additionalProperties", {})
        if "$ref" in here:
            here = definitions[here["$ref"].rpartition("/")[2]]
    return sorted(set(here.get("properties", {})) - _OWN_NAMES)
