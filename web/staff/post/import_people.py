"""Readers by post from a list: what its four steps ask of the desk's doors."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from mailer.organisation import Channel
from mailer.services.post import lists
from staff.permissions import Permission
from web.staff.here import Here
from web.staff.importing import Importer, Question
from web.staff.naming import audience_title
from wording import _, ngettext


def _asks(here: Here) -> list[Question]:
    """Which audience by post, where there are several."""
    by_post = [key for key, one in here.office.house.audiences.items() if one.channel is Channel.POST]
    if len(by_post) < 2:
        return []
    return [Question("audience", _("Welke doelgroep?"), {key: audience_title(here, key) for key in by_post})]


def _begin(here: Here, name: str, data: bytes, answers: Mapping[str, str]) -> UUID:
    return lists.begin(here.office, here.person, name, data, answers.get("audience") or None)


PEOPLE = Importer(
    path="/post/import",
    name="post_import",
    may=Permission.CHANGE_ADDRESSEES,
    most=lists.MOST,
    back=("/staff/post/people", _("Wie krijgt er post?")),
    title=_("Lees een lijst van mensen in"),
    about=_("CSV met naam, centrum en taal; ook registratienummer, grote letters en gevraagd via. Hoogstens 1 MB."),
    asks=_asks,
    begin=_begin,
    columns=lambda here, uid: lists.columns(here.office, here.person, uid),
    choose=lambda here, uid, said: lists.choose(here.office, here.person, uid, said),
    preview=lambda here, uid: lists.preview(here.office, here.person, uid),
    apply=lambda here, uid, seen: lists.apply(here.office, here.person, uid, seen=seen, words=here.say),
    report=lambda here, uid: lists.report(here.office, here.person, uid),
    aside=lambda here, uid: lists.aside(here.office, here.person, uid),
    button=lambda count: ngettext("Voeg {count} mens toe", "Voeg {count} mensen toe", count),
)
