"""Days, weeks and years without the limits of ``datetime`` (the language's years may be beyond 9999)."""

from __future__ import annotations

from dataclasses import dataclass

DAY = 86_400_000
_MONTH_STARTS = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)
_DAYS_IN_400_YEARS = 146_097
LAST_MILLISECOND = 8_640_000_000_000_000


def day_number(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01; ``month`` counts from 1 and may overflow, as may ``day``."""
    year += (month - 1) // 12
    month = (month - 1) % 12 + 1
    leap = month > 2 and (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0))
    before = year - 1
    days = before * 365 + before // 4 - before // 100 + before // 400
    return days + _MONTH_STARTS[month - 1] + leap + day - 719_163


@dataclass(frozen=True, slots=True)
class Instant:
    """A moment taken apart in UTC; ``weekday`` is 1 for Monday."""

    year: int
    month: int
    day: int
    day_of_year: int
    weekday: int
    days: int
    milliseconds: int

    @classmethod
    def of(cls, milliseconds: int) -> Instant:
        """The instant that many milliseconds after 1970."""
        days, rest = divmod(milliseconds, DAY)
        year = 1970 + days * 400 // _DAYS_IN_400_YEARS
        while day_number(year, 1, 1) > days:
            year -= 1
        while day_number(year + 1, 1, 1) <= days:
            year += 1
        month = 12
        while day_number(year, month, 1) > days:
            month -= 1
        day, day_of_year = days - day_number(year, month, 1) + 1, days - day_number(year, 1, 1) + 1
        return cls(year, month, day, day_of_year, (days + 3) % 7 + 1, days, rest)

    def thursday(self) -> Instant:
        """The Thursday of the same week, which decides to which month and year a week belongs."""
        return Instant.of((self.days + 4 - self.weekday) * DAY)
