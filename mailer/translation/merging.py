"""A translator's file back from home, against what was taken home and what stands here now: nothing is lost.

Three-way, message by message: what only they changed is taken, what only we changed stays, what both changed alike
stays, and where both changed differently ours stays and theirs becomes a suggestion.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from mailer.translation.approval import pair_hash
from mailer.translation.carry import Carried, update
from mailer.translation.catalog import Catalog, Entry
from mailer.translation.messages import Message
from mailer.translation.similar import change_between
from wording import Text


class Outcome(StrEnum):
    """What became of one message of the file."""

    TAKEN = "taken"
    SAME = "same"
    """Both sides wrote the same."""
    SUGGESTED = "suggested"
    """Both sides changed it; theirs is kept as a suggestion."""
    APPROVED = "approved"
    """Ours is approved; theirs is kept as a suggestion."""
    CARRIED = "carried"
    """The source changed meanwhile; theirs came along to the new source."""
    REMEMBERED = "remembered"
    """The message is no longer there; theirs is kept for when it returns."""


@dataclass(frozen=True)
class Snapshot:
    """What was taken home: our catalog at that moment, and the file that was made of it with suggestions filled in."""

    ours: Catalog
    exported: Catalog


@dataclass(frozen=True)
class Merge:
    """The catalog after an import, and what became of every message that was worked on."""

    catalog: Catalog
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    suggestions: tuple[tuple[str, str], ...] = ()
    """(msgid, msgstr) to keep as suggestions."""
    written: tuple[tuple[str, str], ...] = ()
    """(msgid, msgstr) that came into the catalog, for the history."""
    said: tuple[Text, ...] = ()
    """What of the file was read otherwise than it was written."""
    warnings: tuple[tuple[str, Text], ...] = ()
    """(msgid, what a check says) of what came into the catalog."""

    def count(self, outcome: Outcome) -> int:
        return sum(one is outcome for one in self.outcomes.values())


def merge(
    ours: Catalog, theirs: Catalog, base: Snapshot, *, approved: Collection[str] = (), reviewing: bool = False
) -> Merge:
    """Bring a file back. `approved` are pair hashes; `reviewing` lets the uploader replace what is approved."""
    worked_on = {msgid: entry for msgid, entry in theirs.entries.items() if _is_work(entry, base.exported)}
    known = {msgid: entry for msgid, entry in worked_on.items() if msgid in ours.entries}
    unknown = {msgid: entry for msgid, entry in worked_on.items() if msgid not in ours.entries}
    outcomes: dict[str, Outcome] = {}
    for msgid, entry in known.items():
        mine = ours.entries[msgid]
        is_approved = pair_hash(msgid, mine.msgstr, ours.locale) in approved and not mine.fuzzy
        outcomes[msgid] = _outcome(mine, entry, base.ours.entries.get(msgid), is_approved=is_approved and not reviewing)
    entries = dict(ours.entries)
    for msgid, outcome in outcomes.items():
        if outcome is Outcome.TAKEN:
            entries[msgid] = _taken(ours.entries[msgid], known[msgid])
    found = list(_carried(replace(ours, entries=entries), unknown))
    came = {one.new.msgid: one.new for one in found if _is_untouched(entries[one.new.msgid], one, base.ours)}
    for msgid, entry in came.items():
        entries[msgid] = _taken(entries[msgid], entry)
    remembered = {msgid: replace(entry, fuzzy=False, places=()) for msgid, entry in unknown.items()}
    outcomes |= dict.fromkeys(unknown, Outcome.REMEMBERED) | {
        one.old.msgid: _outcome_of(one, entries, came) for one in found
    }
    taken = [msgid for msgid, outcome in outcomes.items() if outcome is Outcome.TAKEN]
    beside = [msgid for msgid in known if outcomes[msgid] in {Outcome.SUGGESTED, Outcome.APPROVED}]
    return Merge(
        replace(ours, entries=entries, obsolete={**ours.obsolete, **remembered}),
        outcomes,
        suggestions=(
            *((msgid, known[msgid].msgstr) for msgid in beside),
            *((one.new.msgid, one.new.msgstr) for one in found if outcomes[one.old.msgid] is Outcome.SUGGESTED),
        ),
        written=tuple((msgid, entry.msgstr) for msgid, entry in _written(known, taken, came, unknown)),
    )


def belongs(theirs: Catalog, ours: Catalog) -> bool:
    """Whether a file is about the messages of our catalog. One that says so itself needs one of them; one of another
    name, or of none, half of them.
    """
    worked_on = {msgid for msgid, entry in theirs.entries.items() if entry.msgstr}
    here = worked_on & {*ours.entries, *ours.obsolete, *(entry.was for entry in ours.entries.values())}
    return not worked_on or len(here) * 2 >= len(worked_on) or (bool(here) and theirs.project == ours.domain)


def _outcome_of(one: Carried, entries: Mapping[str, Entry], came: Mapping[str, Entry]) -> Outcome:
    if one.new.msgid in came:
        return Outcome.CARRIED
    return Outcome.SAME if entries[one.new.msgid].msgstr == one.new.msgstr else Outcome.SUGGESTED


def _written(
    known: Mapping[str, Entry], taken: list[str], came: Mapping[str, Entry], unknown: Mapping[str, Entry]
) -> list[tuple[str, Entry]]:
    return [*((msgid, known[msgid]) for msgid in taken), *came.items(), *unknown.items()]


def _is_untouched(mine: Entry, one: Carried, before: Catalog) -> bool:
    """Whether what stands at the new source is still what was carried there by itself, or nothing."""
    old = before.entries.get(one.old.msgid)
    by_itself = change_between(one.old.msgid, mine.msgid, old.msgstr) if old is not None else None
    return not mine.msgstr or (by_itself is not None and mine.msgstr == by_itself[1])


def _is_work(theirs: Entry, exported: Catalog) -> bool:
    """Whether the translator did something: wrote another text, or said that a suggestion is right."""
    if not theirs.msgstr:
        return False
    before = exported.entries.get(theirs.msgid)
    return before is None or (before.msgstr, before.fuzzy) != (theirs.msgstr, theirs.fuzzy)


def _outcome(mine: Entry, theirs: Entry, before: Entry | None, *, is_approved: bool) -> Outcome:
    if (mine.msgstr, mine.fuzzy) == (theirs.msgstr, theirs.fuzzy):
        return Outcome.SAME
    if is_approved:
        return Outcome.APPROVED
    untouched = before is not None and (mine.msgstr, mine.fuzzy) == (before.msgstr, before.fuzzy)
    if untouched or not mine.msgstr or (mine.fuzzy and not theirs.fuzzy):
        return Outcome.TAKEN
    return Outcome.SAME if mine.msgstr == theirs.msgstr else Outcome.SUGGESTED


def _taken(mine: Entry, theirs: Entry) -> Entry:
    """Their text in our entry: its comments and places are those of the source as it is now."""
    was = theirs.was or mine.was if theirs.fuzzy else ""
    return replace(mine, msgstr=theirs.msgstr, fuzzy=theirs.fuzzy, was=was, notes=theirs.notes or mine.notes)


def _carried(ours: Catalog, unknown: Mapping[str, Entry]) -> Iterator[Carried]:
    """Translations of a source that changed meanwhile, for those of our messages that still need one."""
    needing = {msgid: entry for msgid, entry in ours.entries.items() if not entry.is_translated}
    made_from = {entry.was: entry for entry in needing.values() if entry.was in unknown}
    old = Catalog(ours.domain, ours.locale, unknown)
    found = update(old, [Message(msgid) for msgid in needing]).carried
    for one in found:
        origin = needing[one.new.msgid].was
        if origin in unknown and one.old.msgid != origin:
            continue  # the source itself says which message it was
        if one.old.msgid in made_from and made_from[one.old.msgid].msgid != one.new.msgid:
            continue
        yield one
