"""Which rule decided, and what was its second witness: in words for a person. Data only."""

from __future__ import annotations

from dataclasses import dataclass

from wording import Text, _

RULES: dict[str, Text] = {
    "server-words": _("woorden van de server die weigerde"),
    "report-words": _("woorden van de server die het meldt"),
    "code": _("statuscode"),
    "reply": _("antwoordcode"),
    "stage": _("moment in het gesprek"),
    "action": _("wat het rapport zegt dat er gebeurd is"),
    "feedback": _("soort klacht"),
    "answer": _("kenmerken van een automatisch antwoord"),
    "nothing": _("geen enkele regel past"),
    "no-report": _("niets wijst op een rapport"),
    "recipients": _("de ontvangers die het rapport noemt"),
    "limits": _("de grenzen van tijd en geheugen"),
}
WITNESSES: dict[str, Text] = {
    "rcpt": _("gezegd toen de ontvanger genoemd werd"),
    "about-us": _("gezegd voordat de ontvanger genoemd was, dus over ons"),
    "after-data": _("gezegd nadat het bericht gelezen was"),
    "other-code": _("de statuscode zegt iets anders"),
    "address-code": _("de statuscode zegt hetzelfde"),
    "formal": _("het staat in een rapport met vaste velden"),
    "reply": _("de antwoordcode zegt hetzelfde"),
    "last-server": _("gezegd door de server van de ontvanger zelf"),
    "sure-words": _("woorden die nooit van een filter komen"),
    "alone": _("zonder tweede getuige"),
}


@dataclass(frozen=True)
class Why:
    """A key of RULES, what it found, and a key of WITNESSES where one was needed."""

    rule: str
    said: str = ""
    witness: str = ""

    def __str__(self) -> str:
        """For a script: `server-words "user unknown" rcpt`."""
        return " ".join(part for part in (self.rule, self.said and f'"{self.said}"', self.witness) if part)


NOTHING = Why("nothing")
