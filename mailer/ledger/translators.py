"""Every query about translations. Nothing here commits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from database.base import Base, now
from mailer.ledger.translations import (
    Decision,
    Deed,
    LocaleDecision,
    TranslationApproval,
    TranslationAssignment,
    TranslationComment,
    TranslationDismissal,
    TranslationHistory,
    TranslationReminder,
    TranslationSnapshot,
    TranslationSuggestion,
)
from mailer.translation.approval import Judgement, pair_hash, source_hash
from mailer.translation.catalog import Entry

# ── approvals ─────────────────────────────────────────────────────────────────────────────────────────────────────


def judgement(session: Session, locale: str) -> Judgement:
    """Everything approved and dismissed in this locale."""
    approved = session.scalars(select(TranslationApproval.pair_hash).where(TranslationApproval.locale == locale))
    dismissed: dict[str, set[str]] = defaultdict(set)
    for row in session.execute(select(TranslationDismissal.pair_hash, TranslationDismissal.check)):
        dismissed[row.pair_hash].add(row.check)
    return Judgement(frozenset(approved), dismissed)


def dismissed(session: Session, pairs: Iterable[str]) -> dict[str, set[str]]:
    """The rules dismissed for these pairs, by pair hash."""
    found: dict[str, set[str]] = defaultdict(set)
    row = TranslationDismissal
    for some in in_portions(pairs):
        for one in session.execute(select(row.pair_hash, row.check).where(row.pair_hash.in_(some))):
            found[one.pair_hash].add(one.check)
    return found


def in_portions(hashes: Iterable[str], most: int = 5_000) -> Iterator[list[str]]:
    """So few at once that every database takes them as values of one query."""
    every = list(hashes)
    for at in range(0, len(every), most):
        yield every[at : at + most]


def approve(session: Session, rows: Sequence[TranslationApproval]) -> list[TranslationApproval]:
    """Write down approvals; returns those that are new. Of two reviewers at once the second finds them there."""
    every = list({row.pair_hash: row for row in rows}.values())
    return [row for row in every if _insert_new(session, TranslationApproval, _columns(row))]


def _columns(row: TranslationApproval) -> dict[str, object]:
    return {
        "pair_hash": row.pair_hash,
        "locale": row.locale,
        "domain": row.domain,
        "source": row.source,
        "translation": row.translation,
        "author": row.author,
        "reviewer": row.reviewer,
        "waived": row.waived or False,
        "carried_from": row.carried_from,
        "at": now(),
    }


def approvals(session: Session, hashes: Iterable[str]) -> dict[str, TranslationApproval]:
    """The approvals of these pairs, by pair hash."""
    row = TranslationApproval
    found = (one for some in in_portions(hashes) for one in session.scalars(select(row).where(row.pair_hash.in_(some))))
    return {one.pair_hash: one for one in found}


def approved_since(
    session: Session, locale: str, since: datetime | None, known: Collection[str]
) -> list[tuple[str, str, str, str, datetime]]:
    """(pair hash, source, translation, domain, at) of what was approved in this locale from a moment on, the oldest
    first, without those of `known`, which were found from that moment on before.

    An approval is never taken away, so when there are as many as are known nothing is read: after a whole memory was
    brought in, each look would read it again.
    """
    row = TranslationApproval
    wanted = select(row.pair_hash, row.source, row.translation, row.domain, row.at).where(row.locale == locale)
    if since is None:
        return [(*one,) for one in session.execute(wanted.order_by(row.at, row.pair_hash.desc()))]
    there = row.locale == locale, row.at >= since
    if session.scalar(select(func.count()).where(*there)) == len(known):
        return []
    new = [mark for mark in session.scalars(select(row.pair_hash).where(*there)) if mark not in known]
    found = (one for some in in_portions(new) for one in session.execute(wanted.where(row.pair_hash.in_(some))))
    return sorted(((*one,) for one in found), key=lambda one: one[-1])


def approved_pairs(session: Session, locale: str) -> list[tuple[str, str, str]]:
    """(source, translation, domain) of everything approved in this locale, the newest first: translation memory."""
    wanted = (
        select(TranslationApproval.source, TranslationApproval.translation, TranslationApproval.domain)
        .where(TranslationApproval.locale == locale)
        .order_by(TranslationApproval.at.desc(), TranslationApproval.pair_hash)
    )
    return [(row.source, row.translation, row.domain) for row in session.execute(wanted)]


def dismiss(session: Session, pair: str, check: str, reason: str, person: UUID) -> bool:
    """Dismiss a rule for one pair; False when that was done already."""
    row = {"pair_hash": pair, "rule": check, "reason": reason, "person": person, "at": now()}
    return _insert_new(session, TranslationDismissal, row)


# ── history ───────────────────────────────────────────────────────────────────────────────────────────────────────


def write_down(
    session: Session,
    deed: Deed,
    domain: str,
    locale: str,
    texts: Iterable[tuple[str, str]],
    *,
    person: UUID | None,
    before: Mapping[str, Entry] | None = None,
) -> None:
    """Add to the history of these (msgid, msgstr); `before` are the entries that a save took the place of."""
    at = now()
    rows = [
        {
            "domain": domain,
            "locale": locale,
            "source_hash": source_hash(msgid),
            "deed": deed,
            "translation": msgstr,
            "person": person,
            "at": at,
            **_before(None if before is None else before.get(msgid)),
        }
        for msgid, msgstr in texts
    ]
    if rows:
        session.execute(insert(TranslationHistory), rows)


def _before(entry: Entry | None) -> dict[str, str | None]:
    if entry is None:
        return {"before": None, "before_was": None}
    return {"before": entry.msgstr, "before_was": entry.was if entry.fuzzy else None}


def history(session: Session, msgid: str, locale: str) -> list[TranslationHistory]:
    """What happened to a message in a locale, the oldest first."""
    wanted = select(TranslationHistory).where(
        TranslationHistory.source_hash == source_hash(msgid), TranslationHistory.locale == locale
    )
    return list(session.scalars(wanted.order_by(TranslationHistory.id)))


def authors(session: Session, locale: str, pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], UUID | None]:
    """Who last wrote each (msgid, msgstr); None when no one here did."""
    hashes = {source_hash(msgid): msgid for msgid, _msgstr in pairs}
    row = TranslationHistory
    found: dict[tuple[str, str], UUID | None] = {}
    for some in in_portions(hashes):
        wanted = select(row.source_hash, row.translation, row.person).where(
            row.locale == locale, row.source_hash.in_(some), row.deed.in_([Deed.SAVED, Deed.IMPORTED])
        )
        found |= {(hashes[one[0]], one[1]): one[2] for one in session.execute(wanted.order_by(row.id))}
    return found


# ── comments and suggestions ──────────────────────────────────────────────────────────────────────────────────────


def comments(session: Session, domain: str, locale: str, msgid: str | None = None) -> list[TranslationComment]:
    """The remarks about a domain in a locale, or about one message of it; the oldest first."""
    wanted = select(TranslationComment).where(TranslationComment.domain == domain, TranslationComment.locale == locale)
    if msgid is not None:
        wanted = wanted.where(TranslationComment.source_hash == source_hash(msgid))
    return list(session.scalars(wanted.order_by(TranslationComment.id)))


def questions(session: Session, *, asked_by: UUID | None, since: datetime, most: int = 20) -> list[TranslationComment]:
    """The questions that wait for an answer, the oldest first; of one person also those answered after `since`."""
    row = TranslationComment
    waits = row.answered_at.is_(None) & row.closed_at.is_(None)
    wanted = select(row).where(row.is_question, waits)
    if asked_by is not None:
        answered = waits | (row.answered_at > since)
        wanted = select(row).where(row.is_question, row.person == asked_by, answered)
    return list(session.scalars(wanted.order_by(row.id).limit(most)))


def about(session: Session, domain: str, msgid: str) -> list[TranslationComment]:
    """The remarks about one message in whatever locale, the oldest first."""
    row = TranslationComment
    here = row.domain == domain, row.source_hash == source_hash(msgid)
    return list(session.scalars(select(row).where(*here).order_by(row.id)))


def questions_of(session: Session, domain: str) -> list[TranslationComment]:
    """Every question about a domain in whatever locale, the oldest first."""
    row = TranslationComment
    return list(session.scalars(select(row).where(row.domain == domain, row.is_question).order_by(row.id)))


def comment(session: Session, number: int) -> TranslationComment | None:
    """The remark of this number, locked: of two who answer a question at once, the second sees that it was answered."""
    if not 0 < number < 2**31:  # no column could hold it
        return None
    return session.get(TranslationComment, number, with_for_update=True)


def suggest(session: Session, domain: str, locale: str, msgid: str, msgstr: str, *, person: UUID | None) -> bool:
    """Keep a translation that was offered; False when it was offered before."""
    row = {
        "domain": domain,
        "locale": locale,
        "source_hash": source_hash(msgid),
        "pair_hash": pair_hash(msgid, msgstr, locale),
        "translation": msgstr,
        "person": person,
        "at": now(),
    }
    return _insert_new(session, TranslationSuggestion, row)


def suggestions(session: Session, domain: str, locale: str) -> dict[str, list[str]]:
    """Translations offered, by source hash, the newest first."""
    found: dict[str, list[str]] = defaultdict(list)
    wanted = select(TranslationSuggestion).where(
        TranslationSuggestion.domain == domain, TranslationSuggestion.locale == locale
    )
    for row in session.scalars(wanted.order_by(TranslationSuggestion.id.desc())):
        found[row.source_hash].append(row.translation)
    return found


def suggestions_for(session: Session, domain: str, locale: str, msgid: str, most: int = 3) -> list[str]:
    """Translations offered for one message, the newest first."""
    row = TranslationSuggestion
    here = row.domain == domain, row.locale == locale, row.source_hash == source_hash(msgid)
    return list(session.scalars(select(row.translation).where(*here).order_by(row.id.desc()).limit(most)))


# ── who, and by when ──────────────────────────────────────────────────────────────────────────────────────────────


def assign(session: Session, slug: str, locale: str, *, person: UUID, due: date, by: UUID) -> None:
    """Give a locale of an issue to a person; a new assignment takes the place of the old one."""
    session.merge(
        TranslationAssignment(issue_slug=slug, locale=locale, person=person, due=due, assigned_by=by, at=now())
    )


def assignments(session: Session, slug: str | None = None) -> list[TranslationAssignment]:
    """All assignments, or those of one issue, the earliest day first."""
    wanted = select(TranslationAssignment)
    if slug is not None:
        wanted = wanted.where(TranslationAssignment.issue_slug == slug)
    return list(session.scalars(wanted.order_by(TranslationAssignment.due, TranslationAssignment.locale)))


def assignment(session: Session, slug: str, locale: str) -> TranslationAssignment | None:
    """Who was given a locale of an issue."""
    return session.get(TranslationAssignment, (slug, locale))


def remind(session: Session, assignment: TranslationAssignment, days_before: int) -> bool:
    """Write down that this reminder goes out; False when it did already."""
    row = {
        "issue_slug": assignment.issue_slug,
        "locale": assignment.locale,
        "person": assignment.person,
        "due": assignment.due,
        "days_before": days_before,
        "at": now(),
    }
    return _insert_new(session, TranslationReminder, row)


# ── decisions and snapshots ───────────────────────────────────────────────────────────────────────────────────────


def decide(
    session: Session, slug: str, locale: str, decision: Decision, *, section: str, reason: str, person: UUID
) -> None:
    """Write down an editor's decision."""
    session.add(
        LocaleDecision(
            issue_slug=slug, locale=locale, decision=decision, section=section, reason=reason, person=person, at=now()
        )
    )


