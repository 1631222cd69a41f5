"""A piece of Markdown as its readers get it: the edition, the mail, its text and the pages, in any language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from mailer.artefacts.email.artefact import EmailArtefact, email_from
from mailer.artefacts.email.images import Picture
from mailer.artefacts.email.preview import page_from, sample_values
from mailer.artefacts.paper.tree import print_job_from
from mailer.document.parse import document_from
from mailer.edition import Edition, edition_from
from mailer.issue import Issue
from mailer.translation.apply import in_source_language
from mailer.typesetting.typesetter import Typesetter
from tests.support.house import house
from wording.interface import interface

SLUG = "meldpunt-2026-9"
FILE = f"issues/{SLUG}/issue.md"
PRINTED, MAILED = "detention", "detention-friends"


def issue_of(markdown: str, *, title: str = "Proef", subject: str = "Onderwerp") -> Issue:
    return Issue(
        slug=SLUG,
        publication="meldpunt",
        number="2026-9",
        title=title,
        subject=subject,
        preheader="Wat erin staat",
        day=date(2026, 12, 1),
        audiences=(PRINTED, MAILED),
        markdown=markdown,
        file=FILE,
        first_line=9,
        lines={"title": 2, "subject": 3, "preheader": 4, "date": 5, "audiences": 6},
    )


def edition_of(markdown: str, locale: str = "nl", audience: str = PRINTED, *, title: str = "Proef") -> Edition:
    """The edition, with the words of `markdown` as if they were written in `locale`."""
    issue = issue_of(markdown, title=title)
    document, problems = document_from(markdown, file=FILE, first_line=9)
    assert not problems, problems
    return edition_from(in_source_language(issue, document, locale), house().audiences[audience], house())


def mail_of(markdown: str, locale: str = "nl", images: Mapping[str, Picture] | None = None) -> EmailArtefact:
    return email_from(edition_of(markdown, locale, MAILED), house(), interface(locale), images or {})


def page_of(markdown: str, locale: str = "nl", images: Mapping[str, Picture] | None = None) -> str:
    """The mail as a browser shows it."""
    return page_from(mail_of(markdown, locale, images), sample_values(interface(locale)))


def pdf_of(
    markdown: str,
    file: Path,
    locale: str = "nl",
    images: Mapping[str, bytes] | None = None,
    *,
    large: bool = False,
    title: str = "Proef",
) -> Path:
    """The booklet in `file`."""
    cut = edition_of(markdown, locale, title=title)
    file.write_bytes(Typesetter().pdf(print_job_from(cut, house(), interface(locale), images or {}, large=large)))
    return file
