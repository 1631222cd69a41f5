"""What the page of the desk shows, in the language of who looks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from flask import render_template, request
from markupsafe import Markup

from mailer.services.translating.boxes import Typed, boxed
from mailer.services.translating.desk import Desk, Near, Sentence
from mailer.services.translating.notes import KINDS
from mailer.services.translating.remarks import Remark
from mailer.services.translating.rows import Row, Stand
from mailer.translation.checks.pair import Finding
from mailer.translation.differences import difference
from mailer.translation.glossary import Rule
from web.forms import one as one_of
from web.staff.here import Here
from web.staff.naming import language_said, locale_name
from web.staff.translating import inline, said
from web.staff.translating.known import title_of
from wording import Text, _, ngettext
from wording.interface import direction

SHOWN = 200
"""Rows of the list around the one at hand."""


def values(here: Here, found: Desk, wanted: str, *, mine: str | None = None) -> dict[str, object]:
    """Everything that stands on the page. `mine` is what was typed, when it could not be saved."""
    wanted = wanted if wanted in said.FILTERS else "todo"
    at = None if found.sentence is None else found.sentence.row
    rows = [row for row in found.rows if said.is_in(row, wanted) or (at is not None and row.key == at.key)]
    number = next((n for n, row in enumerate(rows) if at is not None and row.key == at.key), 0)
    window = max(0, number - SHOWN // 2)
    before, after = _beside(rows, number)
    done = found.count(Stand.READY, Stand.UNREAD)
    return {
        "slug": found.domain,
        "locale": found.locale,
        "title": title_of(here, found.domain),
        "language": language_said(here, found.locale),
        "own_name": locale_name(here, found.locale),
        "direction": direction(found.locale),
        "source": here.office.house.source_locale,
        "wanted": wanted,
        "filters": [(key, here.say(words), _count(found, key)) for key, words in said.FILTERS.items()],
        "groups": [*_groups(here, rows[window : window + SHOWN], at)],
        "cut": len(rows) - len(rows[window : window + SHOWN]),
        "previous": before,
        "next": after,
        "place": here.say(_("{number} van {total}", number=_place(found, at), total=len(found.rows))),
        "done_said": here.say(
            ngettext("{done} van {count} zin klaar", "{done} van {count} zinnen klaar", len(found.rows), done=done)
        ),
        "bars": said.bars(found),
        "bar_said": here.say(_("{done} klaar, {left}", done=done, left=said.left(here, found.left))),
        "left": said.left(here, found.left),
        "due": here.say(_("inleveren uiterlijk {day}", day=here.day(found.due))) if found.due else "",
        "is_assigned": found.is_assigned,
        "vanished": found.vanished,
        "is_gone": found.is_gone,
        "one": None if found.sentence is None else sentence(here, found, found.sentence, mine),
    }


def _place(found: Desk, at: Row | None) -> int:
    return next((n for n, row in enumerate(found.rows, start=1) if at is not None and row.key == at.key), 0)


def _count(found: Desk, wanted: str) -> int:
    return sum(said.is_in(row, wanted) for row in found.rows)


def _beside(rows: Sequence[Row], number: int) -> tuple[str, str]:
    """The keys before and after; after the last comes the first."""
    if len(rows) < 2:
        return "", ""
    return rows[number - 1].key if number else "", rows[(number + 1) % len(rows)].key


def _groups(here: Here, rows: Sequence[Row], at: Row | None) -> Iterator[dict[str, object]]:
    """By section, in the order of the issue."""
    section: str | None = None
    for row in rows:
        mark, words = said.STANDS[row.stand]
        yield {
            "section": row.section if row.section != section else "",
            "key": row.key,
            "text": row.msgid[:160],
            "mark": mark,
            "said": here.say(words),
            "asks": row.asks,
            "is_here": at is not None and row.key == at.key,
        }
        section = row.section


def sentence(here: Here, found: Desk, one: Sentence, mine: str | None) -> dict[str, object]:
    """The message at hand."""
    entry, locale = one.entry, found.locale
    typed = _in_box(found, one, mine)
    taken = _taken(one)
    text = taken if taken is not None else typed if typed is not None else entry.msgstr
    formats = here.office.house.locales[here.office.house.source_locale].formats
    own = here.office.house.locales[locale].formats
    changed = entry.fuzzy and bool(entry.was) and entry.was != entry.msgid
    return {
        "key": one.row.key,
        "msgid": entry.msgid,
        "seen": entry.msgstr,
        "source": inline.difference(here, difference(entry.was, entry.msgid))
        if changed
        else inline.shown(entry.msgid, formats),
        "changed": changed,
        "look": entry.fuzzy and not changed,
        "kind": here.say(KINDS[one.row.kind]) if one.row.kind else "",
        "section": one.row.section,
        "stand": here.say(said.STANDS[one.row.stand][1]),
        "mark": said.STANDS[one.row.stand][0],
        "text": boxed(text, locale),
        "is_draft": typed is not None and taken is None,
        "conflict": one.typed is not None and one.typed.seen != entry.msgstr,
        "fixed": [{"put": boxed(each, locale), "shown": each} for each in one.fixed],
        "checks": checks_of(here, one.found, filled=bool(entry.msgstr) and typed is None),
        "hits": [*_hits(here, one, locale)],
        "offered": [boxed(each, locale) for each in one.offered],
        "uses": [*_uses(here, one, locale)],
        "remarks": [remark(here, each) for each in one.remarks],
        "past": [said.past(here, each) for each in one.past],
        "others": others_of(here, one.others),
        "before": _near(one.before, formats, own),
        "after": _near(one.after, formats, own),
        "reads": inline.shown(entry.msgstr, own) if entry.msgstr and not entry.fuzzy else "",
        "alike": one.alike,
        "alike_said": here.say(
            ngettext("Laat ook {count} andere naam zo staan", "Laat ook {count} andere namen zo staan", len(one.alike))
        ),
        "approved_by": one.approved_by,
    }


def _in_box(found: Desk, one: Sentence, mine: str | None) -> str | None:
    """What was typed and not saved, if anything: here just now, earlier, or for a message that left the source."""
    if mine is not None:
        return mine
    if found.vanished is not None:
        return found.vanished.text
    return one.typed.text if one.typed is not None else None


def _taken(one: Sentence) -> str | None:
    """The suggestion that a link of this page puts in the box."""
    number = one_of(request.args, "take")
    texts = [each.remembered.translation for each in one.hits] + [*one.offered]
    return texts[int(number) - 1] if number.isdecimal() and 0 < int(number) <= len(texts) else None


def _near(near: Near | None, formats: str, own: str) -> dict[str, object] | None:
    if near is None:
        return None
    return {"source": inline.shown(near.source, formats), "target": inline.shown(near.target, own)}


def checks_of(here: Here, found: Sequence[Finding], *, filled: bool) -> Markup:
    """What the checks say, as HTML; the same on the page and while someone types."""
    lines = [{"stops": one.is_blocking, "text": here.say(one.text)} for one in found]
    return Markup(  # noqa: S704 - a template of ours, autoescaped
        render_template("staff/translating/_checks.html.jinja", lines=lines, filled=filled, _=_saying(here)).strip()
    )


def _saying(here: Here) -> Callable[..., str]:
    return lambda msgid, **slots: here.say(Text(msgid, slots))


def others_of(here: Here, others: Sequence[Typed]) -> Markup:
    """Who types in the same box, and what."""
    shown = [{"by": one.by, "text": one.text, "at": here.moment(one.at)} for one in others]
    return Markup(  # noqa: S704 - a template of ours, autoescaped
        render_template("staff/translating/_others.html.jinja", others=shown, _=_saying(here)).strip()
    )


def _hits(here: Here, one: Sentence, locale: str) -> Iterator[dict[str, object]]:
    for number, each in enumerate(one.hits, start=1):
        source = inline.difference(here, difference(each.remembered.source, one.entry.msgid))
        yield {
            "number": number,
            "percent": each.percent,
            "where": title_of(here, each.remembered.where) if each.remembered.where else "",
            "source": "" if each.is_exact else source,
            "text": boxed(each.remembered.translation, locale),
        }


def _uses(here: Here, one: Sentence, locale: str) -> Iterator[dict[str, object]]:
    language = locale.partition("_")[0]
    for each in one.uses:
        term = each.term
        keeps = term.source if term.rule is Rule.KEEP else ""
        yield {
            "source": term.source,
            "wanted": term.words.get(language, keeps),
            "forbid": term.rule is Rule.FORBID,
            "used": each.in_target,
            "note": term.note,
        }


def remark(here: Here, one: Remark) -> dict[str, object]:
    """A remark or a question with its answer."""
    return {
        "number": one.number,
        "by": one.name or here.say(_("iemand")),
        "words": one.words,
        "at": here.moment(one.at),
        "is_question": one.is_question,
        "waits": one.waits,
        "closed": one.closed_at is not None,
        "locale": one.locale,
        "answer": one.answer,
        "answered_by": one.answered_by,
        "answered_at": here.moment(one.answered_at) if one.answered_at else "",
        "source": one.msgid or one.source,
        "is_there": bool(one.msgid),
    }
