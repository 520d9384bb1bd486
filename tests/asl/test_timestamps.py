"""Timestamps: which texts name an instant, and how an instant is written."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asl.timestamps import format_seconds, format_timestamp, parse_timestamp

NOON = 1754395200 * 10**9


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("2025-08-05T12:00:00Z", NOON),
        ("2025-08-05T12:00:00.5Z", NOON + 500_000_000),
        ("2025-08-05T12:00:00.000000001Z", NOON + 1),
        ("2025-08-05T14:00:00+02:00", NOON),
        ("2025-08-05T06:30:00-05:30", NOON),
        ("2025-08-05T12:00:00-00:00", NOON),
        ("1969-12-31T23:59:59.999999999Z", -1),
        ("2024-02-29T00:00:00Z", 1709164800 * 10**9),
        ("0001-01-01T00:00:00+18:00", -62135596800 * 10**9 - 18 * 3600 * 10**9),
    ],
)
def test_a_timestamp_names_an_instant(text, nanoseconds):
    assert parse_timestamp(text) == nanoseconds


@pytest.mark.parametrize(
    "text",
    [
        "2025-08-05",
        "2025-08-05T12:00:00",
        "2025-08-05 12:00:00Z",
        "2025-08-05t12:00:00Z",
        "2025-08-05T12:00:00z",
        "2025-08-05T12:00Z",
        "2025-08-05T12:00:00.Z",
        "2025-08-05T12:00:00.1234567890Z",
        "2025-08-05T12:00:00,5Z",
        "2025-08-05T12:00:00+0200",
        "2025-08-05T12:00:00+02",
        "2025-08-05T12:00:00+18:01",
        "2025-08-05T12:00:00+02:60",
        "2025-13-05T12:00:00Z",
        "2025-02-29T12:00:00Z",
        "2025-08-05T24:00:00Z",
        "2025-08-05T12:60:00Z",
        "2025-08-05T12:00:60Z",
        "0000-08-05T12:00:00Z",
        "05-08-2025T12:00:00Z",
        " 2025-08-05T12:00:00Z",
        "2025-08-05T12:00:00Z\n",
        "٢٠٢٥-08-05T12:00:00Z",
        "",
        1754395200,
        None,
        True,
        ["2025-08-05T12:00:00Z"],
    ],
)
def test_anything_else_is_no_timestamp(text):
    assert parse_timestamp(text) is None


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [
        (NOON, "2025-08-05T12:00:00Z"),
        (NOON + 250_000_000, "2025-08-05T12:00:00.250Z"),
        (NOON + 1_000, "2025-08-05T12:00:00.000001Z"),
        (NOON + 1, "2025-08-05T12:00:00.000000001Z"),
        (-1, "1969-12-31T23:59:59.999999999Z"),
    ],
)
def test_an_instant_is_written_with_as_few_groups_of_decimals_as_hold_it(nanoseconds, text):
    assert format_timestamp(nanoseconds) == text


def test_seconds_are_written_to_the_millisecond():
    assert format_seconds(1754395200.0) == "2025-08-05T12:00:00Z"
    assert format_seconds(1754395200.1234) == "2025-08-05T12:00:00.123Z"
    assert format_seconds(1754395199.9996) == "2025-08-05T12:00:00Z"


@given(st.integers(-62135596800 * 10**9, 253402300799 * 10**9))
def test_what_is_written_reads_back_as_the_same_instant(nanoseconds):
    assert parse_timestamp(format_timestamp(nanoseconds)) == nanoseconds


@given(st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30), timezones=st.just(UTC)))
def test_a_datetime_agrees(moment):
    assert parse_timestamp(moment.isoformat()) == (moment - datetime(1970, 1, 1, tzinfo=UTC)) // _MICROSECOND * 1000


_MICROSECOND = datetime.resolution
