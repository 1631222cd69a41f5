"""The pages of the postal desk."""

from __future__ import annotations

from staff.permissions import Permission
from web.staff.post import centres, desk, fill, look, people, piece, returned, runs
from web.staff.post.import_people import PEOPLE
from web.staff.routes import Route

BOTH = ("GET", "POST")
_RUN = "/post/runs/<int:run>"
_PRINT, _SEE, _CHANGE = Permission.PRINT_RUNS, Permission.SEE_ADDRESSEES, Permission.CHANGE_ADDRESSEES

ROUTES: tuple[Route, ...] = (
    Route("/post", "post", desk.desk, _PRINT, example="/post"),
    Route("/post/proof-sheet", "proof_sheet", desk.proof_sheet, _PRINT, ("POST",)),
    Route("/post/print/<issue>", "print_look", look.look, _PRINT, BOTH),
    Route("/post/returned", "returned", returned.returned, _PRINT, BOTH, example="/post/returned"),
    Route(_RUN, "print_run", runs.run, _PRINT),
    Route(f"{_RUN}/names", "run_names", runs.names, _PRINT, ("POST",), fresh=True),
    Route(f"{_RUN}/do", "run_deed", runs.do, _PRINT, ("POST",)),
    Route(f"{_RUN}/files/<name>", "print_file", runs.file, _PRINT, ("POST",), fresh=True),
    Route(f"{_RUN}/fill", "fill", fill.fill, _PRINT, BOTH),
    Route(f"{_RUN}/pieces/<int:piece>", "piece", piece.piece, _PRINT),
    Route(f"{_RUN}/pieces/<int:piece>/print", "print_again", piece.again, _PRINT, ("POST",), fresh=True),
    Route("/post/people", "people_by_post", people.people, _SEE, example="/post/people"),
    Route("/post/people/names", "names_by_post", people.names, _SEE, ("POST",), fresh=True),
    Route("/post/people/new", "new_by_post", people.new, _CHANGE, BOTH, example="/post/people/new"),
    Route("/post/people/<code>", "person_by_post", people.person, _SEE, BOTH, posts=_CHANGE),
    Route("/post/people/<code>/name", "name_by_post", people.name, _SEE, ("POST",), fresh=True),
    Route("/post/visit", "visit", people.visit, _SEE, ("POST",), fresh=True),
    Route("/post/explanation", "explanation", centres.explanation, _PRINT, ("POST",)),
    Route("/post/centres", "centres", centres.centres, _SEE, example="/post/centres"),
    Route("/post/centres/new", "new_centre", centres.new, _CHANGE, BOTH, example="/post/centres/new"),
    Route("/post/centres/<centre>", "centre", centres.centre, _SEE, BOTH, posts=_CHANGE),
    *PEOPLE.routes(),
)
