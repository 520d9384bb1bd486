"""Responses by their shapes: only what the model knows, nothing that is None, instants as the wire has them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from asl.types import Json, JsonObject

Shaper: TypeAlias = Callable[[Any], Json]


def shaper_of(shape: Any) -> Shaper:
    """A function from what an operation answers to its JSON; shapes within are compiled when first met."""
    if shape is None:
        return lambda value: {}
    return _SHAPERS.get(shape.type_name, lambda _: _as_is)(shape)


def _as_is(value: Json) -> Json:
    return value


def _structure_shaper(shape: Any) -> Shaper:
    shapes = shape.members
    members: dict[str, Shaper | None] = dict.fromkeys(shapes)

    def shaped(value: Any) -> Json:
        out: JsonObject = {}
        for name, member in value.items():
            if member is None or name not in members:
                continue
            shaper = members[name]
            if shaper is None:
                shaper = members[name] = shaper_of(shapes[name])
            out[name] = member if shaper is _as_is else shaper(member)
        return out

    return shaped


def _list_shaper(shape: Any) -> Shaper:
    member = shaper_of(shape.member)
    return lambda value: [member(item) for item in value]


def _map_shaper(shape: Any) -> Shaper:
    member = shaper_of(shape.value)
    return lambda value: {key: member(item) for key, item in value.items()}


def _timestamp_shaper(shape: Any) -> Shaper:
    return epoch_seconds


def epoch_seconds(instant: float) -> float:
    """An instant as the wire shows it: seconds since 1970 with milliseconds."""
    return round(instant, 3)


_SHAPERS: dict[str, Callable[[Any], Shaper]] = {
    "structure": _structure_shaper,
    "list": _list_shaper,
    "map": _map_shaper,
    "timestamp": _timestamp_shaper,
}
