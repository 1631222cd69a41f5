"""The pages about the organisation, beside each of them."""

from __future__ import annotations

from collections.abc import Sequence

from flask import request

from staff.permissions import Permission, may
from web.staff.here import Here
from wording import Text, _

PAGES: Sequence[tuple[str, Text, Permission]] = (
    ("/staff/organisation", _("Organisatie"), Permission.CHANGE_SETTINGS),
    ("/staff/organisation/look", _("Uiterlijk"), Permission.CHANGE_SETTINGS),
    ("/staff/organisation/newsletters", _("Nieuwsbrieven en doelgroepen"), Permission.CHANGE_SETTINGS),
    ("/staff/organisation/languages", _("Talen en woorden"), Permission.CHANGE_SETTINGS),
    ("/staff/people", _("Mensen en rollen"), Permission.CHANGE_STAFF),
    ("/staff/health/records", _("Mailserver en DNS"), Permission.CHANGE_SETTINGS),
    ("/staff/keys", _("Sleutels en back-up"), Permission.KEEP_KEYS),
    ("/staff/audit", _("Logboek"), Permission.SEE_RECORDS),
    ("/staff/health", _("Werkt alles?"), Permission.SEE_RECORDS),
)


def side(here: Here) -> list[tuple[str, str, bool]]:
    """Where each is, its words, and whether it is here: those that this person may see."""
    at = max((path for path, _words, _needs in PAGES if f"{request.path}/".startswith(f"{path}/")), key=len, default="")
    return [(path, here.say(words), path == at) for path, words, needs in PAGES if may(here.person, needs)]
