"""What a browser is answered when a use case refuses: one status for each branch of the error tree."""

from __future__ import annotations

from http import HTTPStatus

from wording import ExplainedError
from wording.errors import (
    ConflictError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    ServiceError,
    SettingsError,
)

STATUS: dict[type[ExplainedError], HTTPStatus] = {
    InvalidInputError: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotAllowedError: HTTPStatus.FORBIDDEN,
    NotFoundError: HTTPStatus.NOT_FOUND,
    ConflictError: HTTPStatus.CONFLICT,
    SettingsError: HTTPStatus.INTERNAL_SERVER_ERROR,
    ServiceError: HTTPStatus.SERVICE_UNAVAILABLE,
}


def status_of(error: ExplainedError) -> HTTPStatus:
    """The status of an error's nearest branch."""
    return next((STATUS[one] for one in type(error).__mro__ if one in STATUS), HTTPStatus.INTERNAL_SERVER_ERROR)
