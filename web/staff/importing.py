"""Read a list in, in four steps: file, columns, look, report. Any import that has these doors can be plugged in.

A file is kept sealed between the steps (`subscribers.importing.drafts`), so that a session that ends loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Response as FlaskResponse
from flask import request, url_for
from werkzeug.wrappers import Response

from staff.permissions import Permission
from subscribers.importing.source import ImportFileError
from subscribers.importing.steps import Columns, Outcome, Remark
from web.staff.here import Here, uuid_of
from web.staff.routes import KIB, Route
from wording import Text, _, ngettext
from wording.errors import ConflictError, InvalidInputError, NotFoundError

BOTH = ("GET", "POST")
_ENOUGH = 20
"""Rows that are set aside, as a page names them; the file has them all."""


@dataclass(frozen=True)
class Question:
    """Something that is asked of a list as a whole: a field of the first step. `choices` by value; none: a line."""

    name: str
    label: Text
    choices: Mapping[str, str]
    hint: Text | None = None


@dataclass(frozen=True)
class Importer:
    """What an import must do to be plugged in. The callables open its doors; each may raise InvalidInputError,
    ConflictError and NotFoundError, which the pages show at the step they belong to.
    """

    path: str
    """Of the first step, after /staff: "/post/import"."""
    name: str
    """Of its routes: "post_import" gives post_import, post_import_columns, and so on."""
    may: Permission
    most: int
    """Octets of a file."""
    back: tuple[str, Text]
    """Where the list is that it adds to: a path and its words."""
    title: Text
    """The heading of the first step."""
    about: Text
    """What a file may be, under the field."""
    asks: Callable[[Here], Sequence[Question]]
    begin: Callable[[Here, str, bytes, Mapping[str, str]], UUID]
    columns: Callable[[Here, UUID], Columns]
    choose: Callable[[Here, UUID, Mapping[str, str]], None]
    preview: Callable[[Here, UUID], Outcome]
    apply: Callable[[Here, UUID, int], Outcome]
    """Take the list, when as many rows take part as the person saw."""
    report: Callable[[Here, UUID], Outcome]
    aside: Callable[[Here, UUID], bytes]
    button: Callable[[int], Text]
    """Of the third step, with the number of rows that take part."""
    fresh: bool = True
    """Ask for the second step before it is taken."""

    def routes(self) -> tuple[Route, ...]:
        """The pages of its steps."""
        one = f"{self.path}/<draft>"
        steps = Steps(self)
        # a form has its file, its boundary and its fields
        return (
            Route(self.path, self.name, steps.file, self.may, BOTH, body=self.most + 64 * KIB, example=self.path),
            Route(f"{one}/columns", f"{self.name}_columns", steps.columns, self.may, BOTH, body=256 * KIB),
            Route(f"{one}/look", f"{self.name}_look", steps.look, self.may, BOTH, fresh=self.fresh),
            Route(f"{one}/report", f"{self.name}_report", steps.report, self.may),
            Route(f"{one}/aside", f"{self.name}_aside", steps.aside, self.may, ("POST",), fresh=self.fresh),
        )


class Steps:
    """The four pages of one import."""

    def __init__(self, importer: Importer) -> None:
        self._own = importer

    def file(self, here: Here) -> Response:
        """The first step: GET asks for a file, POST keeps it."""
        questions = self._own.asks(here)
        if request.method != "POST":
            return self._file(here, questions)
        given = request.files.get("file")
        answers = {one.name: request.form.get(one.name, "")[:200] for one in questions}
        try:
            if given is None or not given.filename:
                raise InvalidInputError(_("Kies een bestand."))
            with given.stream as stream:  # a large one stands in a file of its own
                data = stream.read()
            uid = self._own.begin(here, given.filename, data, answers)
        except (InvalidInputError, NotFoundError) as error:
            return self._file(here, questions, 422, problem=error.text)
        return here.go(f"{self._own.name}_columns", draft=uid)

    def columns(self, here: Here, draft: str) -> Response:
        """The second step: what each column means, and values that mean nothing by themselves."""
        uid = _uid(draft)
        if request.method != "POST":
            return self._columns(here, uid)
        said = {
            name[2:]: request.form.get(name, "")[:80]
            for name in request.form
            if name.startswith(("c:", "v:")) and request.form.get(name) != "?"
        }
        self._own.choose(here, uid, said)
        if self._own.columns(here, uid).to_choose:
            return self._columns(here, uid, 422, problem=_("Kies eerst wat alles betekent, of sla het over."))
        return here.go(f"{self._own.name}_look", draft=uid)

    def look(self, here: Here, draft: str) -> Response:
        """The third step: what would become of the rows; POST takes them."""
        uid = _uid(draft)
        if request.method == "POST":
            typed = request.form.get("seen", "")[:9]
            seen = int(typed) if typed.isascii() and typed.isdigit() else -1
            try:
                self._own.apply(here, uid, seen)
            except ConflictError as error:
                return self._look(here, uid, 409, problem=error.text)
            return here.go(f"{self._own.name}_report", draft=uid)
        return self._look(here, uid)

    def report(self, here: Here, draft: str) -> Response:
        """The fourth step."""
        uid = _uid(draft)
        found = self._own.report(here, uid)
        return here.page("importing/report", **self._shared(here, 4, uid), **_told(here, found))

    def aside(self, here: Here, draft: str) -> Response:
        """The rows that were set aside, to be mended and brought again."""
        data = self._own.aside(here, _uid(draft))
        response = FlaskResponse(data, mimetype="text/csv")
        response.headers["Content-Disposition"] = 'attachment; filename="apart.csv"'
        response.headers["Cache-Control"] = "no-store"
        return response

    def _file(
        self, here: Here, questions: Sequence[Question], status: int = 200, *, problem: Text | None = None
    ) -> Response:
        asked = [
            {
                "name": one.name,
                "label": here.say(one.label),
                "hint": here.say(one.hint) if one.hint else "",
                "choices": one.choices,
                "typed": request.form.get(one.name, ""),
            }
            for one in questions
        ]
        return here.page("importing/file", status, **self._shared(here, 1), questions=asked, problem=problem)

    def _columns(self, here: Here, uid: UUID, status: int = 200, *, problem: Text | None = None) -> Response:
        found = self._own.columns(here, uid)
        return here.page(
            "importing/columns",
            status,
            **self._shared(here, 2, uid),
            found=found,
            meanings={code: here.say(words) for code, words in found.meanings.items()},
            heading=here.say(_columns_said(found.to_choose)),
            problem=problem,
        )

    def _look(self, here: Here, uid: UUID, status: int = 200, *, problem: Text | None = None) -> Response:
        try:
            found = self._own.preview(here, uid)
        except ImportFileError as error:  # the meaning of a column is mended where it is said
            return self._columns(here, uid, 422, problem=error.text)
        except ConflictError:
            return here.go(f"{self._own.name}_report", draft=uid)
        values = {"button": here.say(self._own.button(found.taken)), "problem": problem}
        return here.page("importing/look", status, **self._shared(here, 3, uid), **_told(here, found), **values)

    def _shared(self, here: Here, step: int, uid: UUID | None = None) -> dict[str, Any]:
        path, words = self._own.back
        names = (_("Bestand"), _("Kolommen"), _("Kijk vooraf"), _("Verslag"))
        there = {2: f"{self._own.name}_columns", 3: f"{self._own.name}_look"}
        return {
            "step": step,
            "back": (path, here.say(words)),
            "title": here.say(self._own.title),
            "about": here.say(self._own.about),
            "path": f"/staff{self._own.path}",
            "phases": [
                {
                    "words": here.say(name),
                    "path": url_for(f"staff.{there[at]}", draft=uid) if uid and at in there and at < step < 4 else "",
                }
                for at, name in enumerate(names, start=1)
            ],
            "draft": uid,
        }


def _told(here: Here, found: Outcome) -> dict[str, Any]:
    """An outcome in words."""
    rows = found.rows or 1
    at, bars = 0.0, []
    classes = {"ok": "a", "wait": "b", "warn": "b", "stop": "c", "none": "d"}
    for fate in found.fates:
        width = fate.rows * 100 / rows
        bars.append((classes[fate.tone], f"{at:.2f}%", f"{width:.2f}%"))
        at += width
    return {
        "file": found.file,
        "rows": found.rows,
        "taken": found.taken,
        "heading": here.say(_heading(found)),
        "bars": bars,
        "bars_said": ", ".join(f"{one.rows} {here.say(one.words)}" for one in found.fates),
        "fates": [
            {
                "tone": one.tone,
                "rows": one.rows,
                "words": here.say(one.words),
                "note": here.say(one.note) if one.note else "",
            }
            for one in found.fates
        ],
        "aside": _remarks(here, found.aside),
        "aside_count": sum(one.rows for one in found.fates if one.tone == "stop"),
        "remarks": _remarks(here, found.remarks),
    }


def _remarks(here: Here, remarks: Sequence[Remark]) -> list[tuple[int, str]]:
    return [(one.line, here.say(one.why)) for one in remarks[:_ENOUGH]]


def _heading(found: Outcome) -> Text:
    if found.is_done:
        return ngettext("{count} regel is ingelezen", "{count} regels zijn ingelezen", found.taken)
    return ngettext(
        "Van {rows} regels doet er {count} mee", "Van {rows} regels doen er {count} mee", found.taken, rows=found.rows
    )


def _columns_said(count: int) -> Text:
    if count:
        return ngettext("Er is nog {count} ding om te kiezen", "Er zijn nog {count} dingen om te kiezen", count)
    return _("Alle kolommen zijn herkend")


def _uid(text: str) -> UUID:
    uid = uuid_of(text)
    if uid is None:
        raise NotFoundError(_("Deze lijst is er niet (meer). Kies het bestand opnieuw."))
    return uid
