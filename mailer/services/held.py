"""Everything is held back: a database was put back, and who got what since is not in it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from mailer.ledger import installation
from wording import _
from wording.errors import ConflictError


class HeldError(ConflictError):
    """Everything is held back, because the database was put back; a person lifts it."""


def require_free(session: Session) -> None:
    """Raises HeldError while everything is held back."""
    if (held := installation.held(session)) is not None:
        raise HeldError(
            _(
                "Alles staat stil. {why} Kijk met `postduif hold show`; daarna gaat het verder met "
                "`postduif hold lift`.",
                why=held.why,
            )
        )
