"""Functions on objects."""

from __future__ import annotations

from math import isfinite, isinf, isnan

from asl.expressions.jsonata.compiler.lookup import lookup
from asl.expressions.jsonata.errors import JsonataError
from asl.expressions.jsonata.functions.registry import library
from asl.expressions.jsonata.functions.stringify import fifteen_digits
from asl.expressions.jsonata.runtime import Runtime
from asl.expressions.jsonata.values import UNDEFINED, Function, Sequence, Value, is_function, truth


@library("keys", "<x-:a<s>>", 1)
def keys(value: Value = UNDEFINED) -> Value:
    """The keys of an object, or of all objects in an array, each once."""
    if isinstance(value, list):
        found: dict[str, None] = {}
        for item in value:
            found.update(dict.fromkeys(keys(item)))
        return Sequence(found)
    return Sequence(value) if isinstance(value, dict) else Sequence()


@library("lookup", "<x-s:x>", 2)
def lookup_function(value: Value = UNDEFINED, name: Value = UNDEFINED) -> Value:
    """The value of a key."""
    return lookup(value, name)


@library("spread", "<x-:a<o>>", 1)
def spread(value: Value = UNDEFINED) -> Value:
    """An object as one object for each key."""
    if isinstance(value, list):
        parts = [part for item in value if (part := spread(item)) is not UNDEFINED]
        flat = [one for part in parts for one in (part if isinstance(part, list) else [part])]
        return flat if parts else Sequence()
    if isinstance(value, dict):
        return Sequence({key: item} for key, item in value.items())
    return value


@library("merge", "<a<o>:o>", 1)
def merge(objects: Value = UNDEFINED) -> Value:
    """One object of many, later keys winning."""
    if objects is UNDEFINED:
        return UNDEFINED
    result: dict[str, Value] = {}
    for item in objects:
        result.update(item)
    return result


@library("clone", "<(oa)-:o>", 1, runtime=True)
def clone(rt: Runtime, value: Value = UNDEFINED) -> Value:
    """A deep copy, as if through JSON text: numbers have 15 digits and functions are empty strings."""
    return UNDEFINED if value is UNDEFINED else _copied(rt, value)


def _copied(rt: Runtime, value: Value) -> Value:
    rt.charge(1)
    if isinstance(value, dict):
        return {key: _copied(rt, item) for key, item in value.items() if item is not UNDEFINED}
    if isinstance(value, list):
        return [_copied(rt, item) for item in value]
    if type(value) is int or type(value) is float:
        return _copied_number(value)
    return "" if isinstance(value, Function) else None if value is UNDEFINED else value


def _copied_number(number: float) -> Value:
    if type(number) is float and not isfinite(number):
        if not isnan(number):
            raise JsonataError("D1001", value=number)
        return None
    return fifteen_digits(number)


@library("error", "<s?:x>", 1)
def error(message: Value = UNDEFINED) -> Value:
    """Fail with a message."""
    raise JsonataError("D3137", message=message or "$error() function evaluated")


@library("assert", "<bs?:x>", 2)
def assert_(condition: Value = UNDEFINED, message: Value = UNDEFINED) -> Value:
    """Fail with a message unless the condition holds."""
    if condition is not True:
        raise JsonataError("D3141", message=message or "$assert() statement failed")
    return UNDEFINED


_TYPES = {str: "string", int: "number", float: "number", bool: "boolean", type(None): "null"}


@library("type", "<x:s>", 1)
def type_(value: Value = UNDEFINED) -> Value:
    """The name of a value's type."""
    if value is UNDEFINED:
        return UNDEFINED
    if type(value) is float and isinf(value):
        raise JsonataError("D1001", value=value)
    known = _TYPES.get(type(value))
    if known:
        return known
    return "array" if isinstance(value, list) else "object" if isinstance(value, dict) else "function"


@library("exists", "<x:b>", 1)
def exists(value: Value = UNDEFINED) -> bool:
    """Whether there is a value."""
    return value is not UNDEFINED


@library("boolean", "<x-:b>", 1)
def boolean(value: Value = UNDEFINED) -> Value:
    """Whether a value counts as true."""
    return UNDEFINED if value is UNDEFINED else not is_function(value) and truth(value)


@library("not", "<x-:b>", 1)
def not_(value: Value = UNDEFINED) -> Value:
    """The opposite of ``$boolean``."""
    return UNDEFINED if value is UNDEFINED else is_function(value) or not truth(value)
