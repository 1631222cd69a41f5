"""What a language agreed on: its fixed words, and the texts that return in every issue."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from mailer.services.translating import desk, words
from mailer.services.translating.rows import STANDING
from mailer.services.translating.words import Touched
from mailer.translation.glossary import Rule, Term
from web.forms import one
from web.staff.here import Here
from web.staff.naming import language_said, locale_name
from web.staff.translating.known import require_known, title_of
from wording import Text, _, ngettext
from wording.errors import InvalidInputError
from wording.interface import direction

RULES = {Rule.PREFER: _("Liefst zo"), Rule.FORBID: _("Liever niet"), Rule.KEEP: _("Blijft zo staan")}
TONES = {Rule.PREFER: "ok", Rule.FORBID: "stop", Rule.KEEP: "info"}


def agreed(here: Here, locale: str) -> Response:
    """The fixed words of a language; a form of it first shows what a word touches, then adds it."""
    require_known(here, STANDING, locale)
    if request.method != "POST":
        return _page(here, locale, _asked(here, locale))
    term = _term(here, locale)
    try:
        if one(request.form, "do") == "look":
            return _page(here, locale, term, touched=words.touched(here.office, here.person, locale, term))
        words.add(here.office, here.person, locale, term)
    except InvalidInputError as error:
        return _page(here, locale, term, status=422, problem=error.text)
    return here.go("words", locale=locale, added=term.source)


def _term(here: Here, locale: str) -> Term:
    form = request.form
    known = set(here.office.house.locales) - {here.office.house.source_locale}
    given = {code: form.get(f"word-{code}", "").strip() for code in sorted(known)}
    rule = one(form, "rule")
    return Term(
        form.get("source", "").strip(),
        {code: word for code, word in given.items() if word},
        Rule(rule) if rule in set(Rule) else Rule.PREFER,
        form.get("note", "").strip(),
    )


def _asked(here: Here, locale: str) -> Term:
    """What the form begins with: a word of the glossary, or the message someone comes from."""
    wanted, slug, key = (one(request.args, name) for name in ("word", "from", "m"))
    known = next((each for each in here.office.content.glossary() if each.source == wanted), None) if wanted else None
    if known is not None:
        return known
    if slug:
        require_known(here, slug, locale)
        found = desk.desk(here.office, here.person, slug, locale, key=key[:40]).sentence
        if found is not None and len(found.entry.msgid) <= 60:
            return Term(found.entry.msgid, {locale: found.entry.msgstr} if found.entry.msgstr else {}, Rule.PREFER)
    return Term("", {}, Rule.PREFER)


def _page(
    here: Here,
    locale: str,
    term: Term,
    *,
    status: int = 200,
    touched: list[Touched] | None = None,
    problem: Text | None = None,
) -> Response:
    found = words.words(here.office, here.person, locale)
    others = [code for code in here.office.house.locales if code != here.office.house.source_locale]
    counted = ngettext("{count} zin zegt het nu anders.", "{count} zinnen zeggen het nu anders.", len(touched or ()))
    return here.page(
        "translating/words",
        status,
        locale=locale,
        language=language_said(here, locale),
        source=here.office.house.source_locale,
        locales=[(code, locale_name(here, code), direction(code)) for code in others],
        words=[
            {
                "source": each.term.source,
                "words": each.term.words,
                "rule": here.say(RULES[each.term.rule]),
                "tone": TONES[each.term.rule],
                "used": each.used,
                "note": each.term.note,
            }
            for each in found.words
        ],
        standing=found.standing,
        rules=[(rule.value, here.say(said)) for rule, said in RULES.items()],
        term=term,
        touched=None if touched is None else [{"about": title_of(here, each.domain), "one": each} for each in touched],
        touched_said=here.say(counted),
        added=one(request.args, "added")[:200],
        problem=problem,
    )