def decisions(session: Session, slug: str, locale: str) -> list[LocaleDecision]:
    """The decisions that hold now, the oldest first."""
    wanted = select(LocaleDecision).where(
        LocaleDecision.issue_slug == slug, LocaleDecision.locale == locale, LocaleDecision.ended_at.is_(None)
    )
    return list(session.scalars(wanted.order_by(LocaleDecision.id)))


def end_decisions(session: Session, slug: str, locale: str, at: datetime | None = None) -> int:
    """Take back what was decided about a locale; returns how many decisions that were."""
    held = decisions(session, slug, locale)
    for one in held:
        one.ended_at = at or now()
    return len(held)


def keep_snapshot(session: Session, snapshot: TranslationSnapshot) -> None:
    """Remember what was taken home; the same file twice is kept once."""
    session.merge(snapshot)


def snapshot(session: Session, digest: str, domain: str, locale: str) -> TranslationSnapshot | None:
    """What was taken home under this hash."""
    found = session.get(TranslationSnapshot, digest)
    return found if found is not None and (found.domain, found.locale) == (domain, locale) else None


def _insert_new(session: Session, table: type[Base], row: Mapping[str, object]) -> bool:
    """Insert a row unless a unique constraint holds it already; whether it went in."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table).on_conflict_do_nothing().returning(*table.__table__.primary_key)
    return bool(session.connection().execute(statement, dict(row)).all())
