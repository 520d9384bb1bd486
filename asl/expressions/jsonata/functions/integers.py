"""Integers as digits, words, letters and Roman numerals, and back: ``$formatInteger`` and ``$parseInteger``.

The pictures are those of XPath's ``format-integer``; dates use them for their components.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from math import floor, gcd, isfinite, log10

from asl.expressions.jsonata.errors import JsonataError
from asl.expressions.jsonata.functions.registry import library
from asl.expressions.jsonata.functions.stringify import number_text
from asl.expressions.jsonata.runtime import Runtime
from asl.expressions.jsonata.values import UNDEFINED, Value, double, normal

_ONES = (
    "Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve",
    "Thirteen", "Fourteen", "Fifteen", "Sixteen", "Seventeen", "Eighteen", "Nineteen",
)  # fmt: skip
_ORDINALS = (
    "Zeroth", "First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth", "Tenth",
    "Eleventh", "Twelfth", "Thirteenth", "Fourteenth", "Fifteenth", "Sixteenth", "Seventeenth", "Eighteenth",
    "Nineteenth",
)  # fmt: skip
_TENS = ("Twenty", "Thirty", "Forty", "Fifty", "Sixty", "Seventy", "Eighty", "Ninety", "Hundred")
_MAGNITUDES = ("Thousand", "Million", "Billion", "Trillion")
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
    (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_ROMAN_DIGITS = {"M": 1000, "D": 500, "C": 100, "L": 50, "X": 10, "V": 5, "I": 1}
DIGIT_FAMILIES = (
    0x30, 0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0DE6,
    0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40,
    0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10,
)  # fmt: skip
_LONGEST = 4000


def to_words(number: int, ordinal: bool) -> str:
    """A number in English words, each capitalised."""
    return _words(number, False, ordinal)


def _words(number: int, continued: bool, ordinal: bool) -> str:
    joint = " and " if continued else ""
    if number <= 19:
        return joint + (_ORDINALS if ordinal else _ONES)[number]
    if number < 100:
        tens, rest = divmod(number, 10)
        word = _TENS[tens - 2]
        if rest:
            return f"{joint}{word}-{_words(rest, False, ordinal)}"
        return joint + (word[:-1] + "ieth" if ordinal else word)
    if number < 1000:
        hundreds, rest = divmod(number, 100)
        start = (", " if continued else "") + _ONES[hundreds] + " Hundred"
        return start + (_words(rest, True, ordinal) if rest else "th" if ordinal else "")
    magnitude = min(floor(log10(number) / 3), len(_MAGNITUDES))
    factor = 10 ** (magnitude * 3)
    whole = floor(float(number) / factor)
    rest = int(float(number) - float(whole) * factor)
    start = (", " if continued else "") + _words(whole, False, False) + " " + _MAGNITUDES[magnitude - 1]
    return start + (_words(rest, True, ordinal) if rest else "th" if ordinal else "")


def _word_values() -> dict[str, int]:
    values = {word.lower(): number for number, word in enumerate(_ONES)}
    values |= {word.lower(): number for number, word in enumerate(_ORDINALS)}
    for index, word in enumerate(_TENS):
        values[word.lower()] = values[word.lower()[:-1] + "ieth"] = (index + 2) * 10
    values["hundredth"] = 100
    for index, word in enumerate(_MAGNITUDES):
        values[word.lower()] = values[word.lower() + "th"] = 10 ** (3 * (index + 1))
    return values


WORD_VALUES = _word_values()
_WORD_GAPS = re.compile(r",\s|\sand\s|[\s\-]")


def words_to_number(text: str) -> Value:
    """The number that English words stand for; NaN if one of them is unknown."""
    values = [WORD_VALUES.get(word) for word in _WORD_GAPS.split(text)]
    segments = [0]
    for value in values:
        if value is None:
            return float("nan")
        if value < 100:
            top = segments.pop()
            if top >= 1000:
                segments.append(top)
                top = 0
            segments.append(top + value)
        else:
            segments.append(segments.pop() * value)
    return sum(segments)


def to_roman(number: int) -> str:
    """A number in small Roman numerals."""
    text = ""
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        text += letters * count
    return text


def roman_to_number(text: str) -> Value:
    """The number of capital Roman numerals; NaN if there is another letter."""
    total, highest = 0, 1
    for letter in reversed(text):
        value = _ROMAN_DIGITS.get(letter)
        if value is None:
            return float("nan")
        if value < highest:
            total -= value
        else:
            highest = value
            total += value
    return total


def to_letters(number: int, first: str) -> str:
    """1 is a, 26 is z, 27 is aa."""
    text, left = "", float(number)
    while left > 0:
        text = chr(int((left - 1) % 26) + ord(first)) + text
        left = float(floor((left - 1) / 26))
    return text


def letters_to_number(text: str, first: str) -> int:
    """The reverse of :func:`to_letters`."""
    total = 0
    for letter in text:
        total = total * 26 + ord(letter) - ord(first) + 1
    return total


@dataclass(slots=True)
class IntegerPicture:
    """An analysed picture.

    ``primary``: decimal, letters, roman, words or sequence (something else); ``case``: lower, upper or title.
    """

    primary: str = "decimal"
    case: str = "lower"
    ordinal: bool = False
    zero: int = 0x30
    mandatory: int = 0
    optional: int = 0
    regular: bool = False
    separators: list[tuple[int, str]] = field(default_factory=list)
    token: str = ""
    width: tuple[int | None, int | None] | None = None
    parse_width: int = 0


_NAMED = {
    "A": ("letters", "upper"), "a": ("letters", "lower"), "I": ("roman", "upper"), "i": ("roman", "lower"),
    "W": ("words", "upper"), "Ww": ("words", "title"), "w": ("words", "lower"),
}  # fmt: skip


def analyse_picture(picture: str) -> IntegerPicture:
    """A picture such as ``#,##0;o`` or ``w``."""
    primary, semicolon, modifier = picture.rpartition(";")
    if not semicolon:
        primary, modifier = modifier, ""
    result = IntegerPicture(ordinal=modifier.startswith("o"))
    if primary in _NAMED:
        result.primary, result.case = _NAMED[primary]
        return result
    return _analyse_digits(primary, result)


