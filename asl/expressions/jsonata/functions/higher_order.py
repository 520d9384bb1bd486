"""Functions that take functions."""

from __future__ import annotations

from asl.expressions.jsonata.errors import JsonataError
from asl.expressions.jsonata.functions.registry import library
from asl.expressions.jsonata.runtime import Runtime, call
from asl.expressions.jsonata.values import UNDEFINED, Function, Sequence, Value, truth


def _arity(function: Function) -> int:
    arity: int = getattr(function, "arity", 1)
    return arity


def _passed(function: Function, value: Value, second: Value, third: Value) -> list[Value]:
    """As many arguments as the function can take."""
    arity = _arity(function)
    if arity < 2:
        return [value]
    return [value, second] if arity == 2 else [value, second, third]


@library("map", "<af>", 2, runtime=True)
def map_(rt: Runtime, items: Value = UNDEFINED, function: Value = UNDEFINED) -> Value:
    """The function's result for each item, undefined ones left out."""
    if items is UNDEFINED:
        return UNDEFINED
    result = Sequence()
    for index, item in enumerate(items):
        value = call(rt, function, _passed(function, item, index, items))
        if value is not UNDEFINED:
            rt.retain(value)
            result.append(value)
    return result


@library("filter", "<af>", 2, runtime=True)
def filter_(rt: Runtime, items: Value = UNDEFINED, function: Value = UNDEFINED) -> Value:
    """The items for which the function says true."""
    if items is UNDEFINED:
        return UNDEFINED
    result = Sequence()
    for index, item in enumerate(items):
        if truth(call(rt, function, _passed(function, item, index, items))):
            result.append(item)
    return result


@library("single", "<af?>", 2, runtime=True)
def single(rt: Runtime, items: Value = UNDEFINED, function: Value = UNDEFINED) -> Value:
    """The one item for which the function says true; none and several are errors."""
    if items is UNDEFINED:
        return UNDEFINED
    found = UNDEFINED
    any_found = False
    for index, item in enumerate(items):
        if function is UNDEFINED or truth(call(rt, function, _passed(function, item, index, items))):
            if any_found:
                raise JsonataError("D3138", index=index)
            found, any_found = item, True
    if not any_found:
        raise JsonataError("D3139")
    return found


@library("reduce", "<afj?:j>", 3, runtime=True)
def reduce(rt: Runtime, items: Value = UNDEFINED, function: Value = UNDEFINED, initial: Value = UNDEFINED) -> Value:
    """One value made of all items by a function of the value so far and the next item."""
    if items is UNDEFINED:
        return UNDEFINED
    arity = _arity(function)
    if arity < 2:
        raise JsonataError("D3050", index=1)
    at = 0
    result = initial
    if initial is UNDEFINED and items:
        result, at = items[0], 1
    for index in range(at, len(items)):
        arguments = [result, items[index]]
        if arity >= 3:
            arguments.append(index)
        if arity >= 4:
            arguments.append(items)
        result = call(rt, function, arguments)
    return result


@library("each", "<o-f:a>", 2, runtime=True)
def each(rt: Runtime, value: Value = UNDEFINED, function: Value = UNDEFINED) -> Value:
    """The function's result for each value and key of an object."""
    if value is UNDEFINED:
        return UNDEFINED
    result = Sequence()
    for key, item in value.items():
        outcome = call(rt, function, _passed(function, item, key, value))
        if outcome is not UNDEFINED:
            rt.retain(outcome)
            result.append(outcome)
    return result


@library("sift", "<o-f?:o>", 2, runtime=True)
def sift(rt: Runtime, value: Value = UNDEFINED, function: Value = UNDEFINED) -> Value:
    """The fields of an object for which the function says true; undefined if none."""
    if value is UNDEFINED:
        return UNDEFINED
    result = {
        key: item for key, item in value.items() if truth(call(rt, function, _passed(function, item, key, value)))
    }
    return result or UNDEFINED
