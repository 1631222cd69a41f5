"""A picture beside an issue as a reader will see it: made anew by the darkroom, never the file itself."""

from __future__ import annotations

import re
from io import BytesIO

from PIL import Image

from mailer.artefacts.email.images import Picture, encoded
from mailer.services.office import Office, look
from mailer.services.translating.catalogs import check_issue
from staff.people import Person
from staff.permissions import Permission
from wording import _
from wording.errors import NotFoundError

_NAME = re.compile(r"[\w.-]{1,100}")


def picture(office: Office, person: Person, slug: str, name: str, *, gray: bool = False) -> Picture:
    """As it goes out by mail; with `gray` in the grays that a printer makes of it. Raises NotFoundError."""
    with look(office, person, Permission.EDIT_ISSUES):
        check_issue(office.content, slug)
    found = office.content.developed(slug, [name])[name].picture if _NAME.fullmatch(name) else None
    if found is None:
        raise NotFoundError(_("Deze foto is er niet (meer)."))
    if not gray:
        return found
    with Image.open(BytesIO(found.data)) as opened:
        return encoded(opened.convert("L"))
