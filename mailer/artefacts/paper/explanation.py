"""A leaf for a new addressee, in the language of the edition: what is kept, why, how long, and how to stop it.

It goes with the first issue (GDPR art. 13 and 14; whoever reads it has no internet and may not know the law).
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from mailer.artefacts.bidi import CONTROLS
from mailer.artefacts.paper.job import PrintJob
from mailer.artefacts.paper.unbroken import Json, runs, unbroken
from mailer.organisation import LocaleSettings, Organisation
from wording import Text, _
from wording.interface import Interface

DATA_PROTECTION_AUTHORITY = "Autoriteit Persoonsgegevens, Postbus\u00a093374, 2509\u00a0AJ\u00a0Den\u00a0Haag"
BEGIN, END = "\ue000", "\ue001"
"""Around what is filled in; signs that no text holds."""
RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


def explanation(
    organisation: Organisation, locale: LocaleSettings, day: date, interface: Interface, *, large: bool = False
) -> PrintJob:
    """One A5 page, or one of A4 with letters of 16 points. `interface` speaks the language of `locale`."""
    rtl = locale.direction == "rtl"

    def words(text: Text) -> list[Json]:
        return _in_order(text, interface) if rtl else runs(interface.say(text), rtl=False)

    data = {
        "lang": locale.code.partition("_")[0],
        "dir": locale.direction,
        "large": large,
        "title": words(_("Wat wij van u bewaren")),
        "plain_title": interface.say(_("Wat wij van u bewaren")),
        "organisation": organisation.name,
        "helpline": unbroken(organisation.helpline) if organisation.helpline else None,
        "helpline_label": words(_("Vragen of hulp nodig? Bel gratis:")),
        "parts": [{"heading": words(heading), "text": words(text)} for heading, text in _parts(organisation)],
    }
    return PrintJob("explanation", data, day)


def _in_order(text: Text, interface: Interface) -> list[Json]:
    """Runs of a right-to-left page: a name or an address in Latin letters is one, whatever signs stand in it."""
    marked = {name: f"{BEGIN}{CONTROLS.sub('', str(value))}{END}" for name, value in text.values.items()}
    said = interface.say(replace(text, values=marked))
    if not any(map(RIGHT_TO_LEFT.search, marked.values())):
        said = said.replace(f"{END}, {BEGIN}", ", ")
    made: list[Json] = []
    for at, part in enumerate(re.split(f"{BEGIN}([^{BEGIN}{END}]*){END}", said)):
        is_one = at % 2 == 1 and not RIGHT_TO_LEFT.search(part)
        made += [{"t": "ltr", "c": [{"t": "text", "v": part}]}] if is_one else runs(part, rtl=True)
    return made


def _parts(organisation: Organisation) -> list[tuple[Text, Text]]:
    lines = (" ".join(line.split()) for line in organisation.postal_address if line != organisation.name)
    address = ", ".join(line.replace(" ", "\u00a0") for line in lines)
    return [
        (_("Waarom krijgt u deze brief?"), _("U vroeg ons om deze brief. Dit blad leggen wij er één keer bij.")),
        (
            _("Wat bewaren wij?"),
            _(
                "Uw naam, het centrum waar u bent en uw taal. Ook hoe u om de brief vroeg en of u grote letters wilt. "
                "Vraagt het centrum een registratienummer op de envelop, dan ook dat. Meer niet."
            ),
        ),
        (
            _("Waarvoor, en wie ziet het?"),
            _(
                "Alleen om u de brief te sturen. Alleen de mensen die onze post doen, zien het. Wij geven het "
                "aan niemand door. In de computer staat het op slot (versleuteld)."
            ),
        ),
        (
            _("Hoe lang?"),
            _(
                "Zolang u de brief wilt. Laat ons dat elke twee maanden weten: bel of schrijf. Horen wij 60 "
                "dagen niets van u, dan stopt de brief. Na 90 dagen wissen wij alles. Komt een brief terug of "
                "gaat u weg, dan wissen wij alles binnen 14 dagen."
            ),
        ),
        (
            _("Wilt u de brief niet meer krijgen?"),
            _(
                "Bel ons of schrijf naar {organisation}, {address}. U hoeft niet te zeggen waarom. Wij stoppen meteen.",
                organisation=organisation.name,
                address=address,
            ),
        ),
        (
            _("Wat mag u nog meer?"),
            _(
                "U mag vragen wat wij van u bewaren, het laten verbeteren en het laten wissen. "
                "Bent u niet tevreden, dan kunt u klagen bij de {authority}.",
                authority=DATA_PROTECTION_AUTHORITY,
            ),
        ),
    ]
