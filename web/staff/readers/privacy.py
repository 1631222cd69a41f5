"""The organisation's own words about its readers' privacy, beside what the register of processing says by itself."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from mailer.services.readers import privacy as service
from web.staff.here import Here
from wording import Text
from wording.errors import InvalidInputError


def privacy(here: Here) -> Response:
    """GET: what readers are told. POST: change the words that are the organisation's own."""
    if request.method != "POST":
        return _page(here)
    house = here.office.house
    given = {code: request.form.get(f"words-{code}", "")[: 2 * service.MOST_WORDS] for code in house.locales}
    try:
        service.change_words(here.office, here.person, given)
    except InvalidInputError as error:
        return _page(here, 422, problem=error.text, typed=given)
    return here.go("privacy")


def _page(
    here: Here, status: int = 200, *, problem: Text | None = None, typed: dict[str, str] | None = None
) -> Response:
    house = here.office.house
    kept = service.words(here.office, here.person)
    words = typed or kept
    return here.page(
        "readers/privacy",
        status,
        texts=[(code, one.name, one.direction, words.get(code, "")) for code, one in house.locales.items()],
        source=house.source_locale,
        missing=not kept.get(house.source_locale),
        rows=[
            (here.say(one.what), [here.say(why) for why in one.purposes], [here.say(until) for until in one.retentions])
            for one in service.kept_of(house)
        ],
        public_path=f"{house.base_url}/{house.source_locale}/privacy",
        most=service.MOST_WORDS,
        problem=problem,
    )
