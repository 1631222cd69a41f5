"""When a mailing may begin: by the clock of the organisation, which skips an hour in spring and has one twice later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from mailer.planning import Which, instant
from mailer.services.office import Office
from wording import _
from wording.errors import InvalidInputError

SOON = timedelta(minutes=10)
"""How long "now" leaves to take a mailing back."""


class TwiceError(InvalidInputError):
    """The clock shows this time twice: ask which of the two is meant."""


def moment(office: Office, typed: str, which: Which | None = None) -> datetime:
    """The moment (UTC) that someone typed as a day and a time on the wall of the organisation.

    Raises InvalidInputError for what is no moment or is skipped in spring, and TwiceError without `which` for a time
    that comes twice in autumn.
    """
    zone = ZoneInfo(office.house.time_zone)
    try:
        wall = datetime.fromisoformat(typed).replace(tzinfo=None)
    except ValueError:
        raise InvalidInputError(_("Vul een dag en een tijd in, zoals 2026-12-01 09:00.")) from None
    try:
        first, second = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
        shown = first.astimezone(zone).replace(tzinfo=None)
    except OverflowError:  # a year before 1 or after 9999, once it is UTC
        raise InvalidInputError(_("Dit moment kan niet: {moment}.", moment=wall)) from None
    if shown != wall:
        jump = instant(wall, office.house.time_zone).astimezone(zone)
        raise InvalidInputError(
            _(
                "Op {day} bestaat {time} niet: de klok springt dan naar {next}. Kies een ander moment.",
                day=wall.date(),
                time=f"{wall:%H:%M}",
                next=f"{jump:%H:%M}",
            )
        )
    if first != second and which is None:
        raise TwiceError(
            _(
                "Op {day} is het twee keer {time}, want de klok gaat dan terug. Kies de eerste of de tweede keer.",
                day=wall.date(),
                time=f"{wall:%H:%M}",
            )
        )
    return second if which is Which.SECOND else first


def soon(office: Office) -> datetime:
    """When a mailing begins that someone sends now: in ten minutes, or when the quiet hours are over."""
    at = office.clock() + SOON
    return office.policy.quiet.wait(at) if office.policy.quiet else at


def require_possible(office: Office, at: datetime) -> None:
    """Raises InvalidInputError for a moment that has been, or at which nothing is handed over."""
    if at <= office.clock():
        raise InvalidInputError(_("Dat moment is al geweest. Kies een later moment, of verstuur nu."))
    quiet = office.policy.quiet
    if quiet is None or quiet.wait(at) == at:
        return
    raise InvalidInputError(
        _(
            "Tussen {start} en {end} vertrekt er niets. Kies {end} of later.",
            start=f"{quiet.start:%H:%M}",
            end=f"{quiet.end:%H:%M}",
        )
    )
