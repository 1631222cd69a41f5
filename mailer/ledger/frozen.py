"""Whether a frozen edition is what was approved. Never commits."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from mailer.ledger.opening import EditionToFreeze
from mailer.ledger.signing import is_as_signed
from mailer.ledger.tables import EditionImage, FrozenEdition
from wording import Text, _
from wording.errors import ConflictError

ALTERED = "altered"
"""In the audit trail: what is kept is not what was approved. An alarm goes by it."""


class AlteredError(ConflictError):
    """A frozen edition is not what was approved; nothing of it may leave."""


def require_as_approved(session: Session, edition: FrozenEdition) -> None:
    """Raises AlteredError for an edition of which a part is not as it was frozen; reads all of it."""
    images = select(EditionImage.name, EditionImage.data).where(EditionImage.edition_id == edition.id)
    whole = EditionToFreeze(
        edition.audience,
        edition.locale,
        edition.channel,
        edition.subject,
        edition.html,
        edition.text,
        edition.message,
        edition.pdf,
        edition.large_pdf,
        {row.name: row.data for row in session.execute(images)},
    )
    if not is_as_signed(session, edition) or whole.content_hash() != edition.content_hash:
        raise AlteredError(why_altered(edition))


def why_altered(edition: FrozenEdition) -> Text:
    """What a person is told of it."""
    return _(
        "De editie {audience}, {locale} in de database is niet meer wat er is goedgekeurd; er gaat niets meer van uit. "
        "Zet een back-up terug, of laat nakijken wie daar iets veranderde.",
        audience=edition.audience,
        locale=edition.locale,
    )
