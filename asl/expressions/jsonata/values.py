"""The values that an evaluation works on, and what the language says about them.

JSON values are plain Python data and belong to the caller: they are shared and never changed. Beside them there are
:data:`UNDEFINED`, functions (see ``runtime``), and three kinds of list that only the engine makes:

* :class:`Sequence`: what a path or a function collected; one of length 1 stands for its item, an empty one for nothing.
* :class:`ConsArray`: an array written as a path's first or last step, which later steps do not flatten.
* :class:`TupleStream`: rows of bindings, while ``@``, ``#`` or ``%`` are in play.
"""

from __future__ import annotations

from math import isfinite, isinf, isnan
from typing import Any, Final, TypeAlias

from asl.expressions.jsonata.errors import JsonataError

Value: TypeAlias = Any


class Undefined:
    """The type of :data:`UNDEFINED`: the absence of a value, which is not ``None`` (null)."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNDEFINED"

    def __bool__(self) -> bool:
        return False


UNDEFINED: Final = Undefined()


class Sequence(list[Value]):
    """Collected values; ``keep_singleton`` (``[]`` in the expression) prevents that one item stands for itself."""

    __slots__ = ("keep_singleton", "outer_wrapper")

    def __init__(self, items: Any = ()) -> None:
        super().__init__(items)
        self.keep_singleton = False
        self.outer_wrapper = False


class ConsArray(list[Value]):
    """An array constructor's result that a path must not flatten."""

    __slots__ = ()


class TupleStream(list[dict[str, Value]]):
    """Rows of bindings; the key ``@`` has the row's value."""

    __slots__ = ()


class Function:
    """Base of everything that can be called: lambdas, library functions, partial applications and regexes.

    ``is_true`` is what a condition makes of one; ``$boolean`` calls all of them false.
    """

    __slots__ = ()

    is_true = True


MAX_SAFE = 2**53
_PRINTED_WHOLE = 1e21


def collapse(value: Value) -> Value:
    """What an expression's result stands for: nothing, its single item, or itself."""
    if type(value) is Sequence:
        length = len(value)
        if length == 0:
            return UNDEFINED
        if length == 1 and not value.keep_singleton:
            return value[0]
    return value


def normal(number: float) -> int | float:
    """A double as JSON would show it: whole ones as ``int`` with the digits that JavaScript prints."""
    if not number.is_integer():
        return number
    if -MAX_SAFE <= number <= MAX_SAFE:
        return int(number)
    if abs(number) >= _PRINTED_WHOLE:
        return number
    digits, _, exponent = repr(number).partition("e")
    whole, _, fraction = digits.partition(".")
    return int(whole + fraction.ljust(int(exponent), "0")) if exponent else int(whole)


def double(number: int | float) -> float:
    """The double nearest to a number; integers beyond every double become infinite."""
    try:
        return float(number)
    except OverflowError:
        return float("inf") if number > 0 else float("-inf")


def is_number(value: Value) -> bool:
    """True of a number, infinite ones included; a boolean is none."""
    kind = type(value)
    return kind is int or kind is float


def is_finite_number(value: Value) -> bool:
    """True of a number that an operator accepts."""
    return type(value) is int or (type(value) is float and isfinite(value))


def truth(value: Value) -> bool:
    """What a condition makes of a value; undefined counts as false."""
    kind = type(value)
    if kind is bool:
        return bool(value)
    if kind is str or kind is dict:
        return len(value) > 0
    if kind is int:
        return bool(value)
    if kind is float:
        return _float_truth(value)
    if isinstance(value, list):
        return truth(value[0]) if len(value) == 1 else any(map(truth, value))
    if isinstance(value, Function):
        return value.is_true
    return bool(value) if isinstance(value, dict) else False


def _float_truth(value: float) -> bool:
    if isinf(value):
        raise JsonataError("D1001", value=value)
    return not isnan(value) and value != 0


def deep_equal(left: Value, right: Value) -> bool:
    """Structural equality: arrays in order, objects whatever the order, and no number equals a boolean."""
    if left is right:
        return True
    if isinstance(left, list):
        return isinstance(right, list) and len(left) == len(right) and all(map(deep_equal, left, right))
    if isinstance(left, dict):
        return (
            isinstance(right, dict)
            and left.keys() == right.keys()
            and all(deep_equal(value, right[key]) for key, value in left.items())
        )
    if isinstance(left, bool) or isinstance(right, (bool, list, dict)):
        return False
    return type(left) is not Undefined and bool(left == right)


def is_function(value: Value) -> bool:
    """True of a lambda, a library function, a partial application or a regex."""
    return isinstance(value, Function)
