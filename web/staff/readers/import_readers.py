"""Readers by e-mail from a list: what its four steps ask of the doors of this desk."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from mailer.organisation import Channel
from mailer.services.readers import lists
from staff.permissions import Permission
from subscribers.importing.steps import Columns
from web.staff.here import Here
from web.staff.importing import Importer, Question
from web.staff.naming import audience_title
from wording import _, ngettext


def _asks(here: Here) -> list[Question]:
    """Where it comes from, and what holds for rows that do not say it themselves."""
    house = here.office.house
    mailed = {key: audience_title(here, key) for key, one in house.audiences.items() if one.channel is Channel.EMAIL}
    languages = {code: one.name for code, one in house.locales.items()}
    standing = {code: here.say(words) for code, words in lists.STANDINGS.items() if code != "reads"}
    return [
        Question("source", _("Waar komt de lijst vandaan, en van welke dag is zij?"), {}, _("Hoort bij het bewijs.")),
        Question("audience", _("Doelgroep, voor regels zonder"), {"": here.say(_("staat in het bestand")), **mailed}),
        Question("language", _("Taal, voor regels zonder"), languages),
        Question(
            "wording",
            _("De zin waarmee deze lezers instemden"),
            {},
            _("Woord voor woord. Leeg: zij krijgen eerst een mail met een knop."),
        ),
        Question("status", _("Wat iedereen in dit bestand is"), {"": here.say(_("staat in het bestand")), **standing}),
    ]


def _columns(here: Here, uid: UUID) -> Columns:
    """With the words for a reader's standing in this person's language."""
    found = lists.columns(here.office, here.person, uid)
    words = {code: here.say(said) for code, said in lists.STANDINGS.items()}
    groups = [
        replace(one, meanings={code: words.get(code, name) for code, name in one.meanings.items()})
        for one in found.values
    ]
    return replace(found, values=tuple(groups))


READERS = Importer(
    path="/readers/import",
    name="reader_import",
    may=Permission.IMPORT_READERS,
    most=lists.MOST,
    back=("/staff/readers", _("Lezers")),
    title=_("Lees een lijst van lezers in"),
    about=_("CSV, ook de export van een ander programma: Mailchimp, Laposta, MailerLite en andere. Hoogstens 4 MB."),
    asks=_asks,
    begin=lambda here, name, data, answers: lists.begin(here.office, here.person, name, data, answers),
    columns=_columns,
    choose=lambda here, uid, said: lists.choose(here.office, here.person, uid, said),
    preview=lambda here, uid: lists.preview(here.office, here.person, uid),
    apply=lambda here, uid, seen: lists.apply(here.office, here.person, uid, seen=seen, words=here.say),
    report=lambda here, uid: lists.report(here.office, here.person, uid),
    aside=lambda here, uid: lists.aside(here.office, here.person, uid),
    button=lambda count: ngettext("Neem {count} regel mee", "Neem {count} regels mee", count),
)
