"""JSONPath as AWS understands it: a path's text becomes a small callable, made once when the definition is loaded.

Plain references are read here with a regular expression; anything more goes through jsonpath-ng (imported only then).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from asl.errors import ExpressionSyntaxError, PathError
from asl.expressions.jsonpath.plain import IndexBeyondEndError, Read, location, parse_plain, read_plain
from asl.expressions.scope import Scope
from asl.types import Json

if TYPE_CHECKING:
    from asl.expressions.jsonpath.segments import Segment

__all__ = ["CompiledPath", "Evaluate", "IndexBeyondEndError", "compile_path"]

Evaluate: TypeAlias = Callable[[Json, Scope], Json]
"""Called with the value of ``$`` and the scope."""

_ROOT = re.compile(r"\$(\$|[^\W\d]\w*)?(?=[.\[]|$)")


class CompiledPath(NamedTuple):
    """A path ready to run.

    ``evaluate`` gives the value of a ``definite`` path or raises :class:`PathError`; of any other the list of matches.
    ``evaluate_or_null`` is the same for payload templates, which read an index past the end as null.
    ``roots`` has what it starts from: ``"$"``, ``"$$"`` or a variable's name. ``segments`` is the path itself.
    """

    text: str
    evaluate: Evaluate
    evaluate_or_null: Evaluate
    definite: bool
    roots: frozenset[str]
    segments: tuple[Segment, ...]

    @property
    def variables(self) -> frozenset[str]:
        """The names of the variables that the path reads."""
        return self.roots - {"$", "$$"}


@lru_cache(maxsize=4096)
def compile_path(text: str) -> CompiledPath:
    """Compile a path such as ``$.order.items[0]``, ``$$.Execution.Id``, ``$total`` or ``$.items[?(@.price > 3)].id``.

    Raises :class:`ExpressionSyntaxError` with the offset in ``text``.
    """
    match = _ROOT.match(text)
    if not match:
        raise ExpressionSyntaxError(f"{text!r} is not a JSONPath: it must begin with '$', '$$' or a variable", 0)
    root = {None: "$", "$": "$$"}.get(match[1], match[1])
    keys = parse_plain(text[match.end() :])
    if keys is None:
        return _compile_general(text, root, match.end())
    return _compiled(text, root, keys, read_plain(keys), definite=True)


def _compile_general(text: str, root: str, start: int) -> CompiledPath:
    from asl.expressions.jsonpath.extended import parse_extended
    from asl.expressions.jsonpath.general import read_any
    from asl.expressions.jsonpath.segments import is_definite

    segments = parse_extended(text, start)
    return _compiled(text, root, segments, read_any(segments), is_definite(segments))


def _compiled(text: str, root: str, segments: tuple[Segment, ...], read: Read, definite: bool) -> CompiledPath:
    evaluate = _rooted(root, read)
    or_null = _or_null(evaluate) if definite and segments and isinstance(segments[-1], int) else evaluate
    return CompiledPath(text, evaluate, or_null, definite, frozenset({root}), segments)


def _rooted(root: str, read: Read) -> Evaluate:
    if root == "$":
        return read
    if root == "$$":
        return lambda value, scope: read(scope.context)
    return _rooted_in_variable(root, read)


def _rooted_in_variable(name: str, read: Read) -> Evaluate:
    def evaluate(value: Json, scope: Scope) -> Json:
        variables = scope.variables
        if name in variables:
            return read(variables[name])
        raise PathError(f"No results for path: {location((name,))}")

    return evaluate


def _or_null(evaluate: Evaluate) -> Evaluate:
    def evaluate_or_null(value: Json, scope: Scope) -> Json:
        try:
            return evaluate(value, scope)
        except IndexBeyondEndError:
            return None

    return evaluate_or_null
