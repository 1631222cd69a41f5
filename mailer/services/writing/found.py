"""What the files of an issue say about its standing, as it is kept: no approval and no decision of a person is in it.

What the database decides is added when the standing is asked for, so that an approval of a translation counts at once
in every issue that has it, and nothing kept needs to be renewed for it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from mailer.content import Content
from mailer.document.parse import Document
from mailer.issue import Issue
from mailer.organisation import Copies
from mailer.services.translating.catalogs import locales_of, standards
from mailer.translation.apply import needed
from mailer.translation.approval import Standards, State, Translations, open_findings, pair_hash, pair_of, state_of
from mailer.translation.extract import STANDING
from wording.errors import ContentError, Severity

_STATES = {one.value: one for one in State}
"""A list of issues reads tens of thousands of them: asking the enumeration takes ten times as long."""


@dataclass(frozen=True)
class FoundMessage:
    """One message of an issue in one locale."""

    state: State
    """As the catalog has it: TRANSLATED, also where it is approved."""
    pair: str
    """What an approval is bound to; "" where there is nothing to approve."""
    rules: tuple[str, ...]
    """The checks that block it, unless they are dismissed."""
    sections: tuple[str | None, ...]
    """The anchors of the sections it stands in; None for what every reader gets."""


@dataclass(frozen=True)
class FoundLocale:
    """The messages of one translation. `broken` when the catalog cannot be read."""

    locale: str
    exists: bool
    broken: bool
    messages: tuple[FoundMessage, ...]
    settled: int = 0
    """Messages that were approved already when this was kept, and that no check blocks: an approval is never undone."""


@dataclass(frozen=True)
class Found:
    """An issue as its files have it. `title` is "" and `day` None while the front matter cannot be read."""

    title: str
    day: date | None
    errors: int
    warnings: int
    audiences: tuple[str, ...]
    locales: tuple[FoundLocale, ...]
    copies: Copies = Copies.ONE


def found_in(content: Content, slug: str) -> Found:
    """Read an issue and its catalogs; nothing is raised for a mistake in them."""
    try:
        read = content.read(slug)
        own = standards(content)
    except ContentError as error:
        return Found("", None, len(error.problems), 0, (), ())
    errors = sum(problem.severity is Severity.ERROR for problem in read.problems)
    if read.issue is None or read.document is None:
        return Found("", None, errors, len(read.problems) - errors, (), ())
    return Found(
        title=read.issue.title,
        day=read.issue.day,
        errors=errors,
        warnings=len(read.problems) - errors,
        audiences=read.issue.audiences,
        locales=tuple(_locales(content, read.issue, read.document, own)),
        copies=read.issue.copies,
    )


def _locales(content: Content, issue: Issue, document: Document, own: Standards) -> Iterator[FoundLocale]:
    for locale in locales_of(content.house, issue.audiences):
        try:
            catalog, base_hash = content.catalog(issue.slug, locale)
            there = Translations(catalog, content.catalog(STANDING, locale)[0])
        except ContentError:
            yield FoundLocale(locale, exists=True, broken=True, messages=())
        else:
            messages = tuple(_messages(issue, document, there, own))
            yield FoundLocale(locale, exists=bool(base_hash), broken=False, messages=messages)


def _messages(issue: Issue, document: Document, there: Translations, own: Standards) -> Iterator[FoundMessage]:
    seen: dict[tuple[str, bool], tuple[State, str, tuple[str, ...], list[str | None]]] = {}
    for text in needed(issue, document):
        known = seen.get((text.msgid, text.standing))
        if known is not None:
            known[3].append(text.section)
            continue
        entry = there.entry(text)
        state = state_of(entry, there.locale, ())
        pair, rules = "", tuple[str, ...]()
        if entry is not None and entry.is_translated:
            pair = pair_hash(entry.msgid, entry.msgstr, there.locale)
            parsed = pair_of(entry, there.locale, own, document.references.get(text.place.file, {}))
            rules = tuple(dict.fromkeys(one.check for one in open_findings(parsed, {}) if one.is_blocking))
        seen[text.msgid, text.standing] = state, pair, rules, [text.section]
    for state, pair, rules, sections in seen.values():
        yield FoundMessage(state, pair, rules, tuple(dict.fromkeys(sections)))


def settled(found: Found, approved: Collection[str]) -> Found:
    """The same, with the messages that are approved only counted: that is nearly all of them in the end."""
    return replace(found, locales=tuple(_settled(one, approved) for one in found.locales))


def _settled(one: FoundLocale, approved: Collection[str]) -> FoundLocale:
    left = tuple(each for each in one.messages if each.rules or each.pair not in approved)
    return replace(one, messages=left, settled=one.settled + len(one.messages) - len(left))


def as_json(found: Found) -> dict[str, Any]:
    """As it is kept."""
    return {
        "title": found.title,
        "day": found.day.isoformat() if found.day else None,
        "errors": found.errors,
        "warnings": found.warnings,
        "audiences": list(found.audiences),
        "copies": found.copies,
        "locales": [
            {
                "locale": one.locale,
                "exists": one.exists,
                "broken": one.broken,
                "settled": one.settled,
                "messages": [[each.state, each.pair, each.rules, each.sections] for each in one.messages],
            }
            for one in found.locales
        ],
    }


def from_json(kept: dict[str, Any]) -> Found:
    """What `as_json` made."""
    return Found(
        title=kept["title"],
        day=date.fromisoformat(kept["day"]) if kept["day"] else None,
        errors=kept["errors"],
        warnings=kept["warnings"],
        audiences=tuple(kept["audiences"]),
        locales=tuple(
            FoundLocale(
                one["locale"],
                one["exists"],
                one["broken"],
                tuple(
                    FoundMessage(_STATES[state], pair, tuple(rules), tuple(sections))
                    for state, pair, rules, sections in one["messages"]
                ),
                one["settled"],
            )
            for one in kept["locales"]
        ),
        copies=Copies(kept["copies"]),
    )
