"""The desk of translators: templates and catalogs that follow the source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailer.content import Content
from mailer.errors import ContentError, Problem
from mailer.organisation import House
from mailer.translation.carry import Update, update
from mailer.translation.catalog import Catalog
from mailer.translation.extract import STANDING, extract, extract_standing
from mailer.translation.messages import Message


@dataclass(frozen=True)
class Extracted:
    """A catalog as it is now: messages in all, those without a translation to publish, and what was carried over."""

    file: str
    total: int
    missing: int
    domain: str
    locale: str
    update: Update


def extract_issue(content: Content, slug: str) -> list[Extracted]:
    """Write the templates of an issue and of the standing texts, and bring every catalog up to date with them.

    Raises ContentError, and then has changed no file, when the issue or a catalog cannot be read.
    """
    issue, document = content.issue(slug)
    domains = {slug: extract(issue, document), STANDING: extract_standing(content.standing())}
    locales = locales_of(content.house, issue.audiences)
    _require_readable(content, domains, locales)
    for domain, messages in domains.items():
        content.save_template(domain, messages)
    return [
        _bring_up(content, d, locale, messages) for locale in locales for d, messages in domains.items() if messages
    ]


def locales_of(house: House, audiences: Sequence[str]) -> list[str]:
    """The locales of these audiences that need a translation."""
    wanted = dict.fromkeys(locale for key in audiences for locale in house.audiences[key].locales)
    return [locale for locale in wanted if locale != house.source_locale]


def _require_readable(content: Content, domains: dict[str, list[Message]], locales: Sequence[str]) -> None:
    problems = [problem for domain in domains for locale in locales for problem in _unreadable(content, domain, locale)]
    if problems:
        raise ContentError(problems)


def _unreadable(content: Content, domain: str, locale: str) -> Iterator[Problem]:
    try:
        content.catalog(domain, locale)
    except ContentError as error:
        yield from error.problems


def _bring_up(content: Content, domain: str, locale: str, messages: Sequence[Message]) -> Extracted:
    done: list[Update] = []

    def change(catalog: Catalog) -> Catalog:
        done.append(update(catalog, messages))
        return done[-1].catalog

    content.change_catalog(domain, locale, change)
    entries = done[-1].catalog.entries.values()
    missing = sum(not entry.is_translated for entry in entries)
    return Extracted(content.catalog_file(domain, locale), len(entries), missing, domain, locale, done[-1])
