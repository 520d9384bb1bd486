"""``$formatNumber`` by XPath's decimal picture strings, and ``$formatBase``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal
from math import gcd, isfinite

from asl.expressions.jsonata.errors import JsonataError
from asl.expressions.jsonata.functions.numbers import round_
from asl.expressions.jsonata.functions.registry import library
from asl.expressions.jsonata.functions.stringify import number_text
from asl.expressions.jsonata.runtime import Runtime
from asl.expressions.jsonata.values import UNDEFINED, Value, double

_DEFAULTS = {
    "decimal-separator": ".", "grouping-separator": ",", "exponent-separator": "e", "infinity": "Infinity",
    "minus-sign": "-", "NaN": "NaN", "percent": "%", "per-mille": "\u2030", "zero-digit": "0", "digit": "#",
    "pattern-separator": ";",
}  # fmt: skip
_PRECISE = Context(prec=400)
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(slots=True)
class _SubPicture:
    """One half of a picture, taken apart."""

    text: str
    prefix: str = ""
    suffix: str = ""
    active: str = ""
    mantissa: str = ""
    exponent: str | None = None
    whole: str = ""
    fraction: str = ""
    grouping: list[int] = field(default_factory=list)
    regular: int = 0
    fraction_grouping: list[int] = field(default_factory=list)
    minimum_whole: int = 0
    scaling: int = 0
    minimum_fraction: int = 0
    maximum_fraction: int = 0
    minimum_exponent: int = 0


class _Format:
    """The characters that have a meaning, changed by options where given."""

    def __init__(self, options: dict[str, Value]) -> None:
        self.names = {**_DEFAULTS, **{key: value for key, value in options.items() if key in _DEFAULTS}}
        zero = self.names["zero-digit"]
        self.family = "".join(chr(ord(zero[:1] or "0") + digit) for digit in range(10))
        self.decimal = self.names["decimal-separator"]
        self.grouping = self.names["grouping-separator"]
        self.exponent = self.names["exponent-separator"]
        self.optional = self.names["digit"]
        self.percent, self.per_mille = self.names["percent"], self.names["per-mille"]
        self.active = frozenset((*self.family, self.decimal, self.grouping, self.optional, self.exponent))

    def split(self, text: str) -> _SubPicture:
        """The parts of a sub-picture."""
        picture = _SubPicture(text)
        passive = [letter not in self.active or letter == self.exponent for letter in text]
        start = next((index for index, is_passive in enumerate(passive) if not is_passive), len(text))
        end = next((index for index in range(len(text) - 1, -1, -1) if not passive[index]), -1) + 1
        picture.prefix, picture.suffix = text[:start], text[end:]
        picture.active = text[start:end]
        at = text.find(self.exponent, start) if self.exponent else -1
        if at < 0 or at > len(text) - len(picture.suffix):
            picture.mantissa = picture.active
        else:
            picture.mantissa = picture.active[: at - start]
            picture.exponent = picture.active[at - start + 1 :]
        whole, point, fraction = picture.mantissa.partition(self.decimal)
        picture.whole = whole
        picture.fraction = fraction if point else picture.suffix
        return picture

    def validate(self, picture: _SubPicture) -> None:
        """Raise for the last rule that the sub-picture breaks."""
        broken = [code for code, rule in _RULES if rule(self, picture)]
        if broken:
            raise JsonataError(broken[-1])

    def is_digit(self, letter: str) -> bool:
        """A digit that must be shown or may be."""
        return letter in self.family or letter == self.optional

    def is_scaled(self, text: str) -> bool:
        """True of a picture of percent or per mille."""
        return self.percent in text or self.per_mille in text

    def is_beside_point(self, text: str) -> bool:
        """True if a grouping separator touches the decimal separator."""
        point = text.find(self.decimal)
        return point >= 0 and self.grouping in (text[point - 1 : point], text[point + 1 : point + 2])

    def analyse(self, picture: _SubPicture) -> None:
        """Count what the sub-picture asks for."""
        picture.grouping = self._positions(picture.whole, from_left=False)
        picture.regular = _regular(picture.grouping)
        picture.fraction_grouping = self._positions(picture.fraction, from_left=True)
        picture.minimum_whole = picture.scaling = self._count(picture.whole)
        picture.minimum_fraction = self._count(picture.fraction)
        picture.maximum_fraction = picture.minimum_fraction + picture.fraction.count(self.optional)
        has_exponent = picture.exponent is not None
        if picture.minimum_whole == 0 and picture.maximum_fraction == 0:
            if has_exponent:
                picture.minimum_fraction = picture.maximum_fraction = 1
            else:
                picture.minimum_whole = 1
        if has_exponent and picture.minimum_whole == 0 and self.optional in picture.whole:
            picture.minimum_whole = 1
        if picture.minimum_whole == 0 and picture.minimum_fraction == 0:
            picture.minimum_fraction = 1
        picture.minimum_exponent = self._count(picture.exponent or "")

    def _count(self, part: str) -> int:
        return sum(letter in self.family for letter in part)

    def _positions(self, part: str, *, from_left: bool) -> list[int]:
        found = []
        at = part.find(self.grouping)
        while at >= 0:
            side = part[:at] if from_left else part[at:]
            found.append(sum(letter in self.family or letter == self.optional for letter in side))
            at = part.find(self.grouping, at + 1)
        return found

    def number(self, value: float, picture: _SubPicture) -> str:
        """Digits of a number that is not negative, without prefix and suffix."""
        mantissa, exponent = _scaled(self._adjusted(value, picture), picture)
        text = _fixed(mantissa, picture.maximum_fraction)
        whole, _, fraction = text.partition(".")
        whole = whole.lstrip("0").rjust(picture.minimum_whole, "0")
        fraction = fraction.rstrip("0").ljust(picture.minimum_fraction, "0")
        whole, fraction = self._localised(whole), self._localised(fraction)
        result = _group_whole(whole, picture, self.grouping)
        if fraction:
            result += self.decimal + _group_fraction(fraction, picture.fraction_grouping, self.grouping)
        if exponent is not None:
            digits = self._localised(str(abs(exponent)).rjust(picture.minimum_exponent, "0"))
            result += self.exponent + (self.names["minus-sign"] if exponent < 0 else "") + digits
        return result

    def _adjusted(self, value: float, picture: _SubPicture) -> float:
        if self.percent in picture.text:
            return value * 100
        return value * 1000 if self.per_mille in picture.text else value

    def _localised(self, digits: str) -> str:
        if self.family[0] == "0":
            return digits
        return "".join(self.family[ord(digit) - 48] for digit in digits)


def _optional_behind_digit(form: _Format, picture: _SubPicture) -> bool:
    optional = picture.whole.find(form.optional)
    return optional >= 0 and any(letter in form.family for letter in picture.whole[:optional])


def _digit_behind_optional(form: _Format, picture: _SubPicture) -> bool:
    last = picture.fraction.rfind(form.optional)
    return last >= 0 and any(letter in form.family for letter in picture.fraction[last:])


def _bad_exponent(form: _Format, picture: _SubPicture) -> bool:
    exponent = picture.exponent
    return exponent is not None and (not exponent or any(letter not in form.family for letter in exponent))


_RULES: tuple[tuple[str, Callable[[_Format, _SubPicture], bool]], ...] = (
    ("D3081", lambda form, picture: picture.text.count(form.decimal) > 1),
    ("D3082", lambda form, picture: picture.text.count(form.percent) > 1),
    ("D3083", lambda form, picture: picture.text.count(form.per_mille) > 1),
    ("D3084", lambda form, picture: form.percent in picture.text and form.per_mille in picture.text),
    ("D3085", lambda form, picture: not any(map(form.is_digit, picture.mantissa))),
    ("D3086", lambda form, picture: not picture.active or any(letter not in form.active for letter in picture.active)),
    ("D3087", lambda form, picture: form.is_beside_point(picture.text)),
    ("D3088", lambda form, picture: form.decimal not in picture.text and picture.whole.endswith(form.grouping)),
    ("D3089", lambda form, picture: form.grouping * 2 in picture.text),
    ("D3090", _optional_behind_digit),
    ("D3091", _digit_behind_optional),
    ("D3092", lambda form, picture: bool(picture.exponent) and form.is_scaled(picture.text)),
    ("D3093", _bad_exponent),
)


def _regular(positions: list[int]) -> int:
    if not positions:
        return 0
    factor = gcd(*positions)
    return factor if factor and all(index * factor in positions for index in range(1, len(positions) + 1)) else 0


def _scaled(value: float, picture: _SubPicture) -> tuple[float, int | None]:
    if picture.exponent is None:
        return value, None
    exponent = 0
    top, bottom = 10.0**picture.scaling, 10.0 ** (picture.scaling - 1)
    while value and value < bottom:
        value *= 10
        exponent -= 1
    while value > top:
        value /= 10
        exponent += 1
    return value, exponent


def _fixed(value: float, places: int) -> str:
    """The rounded value with so many decimals, as JavaScript's ``toFixed``."""
    rounded = abs(double(round_(value, places)))
    if rounded >= 1e21:
        return number_text(rounded)
    return format(Decimal(rounded).quantize(Decimal(1).scaleb(-min(places, 100)), ROUND_HALF_UP, _PRECISE), "f")


