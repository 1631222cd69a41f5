"""Bring a catalog up to date with a changed source, losing no translation and publishing none that is stale.

Babel's fuzzy matching compares everything with everything (840 s at 5,000 messages); here a message is first looked
for by its text, then among its neighbours, and only what is left is compared with what is left.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz, process

from mailer.translation.catalog import Catalog, Entry
from mailer.translation.messages import Message
from mailer.translation.similar import MIN_SIMILARITY, Change, change_between

NEIGHBOURS = 8
"""How many removed messages of one gap are compared with an added one before the search goes further away."""

MAX_COMPARED = 10_000_000
"""Pairs compared outside gaps (about two seconds). An issue that is so much moved and rewritten is another issue."""


@dataclass(frozen=True)
class Carried:
    """A translation that came along with a changed source. Its approval comes along for `same` and `url` only."""

    change: Change
    old: Entry
    new: Entry

    @property
    def keeps_approval(self) -> bool:
        return self.change in {Change.SAME, Change.URL}


@dataclass(frozen=True)
class Update:
    """The catalog as it is now, and what happened to get there."""

    catalog: Catalog
    carried: tuple[Carried, ...] = ()
    returned: tuple[Entry, ...] = ()
    """Messages that had left the source, and came back with their translation."""
    new: tuple[Entry, ...] = ()
    removed: tuple[Entry, ...] = ()


def update(catalog: Catalog, messages: Sequence[Message]) -> Update:
    """The catalog for these messages, in their order.

    What leaves the source becomes obsolete and is kept, so that it can come back.
    """
    wanted = {message.msgid: message for message in messages}
    old = catalog.entries
    added = [m for msgid, m in wanted.items() if msgid not in old and msgid not in catalog.obsolete]
    removed = [entry for msgid, entry in old.items() if msgid not in wanted]
    origins = _origins(list(old), list(wanted), added, removed)
    carried = {msgid: _carry(origin, wanted[msgid]) for msgid, origin in origins.items()}
    entries = {msgid: _entry(message, catalog, carried.get(msgid)) for msgid, message in wanted.items()}
    leaving = {entry.msgid: entry for entry in removed if entry.msgstr}
    obsolete = {msgid: entry for msgid, entry in catalog.obsolete.items() if msgid not in wanted} | {
        msgid: replace(entry, places=()) for msgid, entry in leaving.items()
    }
    return Update(
        replace(catalog, entries=entries, obsolete=obsolete),
        carried=tuple(one for one in carried.values() if one is not None),
        returned=tuple(entries[msgid] for msgid in wanted if msgid not in old and msgid in catalog.obsolete),
        new=tuple(entries[m.msgid] for m in added if carried.get(m.msgid) is None),
        removed=tuple(removed),
    )


def _entry(message: Message, catalog: Catalog, carried: Carried | None) -> Entry:
    """The entry of a message: what it was, what came along, or an empty one; its context is always the new one."""
    before = catalog.entries.get(message.msgid) or catalog.obsolete.get(message.msgid)
    if before is None:
        return carried.new if carried is not None else _with_context(Entry(message.msgid), message)
    return _with_context(before, message)


def _with_context(entry: Entry, message: Message) -> Entry:
    if entry.comments == message.comments and entry.places == message.places:
        return entry
    return replace(entry, comments=message.comments, places=message.places)


def _carry(old: Entry, message: Message) -> Carried | None:
    """The old translation for a new source. One that already needed work keeps the source it was made from."""
    found = change_between(old.msgid, message.msgid, old.msgstr)
    if found is None:
        return None
    change, msgstr = found
    fuzzy = old.fuzzy or change in {Change.DIGITS, Change.FUZZY}
    new = Entry(
        message.msgid,
        msgstr,
        fuzzy=fuzzy,
        was=(old.was if old.fuzzy and old.was else old.msgid) if fuzzy else "",
        comments=message.comments,
        places=message.places,
        notes=old.notes,
    )
    return Carried(change, old, new)


# ── which old message became which new one ────────────────────────────────────────────────────────────────────────


def _origins(old: list[str], new: list[str], added: Iterable[Message], removed: Iterable[Entry]) -> dict[str, Entry]:
    """For each added message the removed one it most likely was: each at most once."""
    origins: dict[str, Entry] = {}
    free = {entry.msgid: entry for entry in removed if entry.msgstr}
    left = dict.fromkeys(message.msgid for message in added)
    for msgid, origin in _neighbours(old, new, left, free):
        if origin in free and msgid in left:
            origins[msgid] = free.pop(origin)
            del left[msgid]
    for msgid, origin in _anywhere(list(left), list(free)):
        if origin in free and msgid not in origins:
            origins[msgid] = free.pop(origin)
    return origins


def _neighbours(
    old: list[str], new: list[str], added: dict[str, None], removed: dict[str, Entry]
) -> Iterator[tuple[str, str]]:
    """Pairs that stand after the same unchanged message, best first within each gap."""
    gaps = _after(old, removed, set(new))
    for anchor, here in _after(new, added, set(old)).items():
        there = gaps.get(anchor, [])
        pairs = [
            (fuzz.ratio(one, other, score_cutoff=MIN_SIMILARITY), -abs(n - m), one, other)
            for n, one in enumerate(here)
            for m, other in enumerate(there[max(0, n - NEIGHBOURS) : n + NEIGHBOURS + 1], max(0, n - NEIGHBOURS))
        ]
        for score, _distance, one, other in sorted(pairs, reverse=True):
            if score:
                yield one, other


def _after(order: list[str], wanted: dict[str, Entry] | dict[str, None], kept: set[str]) -> dict[str, list[str]]:
    """The wanted messages by the last message before them that stands on both sides ("" before the first)."""
    found: dict[str, list[str]] = defaultdict(list)
    anchor = ""
    for msgid in order:
        if msgid in wanted:
            found[anchor].append(msgid)
        elif msgid in kept:
            anchor = msgid
    return found


def _anywhere(added: list[str], removed: list[str]) -> Iterator[tuple[str, str]]:
    """Pairs among what is left: moved and edited at once. Best first, so that each finds its own."""
    found: list[tuple[float, str, str]] = []
    if len(added) * len(removed) > MAX_COMPARED:
        return
    for msgid in added:
        best = process.extractOne(msgid, removed, scorer=fuzz.ratio, score_cutoff=MIN_SIMILARITY, processor=None)
        if best is not None:
            found.append((best[1], msgid, best[0]))
    for _score, msgid, origin in sorted(found, reverse=True):
        yield msgid, origin
