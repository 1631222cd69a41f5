"""Change single values of postduif.toml and leave every other byte, comments too, as it was. Pure: octets in and out.

A value is what JSON also has: text, a yes or no, a list of texts. None is: not there.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from wording import _
from wording.errors import ConflictError, SettingsError

OWN = ("organisation", "source_locale", "locales", "publications", "audiences", "protected", "approval", "print")
"""What the organisation says of itself: every process goes by it as it is written now. The rest is of the machine."""
Value = str | bool | list[str] | None
_BY_LANGUAGE = frozenset({"title", "name"})
"""Words in each language: written in one line."""
Key = tuple[str, ...]
"""Where a value stands: ("publications", "los", "title", "nl")."""


@dataclass(frozen=True)
class Change:
    """One value: where it stands, what it was when a person saw it, and what it is to be."""

    key: Key
    was: Value
    value: Value

    @property
    def back(self) -> Change:
        """What undoes it."""
        return replace(self, was=self.value, value=self.was)


class SettledElsewhereError(ConflictError):
    """Someone changed the same values since they were shown; nothing was written. `theirs`: what they are now."""

    def __init__(self, theirs: Mapping[Key, Value]) -> None:
        super().__init__(_("Iemand anders heeft dit intussen veranderd; er is niets overschreven."))
        self.theirs = dict(theirs)


def values_in(written: bytes) -> dict[str, Any]:
    """The file as tables. Raises SettingsError for what is no TOML."""
    try:
        return tomllib.loads(written.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(_("De instellingen zijn niet te lezen.")) from error


def own_text(written: bytes) -> str:
    """The organisation's own part of a file, as TOML. Raises SettingsError for what is no TOML."""
    tables = values_in(written)
    return tomlkit.dumps({name: tables[name] for name in OWN if name in tables})


def value_at(tables: Mapping[str, Any], key: Key) -> Value:
    """The value there; None when there is none."""
    here: Any = tables
    for part in key:
        if not isinstance(here, Mapping) or part not in here:
            return None
        here = here[part]
    if isinstance(here, list):
        return [str(one) for one in here]
    return here if isinstance(here, (str, bool)) else None


def changed(written: bytes, changes: Sequence[Change]) -> bytes:
    """The file with these values.

    What is so already stays. Raises SettledElsewhereError when a value is neither what was seen nor what it is to be,
    SettingsError for what is no TOML.
    """
    tables = values_in(written)
    theirs = {one.key: found for one in changes if (found := value_at(tables, one.key)) not in (one.was, one.value)}
    if theirs:
        raise SettledElsewhereError(theirs)
    try:
        document: Any = tomlkit.parse(written.decode("utf-8"))
        for one in changes:
            if value_at(tables, one.key) != one.value:
                _put(document, one.key, one.value)
        after = tomlkit.dumps(document).encode()
    except TOMLKitError as error:
        raise SettingsError(_("De instellingen zijn niet te lezen.")) from error
    now = values_in(after)
    if any(value_at(now, one.key) != one.value for one in changes):  # where it cannot be put, nothing is written
        raise SettingsError(_("Dit kan hier niet veranderd worden. Verander het in postduif.toml zelf."))
    return after


def _put(document: Any, key: Key, value: Value) -> None:
    here = document
    for part in key[:-1]:
        if part not in here:
            if value is None:
                return
            here[part] = tomlkit.inline_table() if part in _BY_LANGUAGE else tomlkit.table()
        here = here[part]
    name = key[-1]
    if value is None:
        here.pop(name, None)
    elif isinstance(value, list) and name in here:
        _put_list(here, name, value)
    else:
        here[name] = value


def _put_list(here: Any, name: str, value: list[str]) -> None:
    """Entry by entry, as far as their order allows: a comment behind one that stays, stays."""
    array = here[name]
    for at in reversed(range(len(array))):
        if str(array[at]) not in value:
            del array[at]
    for one in value[len(array) :]:
        array.append(one)
    if [str(one) for one in array] != value:
        here[name] = value
