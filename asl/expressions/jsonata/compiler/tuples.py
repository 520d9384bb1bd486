"""Paths with ``@``, ``#`` or ``%``: rows of bindings flow through the steps instead of bare values."""

from __future__ import annotations

from collections.abc import Callable

from asl.expressions.jsonata.ast import Node, Stage
from asl.expressions.jsonata.compiler.core import Compiler
from asl.expressions.jsonata.compiler.filters import filter_code
from asl.expressions.jsonata.compiler.lookup import flatten
from asl.expressions.jsonata.compiler.sorting import ordered, sort_step, sort_terms
from asl.expressions.jsonata.runtime import Code, Frame
from asl.expressions.jsonata.values import UNDEFINED, Sequence, TupleStream, Value

_RowStep = Callable[[list[Value], TupleStream | None, Frame], TupleStream]
_Stages = Callable[[Value, Frame], Value]


def tuple_path(compiler: Compiler, node: Node, depth: int) -> Code:
    """A path of which at least one step binds; values until that step, rows from there on."""
    start = next(index for index, step in enumerate(node.items) if step.is_tuple)
    values = [_value_step(compiler, step, depth, index == 0) for index, step in enumerate(node.items[:start])]
    rows = [_row_step(compiler, step, depth, index + start) for index, step in enumerate(node.items[start:])]
    from_variable = node.items[0].kind == "variable"
    keeps_rows = node.is_tuple or node.group is not None

    def run(context: Value, frame: Frame) -> Value:
        items: list[Value] = context if isinstance(context, list) and not from_variable else Sequence([context])
        for value_step in values:
            items = value_step(items, frame)
            if not items:
                return items
        stream: TupleStream | None = None
        for row_step in rows:
            stream = row_step(items, stream, frame)
        assert stream is not None
        return stream if keeps_rows else Sequence([row["@"] for row in stream])

    return run


def _value_step(compiler: Compiler, step: Node, depth: int, first: bool) -> Callable[[list[Value], Frame], list[Value]]:
    if step.kind == "sort":
        return sort_step(compiler, step, depth)
    code = compiler.node(step, depth + 1)
    stages = _stages(compiler, step.stages, depth)
    if first and step.cons_array:
        return lambda items, frame: _listed(code(items, frame))

    def run(items: list[Value], frame: Frame) -> list[Value]:
        frame.rt.charge(len(items))
        results = [stages(code(item, frame), frame) for item in items]
        return flatten([result for result in results if result is not UNDEFINED], last=False)

    return run


def _listed(value: Value) -> list[Value]:
    if value is UNDEFINED:
        return Sequence()
    return value if isinstance(value, list) else Sequence([value])


def _stages(compiler: Compiler, stages: list[Stage], depth: int) -> _Stages:
    compiled: list[_Stages] = []
    for stage in stages:
        if stage.expression is not None:
            compiled.append(filter_code(compiler, stage.expression, depth))
        else:
            compiled.append(_numbered(stage.name))

    def run(value: Value, frame: Frame) -> Value:
        for stage in compiled:
            value = stage(value, frame)
        return value

    return run


def _numbered(name: str) -> _Stages:
    def run(rows: Value, frame: Frame) -> Value:
        return TupleStream([{**row, name: index} for index, row in enumerate(rows)])

    return run


def _row_step(compiler: Compiler, step: Node, depth: int, number: int) -> _RowStep:
    stages = _stages(compiler, step.stages, depth)
    expand = _sorted_rows(compiler, step, depth) if step.kind == "sort" else _expanded_rows(compiler, step, depth)

    def run(items: list[Value], rows: TupleStream | None, frame: Frame) -> TupleStream:
        result: TupleStream = stages(expand(items, rows, frame), frame)
        return result

    return run


def _sorted_rows(compiler: Compiler, step: Node, depth: int) -> _RowStep:
    terms = sort_terms(compiler, step, depth)
    index = step.index

    def run(items: list[Value], rows: TupleStream | None, frame: Frame) -> TupleStream:
        if rows is not None:
            return TupleStream(ordered(rows, terms, step.position, frame))
        result = TupleStream({"@": item} for item in ordered(items, terms, step.position, frame))
        if index is not None:
            for number, row in enumerate(result):
                row[index] = number
        return result

    return run


def _expanded_rows(compiler: Compiler, step: Node, depth: int) -> _RowStep:
    code = compiler.node(step, depth + 1)
    focus, index = step.focus, step.index
    ancestor = step.ancestor

    def run(items: list[Value], rows: TupleStream | None, frame: Frame) -> TupleStream:
        if rows is None:
            rows = TupleStream({"@": item} for item in items)
        frame.rt.charge(len(rows))
        result = TupleStream()
        for row in rows:
            value = code(row["@"], Frame(frame.rt, frame, row))
            if value is UNDEFINED:
                continue
            for number, item in enumerate(value if isinstance(value, list) else [value]):
                new = {**row, **item} if type(value) is TupleStream else {**row, focus or "@": item}
                if index is not None:
                    new[index] = number
                if ancestor is not None:
                    new[ancestor.label] = row["@"]
                result.append(new)
        frame.rt.charge(len(result))
        return result

    return run
