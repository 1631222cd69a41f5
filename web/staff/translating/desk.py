"""The desk of a translator: one message at a time, saved, undone, asked about; it works without a script."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response as FlaskResponse
from flask import jsonify, request
from werkzeug.wrappers import Response

from mailer.content import ChangedMeanwhileError
from mailer.services.translating import boxes, desk, messages, remarks, undoing, working
from mailer.services.translating.messages import MessageChangedError
from mailer.services.translating.rows import key_of
from web.errors import status_of
from web.forms import one
from web.staff.here import Here
from web.staff.translating.box import checks_of, others_of, values
from web.staff.translating.known import require_known
from wording import ExplainedError, Text, _
from wording.errors import ConflictError, ContentError, InvalidInputError, NotAllowedError


@dataclass(frozen=True)
class Box:
    """What came in with the form of a message."""

    slug: str
    locale: str
    key: str
    wanted: str
    msgid: str
    text: str
    seen: str

    @classmethod
    def of(cls, slug: str, locale: str) -> Box:
        form = request.form
        msgid, seen = (form.get(name, "").replace("\r\n", "\n") for name in ("msgid", "seen"))
        key = key_of(msgid) if msgid else one(request.args, "m")[:40]
        return cls(slug, locale, key, one(request.args, "f")[:20], msgid, form.get("text", ""), seen)


def at_desk(here: Here, slug: str, locale: str) -> Response:
    """The list and the message at hand; a form of it does one deed and leads on."""
    require_known(here, slug, locale)
    box = Box.of(slug, locale)
    if request.method != "POST":
        return _page(here, box)
    try:
        return _done(here, box)
    except NotAllowedError as error:
        return _kept(here, box, error.text, 403)
    except MessageChangedError as error:
        return _page(here, box, 409, problem=error.text, mine=box.text, theirs=error.theirs)
    except ChangedMeanwhileError as error:
        return _page(here, box, 409, problem=error.text, mine=box.text)
    except ConflictError as error:
        return _moved(here, box, error.text)
    except (InvalidInputError, ContentError) as error:
        return _page(here, box, int(status_of(error)), problem=error.text, mine=box.text)


def _done(here: Here, box: Box) -> Response:
    office, person = here.office, here.person
    place = office, person, box.slug, box.locale
    match one(request.form, "do"):
        case "save" | "next" | "same" as deed:
            text = boxes.unboxed(box.text) if deed != "same" else box.msgid
            boxes.require_typable(text)
            messages.save(*place, msgid=box.msgid, msgstr=text, seen=box.seen)
            return _on(here, box, saved=True, stays=deed == "save")
        case "doubt" | "comment" as deed:
            if box.text.strip():
                boxes.keep(*place, msgid=box.msgid, text=box.text, seen=box.seen)
            words, asks = request.form.get("words", ""), deed == "doubt"
            remarks.comment(*place, msgid=box.msgid, words=words, question=asks)
            return _on(here, box, asked=asks)
        case "undo":
            undoing.undo(*place, key=one(request.form, "back")[:40])
            return _on(here, box, undone=True)
        case "restore":
            text = undoing.past_text(*place, msgid=box.msgid, number=int(one(request.form, "number") or 0))
            messages.save(*place, msgid=box.msgid, msgstr=text, seen=box.seen)
            return _on(here, box, saved=True)
        case "forget":
            boxes.forget(*place, msgid=box.msgid)
            return _on(here, box)
        case "alike":
            undoing.let_stand(*place, msgids=request.form.getlist("alike"))
            return _on(here, box)
        case "back":
            working.hand_back(*place)
            return here.go("today")
        case "help":
            working.ask_for_help(*place)
            return _on(here, box, helped=True)
        case _:
            raise InvalidInputError(_("Deze knop is er niet (meer). Laad de bladzijde opnieuw."))


def _on(here: Here, box: Box, *, stays: bool = True, **said: bool) -> Response:
    """To the same message, or to the one that is next in the list, in the order of the issue."""
    key = box.key
    if not stays:
        found = desk.desk(here.office, here.person, box.slug, box.locale, key=key)
        key = str(values(here, found, box.wanted)["next"]) or key
    asked = {name: box.key for name, yes in said.items() if yes}
    return here.go("desk", slug=box.slug, locale=box.locale, m=key, f=box.wanted or None, **asked)


def _page(
    here: Here,
    box: Box,
    status: int = 200,
    *,
    problem: Text | None = None,
    mine: str | None = None,
    theirs: str | None = None,
) -> FlaskResponse:
    found = desk.desk(here.office, here.person, box.slug, box.locale, key=box.key)
    shown = values(here, found, box.wanted, mine=mine)
    told = {name: one(request.args, name) for name in ("saved", "asked", "undone", "helped")}
    return here.page("translating/desk", status, **shown, told=told, problem=problem, theirs=theirs)


def _moved(here: Here, box: Box, text: Text) -> FlaskResponse:
    """The message left the source: what was typed goes along to the one that took its place, and is kept there."""
    place = here.office, here.person, box.slug, box.locale
    if box.text.strip() and box.msgid:
        boxes.keep(*place, msgid=box.msgid, text=box.text, seen=box.seen)
        heir = desk.desk(*place, key=box.key)
        if heir.vanished is not None and heir.sentence is not None:
            entry = heir.sentence.entry
            boxes.keep(*place, msgid=entry.msgid, text=box.text, seen=entry.msgstr)
    return _page(here, box, 409, problem=text)


def _kept(here: Here, box: Box, text: Text, status: int) -> FlaskResponse:
    """Nothing is saved any more; what was typed stands on the page."""
    return here.page("translating/kept", status, text=here.say(text), typed=boxes.unboxed(box.text), locale=box.locale)


def draft(here: Here, slug: str, locale: str) -> Response:
    """Keep what is typed, and answer with what the checks say: HTML for the places on the page."""
    require_known(here, slug, locale)
    box = Box.of(slug, locale)
    try:
        looked = boxes.keep(here.office, here.person, slug, locale, msgid=box.msgid, text=box.text, seen=box.seen)
    except ExplainedError as error:
        answer = jsonify(problem=here.say(error.text))
        answer.status_code = int(status_of(error))
        return answer
    told = ""
    if not looked.is_there:
        told = here.say(_("De bron van deze zin is intussen veranderd. Laad de bladzijde: je tekst gaat mee."))
    elif looked.now != box.seen:
        told = here.say(_("Iemand anders bewaarde deze zin intussen. Bij het bewaren zie je beide versies."))
    return jsonify(
        kept=here.say(_("bewaard als klad, {moment}", moment=here.moment(looked.at))),
        checks=checks_of(here, looked.found, filled=bool(box.text.strip())),
        told=told,
        others=others_of(here, looked.others),
    )
