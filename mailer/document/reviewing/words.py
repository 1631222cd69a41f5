"""Words: slots, values, and what should not be in a newsletter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from mailer.document import private
from mailer.document.formats import MARK, is_valid
from mailer.document.markdown import SLOTS
from mailer.document.reviewing.looking import Looking, seen
from wording import _
from wording.errors import Problem, Severity

_SLOT_LIKE = re.compile(r"\{\{[^{}\n]*\}\}")


def slots_known(it: Looking) -> Iterator[Problem]:
    for text, plain in seen(it):
        for slot in _SLOT_LIKE.findall(plain):
            known = ", ".join("{{" + name + "}}" for name in sorted(SLOTS))
            said = _("{slot} wordt niet ingevuld en staat er straks zo; wel ingevuld: {known}.", slot=slot, known=known)
            yield text.problem(said, slot, Severity.WARNING)


def values_valid(it: Looking) -> Iterator[Problem]:
    for text, plain in seen(it):
        for mark in MARK.finditer(plain):
            if not is_valid(mark[1], mark[2]):
                said = _(
                    "{mark} klopt niet; tussen de accolades hoort iets als date:2026-12-31, time:14:30, number:1250 "
                    "of amount:12.50 EUR.",
                    mark=mark[0],
                )
                yield text.problem(said, mark[0])


def private_numbers_left_out(it: Looking) -> Iterator[Problem]:
    kinds = {
        _("V-nummer"): private.alien_numbers,
        "BSN": private.citizen_numbers,
        "IBAN": private.bank_accounts,
        _("06-nummer"): private.mobile_numbers,
    }
    for text, plain in seen(it):
        for kind, find in kinds.items():
            for found in find(plain):
                if found not in it.house.protected:
                    said = _("‘{found}’ lijkt privé ({kind}); hoort dat in een nieuwsbrief?", found=found, kind=kind)
                    yield text.problem(said, found, Severity.WARNING)


def names_left_out(it: Looking) -> Iterator[Problem]:
    publication = it.house.publications[it.issue.publication]
    if not publication.personal_stories:
        return
    known = (
        it.house.organisation.name,
        *publication.title.values(),
        *it.house.protected,
        *it.house.organisation.postal_address,
    )
    find = partial(private.full_names, known=known)
    for text, plain in seen(it):
        for name in dict.fromkeys(find(plain)):
            said = _(
                "‘{name}’ lijkt de naam van een mens; in een verhaal uit detentie hoort die er niet in.", name=name
            )
            yield text.problem(said, name, Severity.WARNING)
