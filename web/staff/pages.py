"""Every staff page there is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, Flask, request
from sqlalchemy.exc import InternalError, OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from staff.permissions import Permission
from web.errors import status_of
from web.front import BODIES
from web.staff import demo, me, second_step, signing_in, today
from web.staff.administration import audit, health, hold, keys, organisation, people
from web.staff.administration import routes as administration
from web.staff.guard import admitted, guarded
from web.staff.here import Here, Staff
from web.staff.issues import approving, editions, issue, issues
from web.staff.post import routes as post
from web.staff.readers import routes as readers
from web.staff.routes import KIB, Access, Route
from web.staff.sending import correcting, deliveries, figures, mailings, sending, who
from web.staff.translating import routes as translating
from web.staff.writing import asking, bringing, copying, drafting, history, inserting, pictures
from web.staff.writing import page as writing
from wording import ExplainedError, Text, _

BOTH = ("GET", "POST")

_SLUG = "los-2026-24"
"""An issue of the example content, for the tests of pages."""
ISSUE_BODY = 768 * KIB
"""A form with an issue of 210 kB, of which a letter of Arabic takes three times as much, and its fields."""
PICTURE_BODY = 10_240 * KIB
"""A picture of 10 MB in its form."""
FILE_BODY = 25_600 * KIB
"""A Word file of 25 MB in its form, or the pictures of one that go on with the form after it."""

ROUTES: tuple[Route, ...] = (
    Route("/sign-in", "sign_in", signing_in.sign_in, Access.PUBLIC, BOTH, example="/sign-in"),
    Route("/sign-in/code", "sign_in_code", signing_in.code, Access.PUBLIC, BOTH),
    Route("/sign-in/<token>", "sign_in_link", signing_in.link, Access.PUBLIC, BOTH),
    Route("/sign-out", "sign_out", signing_in.sign_out, Access.PUBLIC, ("POST",)),
    Route("/second-step", "second_step", second_step.second_step, Access.HALF_IN, BOTH, example="/second-step"),
    Route("/set-up", "set_up", second_step.set_up, Access.HALF_IN, BOTH, example="/set-up"),
    Route("/passkey-options", "passkey_options", second_step.passkey_options, Access.HALF_IN, ("POST",)),
    Route("/passkey", "passkey", second_step.passkey, Access.HALF_IN, ("POST",)),
    Route("/paper-codes", "paper_codes", second_step.paper, Access.SIGNED_IN, BOTH, fresh=True, example="/paper-codes"),
    Route("/", "today", today.today, Access.SIGNED_IN, example="/"),
    Route("/issues", "issues", issues.issues, Permission.SEE_ISSUES, example="/issues"),
    Route("/issues/new", "new_issue", issues.new, Permission.EDIT_ISSUES, BOTH, example="/issues/new"),
    Route(
        "/issues/bring",
        "bring_new",
        bringing.bring_new,
        Permission.EDIT_ISSUES,
        BOTH,
        body=FILE_BODY,
        example="/issues/bring",
    ),
    Route("/issues/<slug>", "issue", issue.issue, Permission.SEE_ISSUES, example=f"/issues/{_SLUG}"),
    Route(
        "/issues/<slug>/checks", "checks", issue.all_checks, Permission.SEE_ISSUES, example=f"/issues/{_SLUG}/checks"
    ),
    Route(
        "/issues/<slug>/write",
        "write",
        writing.write,
        Permission.EDIT_ISSUES,
        BOTH,
        body=ISSUE_BODY,
        example=f"/issues/{_SLUG}/write",
    ),
    Route("/issues/<slug>/write/draft", "draft", drafting.draft, Permission.EDIT_ISSUES, ("POST",), body=ISSUE_BODY),
    Route("/issues/<slug>/write/review", "review", drafting.review, Permission.EDIT_ISSUES, ("POST",), body=ISSUE_BODY),
    Route("/issues/<slug>/write/frame/<audience>/<locale>", "draft_frame", drafting.frame, Permission.EDIT_ISSUES),
    Route(
        "/issues/<slug>/write/booklet/<audience>/<locale>", "draft_booklet", drafting.booklet, Permission.EDIT_ISSUES
    ),
    Route(
        "/issues/<slug>/write/copy",
        "copy_section",
        copying.copy,
        Permission.EDIT_ISSUES,
        BOTH,
        example=f"/issues/{_SLUG}/write/copy",
    ),
    Route(
        "/issues/<slug>/write/bring",
        "bring_in",
        bringing.bring_in,
        Permission.EDIT_ISSUES,
        BOTH,
        body=FILE_BODY,
        example=f"/issues/{_SLUG}/write/bring",
    ),
    Route("/issues/<slug>/write/paste", "paste", bringing.paste, Permission.EDIT_ISSUES, ("POST",), body=FILE_BODY),
    Route(
        "/issues/<slug>/write/paper",
        "draft_paper",
        drafting.paper,
        Permission.EDIT_ISSUES,
        example=f"/issues/{_SLUG}/write/paper",
    ),
    Route(
        "/issues/<slug>/write/insert",
        "insert_block",
        inserting.insert,
        Permission.EDIT_ISSUES,
        BOTH,
        example=f"/issues/{_SLUG}/write/insert?what=agenda&title=Muziek&date=2026-12-18",
    ),
    Route("/issues/<slug>/write/block", "block_look", inserting.block, Permission.EDIT_ISSUES),
    Route("/issues/<slug>/write/ask", "ask_approval", asking.ask, Permission.EDIT_ISSUES, BOTH),
    Route(
        "/issues/<slug>/write/pictures",
        "add_picture",
        pictures.add,
        Permission.EDIT_ISSUES,
        ("POST",),
        body=PICTURE_BODY,
    ),
    Route("/issues/<slug>/write/pictures/<name>", "picture", pictures.show, Permission.EDIT_ISSUES),
    Route(
        "/issues/<slug>/history",
        "history",
        history.history,
        Permission.SEE_ISSUES,
        BOTH,
        posts=Permission.EDIT_ISSUES,
        example=f"/issues/{_SLUG}/history",
    ),
    Route("/issues/<slug>/prepare", "prepare", issue.prepare, Permission.EDIT_ISSUES, ("POST",)),
    Route(
        "/issues/<slug>/edition/<audience>/<locale>",
        "edition",
        editions.edition,
        Permission.SEE_ISSUES,
        example=f"/issues/{_SLUG}/edition/legal-aid/nl",
    ),
    Route("/issues/<slug>/frame/<audience>/<locale>", "frame", editions.frame, Permission.SEE_ISSUES),
    Route("/issues/<slug>/booklet/<audience>/<locale>", "booklet", editions.booklet, Permission.SEE_ISSUES),
    Route(
        "/issues/<slug>/approve",
        "approve",
        approving.approve,
        Permission.SEE_ISSUES,
        BOTH,
        posts=Permission.APPROVE_ISSUES,
        example=f"/issues/{_SLUG}/approve",
    ),
    Route(
        "/issues/<slug>/send",
        "send",
        sending.send,
        Permission.PUBLISH_ISSUES,
        BOTH,
        fresh=True,
        example=f"/issues/{_SLUG}/send",
    ),
    Route(
        "/issues/<slug>/correct",
        "correct",
        correcting.correct,
        Permission.SEE_ISSUES,
        BOTH,
        fresh=True,
        posts=Permission.PUBLISH_ISSUES,
    ),
    Route(
        "/issues/<slug>/correct/approve", "approve_correction", correcting.approve, Permission.APPROVE_ISSUES, ("POST",)
    ),
    Route("/issues/<slug>/who", "who", who.who, Permission.PUBLISH_ISSUES, example=f"/issues/{_SLUG}/who"),
    Route("/issues/<slug>/language", "language_choice", sending.language, Permission.RELEASE_LANGUAGES, ("POST",)),
    Route("/issues/<slug>/proof", "proof", sending.proof, Permission.SEND_PROOFS, ("POST",)),
    Route("/issues/<slug>/links", "links", sending.links, Permission.PUBLISH_ISSUES, ("POST",)),
    Route("/issues/<slug>/recount", "recount", sending.recount, Permission.PUBLISH_ISSUES, ("POST",)),
    *translating.ROUTES,
    *post.ROUTES,
    *readers.ROUTES,
    Route("/mailings", "mailings", mailings.mailings, Permission.SEE_MAILINGS, example="/mailings"),
    Route("/mailings/<int:number>", "mailing", mailings.mailing, Permission.SEE_MAILINGS),
    Route("/mailings/<int:number>/deliveries", "deliveries", deliveries.deliveries, Permission.SEE_MAILINGS),
    Route(
        "/mailings/<int:number>/figures",
        "figures",
        figures.figures,
        Permission.SEE_MAILINGS,
        BOTH,
        posts=Permission.SHOW_IN_ARCHIVE,
    ),
    Route("/mailings/<int:number>/figures.csv", "figures_table", figures.table, Permission.SEE_MAILINGS),
    Route("/mailings/<int:number>/order", "order", mailings.order, Permission.ORDER_MAILINGS, ("POST",), fresh=True),
    Route("/mailings/<int:number>/cancel", "cancel", mailings.cancel, Permission.ORDER_MAILINGS, BOTH, fresh=True),
    Route("/people", "people", people.people, Permission.SEE_STAFF, example="/people"),
    Route("/people/new", "invite", people.invite, Permission.CHANGE_STAFF, BOTH, fresh=True, example="/people/new"),
    Route("/health", "health", health.health, Permission.SEE_RECORDS, BOTH, example="/health"),
    Route(
        "/health/records",
        "records",
        health.records,
        Permission.CHANGE_SETTINGS,
        BOTH,
        fresh=True,
        example="/health/records",
    ),
    Route("/health/hold", "hold", hold.hold, Permission.KEEP_BACKUPS, BOTH, fresh=True, example="/health/hold"),
    Route("/keys", "keys", keys.keys, Permission.KEEP_KEYS, BOTH, fresh=True, example="/keys"),
    Route("/keys/paper", "keys_on_paper", keys.paper, Permission.KEEP_KEYS, ("POST",), fresh=True),
    Route("/audit", "audit", audit.audit, Permission.SEE_RECORDS, BOTH, example="/audit"),
    Route("/audit/head", "audit_head", audit.head, Permission.SEE_RECORDS),
    Route("/audit/register", "register", audit.register, Permission.SEE_RECORDS, example="/audit/register"),
    Route("/audit/breach", "breach", audit.breach, Permission.REPORT_BREACHES, BOTH, example="/audit/breach"),
    Route(
        "/audit/retention",
        "retention",
        audit.retention,
        Permission.SEE_RECORDS,
        BOTH,
        fresh=True,
        example="/audit/retention",
    ),
    Route("/people/<uid>", "person", people.person, Permission.CHANGE_STAFF, BOTH, fresh=True),
    Route(
        "/organisation",
        "organisation",
        organisation.organisation,
        Permission.CHANGE_SETTINGS,
        BOTH,
        fresh=True,
        example="/organisation",
    ),
    *administration.ROUTES,
    Route("/me", "me", me.me, Access.SIGNED_IN, example="/me"),
    Route("/me/mails", "mails", me.mails, Access.SIGNED_IN, ("POST",)),
    Route("/me/language", "language", me.language, Access.SIGNED_IN, ("POST",)),
    Route("/me/sessions", "end_session", me.end_session, Access.SIGNED_IN, ("POST",)),
    Route("/me/passkeys", "remove_passkey", me.remove_passkey, Access.SIGNED_IN, ("POST",), fresh=True),
)

DEMO_ROUTES: tuple[Route, ...] = (Route("/demo", "demo", demo.demo, Access.PUBLIC, BOTH, example="/demo"),)
"""The page that `postduif demo --serve` has beside these."""


def blueprint(staff: Staff, routes: Sequence[Route]) -> Blueprint:
    """The staff pages. Each view gets `Here` and the slots of its path."""
    pages = Blueprint("staff", __name__, url_prefix="/staff")
    for route in routes:
        pages.add_url_rule(
            route.path, route.name, _guarded(staff, route), methods=list(route.methods), strict_slashes=False
        )
    return pages


def _guarded(staff: Staff, route: Route) -> Callable[..., Response]:
    def view(**slots: Any) -> Response:
        refused, here = admitted(staff, route)
        return refused if refused is not None else route.view(here, **slots)

    view.__name__ = route.name
    return view


_TITLES = {
    403: _("Dit mag jij niet"),
    404: _("Deze pagina bestaat niet"),
    413: _("Dit is te groot"),
    503: _("De database geeft geen antwoord"),
}
_TEXTS = {
    403: _("Deze pagina stond te lang open, of kwam niet van ons. Laad haar opnieuw en probeer het nog eens."),
    404: _("Misschien is ze weggehaald, of klopt het adres niet."),
    413: _("Wat je stuurt, is groter dan deze pagina aanneemt. Maak het kleiner en probeer het opnieuw."),
    503: _(
        "Wacht even en laad de bladzijde dan opnieuw. Kijk eerst of er al gebeurd is wat je vroeg, voordat je het nog "
        "eens doet."
    ),
}
_AWAY = (OperationalError, InternalError)
"""No database, one that hangs up, or one that may only be read, as after it moved to another machine."""


def add_staff_pages(app: Flask, staff: Staff) -> None:
    """Give the application its staff pages, and what they answer when something is refused."""
    routes = ROUTES if staff.demo is None else (*ROUTES, *DEMO_ROUTES)
    pages = blueprint(staff, routes)
    pages.after_request(guarded)
    app.register_blueprint(pages)
    app.extensions[BODIES] = {f"staff.{route.name}": route.body for route in routes}
    pages_of_staff = Refusals(staff)
    app.register_error_handler(ExplainedError, pages_of_staff.explained)


class Refusals:
    """What a person reads instead of the page."""

    def __init__(self, staff: Staff) -> None:
        self._staff = staff

    def explained(self, error: ExplainedError) -> Response:
        """A use case that refused: its own sentence, with the status of its branch."""
        status = status_of(error)
        return self._page(int(status), error.text)

    def refused(self, error: HTTPException) -> Response:
        """What Flask itself refused: a page that is not there, a body that is too large."""
        code = error.code or 500
        if isinstance(getattr(error, "original_exception", None), _AWAY):
            code = 503
        return self._page(code, _TEXTS.get(code, _("Er ging iets mis. Probeer het nog eens.")))

    def _page(self, code: int, text: Text) -> Response:
        try:
            here = Here.of(self._staff)
        except _AWAY:
            here = Here(self._staff, None)  # whoever asks, the page can be shown
        title = here.say(_TITLES.get(code, _("Dit ging niet")))
        response = here.page("error", code, title=title, text=here.say(text), nothing_done=code < 500)
        return guarded(response)


def is_staff_page() -> bool:
    """True for a request to the staff pages."""
    return request.path == "/staff" or request.path.startswith("/staff/")
