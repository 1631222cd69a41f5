"""What the columns of one file mean: by their names, by the vendor that wrote it, and by what whoever imports says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from subscribers.importing.names import MEANINGS, WORDS, bare, is_not_kept
from subscribers.importing.source import ImportFileError, Table
from subscribers.importing.statuses import STANDINGS
from wording import _

SEVERAL = frozenset({"status", "reads", "left", "bounced", "complained"})
"""A file may say in more than one column whether somebody reads; the worst counts."""


@dataclass(frozen=True)
class Vendor:
    """Where a column of one vendor means something of its own. `marks` are columns that only its files have."""

    marks: frozenset[str]
    columns: Mapping[str, str]
    """Bare name to our word; "" is: not kept."""
    needs_asked: bool = False
    """True: its date of consent counts only where `asked` is filled in too; without it the vendor's user did it."""


VENDORS = (
    Vendor(  # Mailchimp; its region is a code of a state, not the organisation's own
        frozenset({"leid", "euid"}),
        {"optintime": "asked", "confirmtime": "since", "region": "", "cc": ""},
        needs_asked=True,
    ),
    Vendor(frozenset({"uuid", "attributes"}), {"createdat": "since"}),  # listmonk
    Vendor(frozenset({"activesubscription", "emaildisabled"}), {"createdat": "since"}),  # Substack
)
"""Elsewhere a time of creation is not a time of consent: staff create readers too."""


@dataclass(frozen=True)
class Form:
    """What the columns of one file mean, by their place."""

    columns: tuple[tuple[int, str], ...]
    values: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    """By column: a value of the file, in small letters, and what it stands for; "*" is any other value."""
    needs_asked: bool = False
    unnamed: tuple[int, ...] = ()
    """Columns without a name: nothing may stand in them."""

    @cached_property
    def places(self) -> tuple[int, ...]:
        return tuple(place for place, _word in self.columns)

    @cached_property
    def says_who_left(self) -> bool:
        return any(word in SEVERAL for _place, word in self.columns)


def guessed(header: Iterable[str]) -> dict[str, str | None]:
    """What each column means by its name, "" for one that is not kept, None for one that nobody knows."""
    names = list(header)
    vendor = next((one for one in VENDORS if one.marks <= {bare(name) for name in names}), None)
    known = {name: _meaning(name, {}, vendor) for name in names}
    return {name: meaning[0] if meaning else None for name, meaning in known.items()}


def form_of(table: Table, said: Mapping[str, str] | None = None) -> Form:
    """What the columns of a file mean. `said` gives a column ("plaats") or a value of one ("status:inactief") another
    meaning; "" is: do not keep it, or it says nothing.

    Raises ImportFileError for a column nobody knows, one that is not there, and a file without addresses.
    """
    meanings, values = _said(table.header, said or {})
    vendor = next((one for one in VENDORS if one.marks <= {bare(name) for name in table.header}), None)
    found: list[tuple[int, str, int]] = []
    unknown: list[str] = []
    for place, name in enumerate(table.header):
        known = _meaning(name, meanings, vendor)
        if known is None:
            unknown.append(name)
        elif known[0]:
            found.append((place, *known))
    if unknown := [name for name in unknown if name]:
        raise _unknown(unknown)
    columns = tuple(_best(table.header, found))
    if "email" not in {word for _place, word in columns}:
        raise ImportFileError(_("Er is geen kolom met e-mailadressen; noem die ‘email’."))
    _check_values(table.header, columns, values)
    asked = vendor is not None and vendor.needs_asked and "since" not in meanings.values()
    return Form(columns, values, asked, tuple(n for n, name in enumerate(table.header) if not name))


def _check_values(
    header: tuple[str, ...], columns: Iterable[tuple[int, str]], values: Mapping[int, Mapping[str, str]]
) -> None:
    """Raises ImportFileError for a value of a column that has no values to explain, and for a status nobody knows."""
    words = dict(columns)
    for place, meanings in values.items():
        word = words.get(place, "")
        if word not in SEVERAL and word != "language":
            raise ImportFileError(_("Kolom ‘{column}’ heeft geen waarden die iets betekenen.", column=header[place]))
        for meant in meanings.values():
            if word in SEVERAL and meant and meant not in STANDINGS:
                known = "reads, left, bounced, complained"
                raise ImportFileError(
                    _("Deze betekenis kennen we niet: {wrong}. Wel: {known}.", wrong=meant, known=known)
                )


def _unknown(names: Iterable[str]) -> ImportFileError:
    return ImportFileError(
        _(
            "Onbekende kolommen: {unknown}. Geef een kolom een betekenis met --map kolom=betekenis, of sla haar over "
            "met --map kolom= Betekenissen zijn: {known}.",
            unknown=", ".join(sorted(names)),
            known=", ".join(WORDS),
        )
    )


def _meaning(name: str, said: Mapping[str, str], vendor: Vendor | None) -> tuple[str, int] | None:
    """Our word for a column and its rank; an empty word for what is not kept, None for what nobody knows."""
    if name in said:
        return said[name], -1
    own = bare(name)
    if vendor is not None and own in vendor.columns:
        return vendor.columns[own], 0
    return MEANINGS.get(own) or (("", 0) if own and is_not_kept(own) else None)


def _best(header: tuple[str, ...], found: list[tuple[int, str, int]]) -> Iterable[tuple[int, str]]:
    """Of columns of one meaning the one with the best rank. Raises ImportFileError when two have it."""
    for place, word, rank in found:
        rivals = [(other, n) for n, same, other in found if same == word and n != place and word not in SEVERAL]
        if any(other == rank for other, _n in rivals):
            same = sorted({header[place], *(header[n] for other, n in rivals if other == rank)})
            raise ImportFileError(
                _("Deze kolommen betekenen hetzelfde: {columns}.", columns=", ".join(same))
                if len(same) > 1
                else _("Deze kolom staat er twee keer: {columns}.", columns=same[0])
            )
        if all(other > rank for other, _n in rivals):
            yield place, word


def _said(header: tuple[str, ...], said: Mapping[str, str]) -> tuple[dict[str, str], dict[int, dict[str, str]]]:
    """Meanings by column, and by column the meanings of values. Raises ImportFileError."""
    meanings: dict[str, str] = {}
    values: dict[int, dict[str, str]] = {}
    missing: list[str] = []
    for key, word in said.items():
        column, colon, value = key.rpartition(":")
        if key in header:
            meanings[key] = word
        elif colon and column.strip() in header:
            for place in (n for n, name in enumerate(header) if name == column.strip()):
                values.setdefault(place, {})[value.strip()] = word
        else:
            missing.append(column.strip() if colon else key)
    if missing:
        raise ImportFileError(_("Deze kolom ontbreekt: {columns}.", columns=", ".join(sorted(missing))))
    if wrong := sorted({word for word in meanings.values() if word} - set(WORDS)):
        raise ImportFileError(
            _("Deze betekenis kennen we niet: {wrong}. Wel: {known}.", wrong=", ".join(wrong), known=", ".join(WORDS))
        )
    return meanings, values
