"""Who may give a command that shows or changes people's data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commands.staff import person_called
from staff.roles import Role
from wording import _
from wording.errors import NotAllowedError

if TYPE_CHECKING:
    from mailer.bootstrap import Parts
    from staff.people import Person


def allowed(parts: Parts, called: str, role: Role) -> Person:
    """The person who gives the command. Raises SettingsError when unknown, NotAllowedError without the role."""
    person = person_called(parts, called)
    if role not in person.roles:
        raise NotAllowedError(_("Hiervoor is de rol ‘{role}’ nodig.", role=role.value))
    return person
