"""Is this text a path, a reference path, an intrinsic call or a JSONata expression?

Plain references, which are nearly all, are recognised here; everything else is given to the compilers of
:mod:`asl.expressions`, whose own caches make the later plan find it ready.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from asl.errors import ExpressionSyntaxError

_PLAIN = re.compile(r"\$\$?(?:\w+)?(?:\.[\w-]+|\[\d+\]|\['[^'\\]+'\])*")
_QUOTED = re.compile(r"\[\s*(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")\s*\]")
_NOT_IN_REFERENCE = re.compile(r"[@?*()]|\.\.|\[[^\]]*[,:]")
_VARIABLE = re.compile(r"\$[^\W\d]\w*")
_INTRINSIC_CALL = re.compile(r"\s*States\.\w+\s*\(")


class Problem(NamedTuple):
    """Why a text is not what it should be, and the offset of the character at fault."""

    reason: str
    offset: int = 0


@lru_cache(maxsize=16_384)
def path_problem(text: str) -> Problem | None:
    """Why ``text`` is no JSONPath, or ``None`` when it is one. ``$$`` and ``$variable`` may start it."""
    if _PLAIN.fullmatch(text):
        return None
    if not text.startswith("$"):
        return Problem("a path starts with '$'")
    return _compile_problem(text)


@lru_cache(maxsize=16_384)
def reference_path_problem(text: str) -> Problem | None:
    """Why ``text`` is no reference path (a path that can only name one node)."""
    if _PLAIN.fullmatch(text):
        return None
    if not text.startswith("$"):
        return Problem("a path starts with '$'")
    found = _NOT_IN_REFERENCE.search(_QUOTED.sub(_blank, text))
    if found:
        return Problem(f"a reference path names a single node, so {found.group()!r} can't be in it", found.start())
    return _compile_problem(text)


@lru_cache(maxsize=16_384)
def result_path_problem(text: str) -> Problem | None:
    """Why ``text`` can't be a ResultPath: a reference path into the state's own data."""
    if text.startswith("$$"):
        return Problem("a result can't be written into the context object")
    if _VARIABLE.match(text):
        return Problem("a result can't be written into a variable; use Assign")
    return reference_path_problem(text)


@lru_cache(maxsize=16_384)
def dynamic_value_problem(text: str) -> Problem | None:
    """Why ``text`` can't be the value of a key that ends in ``.$``: it must be a path or an intrinsic call."""
    if text.startswith("$"):
        return path_problem(text)
    if _INTRINSIC_CALL.match(text):
        return intrinsic_problem(text)
    return Problem("it is neither a path that starts with '$' nor a call such as States.Format(...)")


@lru_cache(maxsize=4_096)
def intrinsic_problem(text: str) -> Problem | None:
    """Why ``text`` is no intrinsic call. The number and types of its arguments are a matter of run time."""
    from asl.expressions.intrinsics import compile_intrinsic

    return _problem_of(compile_intrinsic, text)


def _compile_problem(text: str) -> Problem | None:
    from asl.expressions.jsonpath import compile_path

    return _problem_of(compile_path, text)


def _problem_of(compiler: Callable[[str], object], text: str) -> Problem | None:
    try:
        compiler(text)
    except ExpressionSyntaxError as error:
        return Problem(error.message, min(error.position, len(text)))
    return None


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())
