"""The order-by clause ``^(>price, name)``."""

from __future__ import annotations

from typing import TypeAlias

from asl.expressions.jsonata.ast import Node
from asl.expressions.jsonata.compiler.core import Compiler
from asl.expressions.jsonata.compiler.filters import filter_code
from asl.expressions.jsonata.compiler.lookup import Step
from asl.expressions.jsonata.compiler.operators import less
from asl.expressions.jsonata.errors import JsonataError
from asl.expressions.jsonata.functions.sorting import merge_sort
from asl.expressions.jsonata.runtime import Code, Frame
from asl.expressions.jsonata.values import UNDEFINED, Sequence, TupleStream, Value, is_number

_Term: TypeAlias = tuple[Code, bool]


def sort_terms(compiler: Compiler, node: Node, depth: int) -> list[_Term]:
    """The compiled terms and whether each is descending."""
    return [(compiler.node(term.expression, depth + 1), term.descending) for term in node.terms]


def sort_step(compiler: Compiler, node: Node, depth: int) -> Step:
    """A sort as a step of a path without bindings."""
    terms = sort_terms(compiler, node, depth)
    filters = [filter_code(compiler, stage.expression, depth) for stage in node.stages if stage.expression is not None]

    def run(items: list[Value], frame: Frame) -> list[Value]:
        result: Value = ordered(items, terms, node.position, frame)
        for pick in filters:
            result = pick(result, frame)
        return result if isinstance(result, list) else Sequence([result])

    return run


def ordered(items: list[Value], terms: list[_Term], position: int, frame: Frame) -> list[Value]:
    """The items in the order of the terms, ties as they were; a sequence stays a sequence, a stream a stream."""
    if len(items) < 2:
        return items
    frame.rt.charge(len(items) * len(terms))
    code, descending = terms[0]
    keys = [_evaluate(code, item, items, frame) for item in items]
    order: list[int] | None = None
    if len(terms) == 1:
        order = _order_of_uniform(keys, descending)
    if order is None:
        order = merge_sort(list(range(len(items))), _comparison(items, terms, keys, position, frame), frame.rt)
    kind = TupleStream if type(items) is TupleStream else list
    return kind([items[index] for index in order])


def _evaluate(code: Code, item: Value, items: list[Value], frame: Frame) -> Value:
    if type(items) is TupleStream:
        return code(item["@"], Frame(frame.rt, frame, item))
    return code(item, frame)


def _order_of_uniform(keys: list[Value], descending: bool) -> list[int] | None:
    """The order where all keys are numbers or all are plain strings, which needs no comparison code."""
    kinds = set(map(type, keys))
    if kinds <= {int, float} or (kinds == {str} and all(map(str.isascii, keys))):
        return sorted(range(len(keys)), key=keys.__getitem__, reverse=descending)
    return None


def _comparison(items: list[Value], terms: list[_Term], first_keys: list[Value], position: int, frame: Frame):  # type: ignore[no-untyped-def]
    def swap(a: int, b: int) -> bool:
        for number, (code, descending) in enumerate(terms):
            if number == 0:
                left, right = first_keys[a], first_keys[b]
            else:
                left = _evaluate(code, items[a], items, frame)
                right = _evaluate(code, items[b], items, frame)
            comparison = _compare(left, right, descending, position)
            if comparison:
                return comparison > 0
        return False

    return swap


def _compare(left: Value, right: Value, descending: bool, position: int) -> int:
    if left is UNDEFINED or right is UNDEFINED:
        return (left is UNDEFINED) - (right is UNDEFINED)
    for value in (left, right):
        if type(value) is not str and not is_number(value):
            raise JsonataError("T2008", position=position, value=value)
    if (type(left) is str) is not (type(right) is str):
        raise JsonataError("T2007", position=position, value=left, value2=right)
    if left == right:
        return 0
    before = less(left, right) if type(left) is str else left < right
    return -1 if before is not descending else 1
