"""Once a week administrators are mailed where the audit trail ends, so that rows which are cut off later show."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from database import audit
from database.session import Store
from mailer.organisation import House
from mailer.services.notices.letters import write_to_administrators
from staff.people import people
from staff.roles import Role
from wording import Text, _


def report(store: Store, house: House, at: datetime) -> int:
    """Verify the whole trail and queue a mail about it to each administrator. Returns how many."""
    with store.reading() as session:  # it walks the whole trail, and must stop no one meanwhile
        found, end = audit.verify(session), audit.end(session)
    moment = f"{at.astimezone(ZoneInfo(house.time_zone)):%Y-%m-%d %H:%M}"
    text = _broken(moment, found.broken_at) if found.broken_at is not None else _whole(moment, end)
    with store.transaction() as session:
        admins = [one for one in people(session) if Role.ADMIN in one.roles]
        for admin in admins:
            write_to_administrators(session, house, admin, text)
    return len(admins)


def _whole(moment: str, end: audit.End) -> Text:
    return _(
        "Het logboek van wie gegevens zag of veranderde, klopt. Op {moment} was dit het einde: {row}:{code}\n\n"
        "Bewaar deze mail buiten de server. Zo zie je later of er regels van het einde zijn weggehaald:\n\n"
        "`postduif keys check --seen {row}:{code}`",
        moment=moment,
        row=end.row,
        code=end.code,
    )


def _broken(moment: str, row: int) -> Text:
    return _(
        "Het logboek van wie gegevens zag of veranderde, klopt op {moment} niet vanaf regel {row}: er is een regel "
        "veranderd of weggehaald. Zoek uit wie bij de database kon, en bewaar de back-ups.",
        moment=moment,
        row=row,
    )
