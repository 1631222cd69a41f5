"""The keys, on paper and in use, and the backups: what is lost with them, and when someone last looked."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import request
from werkzeug.wrappers import Response

from mailer.services.administration import keys as ring
from mailer.services.administration.keys import InUse
from mailer.services.keeping import health as looks
from web.forms import one
from web.staff.administration.side import side
from web.staff.here import Here
from wording import Text, _
from wording.errors import InvalidInputError

OLD_BACKUP = timedelta(hours=36)
OLD_CHECK = timedelta(days=45)
OLD_PAPER = timedelta(days=366)
FOR = {
    "data": _("namen en adressen"),
    "index": _("opzoeken zonder te lezen"),
    "links": _("links in nieuwsbrieven"),
    "audit": _("het logboek en wat bevroren is"),
    "session": _("inloggen en formulieren"),
}


def keys(here: Here) -> Response:
    """GET: what is in use, and when the paper and a backup were last looked at. POST: check the paper."""
    if request.method != "POST":
        return _page(here)
    typed = [line for line in one(request.form, "lines")[:20_000].splitlines() if line.strip()]
    if not typed:
        return _page(here, 422, problem=_("Typ de regels over die op het papier staan."))
    wrong = ring.wrong(here.office, here.person, typed)
    if wrong:
        text = _("Op papier ontbreekt of klopt niet: {keys}. Print ze opnieuw.", keys=", ".join(wrong))
        return _page(here, 422, problem=text)
    return _page(here, done=here.say(_("Het papier klopt.")))


def paper(here: Here) -> Response:
    """The keys to print: only in answer to a form, so that no address leads to them."""
    if request.form.get("sure") != "yes":
        raise InvalidInputError(_("Zeg eerst dat niemand meekijkt."))
    return here.page("administration/keys_on_paper", lines=ring.on_paper(here.office, here.person), side=[])


def _page(here: Here, status: int = 200, *, problem: Text | None = None, done: str = "") -> Response:
    safe, at = looks.safe(here.office, here.person), here.office.clock()
    backups = (
        (_("De laatste back-up"), safe.backed_up, OLD_BACKUP),
        (_("Iemand opende een back-up om te kijken"), safe.backup_checked, OLD_CHECK),
        (_("Wissen wat te lang bewaard is"), safe.erased, timedelta(hours=48)),
    )
    papers = (
        (_("Op papier gezet"), safe.printed, None),
        (_("Het papier nagekeken"), safe.paper_checked, OLD_PAPER),
    )
    return here.page(
        "administration/keys",
        status,
        papers=[_when(here, words, when, old, at) for words, when, old in papers],
        paper_was_right=safe.paper_was_right or safe.paper_checked is None,
        backups=[_when(here, words, when, old, at) for words, when, old in backups],
        rows=[_row(here, each) for each in ring.ring(here.office, here.person)],
        done=done,
        side=side(here),
        problem=problem,
    )


def _when(here: Here, words: Text, when: datetime | None, old: timedelta | None, at: datetime) -> tuple[str, str, str]:
    """The mark, what it is about, and when that was."""
    if when is None:
        return "warn", here.say(words), here.say(_("nog nooit"))
    mark = "ok" if old is None or at - when <= old else "warn"
    return mark, here.say(words), here.dated(when)


def _row(here: Here, key: InUse) -> tuple[str, str, str, str]:
    if key.is_current:
        mark, words = "ok", _("in gebruik")
    elif key.is_ahead:
        mark, words = "none", _("klaargezet")
    else:
        mark, words = "none", _("oud")
    return f"{key.root}.{key.kid}", here.say(FOR[key.root]), mark, here.say(words)
