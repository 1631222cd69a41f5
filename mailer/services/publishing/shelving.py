"""The public archive, read once per change and kept with the pages that were made of it, for all threads of a process.

Whether it changed is one small question to the database; a page that was made before costs no more than that.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

from markupsafe import Markup

from database.audit import record
from database.base import now
from database.session import Store
from mailer.artefacts.archive.leaf import Leaf, leaf_of
from mailer.artefacts.archive.pages import Earlier, Published
from mailer.issue import publication_of
from mailer.kept import Kept
from mailer.ledger import archive
from mailer.ledger.archive import Shown
from mailer.ledger.frozen import ALTERED
from mailer.ledger.slots import take_slot
from mailer.organisation import House

PAGES = 500
"""Pages that are kept as they were made: some 25 MB."""
MOST_ASKED = 80
"""Characters of a search."""


class Shelves(Protocol):
    """What the public pages are made from; an office has it."""

    @property
    def house(self) -> House: ...
    @property
    def store(self) -> Store: ...
    @property
    def archived(self) -> Kept[Any]: ...


@dataclass(frozen=True)
class Shelved:
    """The whole archive at one moment. `made` holds what was made of it, by address."""

    issues: Mapping[str, tuple[Published, ...]]
    """By language, the newest first."""
    made: Kept[bytes] = field(default_factory=lambda: Kept(PAGES), repr=False, compare=False)
    words: Kept[tuple[str, ...]] = field(default_factory=lambda: Kept(20), repr=False, compare=False)
    """The words of each issue of a language, folded, to be searched."""

    @property
    def locales(self) -> list[str]:
        return sorted(locale for locale, own in self.issues.items() if own)

    def find(self, locale: str, slug: str) -> Published | None:
        """An issue in a language; None when it is not public."""
        return next((one for one in self.issues.get(locale, ()) if one.leaf.slug == slug), None)

    def languages(self, slug: str) -> list[str]:
        """In which an issue is public."""
        return [locale for locale in self.locales if self.find(locale, slug)]

    def page(self, name: str, make: Callable[[], bytes]) -> bytes:
        """What was made under this name, made now if it was not yet."""
        return self.made.get(name, make)


@dataclass(frozen=True)
class Newest:
    """The last issue of a newsletter that is public in a language."""

    slug: str
    number: str
    title: str
    day: str
    """ISO 8601."""


def shelved(shelves: Shelves) -> Shelved:
    """The archive as it is now."""
    with shelves.store.reading() as session:
        version = archive.version(session)
    found: Shelved = shelves.archived.get(version, lambda: _read(shelves))
    return found


def newest(shelves: Shelves, locale: str) -> dict[str, Newest]:
    """The last public issue of each newsletter in a language, by the key of the newsletter."""
    found: dict[str, Newest] = {}
    for one in shelved(shelves).issues.get(locale, ()):
        series = publication_of(one.leaf.slug, shelves.house)
        if series is not None:
            day = one.leaf.day.isoformat()
            found.setdefault(series.key, Newest(one.leaf.slug, one.leaf.number, one.leaf.title, day))
    return found


def search(held: Shelved, house: House, locale: str, words: str, publication: str) -> list[Published]:
    """The issues of a language that have all these words in them, in any form of their letters; of one newsletter where
    that is said."""
    own = held.issues.get(locale, ())
    wanted = folded(words[:MOST_ASKED]).split()
    texts = held.words.get(locale, lambda: tuple(folded(_text(one.leaf)) for one in own)) if wanted else [""] * len(own)
    return [
        one
        for one, text in zip(own, texts, strict=True)
        if all(word in text for word in wanted) and (not publication or _is_of(one, house, publication))
    ]


def folded(text: str) -> str:
    """Without case, accents and the vowel signs of Arabic."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in parts if not unicodedata.combining(letter) and letter != "\u0640").casefold()


def _is_of(one: Published, house: House, publication: str) -> bool:
    series = publication_of(one.leaf.slug, house)
    return series is not None and series.key == publication


def _text(leaf: Leaf) -> str:
    parts = [leaf.title, leaf.summary, leaf.lead, *(part for one in leaf.sections for part in (one.heading, one.body))]
    return " ".join(Markup(part).striptags() for part in parts)  # noqa: S704 - HTML that leaf_from wrote


def _read(shelves: Shelves) -> Shelved:
    """Those that are as they were put on show; of the others a person is told, once a day."""
    altered: list[str] = []
    with shelves.store.reading() as session:
        shown = archive.pages(session, altered=altered.append)
        old = archive.earlier(session)
    for one in altered:
        with shelves.store.transaction() as session:
            if take_slot(session, f"{ALTERED} {one}"[:100], timedelta(days=1), now()):
                record(session, ALTERED, "archive", detail={"what": one})
    issues: dict[str, list[Published]] = {}
    for each in shown:
        made = published(each, old)
        issues.setdefault(made.leaf.locale, []).append(made)
    return Shelved({locale: tuple(own) for locale, own in issues.items()})


def published(shown: Shown, old: Sequence[archive.ArchivedEarlier] = ()) -> Published:
    """What is kept of an issue in one language, as a value."""
    leaf = leaf_of(shown.leaf)
    mine = [one for one in old if (one.issue_slug, one.locale) == (leaf.slug, leaf.locale)]
    earlier = tuple(Earlier(leaf_of(one.leaf), one.revision, one.at) for one in mine)
    return Published(leaf, shown.at, shown.updated_at, earlier)
