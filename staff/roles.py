"""What members of staff may do."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from wording import Text, _


class Role(StrEnum):
    """No role contains another."""

    EDITOR = "editor"
    TRANSLATOR = "translator"
    APPROVER = "approver"
    POSTAL = "postal"
    ADMIN = "admin"


ROLE_WORDS: Mapping[Role, Text] = {
    Role.EDITOR: _("redacteur"),
    Role.TRANSLATOR: _("vertaler"),
    Role.APPROVER: _("goedkeurder"),
    Role.POSTAL: _("postkamer"),
    Role.ADMIN: _("beheerder"),
}
