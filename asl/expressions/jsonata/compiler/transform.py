"""The transform operator ``|pattern|update,delete|``: a function that changes a copy."""

from __future__ import annotations

from collections.abc import Iterator

from asl.expressions.jsonata.ast import Node
from asl.expressions.jsonata.compiler.core import KINDS, Compiler
from asl.expressions.jsonata.errors import JsonataError
from asl.expressions.jsonata.functions.objects import clone
from asl.expressions.jsonata.runtime import Code, Frame, Transformer
from asl.expressions.jsonata.signature import Signature
from asl.expressions.jsonata.values import UNDEFINED, Value

_SIGNATURE = Signature("<(oa):o>")


def _transform(compiler: Compiler, node: Node, depth: int) -> Code:
    assert node.left is not None
    assert node.right is not None
    pattern = compiler.node(node.left, depth + 1)
    update = compiler.node(node.right, depth + 1)
    delete = compiler.node(node.third, depth + 1) if node.third is not None else None
    third = node.third

    def run(value: Value, frame: Frame) -> Value:
        (value,) = _SIGNATURE.apply([value], UNDEFINED)
        if value is UNDEFINED:
            return UNDEFINED
        result = clone(frame.rt, value)
        matches = pattern(result, frame)
        if matches is UNDEFINED:
            return result
        copied = set(_objects(result))
        for match in matches if isinstance(matches, list) else [matches]:
            change = update(match, frame)
            _check_update(change, node)
            if id(match) in copied and change is not UNDEFINED:
                match.update(change)
            if delete is not None and third is not None:
                _delete(match if id(match) in copied else {}, delete(match, frame), third)
        return result

    return lambda context, frame: Transformer(run, frame)


def _objects(value: Value) -> Iterator[int]:
    """The identities of the objects in a copy: a pattern may find others, and those belong to the caller."""
    if isinstance(value, dict):
        yield id(value)
        for item in value.values():
            yield from _objects(item)
    elif isinstance(value, list):
        for item in value:
            yield from _objects(item)


def _check_update(change: Value, node: Node) -> None:
    assert node.right is not None
    if change is not UNDEFINED and not isinstance(change, dict):
        raise JsonataError("T2011", position=node.right.position, value=change)


def _delete(match: dict[str, Value], names: Value, clause: Node) -> None:
    if names is UNDEFINED:
        return
    listed = names if isinstance(names, list) else [names]
    if not all(type(name) is str for name in listed):
        raise JsonataError("T2012", position=clause.position, value=names)
    for name in listed:
        match.pop(name, None)


KINDS["transform"] = _transform