def _family(code: int) -> int | None:
    return next((zero for zero in DIGIT_FAMILIES if zero <= code <= zero + 9), None)


def _analyse_digits(primary: str, result: IntegerPicture) -> IntegerPicture:
    zero: int | None = None
    position = 0
    for letter in reversed(primary):
        family = _family(ord(letter))
        if family is not None:
            result.mandatory += 1
            position += 1
            if zero is not None and zero != family:
                raise JsonataError("D3131")
            zero = family
        elif letter == "#":
            result.optional += 1
            position += 1
        else:
            result.separators.append((position, letter))
    if result.mandatory:
        result.zero = zero if zero is not None else 0x30
        result.separators.reverse()
        _find_regularity(result)
    else:
        result.primary = "sequence"
        result.token = primary
    return result


def _find_regularity(result: IntegerPicture) -> None:
    """Separators of one kind at equal distances go on for as long as there are digits."""
    if not result.separators or len({letter for _, letter in result.separators}) != 1:
        return
    positions = [position for position, _ in result.separators]
    factor = gcd(*positions)
    if factor and all(index * factor in positions for index in range(1, len(positions) + 1)):
        result.regular = True
        result.separators = [(factor, result.separators[0][1])]


def format_integer(number: Value, picture: IntegerPicture) -> str:
    """A number according to its picture; fractions are cut downwards, the sign goes in front."""
    value = floor(number)
    text = _FORMATS[picture.primary](abs(value), picture)
    return "-" + text if value < 0 else text


def _format_letters(number: int, picture: IntegerPicture) -> str:
    return to_letters(number, "A" if picture.case == "upper" else "a")


def _format_roman(number: int, picture: IntegerPicture) -> str:
    if number > _LONGEST * 1000:
        raise JsonataError("D3130", value=number)
    text = to_roman(number)
    return text.upper() if picture.case == "upper" else text


def _format_words(number: int, picture: IntegerPicture) -> str:
    text = to_words(number, picture.ordinal)
    return text.upper() if picture.case == "upper" else text.lower() if picture.case == "lower" else text


