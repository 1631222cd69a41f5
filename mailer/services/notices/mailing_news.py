"""News for whoever sent a mailing, when it is done or stands still; to each once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from database.audit import AuditRow
from mailer.ledger.mailings import accounting, in_state
from mailer.ledger.slots import take_moment, take_slot
from mailer.ledger.staff_mail import News, tell
from mailer.ledger.states import DeliveryState, MailingState
from mailer.ledger.tables import Mailing
from mailer.organisation import House
from staff.mails import Mail
from staff.people import Person, people
from staff.permissions import Permission, may
from wording import Text, _

LOOK_BACK = timedelta(hours=2)
"""A mailing that was done longer ago is no news; it stands on its page."""
_DAY = timedelta(days=1)


def write_news(session: Session, house: House, at: datetime) -> int:
    """Queue news of each mailing that is done, or that stands still for a reason; returns for how many people."""
    found = [*_done(session, at), *_still(session, at)]
    everyone = people(session) if found else []
    count = 0
    for kind, mailing, subject, text in found:
        news = News(kind, str(mailing.id), subject, [text], f"{house.base_url}/staff/mailings/{mailing.id}/")
        count += sum(tell(session, person, news, at) for person in _senders(session, mailing, everyone))
    return count


def _done(session: Session, at: datetime) -> Iterator[tuple[Mail, Mailing, Text, Text]]:
    ended = Mailing.state == MailingState.DONE, Mailing.finished_at > at - LOOK_BACK
    for mailing in session.scalars(select(Mailing).where(*ended).order_by(Mailing.id)):
        if mailing.finished_at is None or not take_moment(session, f"done {mailing.id}", mailing.finished_at, at):
            continue
        account = accounting(session, mailing.id)
        yield (
            Mail.DONE,
            mailing,
            _("{slug} is verstuurd", slug=mailing.issue_slug),
            _(
                "Verzending {id} van {slug} is klaar: {accepted} van {readers} aangenomen, {refused} geweigerd, "
                "{uncertain} onzeker.",
                id=mailing.id,
                slug=mailing.issue_slug,
                readers=account.readers,
                accepted=account.states[DeliveryState.ACCEPTED],
                refused=account.states[DeliveryState.REFUSED],
                uncertain=account.states[DeliveryState.UNCERTAIN],
            ),
        )


def _still(session: Session, at: datetime) -> Iterator[tuple[Mail, Mailing, Text, Text]]:
    """Once a day while it stands still; of what someone paused without a word they need no mail."""
    for mailing in in_state(session, MailingState.PAUSED):
        if mailing.why and take_slot(session, f"still {mailing.id}", _DAY, at):
            yield (
                Mail.STILL,
                mailing,
                _("De verzending van {slug} staat stil", slug=mailing.issue_slug),
                _(
                    "Verzending {id} van {slug} staat stil, en gaat pas verder als iemand dat zegt. De reden:\n\n{why}",
                    id=mailing.id,
                    slug=mailing.issue_slug,
                    why=mailing.why,
                ),
            )


def _senders(session: Session, mailing: Mailing, everyone: list[Person]) -> list[Person]:
    """Whoever opened it, if they still order mailings; else everyone who does."""
    opened = AuditRow.event == "publish", AuditRow.at >= mailing.opened_at - LOOK_BACK
    about = AuditRow.detail["mailing"].as_integer() == mailing.id
    by = set(session.scalars(select(AuditRow.actor).where(*opened, about)))
    able = [one for one in everyone if may(one, Permission.ORDER_MAILINGS)]
    return [one for one in able if str(one.uid) in by] or able
