"""Results as plain JSON data."""

from __future__ import annotations

from collections.abc import Callable

from asl.expressions.jsonata.ast import Node
from asl.expressions.jsonata.errors import JsonataError
from asl.expressions.jsonata.functions.registry import is_library
from asl.expressions.jsonata.functions.stringify import number_text
from asl.expressions.jsonata.values import UNDEFINED, Value, is_function

_PLAIN_OPERATORS = frozenset(("=", "!=", "<", "<=", ">", ">=", "and", "or", "in", "&"))
_PLAIN_FUNCTIONS = frozenset(
    ("append", "boolean", "count", "exists", "join", "length", "lowercase", "merge", "not", "string", "uppercase")
)
_SCALARS = frozenset((str, int, bool, type(None)))


class UnsupportedResultError(JsonataError):
    """A result that is or contains a function, which JSON can't hold."""

    def __init__(self) -> None:
        super().__init__("U1002", message="The expression returned an unsupported result type.")


def plain(value: Value) -> Value:
    """The result with nothing left that only the engine knows; shared as it is where nothing has to change.

    Collected sequences become lists, undefined items null, and infinite numbers the strings that AWS makes of them.
    Raises :class:`UnsupportedResultError` if a function is inside. ``UNDEFINED`` itself stays.
    """
    return value if value is UNDEFINED else _plain(value)


def _plain(value: Value) -> Value:
    kind = type(value)
    if kind in _SCALARS:
        return value
    if kind is float:
        return value if value - value == 0 else number_text(value)
    if isinstance(value, dict):
        return _plain_object(value)
    if isinstance(value, list):
        return _plain_array(value)
    if value is UNDEFINED:
        return None
    if is_function(value):
        raise UnsupportedResultError
    return value


def _plain_object(value: dict[str, Value]) -> dict[str, Value]:
    result = value
    for key, item in value.items():
        if type(item) in _SCALARS:
            continue
        clean = _plain(item)
        if clean is not item:
            result = dict(value) if result is value else result
            result[key] = clean
    return result


def _plain_array(value: list[Value]) -> list[Value]:
    result = value if type(value) is list else list(value)
    for index, item in enumerate(value):
        if type(item) in _SCALARS:
            continue
        clean = _plain(item)
        if clean is not item:
            result = list(value) if result is value else result
            result[index] = clean
    return result


def plain_with(root: Node, bound: frozenset[str]) -> frozenset[str] | None:
    """The names that must be the caller's variables for the value to be plain already, ``None`` if that is not known.

    Such a value is made of the caller's data, of texts and of truths alone; sequences that a path collects come on top.
    """
    named_like_functions: set[str] = set()
    return frozenset(named_like_functions) if _stays_plain(root, bound, named_like_functions) else None


def _stays_plain(node: Node, bound: frozenset[str], names: set[str]) -> bool:
    if node.predicates or node.stages or node.group is not None or node.is_tuple:
        return False
    if node.keep_array or node.keep_singleton:
        return False
    if node.kind == "variable":
        if is_library(node.value):
            names.add(node.value)
        return node.value not in bound and node.value not in ("", "$")
    if node.kind not in _PLAIN_KINDS or not _PLAIN_KINDS[node.kind](node, bound):
        return False
    parts = [child for child in (node.left, node.right, node.third) if child is not None and node.kind != "call"]
    parts += [*node.items, *(part for pair in node.pairs for part in pair)]
    return all(_stays_plain(part, bound, names) for part in parts)


def _always(node: Node, bound: frozenset[str]) -> bool:
    return True


def _is_plain_call(node: Node, bound: frozenset[str]) -> bool:
    callee = node.left
    return callee is not None and callee.kind == "variable" and callee.value in _PLAIN_FUNCTIONS - bound


def _is_reference(node: Node, bound: frozenset[str]) -> bool:
    return node.items[0].kind == "variable" and all(step.kind == "name" for step in node.items[1:])


_PLAIN_KINDS: dict[str, Callable[[Node, frozenset[str]], bool]] = {
    **dict.fromkeys(("string", "number", "value", "name", "condition", "array", "object"), _always),
    "binary": lambda node, bound: node.value in _PLAIN_OPERATORS,
    "call": _is_plain_call,
    "path": _is_reference,
}
