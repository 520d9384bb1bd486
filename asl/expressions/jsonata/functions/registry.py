"""How library functions are declared and found; rarely used families are imported when one of them is first named."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeVar

from asl.expressions.jsonata.runtime import Native
from asl.expressions.jsonata.signature import Signature

_LOADED: dict[str, Native] = {}
_DEFERRED = {
    **dict.fromkeys(("formatBase", "formatNumber"), "decimal_format"),
    **dict.fromkeys(("formatInteger", "parseInteger"), "integers"),
    **dict.fromkeys(("fromMillis", "now", "toMillis"), "datetimes"),
    **dict.fromkeys(("decodeUrl", "decodeUrlComponent", "encodeUrl", "encodeUrlComponent"), "urls"),
}

_F = TypeVar("_F", bound=Callable[..., Any])


def library(name: str, signature: str | None, arity: int, *, runtime: bool = False) -> Callable[[_F], _F]:
    """Declare a function. ``arity`` is what higher-order functions see; ``runtime`` passes the runtime first."""

    def declare(function: _F) -> _F:
        parsed = Signature(signature) if signature else None
        _LOADED[name] = Native(name, function, parsed, arity, runtime)
        return function

    return declare


def is_library(name: str) -> bool:
    """Whether the library has a function of this name."""
    return name in _LOADED or name in _DEFERRED


def native(name: str) -> Native | None:
    """The library function of this name."""
    if name in _DEFERRED:
        import_module(f"asl.expressions.jsonata.functions.{_DEFERRED[name]}")
    return _LOADED.get(name)


def names() -> list[str]:
    """The names of all library functions."""
    return sorted({*_LOADED, *_DEFERRED})
