"""While someone types: the draft kept, what there is to say about it, and the letter as it would look."""

from __future__ import annotations

from dataclasses import asdict

from flask import jsonify, make_response, request
from werkzeug.wrappers import Response

from mailer.document.sections import cut
from mailer.services.writing import booklets, checks, previews, unsaved
from web.errors import status_of
from web.staff.here import Here
from web.staff.issues.editions import FRAME
from web.staff.naming import issue_title
from web.staff.writing import showing
from web.staff.writing.form import keys_of, sheet_of
from web.staff.writing.page import typed_in
from wording import ExplainedError, _
from wording.errors import ConflictError, ContentError, InvalidInputError, NotFoundError, Severity


def draft(here: Here, slug: str) -> Response:
    """Keep what is typed; answers when, and what stands in the way of showing the letter."""
    typed = typed_in(here, slug)
    try:
        kept = unsaved.keep_draft(here.office, here.person, slug, typed.text, typed.base, over=typed.mark)
    except (ConflictError, InvalidInputError, NotFoundError) as error:
        answer = jsonify(problem=here.say(error.text))
        answer.status_code = int(status_of(error))
        return answer
    return jsonify(mark=kept.mark, at=here.moment(kept.at), stops=_stops(here, slug, typed.text))


def _stops(here: Here, slug: str, text: str) -> str:
    """The first mistake with the name of its section, where there is no letter while it stands; "" otherwise."""
    sheet = sheet_of(request.form, showing.audiences_of(here, slug))
    for problem in checks.check_text(here.office, slug, text=text):
        if problem.severity is Severity.ERROR:
            at = sheet.piece_at(problem.place.line)
            title = (sheet.pieces[at].title if at is not None else "") or here.say(_("Inleiding"))
            if at is None:
                title = here.say(_("Titel, onderwerp en datum"))
            return here.say(_("Eerst dit, in ‘{title}’: {problem}", title=title, problem=problem.text))
    return ""


def review(here: Here, slug: str) -> Response:
    """What there is to say about the text in the form, as parts of the page that take the place of the old ones.

    Raises NotFoundError.
    """
    if slug not in here.office.content.slugs():
        raise NotFoundError(_("Er is geen nummer ‘{slug}’.", slug=slug))
    audiences = showing.audiences_of(here, slug)
    sheet = sheet_of(request.form, audiences)
    found = showing.problems_of(here, slug, sheet.text)
    mark, said = showing.count_words(showing.left(here, slug, sheet.text, found))
    as_text = "text" in request.form
    keys = keys_of(request.form) if not as_text else [str(n) for n in range(len(sheet.pieces))]
    return here.page(
        "writing/_review",
        pieces=showing.pieces(here, sheet, keys, audiences),
        problems=showing.by_piece(here, slug, sheet, found),
        problem_mark=mark,
        problems_said=here.say(said),
        tally=showing.tally(here, sheet, audiences, slug),
        slug=slug,
        as_text=as_text,
    )


def frame(here: Here, slug: str, audience: str, locale: str) -> Response:
    """The letter of what this person typed, in its own policy, for a frame without scripts."""
    text = _text(here, slug)
    response: Response
    scheme = "dark" if request.args.get("look") == "dark" else ""
    try:
        if request.args.get("look") == "text":
            response = make_response(previews.plain(here.office, slug, audience, locale, text=text))
            response.mimetype = "text/plain"
        else:
            page = previews.html(here.office, slug, audience, locale, text=text, scheme=scheme)
            response = make_response(page.replace(b"<head>", b'<head><base target="_blank">', 1))
    except ContentError as error:
        response = _sentence(here, error.problems[0].text if error.problems else error.text, error)
    response.headers["Content-Security-Policy"] = FRAME
    return response


def booklet(here: Here, slug: str, audience: str, locale: str) -> Response:
    """The pages on paper of what this person typed. Raises NotFoundError for an audience that gets no paper."""
    text = _text(here, slug)
    response = make_response(booklets.booklet(here.office, here.person, slug, audience, locale, text=text))
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{slug}-{audience}-{locale}.pdf"'
    return response


def paper(here: Here, slug: str) -> Response:
    """How long what this person typed is, for each audience: words and minutes; pages and grams where it is printed."""
    text, audiences = _text(here, slug), showing.audiences_of(here, slug)
    problem: object = ""
    try:
        found = booklets.lengths(here.office, here.person, slug, audiences, text=text)
    except ContentError as error:
        found, problem = (), here.say(error.problems[0].text if error.problems else error.text)
    rows = []
    for one in showing.tally(here, cut(text), audiences):
        own = [each for each in found if each.audience == one["key"]]
        bare = {"locale": "", "pages": 0, "grams": 0}
        rows += [{**one, **asdict(each)} for each in own] or [{**one, **bare}]
    return here.page("writing/paper", slug=slug, title=issue_title(here, slug), rows=rows, problem=problem)


def _text(here: Here, slug: str) -> str:
    """The draft, or what is saved."""
    opened, kept = unsaved.open_sheet(here.office, here.person, slug)
    return kept.text if kept else opened.text


def _sentence(here: Here, text: object, error: ExplainedError) -> Response:
    response = make_response(here.say(text), int(status_of(error)))  # type: ignore[arg-type]
    response.mimetype = "text/plain"
    return response
