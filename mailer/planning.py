"""When something may happen: publication days, quiet hours, and both changes of the clock. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from mailer.organisation import Cadence, Publication


class Which(StrEnum):
    """Which of two moments, on the night that the clock is put back."""

    FIRST = "first"
    SECOND = "second"


@dataclass(frozen=True)
class QuietHours:
    """No mail is handed over from `start` until `end`, by the clock on the wall of `time_zone`; over midnight too."""

    start: time
    end: time
    time_zone: str = "Europe/Amsterdam"

    def wait(self, at: datetime) -> datetime:
        """`at` itself when mail may go then, else the first moment at which it may. UTC."""
        local = at.astimezone(ZoneInfo(self.time_zone))
        if not self._quiet(local.time()):
            return at
        ends = local.date() if local.time() < self.end else local.date() + timedelta(days=1)
        return instant(datetime.combine(ends, self.end), self.time_zone)

    def _quiet(self, clock: time) -> bool:
        if self.start <= self.end:
            return self.start <= clock < self.end
        return clock >= self.start or clock < self.end


def instant(wall: datetime, time_zone: str) -> datetime:
    """The moment (UTC) at which the clock on the wall shows this, once and only once.

    A time that is skipped in spring (02:30) is the moment at which the clock jumps; a time that comes twice in autumn
    is the first of the two.
    """
    zone = ZoneInfo(time_zone)
    moment = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wall:
        return moment
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    jump = min(moment, before)
    # Between these two lies the jump; the hour that is skipped begins there.
    late = max(moment, before)
    while late - jump > timedelta(seconds=1):
        middle = jump + (late - jump) / 2
        if middle.astimezone(zone).utcoffset() == jump.astimezone(zone).utcoffset():
            jump = middle
        else:
            late = middle
    return late.replace(microsecond=0)


def next_day(cadence: Cadence, last: date) -> date | None:
    """The day of the number after the one of `last`; None for a publication without a rhythm.

    Monthly keeps the day of the month, or takes the last one there is.
    """
    if cadence is Cadence.WEEKLY:
        return last + timedelta(weeks=1)
    if cadence is Cadence.TWO_WEEKLY:
        return last + timedelta(weeks=2)
    if cadence is not Cadence.MONTHLY:
        return None
    year, month = (last.year, last.month + 1) if last.month < 12 else (last.year + 1, 1)
    following = date(year + month // 12, month % 12 + 1, 1)
    return min(date(year, month, 1) + timedelta(days=last.day - 1), following - timedelta(days=1))


def next_number(number: str, day: date) -> str:
    """The number after `number`: "2026-24" becomes "2026-25", and "2027-1" when `day` lies in a new year.

    A number of another shape counts on in its last figures. Raises ValueError when it has none.
    """
    year, dash, count = number.rpartition("-")
    if dash and year.isdigit() and len(year) == 4 and count.isdigit():
        return f"{day.year}-1" if day.year > int(year) else f"{year}-{int(count) + 1}"
    if not count.isdigit():
        raise ValueError(number)
    return f"{year}{dash}{int(count) + 1}"


def following(
    series: Publication, dated: Collection[tuple[date, str]], taken: Collection[str], today: date
) -> tuple[str, date]:
    """The slug and the day of the number after those of `dated` (day, slug), never before today.

    A publication without a rhythm gets today; `taken` are slugs that are no longer free.
    """
    if not dated:
        return _free(series, f"{today.year}-1", today, taken)
    last, slug = max(dated)
    day = next_day(series.cadence, last)
    while day is not None and day < today:
        day = next_day(series.cadence, day)
    day = day or max(today, last)
    return _free(series, _number_after(slug.removeprefix(f"{series.key}-"), day), day, taken)


def _free(series: Publication, number: str, day: date, taken: Collection[str]) -> tuple[str, date]:
    while f"{series.key}-{number}" in taken:
        # Begun, and not to be read yet.
        day = next_day(series.cadence, day) or day
        number = _number_after(number, day)
    return f"{series.key}-{number}", day


def _number_after(number: str, day: date) -> str:
    try:
        return next_number(number, day)
    except ValueError:
        return f"{day.year}-1"
