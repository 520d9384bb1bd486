"""The picture strings of dates, such as ``[D01]/[M01]/[Y0001] [h]:[m01][P]``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from asl.expressions.jsonata.errors import JsonataError
from asl.expressions.jsonata.functions.integers import IntegerPicture, analyse_picture

DAYS = ("", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_DEFAULTS = {
    "Y": "1", "M": "1", "D": "1", "d": "1", "F": "n", "W": "1", "w": "1", "X": "1", "x": "1", "H": "1", "h": "1",
    "P": "n", "m": "01", "s": "01", "f": "1", "Z": "01:01", "z": "01:01", "C": "n", "E": "n",
}  # fmt: skip
_INTEGER_COMPONENTS = frozenset("YMDdFWwXxHhmsf")
_BLANK = re.compile(r"\s+")
_LEADING_DIGITS = re.compile(r"\s*([-+]?\d+)")
ISO_PICTURE = "[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001][Z01:01t]"


@dataclass(slots=True)
class Marker:
    """One component. ``names``: upper, lower or title if it is written as a name; ``digits``: of a year, -1 for all."""

    component: str
    presentation: str
    modifier: str = ""
    names: str = ""
    maximum: int | None = None
    integer: IntegerPicture | None = None
    digits: int = -1


def analyse_date_picture(picture: str) -> list[str | Marker]:
    """Literal texts and markers, in order."""
    parts: list[str | Marker] = []
    at = start = 0
    while at < len(picture):
        if picture[at] == "[":
            if picture[at + 1 : at + 2] == "[":
                _add_literal(parts, picture[start : at + 1])
                at += 2
                start = at
                continue
            _add_literal(parts, picture[start:at])
            end = picture.find("]", at)
            if end < 0:
                raise JsonataError("D3135")
            parts.append(_marker(_BLANK.sub("", picture[at + 1 : end]), parts))
            start = end + 1
            at = end
        at += 1
    _add_literal(parts, picture[start:at])
    return parts


def _add_literal(parts: list[str | Marker], text: str) -> None:
    if text:
        parts.append(text.replace("]]", "]"))


def _number_or_none(text: str) -> int | None:
    match = _LEADING_DIGITS.match(text)
    return int(match.group(1)) if match else None


def _marker(text: str, before: list[str | Marker]) -> Marker:
    component = text[:1]
    body, comma, width = text.rpartition(",")
    if not comma:
        body, width = text, ""
    least, _, most = width.partition("-")
    presentation, modifier = _presentation(component, body[1:])
    marker = Marker(component, presentation, modifier, maximum=_number_or_none(most) if most else None)
    minimum = _number_or_none(least) if comma else None
    if presentation.startswith("n"):
        marker.names = "lower"
    elif presentation.startswith("N"):
        marker.names = "title" if presentation[1:2] == "n" else "upper"
    elif component in _INTEGER_COMPONENTS:
        _integer_marker(marker, minimum, before)
    if component in ("Z", "z"):
        marker.integer = analyse_picture(presentation)
    return marker


def _presentation(component: str, text: str) -> tuple[str, str]:
    default = _DEFAULTS.get(component)
    if default is None:
        raise JsonataError("D3132", value=component)
    if len(text) > 1 and text[-1] in "atco":
        return text[:-1], text[-1]
    return text or default, ""


def _integer_marker(marker: Marker, minimum: int | None, before: list[str | Marker]) -> None:
    picture = marker.presentation + (";" + marker.modifier if marker.modifier else "")
    marker.integer = integer = analyse_picture(picture)
    if minimum is not None and integer.mandatory < minimum:
        integer.mandatory = minimum
    if marker.component in "YMD":
        width = integer.mandatory + integer.optional
        if marker.maximum is not None:
            marker.digits = integer.mandatory = marker.maximum
        elif width >= 2:
            marker.digits = width
    previous = before[-1] if before else None
    if marker.component not in "msf" and isinstance(previous, Marker) and previous.integer is not None:
        previous.integer.parse_width = previous.integer.mandatory
