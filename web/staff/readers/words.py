"""What pages about readers call things: states, bars, what a reader did."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from wording import Text, _

BARRED: Mapping[str, Text] = MappingProxyType(
    {
        "unsubscribed": _("de lezer meldde zich af"),
        "complained": _("de lezer klaagde, of vroeg ons te stoppen"),
        "bounced": _("mail kwam terug: het adres werkt niet"),
        "erased": _("de lezer liet alles wissen"),
    }
)
"""Why an address is never mailed, by the value of `subscribers.consent.SuppressedBecause`."""

DID: Mapping[str, Text] = MappingProxyType(
    {
        "asked": _("Vroeg om een nieuwsbrief; kreeg een mail met een knop"),
        "confirmed": _("Drukte op de knop"),
        "imported": _("Kwam uit een lijst, met bewijs van toestemming"),
        "changed": _("Veranderde iets"),
        "paused": _("Zette de nieuwsbrief stil, of weer aan"),
        "left": _("Meldde zich af"),
        "complained": _("Klaagde, of vroeg ons te stoppen"),
        "bounced": _("Mail kwam terug"),
        "erased": _("Liet alles wissen"),
    }
)
"""What a reader did, by the event in the evidence."""

WHERE: Mapping[str, Text] = MappingProxyType(
    {
        "confirmation mail": _("in de bevestigingsmail"),
        "form": _("op het formulier"),
        "new address": _("bij een nieuw adres"),
        "preferences": _("op de pagina met voorkeuren"),
        "request": _("op verzoek"),
        "staff": _("door een medewerker"),
    }
)
"""Where a reader did it, by the first word of the source in the evidence; another source is shown as it is."""

STATES: Mapping[str, tuple[str, Text]] = MappingProxyType(
    {
        "active": ("ok", _("krijgt mail")),
        "pending": ("wait", _("heeft nog niet op de knop gedrukt")),
        "left": ("none", _("is weg; het adres is gewist")),
    }
)
"""A mark and words for the state of a reader."""
