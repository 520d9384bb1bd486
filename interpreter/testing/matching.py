"""Comparing JSON values as tests do: whole, in part, or at a place that an expression names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from asl.types import Json
from interpreter.errors import MockError


class NoScope:
    """What an expression in a test may see besides the value: nothing, a fixed clock and fixed randomness."""

    context: dict[str, Json] = {}  # noqa: RUF012
    variables: dict[str, Json] = {}  # noqa: RUF012
    now = 0.0

    @property
    def entropy(self) -> NoScope:
        return self

    def random(self) -> float:
        return 0.5

    def uuid(self) -> str:
        return "00000000-0000-4000-8000-000000000000"


def is_jsonata(text: Json) -> bool:
    return isinstance(text, str) and text.startswith("{%") and text.endswith("%}")


def jsonata(text: str, value: Json) -> Json:
    """A ``{% ... %}`` expression applied to a value, which is ``$`` and ``$states.input``. Raises MockError."""
    from asl.expressions.jsonata import UNDEFINED, JsonataError, compile, plain

    try:
        found = compile(text[2:-2].strip()).evaluate(
            {"states": {"input": value}}, clock=lambda: 0.0, entropy=NoScope(), input=value
        )
    except JsonataError as error:
        raise MockError(f"{text}: {error}") from None
    return None if found is UNDEFINED else plain(found)


def value_at(place: str, value: Json) -> Json:
    """What a JSONPath or a ``{% ... %}`` expression finds in a value. Raises MockError where it is wrong."""
    if is_jsonata(place):
        return jsonata(place, value)
    from asl.errors import AslError
    from asl.expressions.jsonpath import compile_path

    try:
        return compile_path(place).evaluate(value, NoScope())
    except AslError as error:
        raise MockError(f"{place}: {error}") from None


def accepts(pattern: Json, value: Json) -> bool:
    """Whether a value contains a pattern, or fulfils a JSONata condition."""
    if is_jsonata(pattern):
        return jsonata(str(pattern), value) is True
    return next(differences(value, pattern, partly=True), None) is None


def differences(value: Json, expected: Json, *, partly: bool = False, at: str = "$") -> Iterator[str]:
    """Where a value is not as expected, by path; ``partly`` lets objects have more keys than expected."""
    if isinstance(expected, dict) and isinstance(value, dict):
        yield from _object_differences(value, expected, partly, at)
    elif isinstance(expected, list) and isinstance(value, list):
        for index, (item, wanted) in enumerate(zip(value, expected, strict=False)):
            yield from differences(item, wanted, partly=partly, at=f"{at}[{index}]")
        if len(value) != len(expected):
            yield f"{at}: expected {len(expected)} items, found {len(value)}"
    elif not _same(value, expected):
        yield f"{at}: expected {_shown(expected)}, found {_shown(value)}"


def _object_differences(value: dict[str, Json], expected: dict[str, Json], partly: bool, at: str) -> Iterator[str]:
    for key, wanted in expected.items():
        place = f"{at}.{key}" if key.isidentifier() else f"{at}[{key!r}]"
        if key in value:
            yield from differences(value[key], wanted, partly=partly, at=place)
        else:
            yield f"{place}: expected {_shown(wanted)}, but there is no such key"
    if not partly:
        yield from (f"{at}: unexpected key {key!r} with {_shown(value[key])}" for key in value if key not in expected)


def _same(value: Any, expected: Any) -> bool:
    return value == expected and isinstance(value, bool) == isinstance(expected, bool)


def _shown(value: Json) -> str:
    from interpreter.testing.explanation import shown

    return shown(value, 200) if not isinstance(value, str) else repr(value)[:200]
