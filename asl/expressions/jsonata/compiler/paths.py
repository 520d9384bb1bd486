"""Paths: each step maps over what the step before it collected."""

from __future__ import annotations

from asl.expressions.jsonata.ast import Node
from asl.expressions.jsonata.compiler.core import DECORATORS, KINDS, Compiler
from asl.expressions.jsonata.compiler.filters import Filter, filter_code
from asl.expressions.jsonata.compiler.lookup import (
    Step,
    field_of_context,
    fields,
    flatten,
    follow,
    follow_bound,
    opened,
)
from asl.expressions.jsonata.compiler.sorting import sort_step
from asl.expressions.jsonata.compiler.tuples import tuple_path
from asl.expressions.jsonata.functions.registry import native
from asl.expressions.jsonata.runtime import Code, Frame
from asl.expressions.jsonata.values import UNDEFINED, ConsArray, Sequence, TupleStream, Value, collapse

_FEW = 8


def _path(compiler: Compiler, node: Node, depth: int) -> Code:
    code = _steps(compiler, node, depth)
    if _keeps(node):
        code = _keep_singleton(code)
    if node.group is not None:
        return DECORATORS["group"](compiler, code, node.group, depth)
    return _finished(code, not _keeps(node))


def _keeps(path: Node) -> bool:
    """Whether ``[]`` stands at the path or at one of its steps."""
    return path.keep_array or path.keep_singleton


def _keep_singleton(code: Code) -> Code:
    def run(context: Value, frame: Frame) -> Value:
        value = code(context, frame)
        if type(value) is ConsArray:
            value = Sequence([value])
        if type(value) is Sequence:
            value.keep_singleton = True
        return value

    return run


def _steps(compiler: Compiler, node: Node, depth: int) -> Code:
    steps = node.items
    needs_sequence = _keeps(node) or node.group is not None
    if any(step.is_tuple for step in steps):
        return _finished(tuple_path(compiler, node, depth), needs_sequence)
    plain = 0 if needs_sequence else _plain_names(steps)
    if plain == len(steps):
        return _all_names(compiler, steps, depth)
    if plain > 1 and steps[0].kind == "variable":
        start = _all_names(compiler, steps[:plain], depth)
        rest = _compile_steps(compiler, steps[plain:], depth, False)
        return _continue(start, rest, needs_sequence)
    compiled = _compile_steps(compiler, steps, depth, True)
    return _finished(_run(compiled, steps[0].kind == "variable"), needs_sequence)


def _plain_names(steps: list[Node]) -> int:
    """How many steps from the left are a variable followed by bare names, or bare names alone."""
    count = 0
    for step in steps:
        plain = step.kind == "name" or (step.kind == "variable" and count == 0 and not step.predicates)
        if not plain or step.stages or step.keep_array or step.group is not None:
            break
        count += 1
    return count


def _all_names(compiler: Compiler, steps: list[Node], depth: int) -> Code:
    compiler.height = max(compiler.height, depth + 1)
    first = steps[0]
    names = tuple(step.value for step in steps[1:])
    if compiler.guarded or first.kind == "name":
        start = compiler.node(first, depth + 1)
        return follow(start, names) if names else start
    if first.value not in ("", "$") and first.value not in compiler.bound:
        return follow_bound(first.value, names, native(first.value) or UNDEFINED)
    return follow(compiler.node(first, depth + 1), names)


def _finished(code: Code, needs_sequence: bool) -> Code:
    return code if needs_sequence else lambda context, frame: collapse(code(context, frame))


def _run(steps: list[Step], from_variable: bool) -> Code:
    def run(context: Value, frame: Frame) -> Value:
        items: list[Value] = context if isinstance(context, list) and not from_variable else Sequence([context])
        for step in steps:
            items = step(items, frame)
            if not items:
                break
        return items

    return run


def _continue(start: Code, steps: list[Step], needs_sequence: bool) -> Code:
    """The steps behind a plain reference."""

    def run(context: Value, frame: Frame) -> Value:
        value = start(context, frame)
        items = opened(value) if value is not UNDEFINED else []
        if not items:
            return UNDEFINED
        for step in steps:
            items = step(items, frame)
            if not items:
                break
        return items if needs_sequence or type(items) is not Sequence else collapse(items)

    return run


