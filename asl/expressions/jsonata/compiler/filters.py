"""Predicates: ``[n]`` picks by position, ``[condition]`` picks what is true."""

from __future__ import annotations

from collections.abc import Callable
from math import floor, isfinite, isnan
from typing import TypeAlias

from asl.expressions.jsonata.ast import Node, Stage
from asl.expressions.jsonata.compiler.core import DECORATORS, Compiler
from asl.expressions.jsonata.errors import JsonataError
from asl.expressions.jsonata.runtime import Code, Frame
from asl.expressions.jsonata.values import UNDEFINED, Sequence, TupleStream, Value, is_number, truth

Filter: TypeAlias = Callable[[Value, Frame], Value]
"""What to filter, and the frame; answers a sequence, a stream or one picked array."""

_COMPARISONS = frozenset(("=", "!=", "<", "<=", ">", ">=", "and", "or", "in"))


def filter_code(compiler: Compiler, predicate: Node, depth: int) -> Filter:
    """A predicate as a function from a value to what is left of it."""
    if predicate.kind == "number":
        return _by_index(predicate.value)
    code = compiler.node(predicate, depth + 1)
    is_boolean = predicate.kind == "binary" and predicate.value in _COMPARISONS and not predicate.predicates
    return _by_condition(code, is_boolean)


def _by_index(number: float) -> Filter:
    index = floor(number)

    def pick(value: Value, frame: Frame) -> Value:
        items = value if isinstance(value, list) else [value]
        at = len(items) + index if index < 0 else index
        kind = TupleStream if type(value) is TupleStream else Sequence
        if not 0 <= at < len(items) or items[at] is UNDEFINED:
            return kind()
        item = items[at]
        return item if isinstance(item, list) else kind([item])

    return pick


def _by_condition(code: Code, is_boolean: bool) -> Filter:
    def pick(value: Value, frame: Frame) -> Value:
        if type(value) is TupleStream:
            return _pick_rows(code, value, frame)
        items = value if isinstance(value, list) else [value]
        rt = frame.rt
        rt.steps -= len(items)
        if rt.steps < rt.next_check:
            rt.check()
        if is_boolean:
            return Sequence([item for item in items if code(item, frame) is True])
        count = len(items)
        return Sequence([item for at, item in enumerate(items) for _ in range(_matches(code(item, frame), at, count))])

    return pick


def _pick_rows(code: Code, rows: TupleStream, frame: Frame) -> TupleStream:
    frame.rt.charge(len(rows))
    count = len(rows)
    picked = TupleStream()
    for at, row in enumerate(rows):
        picked.extend([row] * _matches(code(row["@"], Frame(frame.rt, frame, row)), at, count))
    return picked


def _matches(result: Value, at: int, count: int) -> int:
    """How often the item ``at`` of ``count`` stays, given what the predicate said: a truth, an index or indexes."""
    if type(result) is bool:
        return result
    if is_number(result):
        return _is_index(result, at, count)
    if isinstance(result, list) and all(map(is_number, result)):
        return sum(_is_index(number, at, count) for number in result)
    return truth(result)


def _is_index(number: float, at: int, count: int) -> bool:
    if not isfinite(number):
        if isnan(number):
            return False
        raise JsonataError("D1001", value=number)
    index = floor(number)
    return at == (count + index if index < 0 else index)


def _filtered(compiler: Compiler, code: Code, stage: Stage, depth: int) -> Code:
    assert stage.expression is not None
    pick = filter_code(compiler, stage.expression, depth)
    return lambda context, frame: pick(code(context, frame), frame)


DECORATORS["predicate"] = _filtered
