"""Pictures beside an issue: taken in, and shown as they go out by mail and on paper."""

from __future__ import annotations

from flask import jsonify, make_response, request
from werkzeug.wrappers import Response

from mailer.services.writing import saving, seeing
from web.errors import status_of
from web.staff.here import Here
from wording import _
from wording.errors import ConflictError, InvalidInputError, NotFoundError, ServiceError


def add(here: Here, slug: str) -> Response:
    """Take in one picture; answers its name beside the issue, and what it weighs by mail."""
    file = request.files.get("picture")
    try:
        if file is None:
            raise InvalidInputError(_("Kies een bestand tot 10 MB."))
        name = saving.save_picture(here.office, here.person, slug, file.filename or "", file.read())
        seen = seeing.picture(here.office, here.person, slug, name)
    except (ConflictError, InvalidInputError, NotFoundError, ServiceError) as error:
        answer = jsonify(problem=here.say(error.text))
        answer.status_code = int(status_of(error))
        return answer
    return jsonify(name=name, weight=here.say(_("{count} kB", count=max(1, round(len(seen.data) / 1000)))))


def show(here: Here, slug: str, name: str) -> Response:
    """One picture as it goes out by mail, or in the grays of paper. Raises NotFoundError."""
    seen = seeing.picture(here.office, here.person, slug, name, gray=request.args.get("as") == "gray")
    response = make_response(seen.data)
    response.mimetype = f"image/{seen.subtype}"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
