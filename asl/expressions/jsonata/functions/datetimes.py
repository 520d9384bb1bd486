"""``$fromMillis``, ``$toMillis``, ``$now``: instants to text and back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import fmod, isfinite, isnan, trunc

from asl.expressions.jsonata.errors import JsonataError
from asl.expressions.jsonata.functions.calendar import DAY, LAST_MILLISECOND, Instant, day_number
from asl.expressions.jsonata.functions.date_pictures import DAYS, ISO_PICTURE, MONTHS, Marker, analyse_date_picture
from asl.expressions.jsonata.functions.integers import (
    IntegerPicture,
    format_integer,
    parse_pattern,
    read_number,
)
from asl.expressions.jsonata.functions.registry import library
from asl.expressions.jsonata.runtime import Runtime
from asl.expressions.jsonata.values import UNDEFINED, Value, double

_ACCEPTED = re.compile(
    r"\d{4}(?:-[01]\d)*(?:-[0-3]\d)*(?:T[0-2]\d:[0-5]\d:[0-5]\d)*(?:\.\d+)?(?:[+-][0-2]\d:?[0-5]\d|Z)?", re.ASCII
)
_ISO = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?(?:T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?)?([+-]\d\d:?\d\d|Z)?", re.ASCII)
_TWO_DIGITS = IntegerPicture(mandatory=2)
_analysed = lru_cache(maxsize=128)(analyse_date_picture)
_FRAGMENTS: dict[str, Callable[[Instant], int]] = {
    "Y": lambda at: at.year,
    "M": lambda at: at.month,
    "D": lambda at: at.day,
    "d": lambda at: at.day_of_year,
    "F": lambda at: at.weekday,
    "W": lambda at: (at.thursday().day_of_year - 1) // 7 + 1,
    "w": lambda at: (at.thursday().day - 1) // 7 + 1,
    "X": lambda at: at.thursday().year,
    "x": lambda at: at.thursday().month,
    "H": lambda at: at.milliseconds // 3_600_000,
    "h": lambda at: (at.milliseconds // 3_600_000 + 11) % 12 + 1,
    "P": lambda at: at.milliseconds // 43_200_000,
    "m": lambda at: at.milliseconds // 60_000 % 60,
    "s": lambda at: at.milliseconds // 1000 % 60,
    "f": lambda at: at.milliseconds % 1000,
}


def format_date_time(milliseconds: float, picture: str | None, timezone: str | None) -> str:
    """An instant as a picture says, in a time zone such as ``+0100``."""
    offset = 0
    if timezone is not None:
        number = read_number(timezone)
        milliseconds = milliseconds if isfinite(number) else float("nan")
        offset = int(number) if isfinite(number) else 0
    hours, minutes = offset // 100, int(fmod(offset, 100))
    parts = _analysed(ISO_PICTURE if picture is None else picture)
    shifted = milliseconds + (60 * hours + minutes) * 60_000
    valid = isfinite(shifted) and abs(shifted) <= LAST_MILLISECOND
    instant = Instant.of(int(shifted)) if valid else None
    return "".join(part if isinstance(part, str) else _format(part, instant, hours, minutes) for part in parts)


def _format(marker: Marker, instant: Instant | None, hours: int, minutes: int) -> str:
    component = marker.component
    if component in "Zz":
        return _format_zone(marker, hours, minutes)
    if component in "CE":
        return "ISO"
    if instant is None:
        return _format_invalid(marker)
    value = _FRAGMENTS[component](instant)
    if component == "P":
        text = ("am", "pm")[value]
        return text.upper() if marker.names == "upper" else text
    if marker.names:
        return _format_name(marker, value)
    if component == "Y" and marker.digits != -1:
        value %= 10**marker.digits
    assert marker.integer is not None
    return format_integer(value, marker.integer)


def _format_invalid(marker: Marker) -> str:
    return "NaN".rjust(marker.integer.mandatory, "0") if marker.integer is not None else ""


def _format_name(marker: Marker, value: int) -> str:
    if marker.component in "Mx":
        name = MONTHS[value - 1]
    elif marker.component == "F":
        name = DAYS[value]
    else:
        raise JsonataError("D3133", value=marker.component)
    name = name.upper() if marker.names == "upper" else name.lower() if marker.names == "lower" else name
    return name[: marker.maximum] if marker.maximum else name


def _format_zone(marker: Marker, hours: int, minutes: int) -> str:
    offset = hours * 100 + minutes
    picture = marker.integer
    assert picture is not None
    if picture.regular:
        text = format_integer(offset, picture)
    elif picture.mandatory in (1, 2):
        text = format_integer(hours, picture)
        if minutes:
            text += ":" + format_integer(minutes, _TWO_DIGITS)
    elif picture.mandatory in (3, 4):
        text = format_integer(offset, picture)
    else:
        raise JsonataError("D3134", value=picture.mandatory)
    text = ("+" if offset >= 0 else "") + text
    if marker.component == "z":
        text = "GMT" + text
    return "Z" if offset == 0 and marker.modifier == "t" else text


@dataclass(frozen=True, slots=True)
class _Matcher:
    """How to read dates that a picture formats."""

    pattern: re.Pattern[str]
    readers: tuple[tuple[str, Callable[[str], Value]], ...]


@lru_cache(maxsize=128)
def _matcher(picture: str) -> _Matcher:
    texts: list[str] = []
    readers: list[tuple[str, Callable[[str], Value]]] = []
    for part in _analysed(picture):
        if isinstance(part, str):
            texts.append(re.escape(part))
            continue
        pattern, read = _reader(part)
        texts.append(f"({pattern})")
        readers.append((part.component, read))
    return _Matcher(re.compile("".join(texts), re.IGNORECASE | re.ASCII), tuple(readers))


def _reader(marker: Marker) -> tuple[str, Callable[[str], Value]]:
    if marker.component in "Zz":
        return _zone_reader(marker)
    if marker.integer is not None:
        return parse_pattern(marker.integer)
    if marker.component in "Mx":
        names = {name[: marker.maximum or len(name)]: number for number, name in enumerate(MONTHS, 1)}
    elif marker.component == "F":
        names = {name[: marker.maximum or len(name)]: number for number, name in enumerate(DAYS) if number}
    elif marker.component == "P":
        names = {"am": 0, "AM": 0, "pm": 1, "PM": 1}
    else:
        raise JsonataError("D3133", value=marker.component)
    return "[a-zA-Z]+", lambda text: names.get(text, UNDEFINED)


def _zone_reader(marker: Marker) -> tuple[str, Callable[[str], Value]]:
    assert marker.integer is not None
    separators = marker.integer.separators
    separator = separators[0][1] if len(separators) == 1 else None
    pattern = ("GMT" if marker.component == "z" else "") + "[-+][0-9]+"
    if separator is not None:
        pattern += re.escape(separator) + "[0-9]+"

    def read(text: str) -> Value:
        text = text[3:] if marker.component == "z" else text
        if separator is not None:
            hours, _, minutes = text.partition(separator)
        else:
            hours, minutes = (text, "0") if len(text) <= 3 else (text[:3], text[3:])
        return int(hours) * 60 + int(minutes)

    return pattern, read


_DATES = (("YMD", frozenset("YMD")), ("YD", frozenset("Yd")), ("XxwF", frozenset("Xxw")), ("XWF", frozenset("XW")))
_DATE_COMPONENTS, _TIME_COMPONENTS = frozenset("YXMxWwdD"), frozenset("PHhmsf")


def parse_date_time(text: str, picture: str, now: Callable[[], float]) -> Value:
    """The milliseconds that a text stands for, undefined if it does not fit the picture."""
    matcher = _matcher(picture)
    match = matcher.pattern.fullmatch(text)
    if match is None:
        return UNDEFINED
    found: dict[str, Value] = {}
    for (component, read), part in zip(matcher.readers, match.groups(), strict=False):
        value = read(part)
        if value is not UNDEFINED:
            found[component] = value
    if not matcher.readers:
        return UNDEFINED
    given = {component for component, value in found.items() if value and not isnan(value)}
    date, time = given & _DATE_COMPONENTS, given & _TIME_COMPONENTS
    date_kind = next((kind for kind, allowed in _DATES if date and date <= allowed), "YMD")
    twelve_hours = bool(time) and not time <= frozenset("Hmsf") and time <= frozenset("Phmsf")
    _fill_in(found, date_kind + ("Phmsf" if twelve_hours else "Hmsf"), now)
    if date_kind in ("XxwF", "XWF"):
        raise JsonataError("D3136")
    return _milliseconds(found, by_day=date_kind == "YD", twelve_hours=twelve_hours)


def _fill_in(found: dict[str, Value], order: str, now: Callable[[], float]) -> None:
    """What stands in front of the first given component is taken from now, what is behind the last is at its start."""
    started = ended = False
    for component in order:
        if component in found:
            started = True
            if ended:
                raise JsonataError("D3136")
        elif started:
            found[component] = 1 if component in "MDd" else 0
            ended = True
        elif component != "P":
            found[component] = _FRAGMENTS[component](Instant.of(int(now() * 1000)))


def _milliseconds(found: dict[str, Value], *, by_day: bool, twelve_hours: bool) -> Value:
    if twelve_hours:
        found["H"] = (0 if found["h"] == 12 else found["h"]) + (12 if found.get("P") == 1 else 0)
    numbers = [found[component] for component in ("YdHmsf" if by_day else "YMDHmsf")]
    if not all(isfinite(double(number)) for number in numbers):
        return float("nan")
    year = int(found["Y"])
    year += 1900 if 0 <= year <= 99 else 0
    month, day = max(int(found.get("M", 1)), 1), int(found.get("D", 1))
    if by_day:
        derived = Instant.of(day_number(year, 1, int(found["d"])) * DAY)
        month, day = derived.month, derived.day
    days = day_number(year, month, day)
    clock = int(found["H"]) * 3_600_000 + int(found["m"]) * 60_000 + int(found["s"]) * 1000 + int(found["f"])
    zone = next((int(found[name]) for name in ("Z", "z") if name in found), 0)
    return _within_range(days * DAY + clock - zone * 60_000)


def _within_range(milliseconds: int) -> Value:
    return milliseconds if abs(milliseconds) <= LAST_MILLISECOND else float("nan")


def _parse_iso(text: str) -> Value:
    if not _ACCEPTED.fullmatch(text):
        raise JsonataError("D3110", value=text)
    match = _ISO.fullmatch(text)
    if match is None:
        return float("nan")
    numbers, fraction, zone = match.groups()[:6], match[7], match[8]
    if zone is not None and zone != "Z" and (numbers[3] is None or zone[1:3] == "24"):
        return float("nan")
    year, month, day = (int(number) if number else 1 for number in numbers[:3])
    hour, minute, second = (int(number) if number else 0 for number in numbers[3:])
    if not (1 <= month <= 12 and 1 <= day <= 31) or hour > 24 or (hour == 24 and (minute or second)):
        return float("nan")
    milliseconds = int(((fraction or "0") + "000")[:3])
    clock = hour * 3_600_000 + minute * 60_000 + second * 1000 + milliseconds
    return day_number(year, month, day) * DAY + clock - _zone_minutes(zone) * 60_000


def _zone_minutes(zone: str | None) -> int:
    if zone is None or zone == "Z":
        return 0
    digits = zone[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    return -minutes if zone[0] == "-" else minutes


@library("toMillis", "<s-s?:n>", 2, runtime=True)
def to_millis(rt: Runtime, text: Value = UNDEFINED, picture: Value = UNDEFINED) -> Value:
    """The milliseconds since 1970 of a timestamp, ISO 8601 or as a picture says."""
    if text is UNDEFINED:
        return UNDEFINED
    return _parse_iso(text) if picture is UNDEFINED else parse_date_time(text, picture, rt.now)


def _texts(*values: Value) -> Iterator[str | None]:
    return (None if value is UNDEFINED else value for value in values)


@library("fromMillis", "<n-s?s?:s>", 3)
def from_millis(value: Value = UNDEFINED, picture: Value = UNDEFINED, timezone: Value = UNDEFINED) -> Value:
    """An instant as text."""
    if value is UNDEFINED:
        return UNDEFINED
    number = double(value)
    whole = float(trunc(number)) if isfinite(number) else number
    return format_date_time(whole, *_texts(picture, timezone))


@library("now", "<s?s?:s>", 2, runtime=True)
def now(rt: Runtime, picture: Value = UNDEFINED, timezone: Value = UNDEFINED) -> Value:
    """The evaluation's instant as text."""
    return format_date_time(int(rt.now() * 1000 + 1e-6), *_texts(picture, timezone))
