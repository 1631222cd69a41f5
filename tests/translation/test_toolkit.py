"""Weblate reads and writes PO files with translate-toolkit: what goes through it comes back with nothing lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from translate.storage.pypo import pofile

from devtools.house import ROOT
from mailer.translation.catalog import Catalog, catalog_from, po_from

SLUG, LOCALE = "meldpunt-2026-3", "ar"
FILES = sorted((ROOT / "translations").glob("*/LC_MESSAGES/*.po"))
OF_CONTENT = [file for file in FILES if file.stem != "interface"]
WIDTH = 77
"""Columns; where Weblate breaks lines unless it is told otherwise."""


def read(data: bytes, domain: str = SLUG, locale: str = LOCALE) -> Catalog:
    catalog, problems = catalog_from(data, domain=domain, locale=locale, file=f"{domain}.po")
    assert catalog is not None, problems
    return catalog


def opened(catalog: Catalog) -> Any:
    """As Weblate has it in its hands; its types say little."""
    store: Any = pofile()
    store.parse(po_from(catalog))
    store.wrapper.width = WIDTH
    return store


def whole() -> Catalog:
    """The Arabic of an issue, with a sentence that changed, one that left, and a note of a translator."""
    file = ROOT / "translations" / LOCALE / "LC_MESSAGES" / f"{SLUG}.po"
    catalog = read(file.read_bytes())
    entries = [*catalog.entries.values()]
    entries[3] = replace(entries[3], fuzzy=True, was=f'{entries[3].msgid} Vóór "12\\13":\nnog een regel.')
    entries[4] = replace(entries[4], notes=("أو: «المكتب»؟",))
    gone = replace(entries[-1], comments=(), places=())
    return replace(
        catalog, entries={one.msgid: one for one in entries[:-1]}, obsolete={gone.msgid: replace(gone, fuzzy=False)}
    )


@pytest.mark.parametrize("file", OF_CONTENT, ids=lambda file: f"{file.parts[-3]} {file.stem}")
def test_every_catalog_of_the_examples_goes_through_it_and_comes_back_equal(file: Path) -> None:
    locale, domain = file.parts[-3], file.stem
    ours = read(file.read_bytes(), domain, locale)
    back = read(bytes(opened(ours)), domain, locale)
    assert back == ours
    assert po_from(back) == po_from(ours)


def test_it_finds_the_previous_source_the_mark_and_what_left() -> None:
    ours = whole()
    units = {unit.source: unit for unit in opened(ours).units if not unit.isheader()}
    changed = next(one for one in ours.entries.values() if one.was)
    assert units[changed.msgid].prev_source == changed.was
    assert [source for source, unit in units.items() if unit.isfuzzy()] == [changed.msgid]
    assert [source for source, unit in units.items() if unit.isobsolete()] == [*ours.obsolete]
    assert all(units[one.msgid].target == one.msgstr for one in ours.entries.values())
    assert [*units] == [*ours.entries, *ours.obsolete], "in the order of the issue"


def test_what_weblate_changes_is_read_and_the_rest_is_as_it_was() -> None:
    ours = whole()
    store = opened(ours)
    first, second, third, fourth, *_rest = (unit for unit in store.units if not unit.isheader())
    long = "كلمة " * 60 + "النهاية"
    first.target = long  # is wrapped over lines
    second.target = "يحتاج إلى نظرة"
    second.markfuzzy()
    second.prev_source = "Een vroegere bron, die zo lang is dat ook zij niet op één regel van het bestand past. " * 2
    third.addnote("لا أعرف هذا الاسم", origin="translator")
    fourth.target, was = "انتهى", fourth.prev_source
    fourth.markfuzzy(False)
    fourth.prev_source = ""
    store.updateheader(add=True, X_Generator="Weblate 5.14", Last_Translator="Layla <layla@voorbeeld.example>")
    store.updateheader(PO_Revision_Date="2026-11-28 08:00+0000")
    data = bytes(store)
    assert max(len(line) for line in data.decode().splitlines() if line.startswith('"')) <= WIDTH + 1

    back = read(data)
    expected = dict(ours.entries)
    assert was
    expected[first.source] = replace(expected[first.source], msgstr=long)
    expected[second.source] = replace(expected[second.source], msgstr=second.target, fuzzy=True, was=second.prev_source)
    expected[third.source] = replace(expected[third.source], notes=("لا أعرف هذا الاسم",))
    expected[fourth.source] = replace(expected[fourth.source], msgstr="انتهى", fuzzy=False, was="")
    assert dict(back.entries) == expected
    assert back.obsolete == ours.obsolete
    assert back.headers["X-Generator"] == "Weblate 5.14"
    assert back.headers["Last-Translator"] == "Layla <layla@voorbeeld.example>"
    assert read(po_from(back)) == back


def test_what_it_leaves_behind_of_a_message_that_left_is_kept_until_that_returns() -> None:
    ours = whole()
    store = opened(ours)
    units = [unit for unit in store.units if not unit.isheader()]
    leaving = units[5]
    leaving.makeobsolete()
    back = read(bytes(store))
    assert leaving.source not in back.entries
    assert back.obsolete[leaving.source].msgstr == ours.entries[leaving.source].msgstr
