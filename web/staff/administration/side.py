"""The pages about the organisation, beside each of them."""

from __future__ import annotations

from collections.abc import Sequence

from staff.permissions import Permission, may
from web.staff.here import Here
from wording import Text, _

PAGES: Sequence[tuple[str, Text, Permission]] = (
    ("/staff/organisation", _("Organisatie"), Permission.CHANGE_SETTINGS),
    ("/staff/organisation/look", _("Uiterlijk"), Permission.CHANGE_SETTINGS),
    ("/staff/organisation/newsletters", _("Nieuwsbrieven en doelgroepen"), Permission.CHANGE_SETTINGS),
    ("/staff/organisation/languages", _("Talen en woorden"), Permission.CHANGE_SETTINGS),
    ("/staff/people", _("Mensen en rollen"), Permission.CHANGE_STAFF),
)


def side(here: Here) -> list[tuple[str, str]]:
    """Where each page is that this person may open, and its words."""
    return [(path, here.say(words)) for path, words, needs in PAGES if may(here.person, needs)]
