"""A PO file for who would rather work elsewhere: taken home, brought back with a report, or by a link of one's own."""

from __future__ import annotations

import hmac

from flask import Response as FlaskResponse
from flask import make_response, request
from werkzeug.wrappers import Response

from mailer.services.translating import files
from mailer.translation.merging import Merge, Outcome
from web.errors import status_of
from web.staff.here import Here
from web.staff.naming import language_said
from web.staff.translating.known import require_known, title_of
from wording import ExplainedError, Text, _, ngettext
from wording.errors import ContentError, InvalidInputError, NotFoundError

DAYS = 7
"""How long a link to a file works."""
_DAY = 86_400

OUTCOMES = {
    Outcome.TAKEN: _("overgenomen"),
    Outcome.CARRIED: _("overgenomen bij de nieuwe bron"),
    Outcome.SAME: _("stond er al zo"),
    Outcome.SUGGESTED: _("hier ook veranderd: bewaard als voorstel"),
    Outcome.APPROVED: _("hier al goedgekeurd: bewaard als voorstel"),
    Outcome.REMEMBERED: _("staat niet meer in het nummer: onthouden"),
}


def file(here: Here, slug: str, locale: str) -> Response:
    """The way to a file and back; a form of it brings one back and shows what became of every sentence."""
    require_known(here, slug, locale)
    if request.method != "POST":
        return _page(here, slug, locale)
    sent = request.files.get("file")
    try:
        data = sent.read() if sent is not None else b""
        if not data:
            raise InvalidInputError(_("Kies eerst een bestand."))
        name = printable(sent.filename or "") if sent is not None else ""
        done = files.bring_back(here.office, here.person, slug, locale, data=data, file=name or "bestand.po")
    except ExplainedError as error:
        problems = (
            [f"{each.place}: {here.say(each.text)}" for each in error.problems]
            if isinstance(error, ContentError)
            else []
        )
        return _page(here, slug, locale, int(status_of(error)), problem=error.text, problems=problems)
    return _page(here, slug, locale, done=done)


def printable(name: str) -> str:
    """The name of a file as its sender called it, without what no command line and no page can hold."""
    return "".join(sign for sign in name if sign.isprintable())[:100]


def download(here: Here, slug: str, locale: str) -> Response:
    """The file, for who is in."""
    require_known(here, slug, locale)
    return _file(here, slug, locale)


def by_link(here: Here, slug: str, locale: str, until: int, proof: str) -> Response:
    """The file, by a link that was made by the person who opens it, until it is over. Raises NotFoundError."""
    require_known(here, slug, locale)
    signed = any(
        hmac.compare_digest(_proof(here, slug, locale, until, kid).encode(), proof.encode("utf-8", "replace"))
        for kid in here.office.keys.ids("session")
    )
    if not signed or here.office.clock().timestamp() > until:
        raise NotFoundError(_("Deze link werkt niet (meer), of hij is van iemand anders. Vraag een nieuwe."))
    return _file(here, slug, locale)


def _file(here: Here, slug: str, locale: str) -> FlaskResponse:
    done = files.export(here.office, here.person, slug, locale, notes=here.lang)
    response = make_response(done.data)
    response.mimetype = "text/x-gettext-translation"
    response.headers["Content-Disposition"] = f'attachment; filename="{slug}.{locale}.po"'
    return response


def _proof(here: Here, slug: str, locale: str, until: int, kid: int) -> str:
    what = f"{here.person.uid} {slug} {locale} {until}".encode()
    return hmac.digest(here.office.keys.derive("session", "file", kid), what, "sha256").hex()[:40]


def _page(
    here: Here,
    slug: str,
    locale: str,
    status: int = 200,
    *,
    done: Merge | None = None,
    problem: Text | None = None,
    problems: list[str] | None = None,
) -> FlaskResponse:
    until = (int(here.office.clock().timestamp()) // _DAY + DAYS + 1) * _DAY
    proof = _proof(here, slug, locale, until, here.office.keys.current("session"))
    return here.page(
        "translating/file",
        status,
        slug=slug,
        locale=locale,
        title=title_of(here, slug),
        language=language_said(here, locale),
        link=f"{here.staff.pages}/staff/issues/{slug}/translate/{locale}/po/{until}/{proof}",
        days=DAYS,
        report=None if done is None else _report(here, done),
        problem=problem,
        problems=problems or [],
    )


def _report(here: Here, done: Merge) -> dict[str, object]:
    taken = done.count(Outcome.TAKEN) + done.count(Outcome.CARRIED)
    return {
        "heading": here.say(ngettext("{count} zin overgenomen", "{count} zinnen overgenomen", taken)),
        "counts": [(here.say(words), done.count(each)) for each, words in OUTCOMES.items() if done.count(each)],
        "said": [here.say(each) for each in done.said],
        "beside": [
            (msgid[:120], here.say(OUTCOMES[outcome]))
            for msgid, outcome in done.outcomes.items()
            if outcome in (Outcome.SUGGESTED, Outcome.APPROVED, Outcome.REMEMBERED)
        ][:100],
        "warnings": [(msgid[:120], here.say(text)) for msgid, text in done.warnings][:100],
    }
