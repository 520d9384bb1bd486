"""Timestamps as AWS writes and accepts them: strict RFC 3339, upper-case ``T`` and ``Z``, up to nine decimals.

An instant is a whole number of nanoseconds since 1970, UTC, so that nothing is lost in comparisons.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

NANOSECONDS = 1_000_000_000

_TIMESTAMP = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?"
    r"(?:Z|([+-])([0-9]{2}):([0-9]{2}))"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LARGEST_OFFSET_MINUTES = 18 * 60


def parse_timestamp(text: object) -> int | None:
    """The instant that a timestamp names, in nanoseconds since 1970 UTC; ``None`` for whatever is not a timestamp."""
    match = _TIMESTAMP.fullmatch(text) if isinstance(text, str) else None
    if not match:
        return None
    *fields, fraction, sign, hours, minutes = match.groups()
    offset = _offset_minutes(sign, hours, minutes)
    try:
        local = datetime(*map(int, fields)).replace(tzinfo=UTC)  # type: ignore[arg-type]
    except ValueError:
        return None
    if offset is None:
        return None
    whole = (local - _EPOCH) // timedelta(seconds=1) - offset * 60
    return whole * NANOSECONDS + int((fraction or "0").ljust(9, "0"))


def format_timestamp(nanoseconds: int) -> str:
    """An instant in UTC with no, 3, 6 or 9 decimals, as few as hold it: ``2025-08-05T12:00:00.250Z``."""
    seconds, fraction = divmod(nanoseconds, NANOSECONDS)
    text = (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0")
    return f"{text}{_decimals(fraction)}Z"


def format_seconds(seconds: float) -> str:
    """The same for seconds since 1970, to the millisecond, which is what AWS shows of its own clock."""
    return format_timestamp(round(seconds * 1000) * 1_000_000)


def _offset_minutes(sign: str | None, hours: str | None, minutes: str | None) -> int | None:
    if sign is None or hours is None or minutes is None:
        return 0
    total = int(hours) * 60 + int(minutes)
    if int(minutes) > 59 or total > _LARGEST_OFFSET_MINUTES:
        return None
    return -total if sign == "-" else total


def _decimals(fraction: int) -> str:
    if not fraction:
        return ""
    digits = f"{fraction:09d}"
    for length in (3, 6):
        if not digits[length:].strip("0"):
            return "." + digits[:length]
    return "." + digits
