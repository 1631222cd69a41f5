"""Say in words why an order on a mailing cannot be carried out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from mailer.ledger.states import NotPossibleError
from mailer.services.sending.words import word_for
from wording import _
from wording.errors import ConflictError, NotFoundError

LARGEST = 2**31 - 1
"""Of an id in the database; anything larger is a typing mistake, and PostgreSQL would not even compare it."""


@contextmanager
def explained(mailing_id: int) -> Iterator[None]:
    """What the ledger refuses becomes NotFoundError (no such mailing) or ConflictError (not in its state)."""
    try:
        if not 0 < mailing_id <= LARGEST:
            raise LookupError(mailing_id)
        yield
    except LookupError:
        raise NotFoundError(_("Verzending {id} is er niet.", id=mailing_id)) from None
    except NotPossibleError as error:
        raise ConflictError(
            _("Dat kan niet: verzending {id} is {state}.", id=mailing_id, state=word_for(error.state))
        ) from None
