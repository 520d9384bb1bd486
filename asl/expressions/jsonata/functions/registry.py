"""How library functions are declared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from asl.expressions.jsonata.runtime import Native
from asl.expressions.jsonata.signature import Signature

LIBRARY: dict[str, Native] = {}

_F = TypeVar("_F", bound=Callable[..., Any])


def library(name: str, signature: str | None, arity: int, *, runtime: bool = False) -> Callable[[_F], _F]:
    """Declare a function. ``arity`` is what higher-order functions see; ``runtime`` passes the runtime first."""

    def declare(function: _F) -> _F:
        parsed = Signature(signature) if signature else None
        LIBRARY[name] = Native(name, function, parsed, arity, runtime)
        return function

    return declare
