"""Arithmetic, comparison, logic and text operators."""

from __future__ import annotations

import operator
from collections.abc import Callable
from math import fmod, isfinite, isnan

from asl.expressions.jsonata.ast import Node
from asl.expressions.jsonata.compiler.core import KINDS, Compiler
from asl.expressions.jsonata.errors import JsonataError
from asl.expressions.jsonata.functions.stringify import to_string
from asl.expressions.jsonata.runtime import Code, Frame
from asl.expressions.jsonata.values import (
    MAX_SAFE,
    UNDEFINED,
    Sequence,
    Value,
    deep_equal,
    double,
    is_number,
    normal,
    truth,
)

_INFINITE = float("inf")
_RANGE_LIMIT = 10_000_000
_SMALL = 2**26
"""Of factors whose product is exact as a double."""


def less(left: str, right: str) -> bool:
    """Order of strings by UTF-16 units, as JavaScript has it; it differs from code points beyond U+FFFF only."""
    if left.isascii() or right.isascii():
        return left < right
    return left.encode("utf-16-be", "surrogatepass") < right.encode("utf-16-be", "surrogatepass")


def _divide(left: float, right: float) -> float:
    if right:
        return left / right
    if not left or isnan(left):
        return float("nan")
    return _INFINITE if left > 0 else -_INFINITE


def _remainder(left: float, right: float) -> float:
    return fmod(left, right) if right else float("nan")


