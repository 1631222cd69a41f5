"""Alarms: what the audit trail says that cannot wait is mailed to the administrators, once each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from database.audit import AuditRow
from mailer.ledger.frozen import ALTERED
from mailer.ledger.slots import take_moment
from mailer.ledger.staff_mail import News, tell
from mailer.organisation import House
from mailer.services.sending.delivering import BRAKE, RELAY_FAULT
from mailer.services.sending.holding import ANOTHER
from mailer.services.sending.spikes import AUDIT_SPIKE
from staff.mails import Mail
from staff.people import Person, people
from staff.roles import Role
from subscribers.alarms import LEAVING_FLOOD, raise_leaving_alarm
from subscribers.limits import FLOOD
from subscribers.reading import UNREADABLE
from subscribers.tidying import FAILED, STOPPED
from wording import Text, _

CHORE_FAILED = "chore_failed"
"""In the audit trail: something a worker does beside sending."""

NO_SWEEP, UNIT_FAILED = "no_sweep", "unit_failed"
SITE_ENDS = "site_certificate_ends"
BACKUP_OLD, DISK_FULL, CERTIFICATE_ENDS, HELD = "backup_old", "disk_full", "certificate_ends", "still_held"
"""In the audit trail: what `watch` found."""

ALARMS: Mapping[str, Text] = {
    LEAVING_FLOOD: _(
        "In een uur meldden {left} lezers zich af; {remain} zijn er nog. Kijk wat er verstuurd is en aan wie. "
        "Iedereen die zich afmeldde, is afgemeld."
    ),
    FLOOD: _(
        "Iemand vult het aanmeldformulier heel vaak in: {asked} aanvragen in een uur. Het aantal "
        "bevestigingsmails blijft onder de grens; je hoeft niets te doen, maar kijk of het ophoudt."
    ),
    AUDIT_SPIKE: _(
        "Verzending {mailing} staat stil: {refused} berichten zijn geweigerd vanwege het beleid van de "
        "mailserver. Kijk naar de mailserver en ga daarna verder met `postduif mailing resume {mailing}`."
    ),
    BRAKE: _(
        "Verzending {mailing} staat stil om mailserver {relay}; `postduif mailing show {mailing}` zegt waarom. Ga "
        "daarna verder met `postduif mailing resume {mailing}`."
    ),
    STOPPED: _(
        "Er is gestopt met wissen wat te lang bewaard is ({rule}): de klok klopt misschien niet, of er zou ongewoon "
        "veel weggaan. Kijk met `postduif retention run --dry-run`; klopt het, dan gaat het verder met "
        "`postduif retention go-on`."
    ),
    FAILED: _(
        "Wissen wat te lang bewaard is, mislukte ({rule}). Het wordt elke tien minuten opnieuw geprobeerd; het log van "
        "de werker zegt waarom."
    ),
    ANOTHER: _(
        "De database is een andere dan daarnet, of een oudere versie ervan. Wat onderweg was, staat stil "
        "(verzendingen: {mailings}). Kijk in het logboek van de mailserver wie het al kreeg."
    ),
    ALTERED: _(
        "Wat in de database staat ({what}) is niet meer wat er is goedgekeurd. Er gaat niets meer van uit. Zet een "
        "back-up terug, of laat nakijken wie daar iets veranderde."
    ),
    CHORE_FAILED: _("Een taak van de werker mislukt ({job}). De andere gaan door; het log van de werker zegt waarom."),
    UNREADABLE: _(
        "Er gaat iets niet open dat versleuteld is ({kind}, {rows}): een andere sleutel, of een veranderde waarde. Dat "
        "is apart gezet en de rest gaat door. Kijk met `postduif keys check`."
    ),
    NO_SWEEP: _(
        "Er draait geen werker: er wordt niets verstuurd. Kijk op de server met `postduif doctor`, en start de werker."
    ),
    UNIT_FAILED: _("Op de server is {unit} gestopt. Kijk daar met `systemctl status {unit}` en `postduif doctor`."),
    BACKUP_OLD: _("De laatste back-up is {hours} uur oud. Kijk op de server met `postduif doctor`."),
    DISK_FULL: _("De schijf van de server raakt vol: er is nog {megabytes} MB. Maak ruimte, anders staat alles stil."),
    CERTIFICATE_ENDS: _(
        "Het certificaat van mailserver {relay} geldt nog {days} dagen. Laat het vernieuwen, anders gaat er geen mail."
    ),
    SITE_ENDS: _(
        "Het certificaat van de pagina’s geldt nog {days} dagen; daarna waarschuwt elke browser de lezers. Kijk op de "
        "server waarom het niet vernieuwd wordt, bij Caddy met `journalctl -u caddy`."
    ),
    HELD: _(
        "Er gaat nog steeds niets uit: er is een back-up teruggezet. Kijk met `postduif hold show` wat er te doen is."
    ),
    RELAY_FAULT: _(
        "Mailserver {relay} neemt niets van ons aan ({stage}). De post gaat zolang via een andere. Kijk naar de "
        "gebruikersnaam, het wachtwoord en het certificaat; `postduif mailing show {mailing}` zegt er meer van."
    ),
}
"""By event of the audit trail; its counts fill the slots."""
LOOK_BACK = timedelta(hours=2)
"""An alarm that is older was seen by nobody in time; it stands in the audit trail."""


def sound(session: Session, house: House, at: datetime) -> int:
    """Look for floods, and queue every alarm that is new for each administrator. Returns how many alarms."""
    raise_leaving_alarm(session, at)
    recent = select(AuditRow).where(AuditRow.event.in_(ALARMS), AuditRow.at > at - LOOK_BACK).order_by(AuditRow.seq)
    fresh = [row for row in session.scalars(recent) if take_moment(session, f"alarm {row.seq}", row.at, at)]
    admins = _woken(people(session)) if fresh else []
    subject = _("Alarm bij {organisation}: kijk vandaag", organisation=house.organisation.name)
    for row in fresh:
        news = News(Mail.ALARMS, row.event, subject, [Text(ALARMS[row.event].msgid, row.detail)])
        for admin in admins:
            tell(session, admin, news, at)
    return len(fresh)


def _woken(colleagues: Sequence[Person]) -> list[Person]:
    """The administrators who want to be; all of them when none does, for someone must know."""
    admins = [one for one in colleagues if Role.ADMIN in one.roles]
    return [one for one in admins if Mail.ALARMS not in one.muted] or [
        replace(one, muted=frozenset()) for one in admins
    ]
