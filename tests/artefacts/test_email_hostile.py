"""Hostile Markdown, one payload after the other: whatever survives the checks is text in the e-mail, and inactive."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from devtools.email_house import HOUSE
from devtools.email_samples import edition
from mailer.artefacts.email.artefact import email_from
from mailer.document.inline import spans_of
from mailer.document.nodes import Paragraph, Spans
from tests.artefacts.test_email_html import Reader
from wording.interface import interface

PAYLOADS = (Path(__file__).parent / "email" / "hostile.md").read_text("utf-8").split("\n\n")


def reader(locale: str, spans: Spans) -> Reader:
    """What a mail program finds when the editor's words are `spans`, whether `check` has refused them or not."""
    return Reader(email_from(edition(locale, sections=0, lead=(Paragraph(spans),)), HOUSE, interface(locale), {}).html)


@pytest.mark.promise("P9", "row 2")
@pytest.mark.parametrize("locale", ["nl", "ar"])
@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_active_survives(locale: str, payload: str) -> None:
    harmless = reader(locale, spans_of("[x](https://x.example)"))
    found = reader(locale, spans_of(payload))
    assert {tag for tag, _ in found.tags} <= {tag for tag, _ in harmless.tags} | {"code", "strong", "em"}
    assert {name for _, attributes in found.tags for name in attributes} <= {
        name for _, attributes in harmless.tags for name in attributes
    }
    hrefs = {href for href in found.values("href") if not href.startswith(("#", "\ue000"))}
    assert {urlsplit(href).scheme for href in hrefs} <= {"https", "mailto", "tel"}
    assert all(src.startswith("cid:") for src in found.values("src"))
