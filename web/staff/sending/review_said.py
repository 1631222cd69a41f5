"""What the page before a mailing says: its counts, reasons, languages and proofs, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from mailer.services.administration import staff
from mailer.services.publishing import by_post
from mailer.services.publishing.by_post import Apart
from mailer.services.publishing.links import Fate
from mailer.services.publishing.review import Going, Review
from mailer.services.sending.words import WHY_WORDS
from mailer.services.translating.release import Release
from mailer.services.writing.proofs import Seen
from staff.people import Person
from web.staff.here import Here
from web.staff.naming import audience_title, issue_title, language_said, locale_name
from wording import Text, _, ngettext

HAD = _("dit nummer al gekregen")
PATH = "/staff/issues/{slug}/who?{query}"


def heading(counted: Review) -> Text:
    """How many people would get it."""
    if counted.going is not None:
        return _("Wie krijgt dit nummer? Dat wordt geteld")
    mail, post = counted.by_mail, counted.by_post
    if mail and post:
        return _("Dit nummer gaat per e-mail naar {mail} en per post naar {post}", mail=people(mail), post=people(post))
    if post:
        return ngettext("{count} mens krijgt dit nummer per post", "{count} mensen krijgen dit nummer per post", post)
    if mail:
        return ngettext(
            "{count} mens krijgt dit nummer per e-mail", "{count} mensen krijgen dit nummer per e-mail", mail
        )
    return _("Nu krijgt niemand dit nummer")


def going(here: Here, counted: Review) -> str:
    """How far the count is; "" once it is done."""
    return here.say(going_words(counted.going)) if counted.going is not None else ""


def going_words(found: Going) -> Text:
    """How far a count is."""
    if not found.of:
        return _("Er wordt geteld.")
    return _("Er wordt geteld: {done} van de {of} lezers.", done=found.done, of=found.of)


def envelope(mail: int, post: int) -> Text:
    """What the button will do, in a sentence."""
    if not post:
        return _("Dit gaat per e-mail naar {mail}.", mail=readers(mail))
    if not mail:
        return _("Dit gaat per post naar {post}. De postkamer print het.", post=readers(post))
    return _("Dit gaat naar {mail} per e-mail en naar {post} per post.", mail=readers(mail), post=readers(post))


def button(count: int) -> Text:
    return ngettext("Verstuur aan {count} lezer", "Verstuur aan {count} lezers", count)


def plan(count: int) -> Text:
    return ngettext("Plan voor {count} lezer", "Plan voor {count} lezers", count)


def readers(count: int) -> Text:
    return ngettext("{count} lezer", "{count} lezers", count)


def people(count: int) -> Text:
    return ngettext("{count} mens", "{count} mensen", count)


def each(here: Here, counted: Review) -> list[str]:
    """How many per language, by mail; and how many on paper."""
    by_locale: dict[tuple[str, bool], int] = {}
    for one in counted.editions:
        if one.readers and not one.on_paper:
            key = one.locale, one.waits
            by_locale[key] = by_locale.get(key, 0) + one.readers
    said = [
        here.say(
            _("{count} in het {language}, later", count=count, language=language_said(here, locale))
            if waits
            else _("{count} in het {language}", count=count, language=language_said(here, locale))
        )
        for (locale, waits), count in by_locale.items()
    ]
    if counted.by_post:
        said.append(
            here.say(ngettext("{count} boekje naar de postkamer", "{count} boekjes naar de postkamer", counted.by_post))
        )
    return said


def editions(here: Here, slug: str, counted: Review) -> list[dict[str, object]]:
    """A row for each edition, with the list behind its number."""
    return [
        {
            "key": f"{one.audience}/{one.locale}",
            "title": audience_title(here, one.audience),
            "locale": one.locale,
            "language": locale_name(here, one.locale),
            "count": one.readers,
            "on_paper": one.on_paper,
            "waits": one.waits,
            "path": list_path(slug, audience=one.audience, locale=one.locale),
            "new": one.new if counted.before else 0,
            "instead": one.instead,
        }
        for one in counted.editions
        if one.readers or not one.waits or counted.going
    ]


def list_path(slug: str, **query: object) -> str:
    """Where the list behind a number is."""
    return PATH.format(slug=slug, query=urlencode(query))


def without(here: Here, slug: str, counted: Review) -> list[dict[str, object]]:
    """Who does not get it: a number, why, and the list."""
    lines: list[dict[str, object]] = [
        {"count": count, "said": here.say(WHY_WORDS[why]), "path": list_path(slug, why=why.value)}
        for why, count in counted.without.items()
    ]
    if counted.had:
        lines.append({"count": counted.had, "said": here.say(HAD), "path": list_path(slug, had=1)})
    lines += [
        {"count": count, "said": here.say(apart_words(why)), "path": list_path(slug, post=why.value)}
        for why, count in by_post.apart_counts(here.office, here.person, slug).items()
    ]
    return lines


def apart_words(why: Apart) -> Text:
    """What stands after a number of readers by post who get nothing."""
    match why:
        case Apart.HAD:
            return _("dit nummer al gekregen, per post")
        case Apart.STOPPED:
            return _("per post, en hun post staat stil")


def fate_words(fate: Fate) -> Text:
    """What became of a link."""
    match fate:
        case Fate.WELL:
            return _("werkt")
        case Fate.BROKEN:
            return _("werkt niet: de pagina is er niet")
        case Fate.SILENT:
            return _("geen antwoord binnen vijf seconden")
        case Fate.FORBIDDEN:
            return _("niet geprobeerd: geen https, of een adres binnen ons eigen netwerk")
        case Fate.NOT_TRIED:
            return _("niet geprobeerd: het duurde te lang")


def languages(here: Here, found: Mapping[str, Release], counted: Review) -> list[dict[str, object]]:
    """The languages about which there is something to choose."""
    rows: list[dict[str, object]] = []
    for locale, one in found.items():
        if not one.readiness.unready and not one.held:
            continue
        waits = sum(each.readers for each in counted.editions if each.locale == locale)
        rows.append(
            {
                "locale": locale,
                "question": here.say(_("Wat doen we met deze taal: {language}?", language=language_said(here, locale))),
                "progress": here.say(
                    _("{done} van {total} zinnen", done=one.readiness.approved, total=one.readiness.total)
                ),
                "chosen": "wait" if one.waits or one.held else "leave_out" if one.without else "all",
                "readers": here.say(
                    ngettext(
                        "{count} lezer krijgt het zodra het vertaald en goedgekeurd is, vanzelf.",
                        "{count} lezers krijgen het zodra het vertaald en goedgekeurd is, vanzelf.",
                        waits,
                    )
                ),
                "sections": len({each.section for each in one.readiness.unready if each.section}),
                "whole": all(each.section for each in one.readiness.unready),
            }
        )
    return rows


def proofs(here: Here, seen: Sequence[Seen]) -> list[str]:
    """Who got a proof of what, the newest first; the same person and edition once."""
    once: dict[tuple[str, str, str], Seen] = {}
    for one in seen:
        once.setdefault((one.to, one.audience, one.locale), one)
    return [
        here.say(
            _(
                "{name} kreeg de proef: {audience}, {language}, {moment}.",
                name=one.to,
                audience=audience_title(here, one.audience),
                language=language_said(here, one.locale),
                moment=here.moment(one.at),
            )
        )
        for one in once.values()
    ]


def colleagues(here: Here) -> list[Person]:
    """Who may get a proof: everyone who works here, whoever asks first."""
    known = [one for one in staff.everyone(here.office, here.person) if one.active]
    return sorted(known, key=lambda one: (one.uid != here.person.uid, one.name.casefold()))


def previous(here: Here, counted: Review) -> str:
    """The number before this one, by its title; "" when there is none."""
    return issue_title(here, counted.before) if counted.before else ""
