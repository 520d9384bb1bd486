"""Field access: one name applied to a value or to many, as fast as plain Python can."""

from __future__ import annotations

from collections.abc import Callable

from asl.expressions.jsonata.runtime import Code, Frame
from asl.expressions.jsonata.values import UNDEFINED, ConsArray, Sequence, Value, collapse

_LISTS = frozenset((list, Sequence, ConsArray))


def lookup(value: Value, name: str) -> Value:
    """A field of an object, or of every object in an array, as an uncollapsed sequence there."""
    if isinstance(value, dict):
        return value.get(name, UNDEFINED)
    if not isinstance(value, list):
        return UNDEFINED
    found = Sequence()
    for item in value:
        result = lookup(item, name)
        if isinstance(result, list):
            found.extend(result)
        elif result is not UNDEFINED:
            found.append(result)
    return found


def flatten(results: list[Value], *, last: bool) -> list[Value]:
    """A step's results as its output: arrays are opened, unless the path ends here with a single one."""
    if _LISTS.isdisjoint(map(type, results)):
        return results if type(results) is Sequence else Sequence(results)
    if last and len(results) == 1 and type(results[0]) is not Sequence:
        only: list[Value] = results[0]
        return only
    output = Sequence()
    for result in results:
        if type(result) in _LISTS and type(result) is not ConsArray:
            output.extend(result)
        else:
            output.append(result)
    return output


def fields(items: list[Value], name: str, *, last: bool) -> list[Value]:
    """One name step over many items."""
    try:
        results = [item[name] for item in items]
    except (KeyError, TypeError, IndexError):
        results = [value for item in items if (value := collapse(lookup(item, name))) is not UNDEFINED]
    return flatten(results, last=last)


def opened(value: Value) -> list[Value]:
    """A value as the next step's input."""
    return value if isinstance(value, list) and type(value) is not ConsArray else [value]


def walk(value: Value, names: tuple[str, ...], frame: Frame) -> Value:
    """Several names from one value, with the path's result collapsed: the slow road, for arrays and missing things."""
    items = opened(value)
    final = len(names) - 1
    for index, name in enumerate(names):
        if not items:
            return UNDEFINED
        frame.rt.charge(len(items) >> 3)
        items = fields(items, name, last=index == final)
    frame.rt.has_sequences = True
    return collapse(items)


def follow(start: Code, names: tuple[str, ...]) -> Code:
    """A path that is nothing but names after its first value."""

    def run(context: Value, frame: Frame) -> Value:
        value = start(context, frame)
        for at, name in enumerate(names):
            if type(value) is not dict:
                return walk(value, names[at:], frame) if value is not UNDEFINED else UNDEFINED
            value = value.get(name, UNDEFINED)
        return collapse(Sequence(value)) if type(value) is Sequence else value

    return run


def follow_bound(variable: str, names: tuple[str, ...], library: Value) -> Code:
    """The same from a variable of the caller's: ``$states.input.order.id``."""

    def run(context: Value, frame: Frame) -> Value:
        value = frame.rt.bindings.get(variable, library)
        for at, name in enumerate(names):
            if type(value) is not dict:
                return walk(value, names[at:], frame) if value is not UNDEFINED else UNDEFINED
            value = value.get(name, UNDEFINED)
        return collapse(Sequence(value)) if type(value) is Sequence else value

    return run


def field_of_context(name: str) -> Code:
    """A lone name."""

    def run(context: Value, frame: Frame) -> Value:
        if type(context) is dict:
            value = context.get(name, UNDEFINED)
            return collapse(Sequence(value)) if type(value) is Sequence else value
        return walk(context, (name,), frame)

    return run


Step = Callable[[list[Value], Frame], list[Value]]
