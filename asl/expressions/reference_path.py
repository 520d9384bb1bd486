"""Reference paths, which name exactly one place, and what ResultPath does with one: put a result into a document.

A document is never changed: the objects and arrays on the way to the place are copied, everything else is shared.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from typing import Any

from asl.errors import ExpressionSyntaxError, StateError
from asl.expressions.jsonpath import CompiledPath, compile_path
from asl.expressions.texts import json_text
from asl.types import Json

ApplyResult = Callable[..., Json]
"""Takes the raw input, the result, and as a third argument the scope, which it ignores (so that a data flow that ends
with a ResultPath needs no call in between)."""


def compile_reference_path(text: str) -> CompiledPath:
    """Compile a path of property names and indexes alone.

    Raises :class:`ExpressionSyntaxError` for anything that could name more than one place.
    """
    path = compile_path(text)
    if not all(isinstance(segment, str | int) for segment in path.segments):
        raise ExpressionSyntaxError(f"{text!r} is not a reference path: only names and indexes may follow the root", 0)
    return path


@lru_cache(maxsize=4096)
def compile_result_path(text: str) -> ApplyResult:
    """Compile a ResultPath into ``(raw input, result) -> output``.

    Objects missing on the way are created. The callable raises :class:`StateError` where the input has something else
    than an object or an array at hand, or an index is past the array's end. Raises :class:`ExpressionSyntaxError` for
    a path that is no reference path from ``$``.
    """
    path = compile_reference_path(text)
    if path.roots != {"$"}:
        raise ExpressionSyntaxError(f"{text!r} can't be a ResultPath: it must begin with '$.' or be '$'", 0)
    keys: tuple[Any, ...] = path.segments
    if not keys:
        return lambda raw_input, result, scope=None: result
    if len(keys) == 1 and isinstance(keys[0], str):
        return _apply_to_property(text, keys[0])
    return lambda raw_input, result, scope=None: _insert(raw_input, keys, result, text)


def _apply_to_property(text: str, name: str) -> ApplyResult:
    def apply(raw_input: Json, result: Json, scope: object = None) -> Json:
        if isinstance(raw_input, dict):
            return {**raw_input, name: result}
        return _insert(raw_input, (name,), result, text)

    return apply


def _insert(document: Json, keys: tuple[Any, ...], result: Json, text: str) -> Json:
    """``document`` with ``result`` at ``keys``: each container on the way is a copy."""
    output = node = _copy(document, keys[0], document, text)
    for key, following in pairwise(keys):
        child = node.get(key, {}) if isinstance(node, dict) else node[key]
        node[key] = _copy(child, following, document, text)
        node = node[key]
    node[keys[-1]] = result
    return output


def _copy(container: Json, key: str | int, document: Json, text: str) -> Any:
    """A copy of ``container``, which must be able to take ``key``: an object a name, a long enough array an index."""
    if isinstance(container, dict) and isinstance(key, str):
        return dict(container)
    if isinstance(container, list) and isinstance(key, int) and -len(container) <= key < len(container):
        return list(container)
    cause = f"Unable to apply ReferencePath {text} to input {json_text(document)}"
    raise StateError("States.ResultPathMatchFailure", cause, located=True)
