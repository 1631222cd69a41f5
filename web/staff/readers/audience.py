"""One audience: its rule with a count before it is kept, its growth, what readers see of it, and exceptions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from babel.dates import format_date
from flask import request
from werkzeug.wrappers import Response

from mailer.services.readers import audience_page, audiences, offers
from mailer.services.readers.audience_page import AudiencePage, Tried
from staff.permissions import Permission, may
from subscribers.audience import Rule
from subscribers.growing import Growth
from subscribers.offers import Offered
from web.staff.here import Here, uuid_of
from web.staff.naming import audience_title, issue_title, publication_title
from wording import Text, _
from wording.errors import ConflictError, InvalidInputError, NotFoundError

_MOST = 40
"""Values of one part of a rule that a form may bring."""
_LEFT, _STEP, _TOP, _HIGH = 12, 25, 22.0, 70.0
"""Of the drawing, in its own units: the first month, from month to month, the highest point and how far it falls."""


def audience(here: Here, audience: str) -> Response:
    """GET: the page. POST: try a rule, keep it, keep what readers see, or change an exception."""
    if request.method != "POST":
        return _page(here, audience)
    try:
        match request.form.get("do"):
            case "rule":
                return _rule(here, audience)
            case "offer":
                offers.change_offer(here.office, here.person, audience, _offered(here))
            case "pick" | "unpick":
                _pick(here, audience)
            case _:
                return _tried(here, audience)
    except (ConflictError, InvalidInputError, NotFoundError) as error:
        if audience not in here.office.house.audiences:
            raise
        return _page(here, audience, 422, problem=error.text)
    return here.go("audience", audience=audience)


def _tried(here: Here, audience: str) -> Response:
    """What the rule in the form would do. Asked for by htmx it is that sentence alone."""
    rule = rule_of_form()
    found = audience_page.tried(here.office, here.person, audience, rule)
    if request.headers.get("HX-Request"):
        return here.page("readers/_tried", tried=_said(here, found))
    return _page(here, audience, rule=rule, tried=found)


def _rule(here: Here, audience: str) -> Response:
    """Keep it; one that takes in everyone or no one is asked about first."""
    rule = rule_of_form()
    found = audience_page.tried(here.office, here.person, audience, rule)
    if _is_odd(found) and request.form.get("sure") != "yes":
        return _page(here, audience, 422, rule=rule, tried=found)
    audiences.set_rule(here.office, here.person, audience, rule)
    return here.go("audience", audience=audience)


def _is_odd(found: Tried) -> bool:
    counts = found.counts
    return counts.then == 0 or (counts.then == counts.everyone and counts.now < counts.everyone)


def rule_of_form() -> Rule:
    """What is ticked in the form; the doors say which of it there is."""
    parts = (tuple(one[:60] for one in request.form.getlist(name)[:_MOST]) for name in ("member", "locale"))
    members, locales = parts
    regions, roles = (tuple(one[:40] for one in request.form.getlist(name)[:_MOST]) for name in ("region", "role"))
    return Rule(members, locales, regions, roles)


def _offered(here: Here) -> Offered:
    def texts(name: str) -> dict[str, str]:
        return {code: request.form.get(f"{name}-{code}", "")[:1000] for code in here.office.house.locales}

    typed = request.form.get("version", "")
    version = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else -1
    is_public = request.form.get("public") == "yes"
    return Offered(is_public, texts("title"), texts("description"), texts("rhythm"), version)


def _pick(here: Here, audience: str) -> None:
    included = None if request.form.get("do") == "unpick" else request.form.get("included") == "in"
    who = uuid_of(request.form.get("reader", "")) or request.form.get("email", "")[:320]
    audiences.pick(here.office, here.person, audience, who, request.form.get("issue", "")[:100], included=included)


def _page(
    here: Here,
    audience: str,
    status: int = 200,
    *,
    rule: Rule | None = None,
    tried: Tried | None = None,
    problem: Text | None = None,
) -> Response:
    found = audience_page.seen(here.office, here.person, audience)
    house, count = here.office.house, sum(found.readers.values())
    return here.page(
        "readers/audience",
        status,
        key=audience,
        title=audience_title(here, audience),
        publication=publication_title(here, found.offer.publication) if found.offer.publication else "",
        heading=here.say(_("Lezers van ‘{audience}’: {count}", audience=audience_title(here, audience), count=count)),
        readers=list(found.readers.items()),
        may_change=may(here.person, Permission.CHANGE_AUDIENCES),
        rule=rule or found.rule,
        rule_parts=_parts(here, found),
        is_kept=rule is None,
        tried=_said(here, tried) if tried else None,
        growth=_growth(here, found),
        picks=[
            {
                "uid": one.uid,
                "issue": one.issue,
                "address": one.address or here.say(_("het adres is gewist")),
                "included": one.included,
                "title": issue_title(here, one.issue),
            }
            for one in found.picks
        ],
        offer=found.offer,
        locales=[(code, one.name, one.direction) for code, one in house.locales.items()],
        source=house.source_locale,
        rhythm=offers.rhythm_in(house, found.offer, here.lang),
        own_rhythm={code: offers.rhythm_in(house, found.offer, code) for code in house.locales},
        appears=[house.locales[code].name for code in found.offer.locales],
        most=(offers.MOST_TITLE, offers.MOST_DESCRIPTION, offers.MOST_RHYTHM),
        problem=problem,
    )


def _parts(here: Here, found: AudiencePage) -> list[dict[str, object]]:
    """The parts of a rule with what may be ticked in each; one of which no reader has anything is left out."""
    house = here.office.house
    members = [(key, audience_title(here, key)) for key in house.audiences if house.audiences[key].channel == "email"]
    parts: Sequence[tuple[str, Text, list[tuple[str, str]], tuple[str, ...]]] = [
        ("member", _("meldde zich aan voor een van deze"), members, found.rule.members_of),
        (
            "locale",
            _("leest een van deze talen"),
            [(code, one.name) for code, one in house.locales.items()],
            found.rule.locales,
        ),
        ("region", _("hoort bij een van deze regio’s"), [(one, one) for one in found.regions], found.rule.regions),
        ("role", _("heeft een van deze rollen"), [(one, one) for one in found.roles], found.rule.roles),
    ]
    return [
        {"name": name, "words": here.say(words), "choices": choices} for name, words, choices, _own in parts if choices
    ]


def _said(here: Here, found: Tried) -> dict[str, object]:
    counts = found.counts
    said = [here.say(_("Met deze regel: {count} lezers. Nu: {now}.", count=counts.then, now=counts.now))]
    if counts.gaining:
        said.append(here.say(_("Erbij: {count}.", count=counts.gaining)))
    if counts.losing:
        said.append(here.say(_("Weg: {count}. Zij horen dat niet; schrijf hun zelf.", count=counts.losing)))
    odd = ""
    if counts.then == 0:
        odd = here.say(_("Met deze regel krijgt niemand deze nieuwsbrief."))
    elif _is_odd(found):
        odd = here.say(_("Met deze regel krijgen alle lezers van de organisatie deze nieuwsbrief."))
    return {"said": said, "odd": odd, "losing": found.losing, "sure": request.form.get("sure") == "yes"}


def _growth(here: Here, found: AudiencePage) -> dict[str, object]:
    sizes = found.growth.sizes
    most, least = max(sizes), min(sizes)
    points = [
        (_LEFT + at * _STEP, round(_TOP + _HIGH * (1 - (size - least) / (most - least or 1)), 1))
        for at, size in enumerate(sizes)
    ]
    if most == least:
        points = [(x, round(_TOP + _HIGH / 2, 1)) for x, _y in points]
    # the start of a month says how the month before it ended
    days = [(one - timedelta(days=1)).date() for one in found.moments] + [here.office.today()]
    line = " ".join(f"{x},{y}" for x, y in points)
    return {
        "line": line,
        "under": f"M{_LEFT} 92L" + "L".join(f"{x} {y}" for x, y in points) + f"L{points[-1][0]} 92Z",
        "first": (points[0], sizes[0]),
        "last": (points[-1], sizes[-1]),
        "labels": [(x, format_date(day, "LLLLL", locale=here.lang)) for (x, _y), day in zip(points, days, strict=True)],
        "said": _in_words(here, found.growth, days[0]),
        "rows": [(format_date(day, "LLLL y", locale=here.lang), size) for day, size in zip(days, sizes, strict=True)],
        "facts": found.growth,
    }


def _in_words(here: Here, growth: Growth, first: date) -> str:
    sizes = growth.sizes
    month = format_date(first, "LLLL y", locale=here.lang)
    return here.say(_("Van {before} leden in {month} naar {now} nu", before=sizes[0], month=month, now=sizes[-1]))
