"""`::: name title {attributes}` … `:::`: the closed set of containers, one function per name."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time

from mailer.document.attributes import Attributed, attributed
from mailer.document.nodes import Action, AgendaItem, Block, Blocks, CaseLaw, Columns, KeyNumber, Source
from mailer.document.tree import Branch, Reading
from wording import Text, _

Build = Callable[[Reading, tuple[Branch, ...]], Blocks[Source]]
"""How the blocks inside a container are made; `build.py` passes itself, because containers nest."""

_ECLI = re.compile(r"ECLI:[A-Z]{2}:[A-Z0-9.]{1,7}:[0-9]{4}:[A-Z0-9.]{1,25}")
"""European Case Law Identifier, https://e-justice.europa.eu/content_european_case_law_identifier_ecli-175-en.do"""

_KEYS = {
    "case-law": {"court": True, "date": True, "ecli": True, "url": False},
    "agenda": {"date": True, "time": False, "place": False},
    "number": {},
    "action": {"url": True},
    "columns": {},
    "column": {},
    "standing": {},
}
"""The attributes of each container; True for those that must be there."""

_NO_TITLE = frozenset({"columns", "column"})


class _Opening:
    """The first line of a container, with what is wrong with it reported once."""

    def __init__(self, reading: Reading, branch: Branch) -> None:
        self.reading, self.line = reading, reading.line(branch)
        self.name, _space, rest = branch.token.info.strip().partition(" ")
        self.with_attributes: Attributed = attributed(rest.strip())
        self.title = self.with_attributes.text
        self.is_closed = bool(branch.token.meta["closed"])
        if not self.is_closed:
            self.wrong(_("Dit blok wordt niet gesloten; zet aan het eind een regel met :::."))

    def wrong(self, text: Text) -> None:
        self.reading.problem(self.line, text)

    def check(self) -> bool:
        """Report a wrong title and wrong attributes; false when the container cannot be made."""
        known, given = _KEYS[self.name], self.with_attributes.values
        for key in given.keys() - known.keys():
            known_keys = ", ".join(known) or "–"
            self.wrong(
                _("‘{key}’ kan niet bij :::{name}; wel: {known}.", key=key, name=" " + self.name, known=known_keys)
            )
        for key in self.with_attributes.repeated:
            self.wrong(_("‘{key}’ staat er twee keer.", key=key))
        missing = [key for key, needed in known.items() if needed and not given.get(key, "").strip()]
        for key in missing:
            self.wrong(_('Bij ::: {name} ontbreekt {key}="…".', name=self.name, key=key))
        if bool(self.title) == (self.name in _NO_TITLE):
            missing.append("title")
            self.wrong(self._title_wrong())
        return not missing

    def _title_wrong(self) -> Text:
        if self.title:
            return _("Achter ::: {name} hoort geen tekst.", name=self.name)
        return _(
            "Achter ::: {name} ontbreekt de tekst: een titel, een getal, een knoptekst of de naam van de vaste tekst.",
            name=self.name,
        )

    def words(self, key: str = "") -> Source:
        return self.reading.source(self.with_attributes.values[key].strip() if key else self.title, self.line)

    def day(self) -> date | None:
        value = self.with_attributes.values["date"].strip()
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.wrong(_("‘{value}’ is geen datum; schrijf die als 2026-12-31.", value=value))
            return None

    def time(self) -> time | None:
        value = self.with_attributes.values.get("time", "").strip()
        try:
            return time.fromisoformat(value) if value else None
        except ValueError:
            self.wrong(_("‘{value}’ is geen tijd; schrijf die als 14:30.", value=value))
            return None


def container(reading: Reading, branch: Branch, build: Build) -> Blocks[Source]:
    """The blocks that this container stands for: one, or for a standing text as many as it has."""
    opening = _Opening(reading, branch)
    if opening.name not in _KEYS:
        opening.wrong(_("‘::: {name}’ bestaat niet; wel: {known}.", name=opening.name, known=", ".join(_KEYS)))
        return build(reading, branch.children)
    if not opening.check():
        return ()
    return _MAKERS[opening.name](opening, branch, build)


