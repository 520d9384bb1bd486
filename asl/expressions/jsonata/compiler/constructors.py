"""Array and object constructors and grouping."""

from __future__ import annotations

from typing import TypeAlias

from asl.expressions.jsonata.ast import Grouping, Node
from asl.expressions.jsonata.compiler.core import DECORATORS, KINDS, Compiler
from asl.expressions.jsonata.errors import MEMORY_EXCEEDED, JsonataError, limit_error
from asl.expressions.jsonata.functions.arrays import append
from asl.expressions.jsonata.runtime import Code, Frame
from asl.expressions.jsonata.values import UNDEFINED, ConsArray, TupleStream, Value

_Pairs: TypeAlias = list[tuple[Code, Code]]


def _array(compiler: Compiler, node: Node, depth: int) -> Code:
    items = [(compiler.node(item, depth + 1), item.kind == "array") for item in node.items]
    make = ConsArray if node.cons_array else list

    def run(context: Value, frame: Frame) -> Value:
        result: list[Value] = make()
        for code, nested in items:
            value = code(context, frame)
            if value is UNDEFINED:
                continue
            if nested or not isinstance(value, list):
                result.append(value)
            else:
                frame.rt.charge(len(value) >> 4)
                result.extend(value)
        if len(result) > frame.rt.limits.items:
            raise limit_error(MEMORY_EXCEEDED)
        return result

    return run


def _object(compiler: Compiler, node: Node, depth: int) -> Code:
    constant = _constant_keys(node)
    pairs = _compile_pairs(compiler, node.pairs, depth)
    if constant is None:
        return lambda context, frame: _group(pairs, node.position, context, frame)
    fields = [(key, code) for key, (_, code) in zip(constant, pairs, strict=True)]

    def run(context: Value, frame: Frame) -> Value:
        if isinstance(context, list) and len(context) != 1:
            return _group(pairs, node.position, context, frame)
        if isinstance(context, list):
            context = context[0]
        result: dict[str, Value] = {}
        for key, code in fields:
            value = code(context, frame)
            if value is not UNDEFINED:
                result[key] = value
        return result

    return run


def _constant_keys(node: Node) -> list[str] | None:
    keys = [key.value for key, _ in node.pairs if key.kind == "string" and not key.predicates and key.group is None]
    return keys if len(set(keys)) == len(node.pairs) else None


def _compile_pairs(compiler: Compiler, pairs: list[tuple[Node, Node]], depth: int) -> _Pairs:
    return [(compiler.node(key, depth + 1), compiler.node(value, depth + 1)) for key, value in pairs]


def _grouped(compiler: Compiler, code: Code, grouping: Grouping, depth: int) -> Code:
    pairs = _compile_pairs(compiler, grouping.pairs, depth)
    return lambda context, frame: _group(pairs, grouping.position, code(context, frame), frame)


def _group(pairs: _Pairs, position: int, value: Value, frame: Frame) -> dict[str, Value]:
    """One object for all items: those with the same key are collected, then the value is evaluated for each key."""
    rows = type(value) is TupleStream
    items = value if isinstance(value, list) else [value]
    groups: dict[str, tuple[int, list[Value]]] = {}
    frame.rt.charge(len(items) * len(pairs))
    for item in items or [UNDEFINED]:
        inner = Frame(frame.rt, frame, item) if rows and item is not UNDEFINED else frame
        context = item["@"] if inner is not frame else item
        for number, (key_code, _) in enumerate(pairs):
            key = key_code(context, inner)
            if key is UNDEFINED:
                continue
            if type(key) is not str:
                raise JsonataError("T1003", position=position, value=key)
            known = groups.setdefault(key, (number, []))
            if known[0] != number:
                raise JsonataError("D1009", position=position, value=key)
            known[1].append(item)
    result: dict[str, Value] = {}
    for key, (number, members) in groups.items():
        value = _group_value(pairs[number][1], members, rows, frame)
        if value is not UNDEFINED:
            result[key] = value
    return result


def _group_value(code: Code, members: list[Value], rows: bool, frame: Frame) -> Value:
    if rows and members[0] is not UNDEFINED:
        merged = _merge_rows(members)
        return code(merged["@"], Frame(frame.rt, frame, {name: merged[name] for name in merged if name != "@"}))
    context = members[0]
    for member in members[1:]:
        context = append(context, member)
    return code(context, frame)


def _merge_rows(rows: list[dict[str, Value]]) -> dict[str, Value]:
    merged = dict(rows[0])
    for row in rows[1:]:
        for name, value in row.items():
            merged[name] = append(merged.get(name, UNDEFINED), value)
    return merged


KINDS.update({"array": _array, "object": _object})
DECORATORS["group"] = _grouped