def _compile_steps(compiler: Compiler, steps: list[Node], depth: int, is_start: bool) -> list[Step]:
    compiled = []
    for number, step in enumerate(steps):
        last = number == len(steps) - 1
        compiled.append(_compile_step(compiler, step, depth, last, is_start and number == 0))
    return compiled


def _compile_step(compiler: Compiler, step: Node, depth: int, last: bool, first: bool) -> Step:
    if first and step.cons_array:
        return _constructed(compiler.node(step, depth + 1))
    if step.kind == "sort":
        return sort_step(compiler, step, depth)
    if step.kind == "name" and not step.stages and step.group is None and not compiler.guarded:
        compiler.height = max(compiler.height, depth + 1)
        name = step.value
        return lambda items, frame: _charged_fields(items, name, last, frame)
    code = compiler.node(step, depth + 1)
    filters = [filter_code(compiler, stage.expression, depth) for stage in step.stages if stage.expression is not None]
    return _mapped(code, last) if not filters else _mapped_and_filtered(code, filters, last)


def _charged_fields(items: list[Value], name: str, last: bool, frame: Frame) -> list[Value]:
    if len(items) > _FEW:
        frame.rt.charge(len(items) >> 3)
    return fields(items, name, last=last)


def _constructed(code: Code) -> Step:
    """An array constructor in front is evaluated once, not for each item of the context."""

    def run(items: list[Value], frame: Frame) -> list[Value]:
        value = code(items, frame)
        if value is UNDEFINED:
            return Sequence()
        return value if isinstance(value, list) else Sequence([value])

    return run


def _mapped(code: Code, last: bool) -> Step:
    def run(items: list[Value], frame: Frame) -> list[Value]:
        rt = frame.rt
        rt.steps -= len(items)
        if rt.steps < rt.next_check:
            rt.check()
        results = []
        for item in items:
            value = code(item, frame)
            if value is not UNDEFINED:
                if type(value) is Sequence or type(value) is str:
                    rt.retain(value)
                results.append(value)
        return flatten(results, last=last)

    return run


def _mapped_and_filtered(code: Code, filters: list[Filter], last: bool) -> Step:
    def run(items: list[Value], frame: Frame) -> list[Value]:
        rt = frame.rt
        rt.charge(len(items))
        results = []
        for item in items:
            value = code(item, frame)
            for pick in filters:
                value = pick(value, frame)
            if len(items) == 1 and isinstance(value, list) and type(value) is not ConsArray:
                return value
            rt.retain(value)
            results.append(value)
        return flatten(results, last=last)

    return run


def _name(compiler: Compiler, node: Node, depth: int) -> Code:
    return field_of_context(node.value)


def _wildcard(compiler: Compiler, node: Node, depth: int) -> Code:
    return lambda context, frame: collapse(_children(context))


def _children(value: Value) -> Sequence:
    if type(value) is Sequence and value.outer_wrapper and value:
        value = value[0]
    results = Sequence()
    if isinstance(value, dict):
        for child in value.values():
            if isinstance(child, list):
                _flatten_into(results, child)
            else:
                results.append(child)
    elif isinstance(value, list) and type(value) is not TupleStream:
        for child in value:
            if isinstance(child, list):
                _flatten_into(results, child)
            else:
                results.append(child)
    return results


def _flatten_into(results: Sequence, items: list[Value]) -> None:
    for item in items:
        if isinstance(item, list):
            _flatten_into(results, item)
        else:
            results.append(item)


def _descendant(compiler: Compiler, node: Node, depth: int) -> Code:
    def run(context: Value, frame: Frame) -> Value:
        if context is UNDEFINED:
            return UNDEFINED
        results = Sequence()
        _descend(context, results)
        frame.rt.array_of(len(results))
        return collapse(results)

    return run


def _descend(value: Value, results: Sequence) -> None:
    if isinstance(value, list):
        for item in value:
            _descend(item, results)
        return
    results.append(value)
    if isinstance(value, dict):
        for child in value.values():
            _descend(child, results)


def _parent(compiler: Compiler, node: Node, depth: int) -> Code:
    slot = node.slot
    assert slot is not None
    return lambda context, frame: frame.lookup(slot.label)


KINDS.update({"path": _path, "name": _name, "wildcard": _wildcard, "descendant": _descendant, "parent": _parent})
