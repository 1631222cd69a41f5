"""What still keeps an issue from going out, one line for each. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mailer.services.publishing.progress import LocaleStanding
from mailer.services.publishing.standing import Standing


class Blocks(StrEnum):
    """Why an issue cannot go out yet."""

    ERRORS = "errors"
    """In the text; a catalog that cannot be read has a locale."""
    NOT_EXTRACTED = "not_extracted"
    """The sentences are not ready for the translators."""
    FAILING = "failing"
    """A check blocks a translation."""
    CHANGED = "changed"
    """The source of a translation changed."""
    UNTRANSLATED = "untranslated"
    UNREAD = "unread"
    """Translated, and no one read it again."""
    UNAPPROVED = "unapproved"
    """Editions wait for an approver."""
    MAKING = "making"
    """The editions are being made."""


@dataclass(frozen=True)
class Blocker:
    """One reason, with how many it is about."""

    why: Blocks
    count: int
    locale: str = ""
    due: date | None = None
    """When the translators are to be ready."""


def blockers(found: Standing, *, four_eyes: bool) -> tuple[Blocker, ...]:
    """Everything that is left to do before an issue may be sent; nothing once it was."""
    if found.mailings:
        return ()
    if found.errors:
        return (Blocker(Blocks.ERRORS, found.errors), *_of_locales(found))
    left = tuple(_of_locales(found))
    if left:
        return left
    if not found.is_rendered:
        return (Blocker(Blocks.MAKING, 0),)
    return (Blocker(Blocks.UNAPPROVED, len(found.unapproved)),) if four_eyes and found.unapproved else ()


def _of_locales(found: Standing) -> Iterator[Blocker]:
    for one in found.locales:
        if not one.is_ready:
            yield from (Blocker(why, count, one.locale, one.due) for why, count in _counts(one) if count)


def _counts(one: LocaleStanding) -> Iterator[tuple[Blocks, int]]:
    if one.broken:
        yield Blocks.ERRORS, 1
        return
    if not one.exists:
        yield Blocks.NOT_EXTRACTED, 1
        return
    yield Blocks.FAILING, one.failing
    yield Blocks.CHANGED, one.needs_work
    yield Blocks.UNTRANSLATED, one.untranslated
    yield Blocks.UNREAD, one.translated
