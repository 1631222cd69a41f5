"""The page an issue is written on: shown, saved, its sections put elsewhere; and two versions chosen between."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from flask import jsonify, request
from werkzeug.wrappers import Response

from mailer.document.mending import mended
from mailer.document.sections import Sheet, cut, piece_of
from mailer.organisation import Channel
from mailer.services.publishing import typos
from mailer.services.publishing.overview import way
from mailer.services.writing import dismissals, saving, unsaved
from mailer.services.writing.merging import plain_text
from mailer.services.writing.saving import Saved, SavedMeanwhileError, TypedElsewhereError
from staff.permissions import Permission, may
from web.errors import status_of
from web.staff.here import Here
from web.staff.issues import editions_said
from web.staff.naming import audience_title, issue_title, locale_name
from web.staff.writing import choosing, showing
from web.staff.writing.blocks import TABLE, blocks
from web.staff.writing.form import MOST_PIECES, Typed, sheet_of, text_of
from wording import ExplainedError, _
from wording.errors import ConflictError, ContentError, InvalidInputError, NotFoundError, ServiceError

_ELSEWHERE = {"copy": "copy_section", "insert": "insert_block", "bring": "bring_in"}
"""Pages that put something after a section; what was typed is kept first."""
SCRIPT = "X-Write"
"""A header of our own script: it wants an answer as JSON, and shows the page anew only where it must."""


def write(here: Here, slug: str) -> Response:
    """GET shows what this person typed, or what is saved. POST does what its button says."""
    if request.method == "POST":
        return _done(here, slug)
    try:
        opened, kept = unsaved.open_sheet(here.office, here.person, slug)
    except ContentError as error:
        lines = [{"where": str(one.place), "text": here.say(one.text)} for one in error.problems]
        return here.page("issues/not_ready", slug=slug, title=issue_title(here, slug), lines=lines)
    if kept is None:
        return page(here, slug, Typed(plain_text(opened.text), opened.hash, ""))
    behind = kept.base != opened.hash
    return page(here, slug, Typed(kept.text, kept.base, kept.mark, here.moment(kept.at), behind))


def _done(here: Here, slug: str) -> Response:
    do, _colon, what = request.form.get("do", "save").partition(":")
    typed = typed_in(here, slug)
    if do == "drop":
        unsaved.drop_draft(here.office, here.person, slug)
        return here.go("write", slug=slug)
    if do == "choose":
        return choosing.chosen(here, slug, typed, save)
    if do == "mend":
        return _mended(here, slug, typed, what)
    if do == "typo":
        return save(here, slug, typed, _corrected)
    if do in _ELSEWHERE:
        return keep(here, slug, typed, to=_ELSEWHERE[do], after=_number(what))
    if do in ("stay", "return"):
        return _judged(here, slug, typed, do, what[:64])
    if do in _MOVES:
        return _rearranged(here, slug, typed, do, what)
    return save(here, slug, typed)


def typed_in(here: Here, slug: str) -> Typed:
    """What came with a form of this page."""
    text = text_of(request.form, showing.audiences_of(here, slug))
    return Typed(text, request.form.get("base", "")[:64], request.form.get("mark", "")[:64])


def _saved(here: Here, slug: str, typed: Typed) -> Saved:
    return saving.save_issue(here.office, here.person, slug, typed.text, typed.base, over=typed.mark)


def _corrected(here: Here, slug: str, typed: Typed) -> Saved:
    """Nothing but typing errors: approvals stand."""
    reason = request.form.get("why", "")
    done = typos.correct_typo(here.office, here.person, slug, typed.text, typed.base, reason=reason, over=typed.mark)
    return done.saved


def save(here: Here, slug: str, typed: Typed, store: Callable[[Here, str, Typed], Saved] = _saved) -> Response:
    """Save; where someone else was first, or the same person in another window, the versions are shown beside it."""
    by_script = SCRIPT in request.headers
    try:
        saved = store(here, slug, typed)
    except (SavedMeanwhileError, TypedElsewhereError) as error:
        if by_script:
            return _answer(here, error)
        if isinstance(error, SavedMeanwhileError) and not error.theirs_hash:
            return page(here, slug, typed, NotFoundError(_("Er is geen nummer ‘{slug}’.", slug=slug)))
        return choosing.choose(here, slug, typed, error)
    except (InvalidInputError, ServiceError, ConflictError, NotFoundError) as error:
        if by_script:
            return _answer(here, error)
        return page(here, slug, typed, error)
    if by_script:
        said = here.say(_("Bewaard om {moment}", moment=here.moment(saved.at)))
        return jsonify(base=saved.hash, mark="", said=said)
    if store is _corrected and saved.revision:
        return here.go("write", slug=slug, typo=saved.revision)
    return here.go("write", slug=slug)


def _answer(here: Here, error: ExplainedError) -> Response:
    answer = jsonify(problem=here.say(error.text))
    answer.status_code = int(status_of(error))
    return answer


def _up(sheet: Sheet, number: int, _title: str) -> tuple[Sheet, int]:
    return sheet.moved(number, -1), max(1, number - 1)


def _down(sheet: Sheet, number: int, _title: str) -> tuple[Sheet, int]:
    return sheet.moved(number, 1), min(len(sheet.pieces) - 1, number + 1)


def _add(sheet: Sheet, number: int, title: str) -> tuple[Sheet, int]:
    return sheet.added(number, piece_of(f"## {title}\n\n")), number + 1


def _remove(sheet: Sheet, number: int, _title: str) -> tuple[Sheet, int]:
    return sheet.without(number), max(0, number - 1)


_MOVES = {"up": _up, "down": _down, "add": _add, "remove": _remove}
"""What a button of a section does with the sheet; and which section is looked at then."""


def _rearranged(here: Here, slug: str, typed: Typed, do: str, what: str) -> Response:
    """Sections put elsewhere: kept as a draft, which the page then shows."""
    sheet = sheet_of(request.form, showing.audiences_of(here, slug))
    changed, there = _MOVES[do](sheet, min(_number(what), len(sheet.pieces) - 1), here.say(_("Nieuwe rubriek")))
    return keep(here, slug, Typed(changed.text, typed.base, typed.mark), there)


def _number(what: str) -> int:
    return int(what) if what.isascii() and what.isdigit() and len(what) < 5 else 0


def _mended(here: Here, slug: str, typed: Typed, what: str) -> Response:
    """The line with this number as it should be, kept as a draft; nothing where it is no longer wrong."""
    lines, file = typed.text.split("\n"), f"issues/{slug}/issue.md"
    for problem in showing.problems_of(here, slug, typed.text):
        if problem.place.file == file and str(problem.place.line) == what:
            better = mended(problem, lines)
            lines[problem.place.line - 1] = better or lines[problem.place.line - 1]
    text = "\n".join(lines)
    number = int(what) if what.isascii() and what.isdigit() and len(what) < 7 else 0
    return keep(here, slug, replace(typed, text=text), cut(text).piece_at(number) or 0)


def _judged(here: Here, slug: str, typed: Typed, do: str, mark: str) -> Response:
    """Let a warning stay, with its reason, or let it be one again; what was typed meanwhile is kept."""
    try:
        if do == "stay":
            reason = next(filter(None, request.form.getlist(f"stay-{mark}")), "")
            dismissals.dismiss(here.office, here.person, slug, mark, reason=reason, text=typed.text)
        else:
            dismissals.bring_back(here.office, here.person, slug, mark)
    except (InvalidInputError, NotFoundError) as error:
        return page(here, slug, typed, error)
    content = here.office.content
    warned = dismissals.marks(content, slug, showing.problems_of(here, slug, typed.text), typed.text).get(mark)
    there = cut(typed.text).piece_at(warned.place.line) if warned else None
    return keep(here, slug, typed, there or 0)


def keep(here: Here, slug: str, typed: Typed, there: int = 0, *, to: str = "write", **more: int) -> Response:
    """Keep a text as a draft and show it, at the section with this number, or another page.

    What is saved just so is no draft.
    """
    try:
        if typed.mark or typed.text != plain_text(here.office.content.text(slug) or ""):
            unsaved.keep_draft(here.office, here.person, slug, typed.text, typed.base, over=typed.mark)
    except TypedElsewhereError as error:
        return choosing.choose(here, slug, typed, error)
    except (InvalidInputError, NotFoundError) as error:
        return page(here, slug, typed, error)
    return here.go(to, slug=slug, _anchor=f"r{there}" if to == "write" else None, **more)


def page(here: Here, slug: str, typed: Typed, error: ExplainedError | None = None) -> Response:
    """The page with this text on it, whatever happened to it."""
    sheet = cut(typed.text)
    as_text = request.values.get("as") == "text" or len(sheet.pieces) > MOST_PIECES
    status = 200 if error is None else int(status_of(error))
    return here.page(
        "writing/write",
        status,
        **_bar(here, slug),
        **values(here, slug, typed, sheet, as_text=as_text),
        problem=error and error.text,
        corrected=_outlived(here, slug),
        typo_why=request.form.get("why", "")[: typos.MOST_REASON],
        gone=isinstance(error, NotFoundError),
    )


def _outlived(here: Here, slug: str) -> str:
    """What became of approvals by the correction that this page was led to from; "" for any other."""
    number = request.args.get("typo", "")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        return ""
    names = typos.outlived(here.office, here.person, slug, int(number))
    if names is None:
        return ""
    if not names:
        return here.say(_("Bewaard als tikfout. Er was geen goedkeuring die kon blijven staan."))
    said = _("Bewaard als tikfout. De goedkeuring van {names} blijft staan.", names=", ".join(names))
    return here.say(said)


def values(here: Here, slug: str, typed: Typed, sheet: Sheet, *, as_text: bool) -> Mapping[str, object]:
    """What the template shows of a text."""
    house, audiences = here.office.house, showing.audiences_of(here, slug)
    found = showing.problems_of(here, slug, typed.text)
    mark, said = showing.count_words(showing.left(here, slug, typed.text, found))
    keys = [str(number) for number in range(len(sheet.pieces))]
    return {
        "typed": typed,
        "as_text": as_text,
        "many": len(sheet.pieces) > MOST_PIECES,
        "front": showing.front_values(sheet, audiences),
        "pieces": showing.pieces(here, sheet, keys, audiences)[:MOST_PIECES],
        "problems": showing.by_piece(here, slug, sheet, found),
        "problem_mark": mark,
        "problems_said": here.say(said),
        "audiences": [(key, audience_title(here, key)) for key in audiences],
        "tally": showing.tally(here, sheet, audiences, slug),
        "looks": [
            (
                key,
                audience_title(here, key),
                [(code, locale_name(here, code)) for code in house.audiences[key].locales],
                house.audiences[key].channel is Channel.POST,
            )
            for key in audiences
        ],
        "source": house.source_locale,
        "blocks": blocks(here),
        "table": TABLE,
    }


def _bar(here: Here, slug: str) -> dict[str, object]:
    """What stands above; of an issue that is gone, its name alone."""
    shared: dict[str, object] = {"slug": slug, "title": issue_title(here, slug)}
    try:
        trail = way(here.office, here.person, slug)
    except NotFoundError:
        return shared
    may_send = may(here.person, Permission.PUBLISH_ISSUES)
    return shared | {"legs": editions_said.legs(here, slug, trail, may_send=may_send, mailing=None)}
