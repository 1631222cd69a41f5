"""The one next step of a person for an issue, in words: what, why, and the button that leads there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mailer.services.publishing.own_steps import OwnStep
from mailer.services.publishing.standing import Standing
from mailer.services.publishing.steps import Step
from staff.permissions import Permission, may
from staff.roles import ROLE_WORDS
from web.staff.here import Here
from web.staff.naming import languages_said
from wording import Text, _, ngettext


@dataclass(frozen=True)
class Panel:
    """What is said of a step. `path` is "" where there is no page for it; with `post` its button sends a form."""

    is_mine: bool
    heading: str
    text: str
    button: str = ""
    path: str = ""
    post: bool = False


SHORT: Mapping[Step, tuple[str, str, Text]] = {
    Step.MEND: ("stop", "stop", _("er staat een fout in")),
    Step.EXTRACT: ("none", "quiet", _("nog niet klaargezet voor vertalers")),
    Step.TRANSLATE: ("part", "quiet", _("wordt vertaald")),
    Step.REVIEW: ("part", "quiet", _("wordt nagelezen")),
    Step.WAIT: ("wait", "quiet", _("wordt nagekeken")),
    Step.APPROVE: ("warn", "warn", _("wacht op goedkeuring")),
    Step.PUBLISH: ("ok", "ok", _("klaar om te versturen")),
    Step.START: ("warn", "warn", _("staat klaar om te vertrekken")),
    Step.SCHEDULED: ("wait", "quiet", _("gepland")),
    Step.FOLLOW: ("part", "ok", _("onderweg")),
    Step.RESUME: ("warn", "warn", _("staat stil")),
    Step.PRINT: ("wait", "quiet", _("bij de postkamer")),
    Step.DONE: ("sent", "ok", _("verstuurd")),
}
"""A mark, a tone and words for each step, as a list says it."""


def panel(here: Here, found: Standing, own: OwnStep) -> Panel:
    """The step as the page of an issue says it."""
    if own.needs_another:
        text = _("Wie goedkeurt, verstuurt niet zelf. Een andere redacteur kan verder.")
        return _said(here, own, _("Jij keurde dit goed: iemand anders verstuurt het"), text)
    return (_mine if own.is_mine else _waits)(here, found, own)


def _mine(here: Here, found: Standing, own: OwnStep) -> Panel:
    return _said(
        here,
        own,
        _to_do(own),
        _why(own, languages_said(here, own.locales)),
        _button(found.slug, own),
        post=own.step is Step.EXTRACT,
    )


def _to_do(own: OwnStep) -> Text:
    """What this person does."""
    count = own.count
    said: Mapping[Step, Text] = {
        Step.MEND: _("Verbeter wat er mis is: zo kan dit nummer niet weg"),
        Step.EXTRACT: _("Zet de zinnen klaar voor de vertalers"),
        Step.TRANSLATE: ngettext("Vertaal nog {count} zin", "Vertaal nog {count} zinnen", count),
        Step.REVIEW: ngettext("Lees nog {count} zin na", "Lees nog {count} zinnen na", count),
        Step.APPROVE: ngettext("Keur {count} editie goed", "Keur {count} edities goed", count),
        Step.PUBLISH: _("Verstuur dit nummer"),
        Step.START: _("De verzending staat klaar: laat haar vertrekken"),
        Step.RESUME: _("De verzending staat stil: kijk waarom"),
        Step.PRINT: ngettext("Print {count} boekje", "Print {count} boekjes", count),
    }
    return _("Post wat geprint is") if own.step is Step.PRINT and not count else said[own.step]


def _why(own: OwnStep, languages: str) -> Text:
    """What is good to know before it is done."""
    waiting = ngettext("{count} lezer wacht erop.", "{count} lezers wachten erop.", own.count)
    said: Mapping[Step, Text] = {
        Step.MEND: ngettext("Er staat {count} fout in.", "Er staan {count} fouten in.", own.count),
        Step.EXTRACT: _("De tekst is in orde. Daarna kunnen de vertalers beginnen."),
        Step.TRANSLATE: _("Taal: {languages}. Vertalen gaat nu nog in het bestand, met Poedit.", languages=languages),
        Step.REVIEW: _("Taal: {languages}. Wat iemand vertaalde, leest een ander na.", languages=languages),
        Step.APPROVE: _("Bekijk elke editie zoals ze vertrekt. Verandert er daarna iets, dan vervalt je goedkeuring."),
        Step.PUBLISH: _("Alles is goedgekeurd. Je ziet eerst wie het krijgt, en kiest nu of later."),
        Step.START: waiting,
        Step.RESUME: waiting,
        Step.PRINT: _("Je ziet eerst wie het krijgt, hoe zwaar het is en wat het kost."),
    }
    return said[own.step]


def _button(slug: str, own: OwnStep) -> tuple[Text, str] | None:
    """The words on the button, and where it leads; None for what has no page."""
    issue, mailing = f"/staff/issues/{slug}", f"/staff/mailings/{own.mailing}/"
    there: Mapping[Step, tuple[Text, str]] = {
        Step.MEND: (_("Bekijk wat er mis is"), f"{issue}/write"),
        Step.EXTRACT: (_("Zet de zinnen klaar"), f"{issue}/prepare"),
        Step.APPROVE: (_("Naar goedkeuren"), f"{issue}/approve"),
        Step.PUBLISH: (_("Naar versturen"), f"{issue}/send"),
        Step.START: (_("Naar de verzending"), mailing),
        Step.RESUME: (_("Kijk waarom"), mailing),
        Step.PRINT: (_("Naar de postkamer"), "/staff/post"),
    }
    return there.get(own.step)


def _waits(here: Here, found: Standing, own: OwnStep) -> Panel:
    role = ROLE_WORDS[own.waits_for] if own.waits_for else ""
    names = ", ".join(dict.fromkeys(name for one in found.locales if one.locale in own.locales for name in one.names))
    heading: Mapping[Step, Text] = {
        Step.MEND: _("De redactie verbetert eerst wat er mis is"),
        Step.EXTRACT: _("De redactie zet eerst de zinnen klaar"),
        Step.TRANSLATE: _("De vertalers zijn bezig: {languages}", languages=languages_said(here, own.locales)),
        Step.REVIEW: _("De vertaling wordt nagelezen: {languages}", languages=languages_said(here, own.locales)),
        Step.WAIT: _("Dit nummer wordt nagekeken en opgemaakt"),
        Step.APPROVE: _("Een tweede persoon keurt dit nummer goed"),
        Step.PUBLISH: _("De redactie kan dit nummer versturen"),
        Step.START: _("De verzending staat klaar"),
        Step.SCHEDULED: _("De verzending is gepland"),
        Step.FOLLOW: _("Dit nummer is onderweg"),
        Step.RESUME: _("De verzending staat stil"),
        Step.PRINT: _("De postkamer print en post dit nummer"),
        Step.DONE: _("Iedereen voor wie dit nummer is, heeft het"),
    }
    text = _("Er is voor jou niets te doen.")
    if names:
        text = _("Gevraagd aan {names}. Voor jou is er niets te doen.", names=names)
    elif role:
        text = _("Dit wacht op: {role}. Voor jou is er niets te doen.", role=role)
    return _said(here, own, heading[own.step], text, _to_look_at(here, found, own))


def _to_look_at(here: Here, found: Standing, own: OwnStep) -> tuple[Text, str] | None:
    """Where there is something to see meanwhile."""
    if own.mailing is not None and may(here.person, Permission.SEE_MAILINGS):
        return _("Bekijk de verzending"), f"/staff/mailings/{own.mailing}/"
    if own.step is Step.APPROVE:
        return _("Bekijk wat er goedgekeurd wordt"), f"/staff/issues/{found.slug}/approve"
    return None


def _said(
    here: Here,
    own: OwnStep,
    heading: Text,
    text: Text,
    button: tuple[Text, str] | None = None,
    *,
    post: bool = False,
) -> Panel:
    words, path = button or ("", "")
    return Panel(own.is_mine, here.say(heading), here.say(text), here.say(words), path, post)
