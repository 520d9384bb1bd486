"""Is this text a path, a reference path, an intrinsic call or a JSONata expression?

Plain references, which are nearly all, are recognised here; everything else is given to the compilers of
:mod:`asl.expressions`, whose own caches make the later plan find it ready.
"""

from __future__ import annotations

import re
from functools import lru_cache

from asl.errors import ExpressionSyntaxError

_PLAIN = re.compile(r"\$\$?(?:\w+)?(?:\.[\w-]+|\[\d+\]|\['[^'\\]+'\])*")
_QUOTED = re.compile(r"\[\s*(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")\s*\]")
_NOT_IN_REFERENCE = re.compile(r"[@?*()]|\.\.|\[[^\]]*[,:]")
_VARIABLE = re.compile(r"\$[^\W\d]\w*")
_INTRINSIC_CALL = re.compile(r"\s*States\.\w+\s*\(")


@lru_cache(maxsize=16_384)
def path_problem(text: str) -> str | None:
    """Why ``text`` is no JSONPath, or ``None`` when it is one. ``$$`` and ``$variable`` may start it."""
    if _PLAIN.fullmatch(text):
        return None
    if not text.startswith("$"):
        return "a path starts with '$'"
    return _compile_problem(text)


@lru_cache(maxsize=16_384)
def reference_path_problem(text: str) -> str | None:
    """Why ``text`` is no reference path (a path that can only name one node)."""
    if _PLAIN.fullmatch(text):
        return None
    if not text.startswith("$"):
        return "a path starts with '$'"
    found = _NOT_IN_REFERENCE.search(_QUOTED.sub("", text))
    if found:
        return f"a reference path names a single node, so {found.group()!r} can't be in it"
    return _compile_problem(text)


@lru_cache(maxsize=16_384)
def result_path_problem(text: str) -> str | None:
    """Why ``text`` can't be a ResultPath: a reference path into the state's own data."""
    if text.startswith("$$"):
        return "a result can't be written into the context object"
    if _VARIABLE.match(text):
        return "a result can't be written into a variable; use Assign"
    return reference_path_problem(text)


@lru_cache(maxsize=16_384)
def dynamic_value_problem(text: str) -> str | None:
    """Why ``text`` can't be the value of a key that ends in ``.$``: it must be a path or an intrinsic call."""
    if text.startswith("$"):
        return path_problem(text)
    if _INTRINSIC_CALL.match(text):
        return intrinsic_problem(text)
    return "it is neither a path that starts with '$' nor a call such as States.Format(...)"


@lru_cache(maxsize=4_096)
def intrinsic_problem(text: str) -> str | None:
    """Why ``text`` is no intrinsic call. The number and types of its arguments are a matter of run time."""
    try:
        from asl.expressions.intrinsics import compile_intrinsic
    except ImportError:
        return None
    try:
        compile_intrinsic(text)
    except ExpressionSyntaxError as error:
        return error.message
    return None


def looks_dynamic(text: str) -> bool:
    """Whether a literal string reads like a path or an intrinsic call, so that someone may have forgotten ``.$``."""
    return (text[:2] in ("$.", "$$", "$[") and path_problem(text) is None) or bool(_INTRINSIC_CALL.match(text))


def _compile_problem(text: str) -> str | None:
    try:
        from asl.expressions.jsonpath import compile_path
    except ImportError:
        return None
    try:
        compile_path(text)
    except ExpressionSyntaxError as error:
        return error.message
    return None
