"""What could be better in a text that was brought is offered, and changes nothing else."""

from __future__ import annotations

import pytest

from mailer.document.parse import document_from
from mailer.intake.offers import headings, lists, offers

HEADINGS = {
    "**Bezoek**\n\nElke dag.\n\n**Post**\n\nDinsdag.\n": (
        ("Bezoek", "Post"),
        "## Bezoek\n\nElke dag.\n\n## Post\n\nDinsdag.\n",
    ),
    "## Nieuws\n\n**Wie mag *dat***\n\nTekst.\n": (("Wie mag dat",), "## Nieuws\n\n### Wie mag *dat*\n\nTekst.\n"),
    "**Regel #**\n": (("Regel #",), "## Regel \\#\n"),
    "**مواعيد**\n\nنص\n": (("مواعيد",), "## مواعيد\n\nنص\n"),
}
NO_HEADINGS = (
    "Geen vet.\n",
    "**Dit is een zin.**\n",
    "**Een** half\n",
    "**a** en **b**\n",
    "- **in een lijst**\n",
    "> **in een citaat**\n",
    f"**{'lang ' * 20}**\n",
    "**twee\\\nregels**\n",
    "```\n**code**\n```\n",
    "",
)
LISTS = {
    "\\- een\n\n\\- twee\n\nklaar\n": (("een", "twee"), "- een\n- twee\n\nklaar\n"),
    "\\- een\\\n\\- **twee**\n": (("een", "twee"), "- een\n- **twee**\n"),
    "• أول\\\n• ثان\n": (("أول", "ثان"), "- أول\n- ثان\n"),
    "3\\. drie\n\n4\\) vier\n": (("drie", "vier"), "3. drie\n4. vier\n"),
    "– a\n\n– b\n\n1\\. c\n\n2\\. d\n": (("a", "b", "c", "d"), "- a\n- b\n\n1. c\n2. d\n"),
}
NO_LISTS = (
    "– Zo begint wat iemand zegt.\n",
    "\\- een\n\ntwee\n\n\\- drie\n",
    "\\- een\\\ngewoon\n",
    "- een\n- twee\n",
    "\\- een\n\n## Kop\n\n\\- twee\n",
    "\\-een\n\n\\-twee\n",
    "",
)


@pytest.mark.parametrize("text", HEADINGS)
def test_bold_lines_may_become_headings(text: str) -> None:
    offer = headings(text)
    assert offer is not None
    assert (offer.words, offer.text) == HEADINGS[text]


@pytest.mark.parametrize("text", LISTS)
def test_typed_dashes_and_numbers_may_become_a_list(text: str) -> None:
    offer = lists(text)
    assert offer is not None
    assert (offer.words, offer.text) == LISTS[text]


def test_what_looks_otherwise_is_left_alone() -> None:
    assert [headings(text) for text in NO_HEADINGS] == [None] * len(NO_HEADINGS)
    assert [lists(text) for text in NO_LISTS] == [None] * len(NO_LISTS)


def test_both_are_offered_until_they_are_left() -> None:
    text = "**Bezoek**\n\n\\- een\n\n\\- twee\n"
    assert sorted(offers(text)) == ["headings", "lists"]
    assert sorted(offers(text, leave=["lists"])) == ["headings"]
    taken = offers(offers(text)["headings"].text)["lists"].text
    assert taken == "## Bezoek\n\n- een\n- twee\n"
    assert document_from(taken)[1] == []
    assert offers(taken) == {}