_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": _divide, "%": _remainder,
}  # fmt: skip
_NUMERIC: dict[str, Callable[[Value, Value], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def _operand(value: Value, code: str, node: Node) -> bool:
    """False if undefined; raises if the value can't be calculated with."""
    if value is UNDEFINED:
        return False
    if not is_number(value) or isnan(value):
        raise JsonataError(code, position=node.position, token=node.value, value=value)
    if type(value) is float and not isfinite(value):
        raise JsonataError("D1001", position=node.position, token=node.value, value=value)
    return True


def calculate(calculation: Callable[[float, float], float], left: Value, right: Value) -> int | float:
    """Two numbers as doubles; the result is whole where it can be."""
    try:
        result = calculation(double(left), double(right))
    except OverflowError:
        result = _INFINITE
    return normal(result) if isfinite(result) else result


def _arithmetic(node: Node, left: Code, right: Code) -> Code:
    calculation = _ARITHMETIC[node.value]
    exact_on_ints = node.value in "+-*"

    def run(context: Value, frame: Frame) -> Value:
        a = left(context, frame)
        b = right(context, frame)
        if exact_on_ints and type(a) is int and type(b) is int:
            result = calculation(a, b)
            if -MAX_SAFE < a < MAX_SAFE and -MAX_SAFE < b < MAX_SAFE and -MAX_SAFE < result < MAX_SAFE:
                return result
        known = _operand(a, "T2001", node)
        if not _operand(b, "T2002", node) or not known:
            return UNDEFINED
        return calculate(calculation, a, b)

    return run


def _arithmetic_on_fields(node: Node, first: str, second: str, slow: Code) -> Code:
    """Two fields of the context, such as ``qty * price``."""
    calculation = _ARITHMETIC[node.value]

    def run(context: Value, frame: Frame) -> Value:
        if type(context) is dict:
            a = context.get(first)
            b = context.get(second)
            if type(a) is int and type(b) is int and -_SMALL < a < _SMALL and -_SMALL < b < _SMALL:
                return calculation(a, b)
        return slow(context, frame)

    return run


def _compare(node: Node, left: Code, right: Code) -> Code:
    numeric = _NUMERIC[node.value]

    def run(context: Value, frame: Frame) -> Value:
        a = left(context, frame)
        b = right(context, frame)
        kind = type(a)
        if kind is type(b) and (kind is int or kind is float):
            return numeric(a, b)
        return _compare_any(node, numeric, a, b)

    return run


def _compare_any(node: Node, numeric: Callable[[Value, Value], bool], a: Value, b: Value) -> Value:
    for value in (a, b):
        if not (value is UNDEFINED or type(value) is str or is_number(value)):
            raise JsonataError("T2010", position=node.position, token=node.value, value=value)
    if a is UNDEFINED or b is UNDEFINED:
        return UNDEFINED
    if (type(a) is str) is not (type(b) is str):
        raise JsonataError("T2009", position=node.position, token=node.value, value=a, value2=b)
    if type(a) is not str:
        return numeric(a, b)
    if node.value in ("<", ">="):
        return less(a, b) is (node.value == "<")
    return less(b, a) is (node.value == ">")


def _equal(node: Node, left: Code, right: Code) -> Code:
    def run(context: Value, frame: Frame) -> Value:
        a = left(context, frame)
        b = right(context, frame)
        if type(a) is str and type(b) is str:
            return a == b
        return a is not UNDEFINED and b is not UNDEFINED and deep_equal(a, b)

    return run


def _unequal(node: Node, left: Code, right: Code) -> Code:
    def run(context: Value, frame: Frame) -> Value:
        a = left(context, frame)
        b = right(context, frame)
        return a is not UNDEFINED and b is not UNDEFINED and not deep_equal(a, b)

    return run


def _and(node: Node, left: Code, right: Code) -> Code:
    right = _blamed(node, right)
    return lambda context, frame: truth(left(context, frame)) and truth(right(context, frame))


def _or(node: Node, left: Code, right: Code) -> Code:
    right = _blamed(node, right)
    return lambda context, frame: truth(left(context, frame)) or truth(right(context, frame))


def _blamed(node: Node, code: Code) -> Code:
    """The right side of ``and`` and ``or``, whose errors the reference reports as the operator's."""

    def run(context: Value, frame: Frame) -> Value:
        try:
            return code(context, frame)
        except JsonataError as error:
            error.position, error.token = node.position, node.value
            raise

    return run


def _same(a: Value, b: Value) -> bool:
    if isinstance(a, (list, dict)):
        return a is b
    return not isinstance(b, (list, dict)) and deep_equal(a, b)


def _in(node: Node, left: Code, right: Code) -> Code:
    def run(context: Value, frame: Frame) -> Value:
        a = left(context, frame)
        b = right(context, frame)
        if a is UNDEFINED or b is UNDEFINED:
            return False
        if not isinstance(b, list):
            return _same(a, b)
        frame.rt.charge(len(b) >> 3)
        return any(_same(a, item) for item in b)

    return run


def _concatenate(node: Node, left: Code, right: Code) -> Code:
    def run(context: Value, frame: Frame) -> Value:
        a = left(context, frame)
        b = right(context, frame)
        if type(a) is not str:
            a = "" if a is UNDEFINED else to_string(a)
        if type(b) is not str:
            b = "" if b is UNDEFINED else to_string(b)
        text = a + b
        if len(text) > 4096:
            frame.rt.string_of(len(text))
        return text

    return run


_BINARY: dict[str, Callable[[Node, Code, Code], Code]] = {
    **dict.fromkeys(_ARITHMETIC, _arithmetic), **dict.fromkeys(_NUMERIC, _compare), "=": _equal, "!=": _unequal,
    "and": _and, "or": _or, "in": _in, "&": _concatenate,
}  # fmt: skip


def _compare_to_number(node: Node, left: Code, number: float) -> Code:
    numeric = _NUMERIC[node.value]

    def run(context: Value, frame: Frame) -> Value:
        value = left(context, frame)
        if type(value) is int or type(value) is float:
            return numeric(value, number)
        return _compare_any(node, numeric, value, number)

    return run


def _compare_field(numeric: Callable[[Value, Value], bool], name: str, number: float, slow: Code) -> Code:
    """A field of the context beside a number, such as ``qty > 2``."""

    def run(context: Value, frame: Frame) -> Value:
        if type(context) is dict:
            value = context.get(name)
            if type(value) is int or type(value) is float:
                return numeric(value, number)
        return slow(context, frame)

    return run


def _equal_to_text(node: Node, left: Code, text: str) -> Code:
    def run(context: Value, frame: Frame) -> Value:
        value = left(context, frame)
        return type(value) is str and value == text

    return run


def _binary(compiler: Compiler, node: Node, depth: int) -> Code:
    if node.value == "~>":
        return KINDS["apply"](compiler, node, depth)
    assert node.left is not None
    assert node.right is not None
    left, right = compiler.node(node.left, depth + 1), compiler.node(node.right, depth + 1)
    literal = node.right.value if not (node.right.predicates or node.right.group) else None
    if node.right.kind == "number" and node.value in _NUMERIC and literal is not None:
        name = field_name(node.left)
        code = _compare_to_number(node, left, literal)
        return code if name is None else _compare_field(_NUMERIC[node.value], name, literal, code)
    if node.right.kind == "string" and node.value == "=" and literal is not None:
        return _equal_to_text(node, left, literal)
    code = _BINARY[node.value](node, left, right)
    first, second = field_name(node.left), field_name(node.right)
    if first is None or second is None or node.value not in "+-*":
        return code
    return _arithmetic_on_fields(node, first, second, code)


def field_name(node: Node) -> str | None:
    """The name, if a node is nothing but a field of the context."""
    step = node.items[0] if node.kind == "path" and len(node.items) == 1 else None
    if step is None or step.kind != "name" or node.keep_array or node.keep_singleton or node.group is not None:
        return None
    return None if step.stages or step.is_tuple or step.group is not None else str(step.value)


def _minus(compiler: Compiler, node: Node, depth: int) -> Code:
    assert node.left is not None
    operand = compiler.node(node.left, depth + 1)

    def run(context: Value, frame: Frame) -> Value:
        value = operand(context, frame)
        if value is UNDEFINED:
            return UNDEFINED
        if not is_number(value) or isnan(value):
            raise JsonataError("D1002", position=node.position, token=node.value, value=value)
        if type(value) is float and not isfinite(value):
            raise JsonataError("D1001", value=value)
        return -value

    return run


def _whole(value: Value, code: str, node: Node) -> None:
    if value is not UNDEFINED and not (is_number(value) and isfinite(value) and value == int(value)):
        raise JsonataError(code, position=node.position, token=node.value, value=value)


def _range(compiler: Compiler, node: Node, depth: int) -> Code:
    assert node.left is not None
    assert node.right is not None
    left, right = compiler.node(node.left, depth + 1), compiler.node(node.right, depth + 1)

    def run(context: Value, frame: Frame) -> Value:
        first = left(context, frame)
        last = right(context, frame)
        _whole(first, "T2003", node)
        _whole(last, "T2004", node)
        if first is UNDEFINED or last is UNDEFINED or first > last:
            return UNDEFINED
        size = int(last) - int(first) + 1
        if size > _RANGE_LIMIT:
            raise JsonataError("D2014", position=node.position, token=node.value, value=normal(double(size)))
        frame.rt.array_of(size)
        return Sequence(range(int(first), int(last) + 1))

    return run


KINDS.update({"binary": _binary, "minus": _minus, "range": _range})
