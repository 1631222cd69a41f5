"""Why mail comes back, in words for a person, and what kind of reason that is. Data only."""

from __future__ import annotations

from enum import StrEnum

from wording import Text, _


class Kind(StrEnum):
    """What a returned mail means for the reader."""

    HARD = "hard"
    """About the address: the only kind that may end a subscription by bouncing."""
    SOFT = "soft"
    """About the mailbox or the day."""
    POLICY = "policy"
    """About us: never counts against a reader, and a spike pauses the mailing."""
    COMPLAINT = "complaint"
    IGNORED = "ignored"
    """Delayed, delivered after all, or an answer by a machine."""
    UNKNOWN = "unknown"

    @property
    def weight(self) -> int:
        """Which of several kinds in one report counts."""
        return (Kind.UNKNOWN, Kind.IGNORED, Kind.POLICY, Kind.SOFT, Kind.HARD, Kind.COMPLAINT).index(self)


REASONS: dict[str, tuple[Kind, Text]] = {
    "unknown-user": (Kind.HARD, _("Dit adres bestaat niet (meer).")),
    "unknown-host": (Kind.HARD, _("Het domein achter de @ bestaat niet (meer).")),
    "no-mail": (Kind.HARD, _("Dit domein neemt geen mail aan.")),
    "moved": (Kind.HARD, _("De ontvanger is verhuisd naar een ander adres.")),
    "filtered": (Kind.SOFT, _("Het adres heet onbekend, maar pas na het lezen van het bericht: misschien een filter.")),
    "suspended": (Kind.SOFT, _("De postbus is uitgeschakeld of lang niet gebruikt.")),
    "full": (Kind.SOFT, _("De postbus is vol.")),
    "too-big": (Kind.SOFT, _("Het bericht is te groot.")),
    "expired": (Kind.SOFT, _("Het is na dagen proberen niet gelukt.")),
    "network": (Kind.SOFT, _("De andere server was niet te bereiken.")),
    "system": (Kind.SOFT, _("De andere server had een storing.")),
    "mailer": (Kind.SOFT, _("Een programma bij de ontvanger mislukte.")),
    "greylisted": (Kind.SOFT, _("De andere server vroeg om later terug te komen.")),
    "syntax": (Kind.SOFT, _("De servers verstonden elkaar niet.")),
    "unclear": (Kind.SOFT, _("Geweigerd; de reden is niet herkend.")),
    "blocked": (Kind.POLICY, _("Onze mailserver staat op een blokkadelijst.")),
    "reputation": (Kind.POLICY, _("Onze mailserver of ons domein heeft een slechte naam.")),
    "authentication": (Kind.POLICY, _("SPF, DKIM of DMARC van ons domein klopte niet.")),
    "reverse-dns": (Kind.POLICY, _("Onze mailserver heeft geen kloppende naam (reverse DNS).")),
    "spam": (Kind.POLICY, _("Het bericht werd voor spam aangezien.")),
    "virus": (Kind.POLICY, _("Het bericht werd voor een virus aangezien.")),
    "content": (Kind.POLICY, _("De vorm van het bericht werd niet aanvaard.")),
    "rules": (Kind.POLICY, _("Geweigerd op grond van de regels van de ontvanger.")),
    "rate": (Kind.POLICY, _("We verstuurden te veel of te snel.")),
    "relaying": (Kind.POLICY, _("De andere server geeft voor dit adres geen mail van ons door.")),
    "security": (Kind.POLICY, _("We waren niet bevoegd, of de verbinding was niet veilig genoeg.")),
    "sender": (Kind.POLICY, _("Ons afzenderadres werd geweigerd.")),
    "delayed": (Kind.IGNORED, _("Nog niet bezorgd; de server probeert het verder.")),
    "delivered": (Kind.IGNORED, _("Toch bezorgd.")),
    "answer": (Kind.IGNORED, _("Een automatisch antwoord.")),
    "challenge": (Kind.IGNORED, _("De ontvanger vraagt eerst te bewijzen dat je een mens bent.")),
    "feedback": (Kind.COMPLAINT, _("De ontvanger meldt onze mail als ongewenst.")),
    "no-complaint": (Kind.IGNORED, _("Een melding van een provider die geen klacht is.")),
    "other-recipients": (Kind.UNKNOWN, _("Geen van de genoemde ontvangers is onze lezer.")),
    "no-return": (Kind.UNKNOWN, _("Dit is geen teruggekomen mail.")),
    "unreadable": (Kind.UNKNOWN, _("Dit bericht is niet te lezen binnen de grenzen die ervoor zijn.")),
}

HARD = frozenset(reason for reason, (kind, _text) in REASONS.items() if kind is Kind.HARD)
PATIENT = frozenset({"full", "too-big", "greylisted"})
"""Soft, and never a ground to suspend anyone: the mailbox is there, and its owner may be on holiday."""
COMPLAINTS = frozenset({"abuse", "fraud", "opt-out", "opt-out-list", "complaint", "unsubscribe", "miscategorized"})
"""RFC 5965 §7.3, RFC 6650 and what providers made of it. not-spam, virus, auth-failure and other are no complaints."""


def kind_of(reason: str) -> Kind:
    return REASONS[reason][0]
