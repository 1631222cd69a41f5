"""Catalogs that follow a source with nothing but typing errors corrected: every translation stays what it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from sqlalchemy.orm import Session

from mailer.content import Content
from mailer.services.translating.catalogs import locales_of
from mailer.services.translating.following import Extracted, carry_approvals
from mailer.translation.carry import Carried, Update, update
from mailer.translation.catalog import Catalog
from mailer.translation.extract import extract
from mailer.translation.similar import Change

IsTypo = Callable[[str, str], bool]
"""Whether the second text is the first with typing errors corrected."""


def follow_typos(
    content: Content, session: Session, slug: str, is_typo: IsTypo, bases: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Bring the catalogs of an issue up to date; returns the hash of each by its locale.

    A translation of a sentence with a corrected error is kept as it stands, with its approval: it says the same. No
    door: who saved the issue may. With `bases`, the hashes that the files had, one that is another is an error. Raises
    ContentError for an issue or a catalog that cannot be read, ChangedMeanwhileError.
    """
    issue, document = content.issue(slug)
    messages = extract(issue, document)
    content.save_template(slug, messages)
    hashes: dict[str, str] = {}
    for locale in locales_of(content.house, issue.audiences):
        if not content.catalog(slug, locale)[1]:
            continue
        done: list[Update] = []

        def change(catalog: Catalog, done: list[Update] = done) -> Catalog:
            done.append(_settled(update(catalog, messages), is_typo))
            return done[-1].catalog

        base = None if bases is None else bases.get(locale)
        hashes[locale] = content.change_catalog(slug, locale, change, base)
        carry_approvals(session, Extracted(content.catalog_file(slug, locale), 0, 0, slug, locale, done[-1]))
    return hashes


def _settled(found: Update, is_typo: IsTypo) -> Update:
    kept = {one.new.msgid: one for one in (_kept(each, is_typo) for each in found.carried)}
    entries = {msgid: kept[msgid].new if msgid in kept else entry for msgid, entry in found.catalog.entries.items()}
    return replace(found, catalog=replace(found.catalog, entries=entries), carried=tuple(kept.values()))


def _kept(one: Carried, is_typo: IsTypo) -> Carried:
    if one.keeps_approval or not one.old.is_translated or not is_typo(one.old.msgid, one.new.msgid):
        return one
    return Carried(Change.SAME, one.old, replace(one.new, msgstr=one.old.msgstr, fuzzy=False, was=""))
