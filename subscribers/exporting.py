"""Readers as a file: safe to open in a spreadsheet, and written down in the audit trail."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from typing import Any, TextIO
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from database import audit
from subscribers.postal import FORMULA
from subscribers.repository import address_of
from subscribers.tables import Membership, MembershipState, Subscriber, SubscriberState

COLUMNS = ("email", "language", "audiences", "region", "role", "since")


def export(session: Session, audience: str | None, form: str, file: TextIO, actor: UUID | str) -> int:
    """Write the confirmed readers of an audience, or all, as "csv" or "json". Returns how many; logged as an export."""
    rows = readers(session, audience)
    count = _as_json(rows, file) if form == "json" else _as_csv(rows, file)
    audit.record(session, audit.Event.EXPORT, actor, detail={"audience": audience or "*", "form": form, "rows": count})
    return count


def readers(session: Session, audience: str | None) -> Iterator[dict[str, str]]:
    """Confirmed readers with their audiences, a page at a time."""
    after: UUID | None = None
    while page := _page(session, audience, after):
        joined = _audiences(session, [row.uid for row in page])
        for row in page:
            yield {
                "email": address_of(session, row) or "",
                "language": row.locale,
                "audiences": ",".join(joined.get(row.uid, [])),
                "region": row.region or "",
                "role": row.role or "",
                "since": row.created_at.isoformat(),
            }
        after = page[-1].uid


def safe_cell(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe before it, where it might."""
    return f"'{text}" if text.lstrip("\ufeff ").startswith(FORMULA) else text


def _page(session: Session, audience: str | None, after: UUID | None) -> list[Subscriber]:
    query = select(Subscriber).where(Subscriber.state == SubscriberState.ACTIVE).order_by(Subscriber.uid).limit(500)
    if after is not None:
        query = query.where(Subscriber.uid > after)
    if audience is not None:
        active = Membership.audience == audience, Membership.state == MembershipState.ACTIVE
        query = query.where(Subscriber.uid.in_(select(Membership.subscriber).where(*active)))
    return list(session.scalars(query))


def _audiences(session: Session, uids: list[UUID]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = {}
    active = Membership.subscriber.in_(uids), Membership.state == MembershipState.ACTIVE
    for row in session.scalars(select(Membership).where(*active).order_by(Membership.audience)):
        found.setdefault(row.subscriber, []).append(row.audience)
    return found


def _as_csv(rows: Iterator[dict[str, str]], file: TextIO) -> int:
    writer = csv.DictWriter(file, COLUMNS, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writeheader()
    count = 0
    for row in rows:
        writer.writerow({name: safe_cell(value) for name, value in row.items()})
        count += 1
    return count


def _as_json(rows: Iterator[dict[str, Any]], file: TextIO) -> int:
    count = 0
    file.write("[")
    for row in rows:
        file.write((",\n" if count else "\n") + json.dumps(row, ensure_ascii=False))
        count += 1
    file.write("\n]\n")
    return count
