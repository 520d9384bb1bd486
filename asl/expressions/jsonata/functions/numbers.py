"""Functions on numbers."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from math import ceil, floor, isfinite, isnan, log10, sqrt

from asl.expressions.jsonata.errors import JsonataError
from asl.expressions.jsonata.functions.registry import library
from asl.expressions.jsonata.runtime import Runtime
from asl.expressions.jsonata.values import UNDEFINED, Value, double, normal

_DECIMAL = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[Ee][-+]?[0-9]+)?")
_BASED = re.compile(r"0[xX][0-9A-Fa-f]+|0[oO][0-7]+|0[bB][01]+")
_PRECISE = Context(prec=700)
_TOO_LARGE = 308.2547


def _whole(number: float) -> Value:
    return normal(float(number)) if isfinite(number) else number


@library("number", "<(nsb)-:n>", 1)
def number(value: Value = UNDEFINED) -> Value:
    """A string or boolean as a number."""
    if value is UNDEFINED or (type(value) is not bool and isinstance(value, (int, float))):
        return value
    if type(value) is bool:
        return int(value)
    if type(value) is str:
        if _DECIMAL.fullmatch(value):
            parsed = float(value)
            if isfinite(parsed):
                return normal(parsed)
        elif _BASED.fullmatch(value):
            return normal(double(int(value, 0)))
    raise JsonataError("D3030", value=value, index=1)


@library("floor", "<n-:n>", 1)
def floor_(value: Value = UNDEFINED) -> Value:
    """The largest integer that is not greater."""
    return value if type(value) is not float or not isfinite(value) else normal(float(floor(value)))


@library("ceil", "<n-:n>", 1)
def ceil_(value: Value = UNDEFINED) -> Value:
    """The smallest integer that is not less."""
    return value if type(value) is not float or not isfinite(value) else normal(float(ceil(value)))


@library("abs", "<n-:n>", 1)
def abs_(value: Value = UNDEFINED) -> Value:
    """The number without its sign."""
    return value if value is UNDEFINED else abs(value)


@library("round", "<n-n?:n>", 2)
def round_(value: Value = UNDEFINED, precision: Value = UNDEFINED) -> Value:
    """The nearest number with so many decimal places; halves go to the even neighbour."""
    if value is UNDEFINED:
        return UNDEFINED
    if not isfinite(double(value)):
        return value
    if precision is UNDEFINED or isnan(precision):
        precision = 0
    if precision % 1:
        return float("nan")
    places = int(max(min(precision, 1000), -1000))
    if value and log10(abs(value)) + places >= _TOO_LARGE:
        return float("nan")
    try:
        exponent = Decimal(1).scaleb(-max(places, -400), _PRECISE)
        rounded = Decimal(repr(value)).quantize(exponent, ROUND_HALF_EVEN, _PRECISE)
    except InvalidOperation:
        return 0 if places < 0 else value
    return normal(float(rounded))


@library("sqrt", "<n-:n>", 1)
def sqrt_(value: Value = UNDEFINED) -> Value:
    """The square root."""
    if value is UNDEFINED:
        return UNDEFINED
    if value < 0:
        raise JsonataError("D3060", value=value, index=1)
    return _whole(sqrt(double(value)))


@library("power", "<n-n:n>", 2)
def power(base: Value = UNDEFINED, exponent: Value = UNDEFINED) -> Value:
    """A number raised to another."""
    if base is UNDEFINED:
        return UNDEFINED
    if exponent is UNDEFINED:
        raise JsonataError("D3061", value=base, exp=UNDEFINED, index=1)
    try:
        result = double(base) ** double(exponent)
    except (OverflowError, ZeroDivisionError):
        result = float("inf")
    if isinstance(result, complex) or not isfinite(result):
        raise JsonataError("D3061", value=base, exp=exponent, index=1)
    return normal(result)


@library("millis", "<:n>", 0, runtime=True)
def millis(rt: Runtime) -> Value:
    """The evaluation's instant in milliseconds since 1970."""
    return int(rt.now() * 1000 + 1e-6)
