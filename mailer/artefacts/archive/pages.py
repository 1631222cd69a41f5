"""Leaves in, the web archive out: a page per issue and language, a list and a feed per language, and the style.

Only what is given is published; an issue is private until someone publishes it. A page knows no reader: where an e-mail
has a slot for one, a page says "dear reader".
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from markupsafe import Markup

from mailer.artefacts.archive.feed import Entry, Feed, feeds_from
from mailer.artefacts.archive.leaf import Leaf, PageHtml
from mailer.artefacts.colours import DARK_GROUNDS, GROUNDS, palette
from mailer.artefacts.environment import environment
from mailer.artefacts.formats import day_words, number_words
from mailer.artefacts.letterhead import archive_url, page_url
from mailer.document.months import with_months
from mailer.issue import publication_of
from mailer.organisation import House
from wording import _
from wording.interface import Interface

STYLE = "archief/stijl.css"
EARLIER = "eerder"
"""In the path of a page as it was before it was corrected."""


@dataclass(frozen=True)
class Earlier:
    """A page as it was sent first, with a mistake in it, and when it was corrected (aware)."""

    leaf: Leaf
    revision: int
    corrected: datetime


@dataclass(frozen=True)
class Published:
    """A leaf and when it was put on show and last changed, as aware times."""

    leaf: Leaf
    published: datetime
    updated: datetime
    earlier: tuple[Earlier, ...] = ()
    """The texts that it corrects, the oldest first."""


def archive_from(issues: Sequence[Published], house: House, interfaces: Callable[[str], Interface]) -> dict[str, bytes]:
    """Path below the base URL → content, for every public issue; pictures come with the leaves.

    Raises ValueError when an issue is given twice in one language.
    """
    places = [(one.leaf.slug, one.leaf.locale) for one in issues]
    if len(set(places)) < len(places):
        raise ValueError("an issue has one page in a language")
    files = {STYLE: style(house, interfaces(house.source_locale))}
    newest = sorted(issues, key=lambda one: (one.published, one.leaf.slug), reverse=True)
    for one in newest:
        languages = sorted(other.leaf.locale for other in newest if other.leaf.slug == one.leaf.slug)
        path, words = f"{one.leaf.locale}/archief/{one.leaf.slug}", interfaces(one.leaf.locale)
        files[f"{path}/index.html"] = page(one, languages, house, words)
        for old in one.earlier:
            shown = earlier_page(one, old, languages, house, words)
            files[f"{path}/{EARLIER}/{old.revision}/index.html"] = shown
    locales = list(dict.fromkeys(one.leaf.locale for one in newest))
    for locale in locales:
        own = [one for one in newest if one.leaf.locale == locale]
        files[f"{locale}/archief/index.html"] = shelf(own, locale, locales, house, interfaces(locale))
        files |= feeds(own, locale, house)
    return files


def page(
    one: Published, languages: Sequence[str], house: House, interface: Interface, beside: Sequence[Published] = ()
) -> bytes:
    """The page of an issue in one language; `languages` are all in which it is public, in order, and `beside` the
    public issues of its language, the newest first: the ones before and after it are linked."""
    before = _before(one, house, interface)
    marks = {"before": before, "is_earlier": False, **_neighbours(one, beside, house, interface)}
    return _page(one, languages, house, interface, marks)


def earlier_page(one: Published, old: Earlier, languages: Sequence[str], house: House, interface: Interface) -> bytes:
    """A page as it was before it was corrected: it says so, and leads to the one of now."""
    then = Published(old.leaf, one.published, old.corrected)
    marks = {"before": (), "is_earlier": True, "previous": None, "following": None}
    return _page(then, languages, house, interface, marks)


def _neighbours(
    one: Published, beside: Sequence[Published], house: House, interface: Interface
) -> dict[str, dict[str, str] | None]:
    """The issues of the same newsletter just before and after this one, by their day."""
    series = publication_of(one.leaf.slug, house)
    own = [each for each in beside if publication_of(each.leaf.slug, house) == series]
    own.sort(key=lambda each: (each.leaf.day, each.leaf.slug))
    slugs = [each.leaf.slug for each in own]
    at = slugs.index(one.leaf.slug) if one.leaf.slug in slugs else None

    def linked(place: int) -> dict[str, str] | None:
        if at is None or not 0 <= place < len(own):
            return None
        leaf = own[place].leaf
        words = interface.say(_("Nummer {number}", number=leaf.number))
        return {"url": page_url(house, leaf.locale, leaf.slug), "words": words}

    return {"previous": linked(-1 if at is None else at - 1), "following": linked(len(own) if at is None else at + 1)}


def _before(one: Published, house: House, interface: Interface) -> list[dict[str, str]]:
    """The texts before this one, each with its day and address."""
    writer = _writer(one.leaf.locale, house, interface)
    base = page_url(house, one.leaf.locale, one.leaf.slug)
    return [
        {"day": day_words(old.corrected.date(), writer.formats), "url": f"{base}/{EARLIER}/{old.revision}"}
        for old in one.earlier
    ]


def _page(
    one: Published, languages: Sequence[str], house: House, interface: Interface, marks: Mapping[str, object]
) -> bytes:
    leaf, writer = one.leaf, _writer(one.leaf.locale, house, interface)
    urls = {language: page_url(house, language, leaf.slug) for language in languages}
    default = house.source_locale if house.source_locale in urls else leaf.locale
    values = {
        **_frame(leaf.locale, house, writer),
        **marks,
        "leaf": leaf,
        "day": day_words(leaf.day, writer.formats),
        "number": number_words(leaf.number, leaf.day),
        "urls": urls,
        "default_url": urls[default],
        "website": house.organisation.website,
        "postal_address": house.organisation.postal_address,
        "facts": _facts(one, house),
        "events": [
            {
                "title": event.title,
                "day": day_words(date.fromisoformat(event.day), writer.formats),
                "starts": event.starts,
                "place": event.place,
                "url": f"{urls.get(leaf.locale, default)}/{number}.ics",
            }
            for number, event in enumerate(leaf.events, 1)
        ],
        "lead": Markup(leaf.lead),  # noqa: S704 - HTML that leaf_from wrote
        "sections": [
            (section.anchor, Markup(section.heading), Markup(section.body))  # noqa: S704
            for section in leaf.sections
        ],
    }
    return writer.templates.get_template("archive/page.html.jinja").render(values).encode()


@dataclass(frozen=True)
class Asked:
    """What a list is of: words that were searched, one newsletter."""

    words: str = ""
    publication: str = ""

    @property
    def is_nothing(self) -> bool:
        return not self.words and not self.publication


def shelf(
    own: Sequence[Published],
    locale: str,
    locales: Sequence[str],
    house: House,
    interface: Interface,
    *,
    asked: Asked | None = None,
) -> bytes:
    """The list of the public issues in one language, as given; `locales` are those that have a list.

    With `asked` it can be searched; without, it is a file of a server that answers no questions.
    """
    writer = _writer(locale, house, interface)
    titles = {key: _title(one.title, locale, house.source_locale) for key, one in house.publications.items()}
    values = {
        **_frame(locale, house, writer),
        "asked": asked,
        "publications": titles,
        "urls": {other: archive_url(house, other) for other in locales},
        "issues": [
            {
                "url": page_url(house, locale, one.leaf.slug),
                "title": one.leaf.title,
                "publication": one.leaf.publication,
                "summary": one.leaf.summary,
                "day": day_words(one.leaf.day, writer.formats),
            }
            for one in own
        ],
    }
    return writer.templates.get_template("archive/list.html.jinja").render(values).encode()


def feeds(own: Sequence[Published], locale: str, house: House) -> dict[str, bytes]:
    """The documents of the feed of one language, by path; none when nothing is public in it."""
    host = _base(house).removeprefix("https://").partition("/")[0]
    entries = tuple(_entry(one, house) for one in own)
    return feeds_from(Feed(locale, house.organisation.name, host, _base(house), archive_url(house, locale), entries))


def style(house: House, interface: Interface) -> bytes:
    """The style sheet of all pages, in the colours of the organisation."""
    look = house.organisation.look
    sheet = environment(interface).get_template("archive/style.css.jinja")
    colours = palette(look.accent, look.accent_dark)
    return sheet.render(look=colours, grounds=GROUNDS, dark_grounds=DARK_GROUNDS).encode()


def _title(titles: Mapping[str, str], locale: str, source: str) -> str:
    return titles.get(locale) or titles.get(source) or next(iter(titles.values()), "")


def _base(house: House) -> str:
    return house.base_url.rstrip("/")


def _writer(locale: str, house: House, interface: Interface) -> PageHtml:
    settings = house.locales[locale]
    chosen = {audience.months for audience in house.audiences.values() if locale in audience.locales}
    formats = with_months(settings.formats, chosen.pop() if len(chosen) == 1 else None)
    return PageHtml(formats, settings.direction, environment(interface))


def _frame(locale: str, house: House, writer: PageHtml) -> dict[str, object]:
    """What every page has around it."""
    return {
        "language": locale,
        "direction": writer.direction,
        "organisation": house.organisation.name,
        "names": {code: settings.name for code, settings in house.locales.items()},
        "list_url": archive_url(house, locale),
        "feed_url": f"{_base(house)}/{locale}/feed.atom",
        "subscribe_url": f"{_base(house)}/{locale}/aanmelden",
        "privacy_url": f"{_base(house)}/{locale}/privacy",
        "style_url": f"{_base(house)}/{STYLE}",
        "text": writer.text,
    }


def _facts(one: Published, house: House) -> Markup:
    """What a search engine reads (schema.org, JSON-LD); `<` is written so that no text can end the element."""
    facts = {
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": one.leaf.title,
        "inLanguage": one.leaf.locale,
        "datePublished": one.published.isoformat(),
        "dateModified": one.updated.isoformat(),
        "publisher": {"@type": "NGO", "name": house.organisation.name, "url": house.organisation.website},
        "url": page_url(house, one.leaf.locale, one.leaf.slug),
    }
    text = json.dumps(facts, ensure_ascii=False)
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))  # noqa: S704 - escaped


def _entry(one: Published, house: House) -> Entry:
    leaf = one.leaf
    parts = [leaf.lead]
    for section in leaf.sections:
        parts += [f"<h2>{section.heading}</h2>", section.body]
    frame = Markup('<div dir="{}" lang="{}">{}</div>')
    content = Markup("\n".join(parts))  # noqa: S704 - HTML that leaf_from wrote
    return Entry(
        slug=leaf.slug,
        title=leaf.title,
        summary=leaf.summary,
        content=frame.format(house.locales[leaf.locale].direction, leaf.locale, content),
        url=page_url(house, leaf.locale, leaf.slug),
        published=one.published,
        updated=one.updated,
    )
