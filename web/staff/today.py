"""Today: what asks for this person now."""

from __future__ import annotations

from werkzeug.wrappers import Response

from web.staff.here import Here


def today(here: Here) -> Response:
    """The first page after coming in."""
    return here.page("today", day=here.office.today())