def _format_decimal(number: int, picture: IntegerPicture) -> str:
    text = number_text(number).rjust(picture.mandatory, "0")
    if picture.zero != 0x30:
        text = "".join(chr(ord(digit) - 0x30 + picture.zero) for digit in text)
    text = _separated(text, picture)
    if picture.ordinal:
        last = text[-1:]
        suffix = {"1": "st", "2": "nd", "3": "rd"}.get(last, "th")
        text += "th" if len(text) > 1 and text[-2] == "1" else suffix
    return text


def _separated(text: str, picture: IntegerPicture) -> str:
    if picture.regular:
        width, letter = picture.separators[0]
        parts = []
        while len(text) > width:
            parts.append(text[-width:])
            text = text[:-width]
        return letter.join([text, *reversed(parts)])
    for position, letter in picture.separators:
        at = len(text) - position
        text = text[: max(at, 0)] + letter + text[at:]
    return text


def _format_sequence(number: int, picture: IntegerPicture) -> str:
    raise JsonataError("D3130", value=picture.token)


_FORMATS: dict[str, Callable[[int, IntegerPicture], str]] = {
    "letters": _format_letters, "roman": _format_roman, "words": _format_words, "decimal": _format_decimal,
    "sequence": _format_sequence,
}  # fmt: skip


def parse_pattern(picture: IntegerPicture) -> tuple[str, Callable[[str], Value]]:
    """The pattern of what a picture formats, and how to read it."""
    upper = picture.case == "upper"
    if picture.primary == "letters":
        return ("[A-Z]+" if upper else "[a-z]+"), lambda text: letters_to_number(text, "A" if upper else "a")
    if picture.primary == "roman":
        return ("[MDCLXVI]+" if upper else "[mdclxvi]+"), lambda text: roman_to_number(text if upper else text.upper())
    if picture.primary == "words":
        words = "|".join(sorted(map(re.escape, (*WORD_VALUES, "and", "[\\-, ]")), key=len, reverse=True))
        return f"(?:{words}|[\\-, ])+", lambda text: words_to_number(text.lower())
    if picture.primary == "decimal":
        return _decimal_pattern(picture), lambda text: _read_decimal(text, picture)
    raise JsonataError("D3130", value=picture.token)


def _decimal_pattern(picture: IntegerPicture) -> str:
    pattern = f"[0-9]{{{picture.parse_width}}}" if picture.parse_width else "[0-9]+"
    return pattern + ("(?:th|st|nd|rd)" if picture.ordinal else "")


def _read_decimal(text: str, picture: IntegerPicture) -> Value:
    digits = text[:-2] if picture.ordinal else text
    for letter in {"," if picture.regular else letter for _, letter in picture.separators}:
        digits = digits.replace(letter, "")
    if picture.zero != 0x30:
        digits = "".join(chr(max(ord(letter) - picture.zero + 0x30, 0)) for letter in digits)
    return read_number(digits)


_INTEGER_START = re.compile(r"\s*([-+]?[0-9]+)")


def read_number(text: str) -> Value:
    """Leading digits as a number, NaN if there are none."""
    match = _INTEGER_START.match(text)
    return normal(double(int(match.group(1)[:400]))) if match else float("nan")


@library("formatInteger", "<n-s:s>", 2, runtime=True)
def format_integer_function(rt: Runtime, number: Value = UNDEFINED, picture: Value = UNDEFINED) -> Value:
    """An integer as a picture says."""
    if number is UNDEFINED:
        return UNDEFINED
    if picture is UNDEFINED or not isfinite(double(number)):
        raise JsonataError("D3130", value=picture)
    rt.charge(len(picture) >> 4)
    return format_integer(number, analyse_picture(picture))


@library("parseInteger", "<s-s:n>", 2, runtime=True)
def parse_integer(rt: Runtime, text: Value = UNDEFINED, picture: Value = UNDEFINED) -> Value:
    """The integer that was formatted by a picture."""
    if text is UNDEFINED:
        return UNDEFINED
    if picture is UNDEFINED:
        raise JsonataError("D3130", value=picture)
    rt.charge(len(text) >> 4)
    _, read = parse_pattern(analyse_picture(picture))
    return read(text)
