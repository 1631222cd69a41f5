"""Everything there is to say about an issue, at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mailer.artefacts.colours import corrections
from mailer.artefacts.email.read_on import chosen
from mailer.artefacts.email.size import size_problems
from mailer.content import LETTERFORMS, Content
from mailer.document.inline import spans_of
from mailer.document.nodes import Plain, Spans
from mailer.document.parse import Document
from mailer.document.reviewing.earlier import beside_others
from mailer.document.reviewing.letters import no_letterform, posted, printed, printed_words
from mailer.issue import Issue
from mailer.organisation import Channel, House
from mailer.services.office import Press
from mailer.services.writing.editions import editions, email_of, load, other_locales, read_on_at
from mailer.translation.apply import Untranslated, translate
from mailer.translation.catalog import Catalog
from mailer.translation.extract import STANDING
from wording import _, ngettext
from wording.errors import ContentError, Place, Problem, Severity
from wording.interface import interface


def check(press: Press, slug: str, *, text: str | None = None, translated: bool = True) -> list[Problem]:
    """Everything there is to say about an issue and its translations, errors and warnings, at once.

    First comes what the editor wrote, in the order of the files, then the translations, language by language.

    `text` stands for what was saved of the issue. Of a text that is being written no e-mail is made: what there is to
    say about its size is said once it is saved. With `translated` false nothing is said of translations: they follow.
    """
    read = press.content.read(slug, text=text)
    problems = list(read.problems)
    if read.issue is None or read.document is None:
        return problems
    problems += beside_others(read.issue, press.content.others(slug))
    problems.sort(key=lambda each: each.place)
    problems += corrections(press.house.organisation.look) if text is None else []
    for locale in other_locales(press.house, read.issue) if translated else ():
        problems += _translation_problems(press, read.issue, read.document, locale)
    if text is None and not any(problem.severity is Severity.ERROR for problem in problems):
        problems += _too_long(press, slug)
    return problems


def check_text(press: Press, slug: str, *, text: str | None = None) -> list[Problem]:
    """What there is to say about the text by itself: no translation and no other issue is read, no e-mail is made.

    `text` stands for what was saved of the issue.
    """
    return list(press.content.read(slug, text=text).problems)


def no_catalog(content: Content, slug: str, locale: str) -> Problem:
    """What to say of a language that has no catalog of this issue."""
    text = _("Deze vertaling is er nog niet; zet de zinnen van {slug} eerst klaar voor de vertalers.", slug=slug)
    return Problem(Place(content.catalog_file(slug, locale)), text)


def _translation_problems(press: Press, issue: Issue, document: Document, locale: str) -> list[Problem]:
    content = press.content
    try:
        own, base_hash = content.catalog(issue.slug, locale)
        standing, _hash = content.catalog(STANDING, locale)
    except ContentError as error:
        return list(error.problems)
    if not base_hash:
        return [no_catalog(content, issue.slug, locale)]
    missing = translate(issue, document, own, standing)[1]
    left = [_left(missing, Place(content.catalog_file(issue.slug, locale)), locale)] if missing else []
    return [*left, *_unprintable(issue, document, press.house, own, standing)]


def _left(missing: Sequence[Untranslated], place: Place, locale: str) -> Problem:
    """One line per language, however many sentences it is: they are for the translators, who have their own list."""
    text = ngettext(
        "Nog niet vertaald ({locale}): {count} zin, ‘{text}’.",
        "Nog niet vertaald ({locale}): {count} zinnen; de eerste is ‘{text}’.",
        len(missing),
        locale=locale,
        text=missing[0].begin,
    )
    return Problem(place, text)


def _unprintable(issue: Issue, document: Document, house: House, own: Catalog, standing: Catalog) -> Iterator[Problem]:
    """What of a translation no font has a letter for, where it goes out on paper."""
    post = frozenset(key for key in posted(issue, house) if own.locale in house.audiences[key].locales)
    title: Spans = (Plain(own.translation(issue.title) or ""),)
    texts = [(Place(issue.file, issue.lines.get("title", 0)), title)] if post else []
    for found in printed(document.body, post):
        source = found.source
        words = (standing if source.standing else own).translation(source.markdown) or ""
        texts.append((document.place(source), spans_of(words, document.references.get(source.file))))
    for place, spans in texts:
        if missing := LETTERFORMS.without_form(printed_words(spans)):
            said = no_letterform(missing, LETTERFORMS)
            yield Problem(place, _("In de vertaling ({locale}): {problem}", locale=own.locale, problem=said))


def _too_long(press: Press, slug: str) -> Iterator[Problem]:
    """What there is to say about the size of each e-mail."""
    loaded = load(press, slug)
    for cut in editions(press, loaded):
        if press.house.audiences[cut.audience].channel is not Channel.EMAIL:
            continue
        if (there := read_on_at(press.house, loaded, cut)) is not None:
            made, _shown = chosen(cut, press.house, interface(cut.locale), loaded.pictures, there)
        else:
            made = email_of(press, loaded, cut)
        if made is not None:
            yield from size_problems(made, cut)