def _group_whole(digits: str, picture: _SubPicture, separator: str) -> str:
    places = range(picture.regular, len(digits), picture.regular) if picture.regular else picture.grouping
    for place in sorted((place for place in places if place < len(digits)), reverse=True):
        digits = digits[: len(digits) - place] + separator + digits[len(digits) - place :]
    return digits


def _group_fraction(digits: str, positions: list[int], separator: str) -> str:
    for place in reversed(positions):
        digits = digits[:place] + separator + digits[place:]
    return digits


@library("formatNumber", "<n-so?:s>", 3, runtime=True)
def format_number(
    rt: Runtime, value: Value = UNDEFINED, picture: Value = UNDEFINED, options: Value = UNDEFINED
) -> Value:
    """A number as a picture says, such as ``#,##0.00``."""
    if value is UNDEFINED or picture is UNDEFINED:
        return UNDEFINED
    rt.charge(len(picture) >> 4)
    form = _Format({} if options is UNDEFINED else options)
    halves = picture.split(form.names["pattern-separator"])
    if len(halves) > 2:
        raise JsonataError("D3080")
    pictures = [form.split(half) for half in halves]
    for sub_picture in pictures:
        form.validate(sub_picture)
    for sub_picture in pictures:
        form.analyse(sub_picture)
    chosen = pictures[0]
    prefix = chosen.prefix
    if value < 0:
        prefix = pictures[1].prefix if len(pictures) > 1 else form.names["minus-sign"] + prefix
        chosen = pictures[1] if len(pictures) > 1 else chosen
    return prefix + form.number(abs(double(value)), chosen) + chosen.suffix


@library("formatBase", "<n-n?:s>", 2)
def format_base(value: Value = UNDEFINED, radix: Value = UNDEFINED) -> Value:
    """A whole number with another radix."""
    if value is UNDEFINED:
        return UNDEFINED
    number = round_(value)
    base = 10 if radix is UNDEFINED else round_(radix)
    if not 2 <= base <= 36:
        raise JsonataError("D3100", value=base)
    if base == 10 or not isfinite(double(number)):
        return number_text(number)
    digits, left = "", abs(int(number))
    while left:
        left, digit = divmod(left, base)
        digits = _DIGITS[digit] + digits
    return ("-" if number < 0 else "") + (digits or "0")
