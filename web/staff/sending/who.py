"""The list behind each number of the page before a mailing: who gets which edition, and who gets nothing. Masked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import request
from werkzeug.wrappers import Response

from mailer.services.post.words import REASONS
from mailer.services.publishing import by_post, review
from mailer.services.publishing.by_post import Apart
from mailer.services.publishing.review import PAGE, Masked, Part, Review, Why
from mailer.services.sending.words import WHY_WORDS
from web.staff.here import Here, uuid_of
from web.staff.issues.issue import bar_of
from web.staff.naming import audience_title, language_said
from web.staff.sending import review_said
from wording import Text, _


@dataclass(frozen=True)
class _Asked:
    """The number of which the list is asked for."""

    audience: str
    locale: str
    part: Part
    why: Why | None
    apart: Apart | None
    had: bool
    after: UUID | None
    """The last one of the page before."""

    @classmethod
    def now(cls) -> _Asked:
        asked = request.args
        return cls(
            asked.get("audience", "")[:60],
            asked.get("locale", "")[:20],
            next((one for one in Part if one == asked.get("part")), Part.ALL),
            next((one for one in Why if one == asked.get("why")), None),
            next((one for one in Apart if one == asked.get("post")), None),
            bool(asked.get("had")),
            uuid_of(asked.get("after", "")),
        )


def who(here: Here, slug: str) -> Response:
    """Without a question the table of all counts; with one its list. Raises NotFoundError."""
    counted, asked = review.review(here.office, here.person, slug), _Asked.now()
    if counted.going is not None:
        return here.page("sending/counting", **bar_of(here, slug), going=review_said.going(here, counted))
    title, rows = _list(here, slug, counted, asked)
    return here.page(
        "sending/who",
        **bar_of(here, slug),
        heading=here.say(_heading(counted)),
        counted=counted,
        equation=_equation(here, counted),
        readers=review_said.editions(here, slug, counted),
        without=review_said.without(here, slug, counted),
        listed=here.say(title) if title else "",
        rows=[_row(here, one, asked) for one in rows],
        parts=_parts(here, slug, counted, (asked.audience, asked.locale), asked.part),
        next_path=_next(slug, rows[-1]) if len(rows) == PAGE else "",
        previous=review_said.previous(here, counted),
    )


def _list(here: Here, slug: str, counted: Review, asked: _Asked) -> tuple[Text | None, Sequence[Masked]]:
    """What is asked for, in words, and one page of it."""
    office, person = here.office, here.person
    if (why := asked.why) is not None:
        title = _("{count} {said}", count=counted.without.get(why, 0), said=WHY_WORDS[why])
        return title, review.not_getting(office, person, slug, why, after=asked.after)
    if asked.had:
        title = _("{count} {said}", count=counted.had, said=review_said.HAD)
        return title, review.having(office, person, slug, after=asked.after)
    if (apart := asked.apart) is not None:
        count = by_post.apart_counts(office, person, slug).get(apart, 0)
        title = _("{count} {said}", count=count, said=review_said.apart_words(apart))
        return title, by_post.apart(office, person, slug, apart, after=asked.after)
    if not asked.audience:
        return None, ()
    edition = {"audience": asked.audience, "locale": asked.locale}
    names = {"audience": audience_title(here, asked.audience), "language": language_said(here, asked.locale)}
    rows = review.listed(office, person, slug, **edition, part=asked.part, after=asked.after)
    return _("{audience}, {language}", **names), rows


def _heading(counted: Review) -> Text:
    mail, without = counted.by_mail, sum(counted.without.values())
    return _("Dit gaat per e-mail naar {mail}, en niet naar {without}", mail=review_said.people(mail), without=without)


def _equation(here: Here, counted: Review) -> list[tuple[int, str]]:
    """The terms, which add up to the first."""
    terms = [(counted.by_mail, here.say(_("per e-mail")))]
    later = sum(one.readers for one in counted.editions if one.waits and not one.on_paper)
    if later:
        terms.append((later, here.say(_("later"))))
    if counted.had:
        terms.append((counted.had, here.say(_("hebben het al"))))
    terms += [(count, here.say(WHY_WORDS[why])) for why, count in counted.without.items()]
    return [(sum(count for count, _said in terms), here.say(_("samen"))), *terms]


def _row(here: Here, one: Masked, asked: _Asked) -> dict[str, str]:
    said = ""
    if asked.why is Why.PAUSED and one.paused_until:
        said = here.say(_("tot {day}", day=here.day(one.paused_until)))
    elif asked.apart is Apart.STOPPED and one.stopped_because:
        said = here.say(REASONS.get(one.stopped_because, one.stopped_because))
    elif asked.locale and one.locale != asked.locale:
        said = here.say(
            _(
                "leest {own}; krijgt {language}",
                own=language_said(here, one.locale),
                language=language_said(here, asked.locale),
            )
        )
    address = one.address or here.say(_("het adres is gewist"))
    return {"address": address, "locale": one.locale, "said": said}


def _parts(
    here: Here, slug: str, counted: Review, edition: tuple[str, str], chosen: Part
) -> list[tuple[str, str, bool]]:
    """All of an edition, those who are new, and those whose own language it is not."""
    one = next((each for each in counted.editions if (each.audience, each.locale) == edition), None)
    if one is None:
        return []
    counts = [(Part.ALL, _("Alle {count}", count=one.readers))]
    if counted.before:
        counts.append((Part.NEW, _("Nieuw: {count}", count=one.new)))
    counts.append((Part.INSTEAD, _("Andere taal: {count}", count=one.instead)))
    return [
        (
            review_said.list_path(slug, audience=one.audience, locale=one.locale, part=part.value),
            here.say(said),
            part is chosen,
        )
        for part, said in counts
    ]


def _next(slug: str, last: Masked) -> str:
    asked = {name: request.args.get(name, "")[:60] for name in ("audience", "locale", "part", "why", "had", "post")}
    return review_said.list_path(slug, **{name: one for name, one in asked.items() if one}, after=last.uid)
