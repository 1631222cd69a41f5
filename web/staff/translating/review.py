"""A second person reads what was translated: message by message, many at once, or back to who wrote it."""

from __future__ import annotations

import hmac

from flask import request
from werkzeug.wrappers import Response

from mailer.services.translating import messages, reviewing
from mailer.services.translating.notes import KINDS
from mailer.services.translating.reviewing import Unread
from mailer.services.translating.rows import key_of
from web.errors import status_of
from web.forms import one
from web.staff.here import Here
from web.staff.naming import audience_title, language_said
from web.staff.translating import inline
from web.staff.translating.known import require_known, title_of
from wording import ExplainedError, Text, _, ngettext
from wording.interface import direction

MOST = 200
"""Translations on one page; the next come when these are read."""


def review(here: Here, slug: str, locale: str) -> Response:
    """What waits for a second reader; a form of it approves, or sends one back."""
    require_known(here, slug, locale)
    if request.method != "POST":
        return _page(here, slug, locale)
    place = here.office, here.person, slug, locale
    try:
        if one(request.form, "do") == "back":
            seen, words = request.form.get("seen", "").replace("\r\n", "\n"), request.form.get("words", "")
            msgid = request.form.get("msgid", "").replace("\r\n", "\n")
            reviewing.send_back(*place, msgid=msgid, seen=seen, words=words)
            return here.go("translation_review", slug=slug, locale=locale)
        chosen = {each.replace("\r\n", "\n") for each in request.form.getlist("read")}
        # what was read is approved, and nothing that took its place meanwhile
        now = {each.row.msgid: each.target for each in reviewing.review(*place).unread}
        same = [msgid for msgid in chosen if _is_what_was_read(msgid, now.get(msgid, ""))]
        done = messages.approve(*place, msgids=same)
    except ExplainedError as error:
        return _page(here, slug, locale, int(status_of(error)), problem=error.text)
    missed = len(chosen) - len(same)
    return here.go(
        "translation_review",
        slug=slug,
        locale=locale,
        done=done.count,
        not_done=len(done.refused),
        changed=missed or None,
    )


def hash_of(text: str) -> str:
    """A short name for a text in a form."""
    return key_of(text)


def _page(here: Here, slug: str, locale: str, status: int = 200, *, problem: Text | None = None) -> Response:
    found = reviewing.review(here.office, here.person, slug, locale)
    count = len(found.unread)
    done, refused, changed = (
        int(each) if each.isdecimal() else 0 for each in map(_arg, ("done", "not_done", "changed"))
    )
    told = [ngettext("{count} vertaling goedgekeurd.", "{count} vertalingen goedgekeurd.", done)] if done else []
    if refused:
        told.append(
            ngettext("{count} kon niet worden goedgekeurd.", "{count} konden niet worden goedgekeurd.", refused)
        )
    if changed:
        told.append(
            ngettext(
                "{count} is intussen veranderd: lees die opnieuw.",
                "{count} zijn intussen veranderd: lees ze opnieuw.",
                changed,
            )
        )
    return here.page(
        "translating/review",
        status,
        slug=slug,
        locale=locale,
        title=title_of(here, slug),
        language=language_said(here, locale),
        direction=direction(locale),
        source=here.office.house.source_locale,
        heading=here.say(
            ngettext("{count} zin wacht op een tweede lezer", "{count} zinnen wachten op een tweede lezer", count)
            if count
            else _("Er wacht niets op een tweede lezer")
        ),
        rows=[_row(here, each, locale) for each in found.unread[:MOST]],
        more=max(0, count - MOST),
        ready=here.say(ngettext("{count} zin is klaar", "{count} zinnen zijn klaar", found.ready)),
        todo=here.say(ngettext("{count} zin is nog te vertalen", "{count} zinnen zijn nog te vertalen", found.todo)),
        alone=found.alone,
        told=[here.say(each) for each in told],
        editions=_editions(here, slug, locale),
        problem=problem,
    )


def _arg(name: str) -> str:
    return one(request.args, name)


def _row(here: Here, each: Unread, locale: str) -> dict[str, object]:
    house = here.office.house
    kind = each.row.kind
    rests = (
        _("geschreven door {name}", name=each.author) if each.author else _("schrijver onbekend: kwam uit een bestand")
    )
    return {
        "key": each.row.key,
        "msgid": each.row.msgid,
        "as": hash_of(each.target),
        "target": each.target,
        "source": inline.shown(each.row.msgid, house.locales[house.source_locale].formats),
        "reads": inline.shown(each.target, house.locales[locale].formats),
        "kind": here.say(KINDS[kind]) if kind else "",
        "section": each.row.section,
        "rests": here.say(rests),
        "warnings": [here.say(one.text) for one in each.found],
        "may": each.may_approve,
    }


def _editions(here: Here, slug: str, locale: str) -> list[tuple[str, str]]:
    """Where the edition is seen as it will look."""
    house = here.office.house
    there = [key for key, each in house.audiences.items() if locale in each.locales]
    issue = here.office.content.read(slug).issue if here.office.content.has(slug) else None
    return [
        (f"/staff/issues/{slug}/edition/{key}/{locale}", audience_title(here, key))
        for key in there
        if issue is not None and key in issue.audiences
    ]


def _is_what_was_read(msgid: str, target: str) -> bool:
    was = request.form.get(f"as-{hash_of(msgid)}", "")
    return hmac.compare_digest(hash_of(target).encode(), was.encode("utf-8", "replace"))