def _case_law(opening: _Opening, branch: Branch, build: Build) -> Blocks[Source]:
    decided, values = opening.day(), opening.with_attributes.values
    ecli = values["ecli"].strip()
    if not _ECLI.fullmatch(ecli):
        opening.wrong(_("‘{ecli}’ is geen ECLI; die ziet eruit als ECLI:NL:RBDHA:2026:12345.", ecli=ecli))
    inside = build(opening.reading, branch.children)
    if decided is None:
        return ()
    return (CaseLaw(opening.words(), opening.words("court"), decided, ecli, values.get("url") or None, inside),)


def _agenda(opening: _Opening, branch: Branch, build: Build) -> Blocks[Source]:
    day, starts = opening.day(), opening.time()
    place = opening.words("place") if opening.with_attributes.values.get("place", "").strip() else None
    inside = build(opening.reading, branch.children)
    return () if day is None else (AgendaItem(opening.words(), day, starts, place, inside),)


def _number(opening: _Opening, branch: Branch, build: Build) -> Blocks[Source]:
    return (KeyNumber(opening.title, build(opening.reading, branch.children)),)


def _action(opening: _Opening, branch: Branch, build: Build) -> Blocks[Source]:
    if branch.children and opening.is_closed:
        opening.wrong(_("In een ::: action staat geen tekst; zet die erboven of eronder."))
    after = () if opening.is_closed else build(opening.reading, branch.children)
    return (Action(opening.words(), opening.with_attributes.values["url"].strip()), *after)


def _columns(opening: _Opening, branch: Branch, build: Build) -> Blocks[Source]:
    if not opening.is_closed:
        return _loose(opening.reading, branch.children, build)
    inside = [child for child in branch.children if _name(child) == "column"]
    if len(inside) != 2 or len(inside) != len(branch.children):
        opening.wrong(_("In ::: columns horen precies twee keer ::: column, en verder niets."))
    for column in inside:
        _Opening(opening.reading, column).check()
    return (Columns(tuple(build(opening.reading, column.children) for column in inside)),)


def _loose(reading: Reading, branches: tuple[Branch, ...], build: Build) -> Blocks[Source]:
    """What stands in columns that are not closed, one below the other: where each ends is not known."""
    made: list[Block[Source]] = []
    for one in branches:
        made += _loose(reading, one.children, build) if _name(one) == "column" else build(reading, (one,))
    return tuple(made)


def _stray_column(opening: _Opening, branch: Branch, build: Build) -> Blocks[Source]:
    opening.wrong(_("::: column kan alleen in ::: columns staan."))
    return build(opening.reading, branch.children)


def _name(branch: Branch) -> str:
    return branch.token.info.strip().partition(" ")[0] if branch.token.type == "container_open" else ""


def _standing(opening: _Opening, branch: Branch, build: Build) -> Blocks[Source]:
    reading, name = opening.reading, opening.title
    if branch.children and opening.is_closed:
        opening.wrong(_("In ::: standing staat geen tekst; die staat in het bestand van de vaste tekst."))
    if reading.standing:
        opening.wrong(_("Een vaste tekst kan geen andere vaste tekst bevatten."))
        return ()
    if name not in reading.texts:
        known = ", ".join(sorted(reading.texts)) or "–"
        opening.wrong(_("De vaste tekst ‘{name}’ bestaat niet; wel: {known}.", name=name, known=known))
        return ()
    after = () if opening.is_closed else build(reading, branch.children)
    return (*reading.include(name, build), *after)


_MAKERS: dict[str, Callable[[_Opening, Branch, Build], Blocks[Source]]] = {
    "case-law": _case_law,
    "agenda": _agenda,
    "number": _number,
    "action": _action,
    "columns": _columns,
    "column": _stray_column,
    "standing": _standing,
}
