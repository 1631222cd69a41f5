"""What stands in the address of a desk: an issue or the standing texts, and a language it is translated into."""

from __future__ import annotations

from mailer.services.translating.rows import STANDING
from web.staff.here import Here
from web.staff.naming import issue_title
from wording import _
from wording.errors import NotFoundError


def require_known(here: Here, slug: str, locale: str) -> None:
    """Raises NotFoundError for what is not there (any more), before anyone is told that they may not."""
    content = here.office.content
    if slug != STANDING and not content.has(slug):
        raise NotFoundError(_("Dit nummer is er niet (meer): {slug}.", slug=slug))
    if locale not in content.house.locales or locale == content.house.source_locale:
        raise NotFoundError(_("In ‘{locale}’ wordt niet vertaald.", locale=locale))


def title_of(here: Here, slug: str) -> str:
    """What a person calls the texts of a desk."""
    return here.say(_("Vaste teksten")) if slug == STANDING else issue_title(here, slug)
