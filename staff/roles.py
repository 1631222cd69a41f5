"""What members of staff may do."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """No role contains another."""

    EDITOR = "editor"
    TRANSLATOR = "translator"
    APPROVER = "approver"
    POSTAL = "postal"
    ADMIN = "admin"
