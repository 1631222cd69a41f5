"""All issues, and one of them: how far its languages are, what stands in the way, and every edition to look at."""

from __future__ import annotations

from dataclasses import dataclass

from flask import make_response
from werkzeug.wrappers import Response

from mailer.organisation import Channel
from mailer.services.sending import overview
from mailer.services.sending.overview import MailingLine
from mailer.services.sending.words import word_for
from mailer.services.translating import release
from mailer.services.writing import checks, previews
from staff.permissions import Permission, may
from web.staff.here import Here
from web.staff.naming import audience_title, issue_title, locale_name
from wording import _
from wording.errors import ContentError, NotFoundError, Problem, Severity

FRAME = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)
"""The policy of a preview: its own styles and pictures, no script, no link followed inside it."""


@dataclass(frozen=True)
class Language:
    """How far one translation is."""

    code: str
    name: str
    translated: int
    approved: int
    total: int
    held: bool

    @property
    def percent(self) -> int:
        return 100 if not self.total else self.approved * 100 // self.total


@dataclass(frozen=True)
class EditionLink:
    """One edition to look at."""

    audience: str
    title: str
    locale: str
    name: str
    on_paper: bool


def issues(here: Here) -> Response:
    """Every issue, the newest first, with its mailing where it has one."""
    sent = _mailings(here)
    rows = [
        {"slug": slug, "title": issue_title(here, slug), "mailing": sent.get(slug)}
        for slug in sorted(here.office.content.slugs(), reverse=True)
    ]
    return here.page("issues/issues", rows=rows, word_for=lambda state: here.say(word_for(state)))


def issue(here: Here, slug: str) -> Response:
    """One issue. Raises NotFoundError."""
    _require_known(here, slug)
    problems = checks.check(here.office, slug)
    errors = [one for one in problems if one.severity is Severity.ERROR]
    return here.page(
        "issues/issue",
        slug=slug,
        title=issue_title(here, slug),
        errors=[_line(here, one) for one in errors],
        warnings=[_line(here, one) for one in problems if one.severity is not Severity.ERROR],
        languages=_languages(here, slug),
        editions=_editions(here, slug),
        mailing=_mailings(here).get(slug),
        word_for=lambda state: here.say(word_for(state)),
    )


def frame(here: Here, slug: str, audience: str, locale: str) -> Response:
    """An e-mail as its readers will see it, for a frame without scripts."""
    _require_known(here, slug)
    page = previews.html(here.office, slug, audience, locale)
    response = make_response(page.replace(b"<head>", b'<head><base target="_blank">', 1))
    response.headers["Content-Security-Policy"] = FRAME
    return response


def booklet(here: Here, slug: str, audience: str, locale: str) -> Response:
    """The pages of a booklet as PDF."""
    _require_known(here, slug)
    response = make_response(previews.pdf(here.office, slug, audience, locale))
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{slug}-{audience}-{locale}.pdf"'
    return response


def edition(here: Here, slug: str, audience: str, locale: str) -> Response:
    """One edition in its frame, narrow as on a phone and wide beside it."""
    _require_known(here, slug)
    if (audience, locale) not in {(one.audience, one.locale) for one in _editions(here, slug)}:
        raise NotFoundError(_("Dit nummer is er niet (meer): {slug}.", slug=slug))
    values = {"audience": audience_title(here, audience), "locale": locale, "language": locale_name(here, locale)}
    on_paper = here.office.house.audiences[audience].channel is Channel.POST
    path = f"/staff/issues/{slug}/{'booklet' if on_paper else 'frame'}/{audience}/{locale}"
    return here.page("issues/edition", slug=slug, title=issue_title(here, slug), path=path, on_paper=on_paper, **values)


def _editions(here: Here, slug: str) -> list[EditionLink]:
    """The editions that the issue's audiences read, whether they are ready or not."""
    try:
        found, _document = here.office.content.issue(slug)
    except ContentError:
        return []
    audiences = [here.office.house.audiences[key] for key in found.audiences]
    return [
        EditionLink(
            one.key, audience_title(here, one.key), locale, locale_name(here, locale), one.channel is Channel.POST
        )
        for one in audiences
        for locale in one.locales
    ]


def _languages(here: Here, slug: str) -> list[Language]:
    try:
        found = release.status(here.office, here.person, slug)
    except ContentError:
        return []
    return [
        Language(
            code,
            locale_name(here, code),
            one.readiness.translated,
            one.readiness.approved,
            one.readiness.total,
            one.held,
        )
        for code, one in found.items()
    ]


def _mailings(here: Here) -> dict[str, MailingLine]:
    """The latest mailing of each issue, for who may see mailings."""
    if not may(here.person, Permission.SEE_MAILINGS):
        return {}
    return {one.issue: one for one in reversed(overview.mailings_of(here.office, here.person))}


def _line(here: Here, problem: Problem) -> dict[str, str]:
    return {"where": str(problem.place), "text": here.say(problem.text)}


def _require_known(here: Here, slug: str) -> None:
    if slug not in here.office.content.slugs():
        raise NotFoundError(_("Dit nummer is er niet (meer): {slug}.", slug=slug))
