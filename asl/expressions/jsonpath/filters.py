"""Filter conditions, ``[?(@.price < 10 && @.isbn)]``, as predicates over a node and the whole document.

Comparison is strict about types: a number never equals a string. A path that finds nothing makes its comparison false,
even ``!=``, and a path alone asks whether it finds anything.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Any, TypeAlias

from asl.errors import PathError
from asl.expressions.jsonpath.general import read_any
from asl.expressions.jsonpath.segments import Segment, is_definite
from asl.types import Json

Predicate: TypeAlias = Callable[[Json, Json], bool]
_Operand: TypeAlias = Callable[[Json, Json], Json]
_SegmentsOf: TypeAlias = Callable[[Any], tuple[Segment, ...]]

_MISSING: Any = object()


def predicate(expressions: list[Any], segments_of: _SegmentsOf, literals: list[Any]) -> Predicate:
    """The conjunction of jsonpath-ng's expression nodes.

    ``segments_of`` reads a node that is a path; ``literals`` has what the stand-ins ``v0``, ``v1`` ... stand for.
    """
    tests = [_test(node, segments_of, literals) for node in expressions]
    if len(tests) == 1:
        return tests[0]
    return lambda item, root: all(test(item, root) for test in tests)


def _test(node: Any, segments_of: _SegmentsOf, literals: list[Any]) -> Predicate:
    kind = type(node).__name__
    if kind == "And":
        return predicate(node.operands, segments_of, literals)
    if kind == "Or":
        tests = [_test(operand, segments_of, literals) for operand in node.operands]
        return lambda item, root: any(test(item, root) for test in tests)
    left = _operand(node.target, segments_of, literals)
    if node.op is None:
        return lambda item, root: left(item, root) is not _MISSING
    if node.op == "!":
        return lambda item, root: left(item, root) is _MISSING
    return _comparison(node.op, left, _operand(node.value, segments_of, literals))


def _comparison(op: str, left: _Operand, right: _Operand) -> Predicate:
    compare = _COMPARISONS[op]

    def test(item: Json, root: Json) -> bool:
        first, second = left(item, root), right(item, root)
        return first is not _MISSING and second is not _MISSING and compare(first, second)

    return test


def _operand(node: Any, segments_of: _SegmentsOf, literals: list[Any]) -> _Operand:
    if isinstance(node, str) or type(node).__name__ == "Fields":
        literal = literals[int((node if isinstance(node, str) else node.fields[0])[1:])]
        return lambda item, root: literal
    segments = segments_of(node)
    definite = is_definite(segments)
    read = read_any(segments)
    from_root = _starts_at_root(node)

    def operand(item: Json, root: Json) -> Json:
        try:
            found = read(root if from_root else item)
        except PathError:
            return _MISSING
        return found if definite or found else _MISSING

    return operand


def _starts_at_root(node: Any) -> bool:
    while hasattr(node, "left"):
        node = node.left
    return type(node).__name__ == "Root"


def _kind(value: Json) -> str:
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, int | float) else type(value).__name__


def _equal(first: Json, second: Json) -> bool:
    return _kind(first) == _kind(second) and bool(first == second)


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Json, Json], bool]:
    return lambda first, second: _kind(first) == _kind(second) in ("number", "str") and compare(first, second)


def _matches(first: Json, second: Json) -> bool:
    if not isinstance(second, re.Pattern):
        return False
    return isinstance(first, str) and second.fullmatch(first) is not None


_COMPARISONS: dict[str, Callable[[Json, Json], bool]] = {
    "==": _equal,
    "!=": lambda first, second: not _equal(first, second),
    "<": _ordered(operator.lt),
    "<=": _ordered(operator.le),
    ">": _ordered(operator.gt),
    ">=": _ordered(operator.ge),
    "=~": _matches,
}
