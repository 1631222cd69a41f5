"""Editions that may be public in, the static files of a web archive out: pages, a list and a feed per language.

Only what is given is published; an issue is private until someone publishes it. A page knows no reader: where an e-mail
has a slot for one, a page says "dear reader".
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from mailer.artefacts.colours import ink_on
from mailer.artefacts.email_html import InlineImage, MailHtml
from mailer.artefacts.environment import environment
from mailer.artefacts.feed import Entry, Feed, feeds_from
from mailer.artefacts.images import picture_from
from mailer.artefacts.letterhead import archive_url, letterhead, page_url
from mailer.artefacts.personal import greeting
from mailer.artefacts.tree import figures, words_of
from mailer.document.nodes import Figure, Spans
from mailer.edition import Edition
from mailer.organisation import House
from wording.interface import Interface

STYLE = "archief/stijl.css"
PICTURES = "archief/beeld"


@dataclass(frozen=True)
class PublicIssue:
    """An edition on the web. `images` as for an e-mail; `published` and `updated` are aware times."""

    edition: Edition
    images: Mapping[str, bytes]
    published: datetime
    updated: datetime


@dataclass(frozen=True)
class Page:
    """An issue and what writes it."""

    issue: PublicIssue
    writer: PageHtml

    @property
    def edition(self) -> Edition:
        return self.issue.edition


@dataclass(frozen=True)
class PageHtml(MailHtml):
    """HTML for a page: pictures by address, no reader. The cid of an image is its path below the base URL."""

    base: str = ""
    reader: str = ""

    def slot(self, name: str) -> Markup:
        return self.text(self.reader) if name == "greeting" else Markup()

    def figure(self, figure: Figure[Spans]) -> Markup:
        image = self.images[figure.src]
        caption = Markup("<figcaption>{}</figcaption>").format(self.inline(figure.caption)) if figure.caption else ""
        return Markup('<figure><img src="{}/{}" alt="{}" width="{}" height="{}">{}</figure>').format(
            self.base,
            image.cid,
            words_of(figure.alt, self.formats),
            image.picture.width,
            image.picture.height,
            caption,
        )


def archive_from(
    issues: Sequence[PublicIssue], house: House, interfaces: Callable[[str], Interface]
) -> dict[str, bytes]:
    """Path below the base URL → content, for every public issue.

    Raises ValueError when an issue is given twice in one language, ImageUnusableError for a broken image.
    """
    places = [(issue.edition.slug, issue.edition.locale) for issue in issues]
    if len(set(places)) < len(places):
        raise ValueError("an issue has one page in a language")
    files = {STYLE: _style(house, interfaces(house.source_locale))}
    newest = sorted(issues, key=lambda issue: (issue.published, issue.edition.slug), reverse=True)
    pages = [Page(issue, _writer(issue, house, interfaces(issue.edition.locale))) for issue in newest]
    for page in pages:
        files |= _page(page, _languages(page, pages), house)
    locales = list(dict.fromkeys(page.edition.locale for page in pages))
    for locale in locales:
        own = [page for page in pages if page.edition.locale == locale]
        files[f"{locale}/archief/index.html"] = _list(own, locales, house)
        files |= feeds_from(_feed(own, house))
    return files


def _languages(page: Page, pages: Sequence[Page]) -> list[str]:
    return sorted(other.edition.locale for other in pages if other.edition.slug == page.edition.slug)


def _base(house: House) -> str:
    return house.base_url.rstrip("/")


def _feed_url(house: House, locale: str) -> str:
    return f"{_base(house)}/{locale}/feed.atom"


def _writer(issue: PublicIssue, house: House, interface: Interface) -> PageHtml:
    images: dict[str, InlineImage] = {}
    for figure in figures(issue.edition):
        picture = picture_from(issue.images[figure.src])
        digest = hashlib.sha256(picture.data).hexdigest()[:24]
        images[figure.src] = InlineImage(f"{PICTURES}/{digest}.{picture.subtype}", picture)
    return PageHtml(
        issue.edition.formats,
        issue.edition.direction,
        environment(interface),
        images,
        base=_base(house),
        reader=greeting(None, interface),
    )


def _page(written: Page, languages: list[str], house: House) -> dict[str, bytes]:
    edition, writer = written.edition, written.writer
    urls = {language: page_url(house, language, edition.slug) for language in languages}
    default = house.source_locale if house.source_locale in urls else edition.locale
    page = writer.templates.get_template("archive/page.html.jinja").render(
        edition=edition,
        head=letterhead(edition, house),
        urls=urls,
        default_url=urls[default],
        names={code: settings.name for code, settings in house.locales.items()},
        list_url=archive_url(house, edition.locale),
        feed_url=_feed_url(house, edition.locale),
        style_url=f"{_base(house)}/{STYLE}",
        facts=_facts(written.issue, house),
        text=writer.text,
        lead=writer.in_lead().blocks(edition.lead),
        sections=_sections(edition, writer),
    )
    pictures = {image.cid: image.picture.data for image in writer.images.values()}
    return {f"{edition.locale}/archief/{edition.slug}/index.html": page.encode()} | pictures


def _sections(edition: Edition, writer: PageHtml) -> list[dict[str, object]]:
    return [
        {"anchor": section.anchor, "heading": writer.inline(section.heading), "body": writer.blocks(section.blocks)}
        for section in edition.sections
    ]


def _facts(issue: PublicIssue, house: House) -> Markup:
    """What a search engine reads (schema.org, JSON-LD); `<` is written so that no text can end the element."""
    edition = issue.edition
    facts = {
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": edition.title,
        "inLanguage": edition.locale,
        "datePublished": issue.published.isoformat(),
        "dateModified": issue.updated.isoformat(),
        "publisher": {"@type": "NGO", "name": house.organisation.name, "url": house.organisation.website},
        "url": page_url(house, edition.locale, edition.slug),
    }
    text = json.dumps(facts, ensure_ascii=False)
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))  # noqa: S704 - escaped


def _list(pages: Sequence[Page], locales: list[str], house: House) -> bytes:
    edition, writer = pages[0].edition, pages[0].writer
    heads = [(page.edition, letterhead(page.edition, house)) for page in pages]
    rows = [
        {"url": head.page, "title": one.title, "publication": head.publication, "day": head.day} for one, head in heads
    ]
    listed = writer.templates.get_template("archive/list.html.jinja").render(
        language=edition.locale,
        direction=edition.direction,
        organisation=house.organisation.name,
        urls={locale: archive_url(house, locale) for locale in locales},
        feed_url=_feed_url(house, edition.locale),
        style_url=f"{_base(house)}/{STYLE}",
        issues=rows,
        text=writer.text,
    )
    return listed.encode()


def _feed(pages: Sequence[Page], house: House) -> Feed:
    locale = pages[0].edition.locale
    host = _base(house).removeprefix("https://").partition("/")[0]
    entries = tuple(_entry(page, house) for page in pages)
    return Feed(locale, house.organisation.name, host, _base(house), archive_url(house, locale), entries)


def _entry(page: Page, house: House) -> Entry:
    edition, writer = page.edition, page.writer
    parts = [writer.in_lead().blocks(edition.lead)]
    for section in edition.sections:
        parts += [Markup("<h2>{}</h2>").format(writer.inline(section.heading)), writer.blocks(section.blocks)]
    frame = Markup('<div dir="{}" lang="{}">{}</div>')
    return Entry(
        slug=edition.slug,
        title=edition.title,
        summary=edition.preheader,
        content=frame.format(edition.direction, edition.locale, Markup("\n").join(parts)),
        url=page_url(house, edition.locale, edition.slug),
        published=page.issue.published,
        updated=page.issue.updated,
    )


def _style(house: House, interface: Interface) -> bytes:
    look = house.organisation.look
    sheet = (
        environment(interface)
        .get_template("archive/style.css.jinja")
        .render(look=look, accent_ink=ink_on(look.accent), accent_dark_ink=ink_on(look.accent_dark))
    )
    return sheet.encode()
