"""What is kept of signing in goes when its time is over."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from staff import attempts, sessions, signing_in


def forget(session: Session, at: datetime) -> None:
    """Delete requests, sessions and counts that are over."""
    signing_in.forget(session, at)
    sessions.forget(session, at)
    attempts.forget(session, at)
