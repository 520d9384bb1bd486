"""Checks plain data against a JSON Schema, as far as this kit's own schemas need it, and says what is wrong where."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from asl.types import Json, JsonObject, Pointer

Problem: TypeAlias = tuple[Pointer, str]
"""Where, and what is wrong there; the place is a key that should not be, or the value that is wrong."""

_TYPES: dict[str, Callable[[Json], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
}
_ARTICLES = {"object": "an object", "array": "a list", "integer": "a whole number", "null": "null"}


def check(schema: JsonObject, value: Json, root: JsonObject | None = None, at: Pointer = ()) -> Iterator[Problem]:
    """Everything in ``value`` that the schema doesn't allow; ``root`` holds the ``$defs``."""
    root = schema if root is None else root
    schema = _resolved(schema, root, value)
    if (types := schema.get("type")) is not None and not _is_any(types, value):
        yield at, f"expected {_worded(types)}, found {value!r:.60}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield at, f"expected one of {', '.join(map(str, schema['enum']))}; found {value!r:.60}"
    if isinstance(value, (int, float)) and value < schema.get("minimum", value):
        yield at, f"expected at least {schema['minimum']}, found {value!r}"
    if isinstance(value, (int, float)) and value > schema.get("maximum", value):
        yield at, f"expected at most {schema['maximum']}, found {value!r}"
    if isinstance(value, dict):
        yield from _check_object(schema, value, root, at)
    if isinstance(value, list) and isinstance(items := schema.get("items"), dict):
        for index, item in enumerate(value):
            yield from check(items, item, root, (*at, index))
    yield from _check_choice(schema, value, root, at)


def _resolved(schema: JsonObject, root: JsonObject, value: Json) -> JsonObject:
    """Follow references, and of ``anyOf`` take the choice for this type of value (the first if there is none)."""
    while "$ref" in schema or "anyOf" in schema:
        if "$ref" in schema:
            schema = root["$defs"][schema["$ref"].rsplit("/", 1)[1]]
        else:
            choices = [_resolved(choice, root, value) for choice in schema["anyOf"]]
            schema = next((choice for choice in choices if _is_any(choice["type"], value)), choices[0])
    return schema


def _is_any(types: str | list[str], value: Json) -> bool:
    return any(_TYPES[name](value) for name in ([types] if isinstance(types, str) else types))


def _worded(types: str | list[str]) -> str:
    names = [types] if isinstance(types, str) else types
    return " or ".join(_ARTICLES.get(name, f"a {name}") for name in names)


def _check_object(schema: JsonObject, value: JsonObject, root: JsonObject, at: Pointer) -> Iterator[Problem]:
    from asl.validation.hints import nearest

    known = schema.get("properties", {})
    others = schema.get("additionalProperties", True)
    for key, item in value.items():
        if key in known:
            yield from check(known[key], item, root, (*at, key))
        elif isinstance(others, dict):
            yield from check(others, item, root, (*at, key))
        elif others is False:
            hint = nearest(key, known)
            yield (*at, key), f"unknown key {key!r}; {hint or 'known are ' + ', '.join(known)}"
    yield from ((at, f"{key} is missing") for key in schema.get("required", ()) if key not in value)
    if value and len(value) < schema.get("minProperties", 0):
        yield at, "expected more than this"


def _check_choice(schema: JsonObject, value: Json, root: JsonObject, at: Pointer) -> Iterator[Problem]:
    """``oneOf`` whose choices differ by the one key that they require."""
    keys = [choice["required"][0] for choice in schema.get("oneOf", ())]
    if keys and isinstance(value, dict):
        given = [key for key in keys if key in value]
        if len(given) != 1:
            yield at, f"expected exactly one of {', '.join(keys)}; found {' and '.join(given) or 'none'}"
