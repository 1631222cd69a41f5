"""What the page of a mailing says beside its numbers: its phases, why it does not move, and the words of relays."""

from __future__ import annotations

from mailer.services.sending import following
from mailer.services.sending.following import Halt, Still
from mailer.services.sending.overview import MailingOverview
from web.staff.here import Here
from wording import Text, _, ngettext


def halt(here: Here, found: MailingOverview) -> str:
    """Why nothing moves, and until when; "" while it does."""
    why = following.still(here.office, here.person, found.id)
    return here.say(_halt_words(here, why)) if why else ""


def _halt_words(here: Here, halt: Halt) -> Text:
    until = here.moment(halt.until) if halt.until else ""
    match halt.why:
        case Still.NO_WORKER:
            return _("Er is geen werker die verstuurt. Vraag een beheerder om `postduif serve` te starten.")
        case Still.QUIET:
            return _("Het zijn stille uren. Om {moment} gaat het verder.", moment=until)
        case Still.LIMIT:
            return _("De mailserver neemt nu niet meer aan dan afgesproken. Om {moment} gaat het verder.", moment=until)
        case Still.LATER:
            return _("Wat over is, is uitgesteld. De volgende poging is om {moment}.", moment=until)


def phases(here: Here, found: MailingOverview) -> list[tuple[str, str, str]]:
    """Each phase: its words, a note, and "past", "now" or "" for one to come."""
    state = found.state.value
    begun = found.started_at is not None
    deferred = sum(count for one, count in found.account.states.items() if one.value == "deferred")
    planned = here.moment(found.scheduled_at) if found.scheduled_at else ""
    going, done = state == "sending", state == "done"
    since = here.say(_("sinds {moment}", moment=here.moment(found.started_at))) if found.started_at else ""
    ended = here.moment(found.finished_at) if found.finished_at and done else ""
    tried_again = "now" if going and deferred and not found.account.waiting else "past" if done else ""
    steps = [
        (_("Goedgekeurd en bevroren"), _frozen(here, found), "past"),
        (_("Gepland"), planned, "now" if state in {"scheduled", "approved"} else "past"),
        (_("Onderweg"), since, "now" if going and found.account.waiting else "past" if begun else ""),
        (_("Opnieuw proberen"), here.say(_("wat uitgesteld is, tot 72 uur")), tried_again),
        (_("Afgerond"), ended, "now" if done else ""),
    ]
    return [(here.say(words), note, reached) for words, note, reached in steps]


def _frozen(here: Here, found: MailingOverview) -> str:
    count = len(found.editions)
    return here.say(
        ngettext("{count} editie: wat is goedgekeurd, vertrekt", "{count} edities: wat is goedgekeurd, vertrekt", count)
    )


def said(here: Here, found: MailingOverview) -> list[dict[str, object]]:
    """What relays said, in our words and in theirs."""
    return [
        {
            "later": one.outcome == "defer",
            "words": here.say(_kind(one.outcome, one.enhanced)),
            "count": here.say(ngettext("{count} lezer", "{count} lezers", one.count)),
            "code": " ".join(str(part) for part in (one.code, one.enhanced, one.words) if part)[:200],
        }
        for one in found.said
    ]


_KINDS = {
    "5.1.1": _("Bestaat niet"),
    "5.1.10": _("Bestaat niet"),
    "5.2.1": _("Adres is gesloten"),
    "5.2.2": _("Mailbox is vol"),
    "4.2.2": _("Mailbox is vol"),
    "5.3.4": _("De mail is te groot"),
}


def _kind(outcome: str, enhanced: str) -> Text:
    if enhanced in _KINDS:
        return _KINDS[enhanced]
    if enhanced.startswith("5.7"):
        return _("Geweigerd om het beleid van de mailserver")
    return _("Probeer later") if outcome == "defer" else _("Geweigerd")
