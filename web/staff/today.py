"""Today: what asks for this person now, each a link. At most one thing is said to come first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from werkzeug.wrappers import Response

from mailer.services.publishing import today as door
from mailer.services.publishing.today import Asked, Coming, DeskWork, Question, Sent, Today, Work
from mailer.services.publishing.working import Check, Part
from mailer.services.sending.words import word_for
from staff.permissions import Permission, may
from web.staff.here import Here
from web.staff.issues import editions_said, steps
from web.staff.naming import issue_title, language_said, publication_title
from wording import Text, _, ngettext

_SOON = 7
"""Days before its day that a leaf is marked."""


def today(here: Here) -> Response:
    """The first page after coming in."""
    found = door.today(here.office, here.person)
    return here.page(
        "today",
        day=found.day,
        greeting=here.say(_greeting(here, found)),
        first=_first(here, found.first),
        coming=[_coming(here, one, found.day) for one in found.coming],
        sees_coming=may(here.person, Permission.SEE_MAILINGS),
        sent=[_sent(here, one) for one in found.sent],
        translates=bool(here.person.languages) and not may(here.person, Permission.EDIT_ISSUES),
        work=[_work(here, one, found.day) for one in found.work],
        at_desk=may(here.person, Permission.PRINT_RUNS),
        desk=[_desk(here, one) for one in found.desk],
        questions=[_question(here, one) for one in found.questions],
        checks=[_check(here, one) for one in found.checks],
    )


def _greeting(here: Here, found: Today) -> Text:
    name = here.person.name
    if found.coming:
        return _("Dag {name}, dit staat er vandaag", name=name)
    if left := sum(one.left for one in found.work):
        return ngettext("Dag {name}, nog {count} zin", "Dag {name}, nog {count} zinnen", left, name=name)
    if found.desk:
        count = len(found.desk)
        return ngettext("Dag {name}, er ligt {count} stapel", "Dag {name}, er liggen {count} stapels", count, name=name)
    return _("Dag {name}, er ligt niets op je te wachten", name=name)


def _first(here: Here, asked: Asked | None) -> dict[str, object] | None:
    if asked is None:
        return None
    slug = asked.found.slug
    panel = steps.panel(here, asked.found, asked.own)
    return {
        "panel": panel,
        "over": issue_title(here, slug),
        "by": here.day(asked.by) if asked.by else "",
        "path": panel.path if panel.path and not panel.post else f"/staff/issues/{slug}/",
        "button": panel.button if panel.path and not panel.post else here.say(_("Naar dit nummer")),
    }


def _coming(here: Here, one: Coming, day: date) -> dict[str, object]:
    begin = f"/staff/issues/new?publication={one.publication}" if may(here.person, Permission.EDIT_ISSUES) else ""
    return {
        "title": issue_title(here, one.slug),
        "path": f"/staff/issues/{one.slug}/" if one.found else begin,
        "is_begun": one.found is not None,
        "day": one.day,
        "soon": one.day is not None and (one.day - day).days <= _SOON,
        "when": here.say(_when(one.day, day, is_begun=one.found is not None)),
        "languages": editions_said.by_language(here, one.editions, apart=False) if one.editions else {},
        "blocks": editions_said.blocking_lines(here, one.slug, one.blockers),
        "is_mine": one.own is not None and one.own.is_mine,
        "newsletter": publication_title(here, one.publication),
    }


def _when(there: date | None, day: date, *, is_begun: bool) -> Text:
    if there is None and is_begun:
        return _("De dag staat nog niet vast.")
    if there is None:
        return _("Geen vast ritme: begin wanneer je wilt.")
    days = (there - day).days
    if days < 0:
        return ngettext("{count} dag geleden", "{count} dagen geleden", -days)
    return ngettext("nog {count} dag", "nog {count} dagen", days) if days else _("vandaag")


def _sent(here: Here, one: Sent) -> dict[str, object]:
    row = one.row
    marks = {"done": "sent", "paused": "warn", "sending": "part"}
    state = row.state.value
    moment = row.finished_at or row.scheduled_at
    waiting = sum(row.waiting.values())
    readers = ngettext("{count} lezer", "{count} lezers", row.readers)
    left = ngettext("nog {count} te gaan", "nog {count} te gaan", waiting)
    return {
        "title": issue_title(here, one.slug),
        "path": f"/staff/mailings/{row.id}/",
        "mark": marks.get(state, "wait"),
        "warns": state == "paused",
        "state": here.say(word_for(row.state)),
        "percent": (row.readers - waiting) * 100 // row.readers if row.readers else 0,
        "at": here.moment(moment) if moment else "",
        "readers": here.say(readers),
        "left": here.say(left) if waiting else "",
    }


def _work(here: Here, one: Work, day: date) -> dict[str, object]:
    parts: tuple[tuple[str, Text, int], ...] = (
        ("ok", ngettext("{count} klaar", "{count} klaar", one.ready), one.ready),
        ("warn", ngettext("{count} veranderd in de bron", "{count} veranderd in de bron", one.changed), one.changed),
        ("stop", ngettext("{count} klopt niet", "{count} kloppen niet", one.failing), one.failing),
        ("none", ngettext("{count} leeg", "{count} leeg", one.empty), one.empty),
        ("part", ngettext("{count} na te lezen", "{count} na te lezen", one.unread), 0 if one.left else one.unread),
    )
    by = one.due or one.day
    return {
        "title": issue_title(here, one.slug),
        "language": language_said(here, one.locale),
        "locale": one.locale,
        "path": f"/staff/issues/{one.slug}/translate/{one.locale}",
        "is_given": one.due is not None,
        "day": by,
        "soon": by is not None and (by - day).days <= _SOON,
        "due": here.say(_("inleveren uiterlijk {day}", day=here.day(one.due))) if one.due else "",
        "parts": [(mark, here.say(words)) for mark, words, count in parts if count],
        "bars": _bars(one),
        "percent": one.ready * 100 // one.total if one.total else 0,
    }


def _bars(one: Work) -> list[tuple[str, str, str]]:
    """Class, start and width (in per cent) of what is ready, changed and wrong."""
    drawn, at = [], 0.0
    for name, count in (("a", one.ready), ("b", one.changed), ("c", one.failing)):
        width = count * 100 / one.total if one.total else 0.0
        if width:
            drawn.append((name, f"{at:.2f}%", f"{width:.2f}%"))
        at += width
    return drawn


def _desk(here: Here, one: DeskWork) -> dict[str, object]:
    if one.run is None:
        heading = _("Nog niet besteld: {title}", title=issue_title(here, one.slug))
        text = ngettext("{count} boekje wacht.", "{count} boekjes wachten.", one.pieces)
        path = f"/staff/post/print/{one.slug}"
    else:
        heading = _("Printopdracht {run}: {title}", run=one.run, title=issue_title(here, one.slug))
        text = one.words or _("besteld")
        path = f"/staff/post/runs/{one.run}"
    return {"heading": here.say(heading), "text": here.say(text), "path": path}


def _question(here: Here, one: Question) -> dict[str, object]:
    return {
        "by": one.by,
        "words": one.words,
        "is_mine": one.is_mine,
        "answered": one.answered,
        "about": here.say(_("Vaste teksten")) if one.is_standing else issue_title(here, one.domain),
        "locale": one.locale,
        "at": here.moment(one.at),
        "path": f"/staff/issues/{one.domain}/questions" if one.is_there or one.is_standing else "",
    }


def _check(here: Here, one: Check) -> dict[str, object]:
    works: Mapping[Part, Text] = {
        Part.RELAY: _("Er is een mailserver ingesteld"),
        Part.WORKER: _("De werker draait"),
        Part.NOTICES: _("Inlogmails vertrekken meteen"),
        Part.APPROVERS: _("Iemand keurt goed, een ander verstuurt"),
        Part.ALARMS: _("Geen alarm in de laatste week"),
        Part.RETURNS: _("Teruggekomen mail wordt gelezen"),
        Part.PRIVACY: _("De privacyverklaring is ingevuld"),
        Part.SETTINGS: _("De instellingen kloppen"),
    }
    fails: Mapping[Part, Text] = {
        Part.RELAY: _("Mailserver: niet ingesteld. Er kan nog niets weg."),
        Part.WORKER: _("Er draait geen werker: wat klaarstaat, vertrekt niet."),
        Part.NOTICES: ngettext(
            "{count} mail aan één persoon wacht op de mailserver",
            "{count} mails aan één persoon wachten op de mailserver",
            one.count,
        ),
        Part.APPROVERS: _("Er zijn geen twee mensen om goed te keuren en te versturen"),
        Part.ALARMS: ngettext("{count} alarm in de laatste week", "{count} alarmen in de laatste week", one.count),
        Part.RETURNS: _("De mailbox voor teruggekomen mail gaat niet open"),
        Part.PRIVACY: _("De privacyverklaring is nog niet ingevuld"),
        Part.SETTINGS: _("postduif.toml klopt niet. Alles gaat door met de vorige instellingen."),
    }
    paths = {
        Part.APPROVERS: "/staff/people/",
        Part.RETURNS: "/staff/returned",
        Part.PRIVACY: "/staff/privacy",
        Part.SETTINGS: "/staff/organisation",
    }
    path = paths.get(one.part, "")
    return {"works": one.works, "words": here.say((works if one.works else fails)[one.part]), "path": path}
