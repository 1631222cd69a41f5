"""Fields of a form that stand for values of postduif.toml: shown, read back, and said in words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask import request

from mailer.organisation import Cadence, Channel, Showing
from mailer.services.administration.own_house import AsShown
from mailer.services.administration.toml_changes import Change, Key, Value
from web.staff.here import Here
from web.staff.naming import in_language, language_said
from wording import Text, _

MOST = 4000
"""Characters of a field that are read: more than any may have, so that it is refused with a sentence."""
WAS = "was"
"""The field that says what a person saw."""


class Kind(StrEnum):
    LINE = "line"
    LINES = "lines"
    COLOUR = "colour"
    CHOICE = "choice"
    CHOICES = "choices"


@dataclass(frozen=True)
class Field:
    """One value. `locale`: the language it is written in; `latin`: it reads from left to right anywhere."""

    key: Key
    label: Text
    kind: Kind = Kind.LINE
    hint: Text | None = None
    choices: Sequence[tuple[str, str]] = ()
    locale: str = ""
    latin: bool = False

    @property
    def name(self) -> str:
        return "/".join(self.key)


def as_shown(
    here: Here, fields: Iterable[Field], found: AsShown, problem_at: Key | None = None
) -> list[dict[str, Any]]:
    """What the template shows of each: as it was typed just now, or as it is."""
    rows = []
    for one in fields:
        value = typed(one) if one.name in request.form else found.at(*one.key)
        rows.append(
            {
                "name": one.name,
                "label": here.say(one.label),
                "kind": one.kind.value,
                "hint": here.say(one.hint) if one.hint else "",
                "value": value if isinstance(value, list) else [] if value is None else [str(value)],
                "choices": one.choices,
                "locale": one.locale,
                "way": here.office.house.locales[one.locale].direction
                if one.locale
                else "ltr"
                if one.latin
                else "auto",
                "is_wrong": one.key == problem_at,
            }
        )
    return rows


def was_of(fields: Iterable[Field], found: AsShown) -> str:
    """What the form says that the person saw."""
    return json.dumps({one.name: found.at(*one.key) for one in fields})


def changes_of(fields: Iterable[Field]) -> list[Change]:
    """What the form changes of what its person saw. A field that the form has not, changes nothing."""
    was = _was()
    read = ((one, was.get(one.name), typed(one)) for one in fields if one.name in request.form or one.name in was)
    return [Change(one.key, before, value) for one, before, value in read if value != before]


def typed(one: Field) -> Value:
    """What was typed in a field; None for nothing."""
    match one.kind:
        case Kind.LINES:
            lines = request.form.get(one.name, "")[:MOST].splitlines()
            return [line.strip() for line in lines if line.strip()] or None
        case Kind.CHOICES:
            ticked = "\n".join(request.form.getlist(one.name)[:100])[:MOST].splitlines()
            return [value for value in ticked if value] or None
        case _:
            return request.form.get(one.name, "")[:MOST].strip() or None


def said(value: Value) -> str:
    """A value as it is shown and as it goes back in a field."""
    return "\n".join(value) if isinstance(value, list) else "" if value is None else str(value)


def labels(fields: Iterable[Field], here: Here) -> dict[Key, str]:
    """What each is called."""
    return {one.key: here.say(one.label) for one in fields}


def label_of(known: Mapping[Key, str], key: Key) -> str:
    """The label of a key; the key itself, as the file has it, of one that no form has."""
    return known.get(key) or ".".join(key)


def _was() -> dict[str, Value]:
    try:
        found = json.loads(request.form.get(WAS, "{}")[: 40 * MOST])
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


ORGANISATION: tuple[Field, ...] = (
    Field(("organisation", "name"), _("Naam")),
    Field(("organisation", "postal_address"), _("Postadres onder elke nieuwsbrief"), Kind.LINES),
    Field(
        ("organisation", "return_address"),
        _("Afzender op de envelop"),
        hint=_("Eén neutrale regel. Zet hier niet waar de brief over gaat."),
    ),
    Field(("organisation", "website"), _("Website"), latin=True),
    Field(
        ("organisation", "helpline"),
        _("Hulplijn"),
        hint=_("Dit nummer moet in elke vertaling precies zo staan."),
        latin=True,
    ),
)

CADENCES: Mapping[Cadence, Text] = {
    Cadence.WEEKLY: _("elke week"),
    Cadence.TWO_WEEKLY: _("om de week"),
    Cadence.MONTHLY: _("elke maand"),
    Cadence.IRREGULAR: _("een paar keer per jaar"),
}
SHOWINGS: Mapping[Showing, Text] = {
    Showing.ON_SEND: _("met de eerste mail"),
    Showing.BY_HAND: _("als iemand het zegt"),
    Showing.NEVER: _("nooit"),
}
CHANNELS: Mapping[Channel, Text] = {Channel.EMAIL: _("e-mail"), Channel.POST: _("post")}


def publication_fields(here: Here, key: str) -> list[Field]:
    """What may be changed of a newsletter, or is asked of a new one."""
    house, at = here.office.house, ("publications", key)
    running = [(one.key, in_language(here, one.title)) for one in house.audiences.values() if not one.ended]
    return [
        *_in_each_language(here, (*at, "title"), _("Titel")),
        Field((*at, "cadence"), _("Hoe vaak"), Kind.CHOICE, choices=_said(here, CADENCES)),
        *_in_each_language(here, (*at, "sender", "name"), _("Naam van de afzender")),
        Field((*at, "sender", "address"), _("Adres van de afzender"), latin=True),
        Field(
            (*at, "sender", "reply_to"),
            _("Antwoorden gaan naar"),
            hint=_("Iemand moet dit adres lezen."),
            latin=True,
        ),
        Field((*at, "audiences"), _("Doelgroepen"), Kind.CHOICES, choices=running),
        Field((*at, "on_show"), _("In het archief op internet"), Kind.CHOICE, choices=_said(here, SHOWINGS)),
    ]


def audience_fields(here: Here, key: str) -> list[Field]:
    """What may be changed of an audience, or is asked of a new one."""
    at = ("audiences", key)
    languages = [(one.code, one.name) for one in here.office.house.locales.values() if not one.ended]
    return [
        *_in_each_language(here, (*at, "title"), _("Titel")),
        Field((*at, "locales"), _("Talen"), Kind.CHOICES, choices=languages),
        Field(
            (*at, "fallback"),
            _("Wie een andere taal leest, krijgt"),
            Kind.CHOICE,
            choices=languages,
        ),
    ]


def every_label(here: Here) -> dict[Key, str]:
    """What each value is called, wherever it is shown: with the newsletter or audience that it is of."""
    house, found = here.office.house, labels(ORGANISATION, here)
    own = ((publication_fields, house.publications), (audience_fields, house.audiences))
    for fields_of, tables in own:
        for key, one in tables.items():
            title = in_language(here, one.title)
            found |= {at: f"{title}: {words}" for at, words in labels(fields_of(here, key), here).items()}
            found[fields_of(here, key)[0].key[0], key, "ended"] = f"{title}: {here.say(_('Gestopt'))}"
    return found | {("protected",): here.say(_("Teksten die overal precies zo moeten staan"))}


def _in_each_language(here: Here, at: Key, label: Text) -> list[Field]:
    """The source language first; the others may stay empty."""
    house = here.office.house
    codes = [house.source_locale, *(one.code for one in house.locales.values() if one.code != house.source_locale)]
    codes = [one for one in codes if not house.locales[one].ended]
    return [
        Field((*at, one), _("{what}, {language}", what=label, language=language_said(here, one)), locale=one)
        for one in codes
    ]


def _said(here: Here, words: Mapping[Any, Text]) -> list[tuple[str, str]]:
    return [(value.value, here.say(text)) for value, text in words.items()]
