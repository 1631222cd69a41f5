"""Nothing widens a mail or a page of the archive: not a table of any width, not a word of any length."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from mailer.artefacts.archive.leaf import PublicIssue, leaf_from
from mailer.artefacts.archive.pages import style
from tests.artefacts.test_print_tables import ARABIC, CONTACTS, HEADING, LONG, NARROW, TWENTY, WEEK
from tests.support.house import house
from tests.support.written import MAILED, edition_of, page_of
from wording.interface import interface

TABLES = {"week": WEEK, "contacts": CONTACTS, "narrow": NARROW, "arabic": ARABIC, "twenty": TWENTY}
PLACES = ("{}", "> {}", '::: case-law Zaak {{court="Hof" date="2026-10-14" ecli="ECLI:NL:RBDHA:2026:99001"}}\n{}\n:::')
COLUMNS = "::: columns\n::: column\n{}\n:::\n::: column\n{}\n:::\n:::"
WORDS = {**{f"{kind}": word for kind, word in LONG.items()}, "a heading of 400": "y" * 400, "a real one": HEADING}

WIDTHS = """() => [document.documentElement.scrollWidth,
  [...document.querySelectorAll('td, th, p')].filter(cell => cell.scrollWidth > cell.clientWidth + 1).length]"""


def everything() -> str:
    """Each table in running text, in a quote, in a card and in columns; each word at each place a word can stand."""
    parts = []
    for table in TABLES.values():
        quoted = table.rstrip().replace("\n", "\n> ")
        parts += [table, f"> {quoted}", PLACES[2].format(table), COLUMNS.format(table, table)]
    for number, word in enumerate(WORDS.values()):
        parts += [f"## {word[:200]} {number}", word, f"- {word}", f"> {word}", f"**{word}**", f"`{word}`"]
        parts += [f"| a | b |\n|---|---|\n| {word[:300]} | x |"]
    return "\n\n".join(parts)


@pytest.mark.parametrize("locale", ["nl", "ar"])
@pytest.mark.parametrize("channel", ["mail", "archive"])
def test_nothing_is_wider_than_the_screen(browser: Browser, channel: str, locale: str) -> None:
    if channel == "mail":
        html = page_of(everything(), locale)
    else:
        leaf, _pictures = leaf_from(
            PublicIssue(edition_of(everything(), locale, MAILED), {}), house(), interface(locale)
        )
        body = leaf.lead + "".join(f"<section><h2>{one.heading}</h2>{one.body}</section>" for one in leaf.sections)
        sheet = style(house(), interface(locale)).decode()
        direction = house().locales[locale].direction
        html = (
            f'<!doctype html><html dir="{direction}" lang="{locale}"><style>{sheet}</style><main>{body}</main></html>'
        )
    for width in (320, 360, 640):
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.set_content(html)
        scroll, over = page.evaluate(WIDTHS)
        page.close()
        assert (scroll, over) == (width, 0), width


def test_a_table_that_fits_stays_a_table_and_a_wide_one_says_its_head_in_each_line() -> None:
    assert '<table class="data"' in page_of(NARROW)
    small = page_of("| Dag | Wat | Telefoon |\n|---|---|---|\n| maandag | Vreemdelingenadvocaten | 010-000 0123 |\n")
    assert 'class="data stack"' in small
    assert small.count('class="head"') == 3
    assert "<b>vr</b>: bezoekersruimte" in page_of(WEEK)
