"""Values as text: numbers as JavaScript prints them, the rest as JSON."""

from __future__ import annotations

import json
import re
from json.encoder import encode_basestring
from math import isfinite, isnan

from asl.expressions.jsonata.errors import JsonataError
from asl.expressions.jsonata.values import UNDEFINED, Function, Value, double, normal

_SURROGATE = re.compile("[\ud800-\udfff]")
_WHOLE_PRINTED = 10**21
_EXACT = 10**15


def number_text(number: float) -> str:
    """A number as JavaScript's ``String(number)``."""
    if type(number) is int:
        if -_EXACT < number < _EXACT:
            return str(number)
        number = double(number)
    if isnan(number):
        return "NaN"
    if not isfinite(number):
        return "Infinity" if number > 0 else "-Infinity"
    whole = normal(number)
    if type(whole) is int:
        return str(whole)
    return _javascript_digits(repr(number))


def _javascript_digits(text: str) -> str:
    """Python's shortest digits in JavaScript's notation, which turns to exponents later and pads none."""
    mantissa, _, exponent = text.partition("e")
    if not exponent:
        return mantissa
    power = int(exponent)
    if power < -6:
        return f"{mantissa.removesuffix('.0')}e{power}"
    if power < 0:
        sign = "-" if mantissa.startswith("-") else ""
        return f"{sign}0.{'0' * (-power - 1)}{mantissa.lstrip('-').replace('.', '')}"
    return f"{mantissa.removesuffix('.0')}e+{power}"


def fifteen_digits(number: float) -> float:
    """The number as ``$string`` shows it: to 15 significant digits."""
    if type(number) is int and -_EXACT < number < _EXACT:
        return number
    value = double(number)
    if not isfinite(value):
        return value
    return normal(float(f"{value:.15g}"))


def quote(text: str) -> str:
    """A string as JSON, lone surrogates escaped."""
    quoted = encode_basestring(text)
    if text.isascii() or not _SURROGATE.search(quoted):
        return quoted
    return _SURROGATE.sub(lambda match: f"\\u{ord(match.group()):04x}", quoted)


def to_json(value: Value, *, indent: str = "", level: int = 0, digits: bool = False) -> str:
    """JSON text as ``JSON.stringify`` writes it; ``digits`` limits numbers to 15 digits and blanks functions."""
    if type(value) is str:
        return quote(value)
    if value is None or value is UNDEFINED:
        return "null"
    if type(value) is bool:
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        if digits and abs(value) == float("inf"):
            raise JsonataError("D1001", value=value)
        text = number_text(fifteen_digits(value) if digits else value)
        return text if text[-1].isdigit() else "null"
    if isinstance(value, Function):
        return '""'
    inner = "\n" + indent * (level + 1) if indent else ""
    if isinstance(value, dict):
        colon = ": " if indent else ":"
        parts = [
            quote(key) + colon + to_json(item, indent=indent, level=level + 1, digits=digits)
            for key, item in value.items()
            if item is not UNDEFINED
        ]
        opening, closing = "{", "}"
    else:
        parts = [to_json(item, indent=indent, level=level + 1, digits=digits) for item in value]
        opening, closing = "[", "]"
    if not parts:
        return opening + closing
    outer = "\n" + indent * level if indent else ""
    return opening + inner + ("," + inner).join(parts) + outer + closing


def to_string(value: Value, pretty: bool = False) -> str:
    """The language's ``$string`` of a defined value."""
    if type(value) is str:
        return value
    if type(value) is int and -_EXACT < value < _EXACT:
        return str(value)
    if isinstance(value, Function):
        return ""
    if type(value) is float and not isfinite(value):
        raise JsonataError("D3001", value=value)
    return to_json(value, indent="  " if pretty else "", digits=True)


def parse_json(text: str) -> Value:
    """JSON text to plain data; raises ``ValueError``."""
    return json.loads(text, parse_constant=_refuse_constant)


def _refuse_constant(name: str) -> Value:
    raise ValueError(f"{name} is not JSON")
