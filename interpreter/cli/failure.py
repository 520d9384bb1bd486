"""Explains to a person why an execution failed: the state, the error, AWS's cause, and then where.

*Where* is the field of the definition at its place in the file, the part of the data that its path met, and the nearest
keys. All of it follows from the history and the words of AWS's cause.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from asl.types import Json, JsonObject, Pointer
from interpreter.cli.source_lines import pointed_at

if TYPE_CHECKING:
    from asl.graph import StateNode
    from asl.state_machine import StateMachine
    from interpreter.result import Result

_ENTERED_AT = re.compile(r"executing the state '(.*?)' \(entered at the event id #(\d+)\)")
_IN_TEMPLATE = re.compile(
    r"The JSONPath '(.*?)' specified for the field '(.*?)' could not be found in the input '(.*)'$", re.S
)
_INVALID_PATH = re.compile(r"Invalid path '(.*?)' : ")
_OF_INPUT = re.compile(r"\$states\.input((?:\.\w+)+)")
_JSONATA = re.compile(r"The JSONata expression '(.*)' specified for the field '(.*?)' ", re.S)
_NAMED_FIELD = re.compile(r"The (\w+Path) (?:parameter|field) ")
_STEP = re.compile(r"\.([^.\[\]'\"]+)|\[\s*(?:'([^']*)'|\"([^\"]*)\"|(\d+))\s*\]")
_CAUSE_LENGTH = 2000
_KEYS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Place:
    """A field of a state, and where its data-flow path looked for what."""

    pointer: Pointer
    path: str | None = None
    data: Json = None
    has_data: bool = False


def explain(machine: StateMachine, result: Result) -> str:
    """Several lines about an execution that did not succeed."""
    history = result.history
    entered = failed_state(history, result.error, result.cause)
    name = None if entered is None else entered["stateEnteredEventDetails"]["name"]
    node = None if name is None else machine.graph.find(name)
    lines = [_headline(result, name), *_cause_lines(result.cause)]
    if node is not None and entered is not None and result.status == "FAILED":
        place = place_of(node, entered, result.cause or "")
        source, position = machine.document.locate(place.pointer)
        lines += pointed_at(source, position, ".".join(map(str, place.pointer[len(node.pointer) :])))
        lines += _data_lines(place)
    return "\n".join(lines)


def _headline(result: Result, state: str | None) -> str:
    where = f" in state {state!r}" if state else ""
    error = f": {result.error}" if result.error else ""
    return f"{result.status}{where}{error}"


def _cause_lines(cause: str | None) -> Iterator[str]:
    if not cause:
        return
    document = _decoded(cause)
    if isinstance(document, dict) and "errorMessage" in document:
        yield f"  {document['errorMessage']}"
        for frame in document.get("stackTrace") or ():
            yield from (f"    {line}" for line in str(frame).rstrip().splitlines())
        return
    shown = cause if len(cause) <= _CAUSE_LENGTH else f"{cause[:_CAUSE_LENGTH]} … ({len(cause)} characters)"
    yield from (f"  {line}" for line in shown.splitlines())


def _decoded(text: str) -> Json:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def failed_state(history: list[JsonObject], error: str | None, cause: str | None) -> JsonObject | None:
    """The StateEntered event of the state where the failure began."""
    if found := _ENTERED_AT.search(cause or ""):
        return _event(history, int(found[2]))
    start = next((event for event in reversed(history) if _fails_with(event, error, cause)), None)
    event: JsonObject | None = start or (history[-1] if history else None)
    while event is not None and "stateEnteredEventDetails" not in event:
        previous = event["previousEventId"]
        event = _event(history, previous) if 0 < previous < event["id"] else None
    return event


def _event(history: list[JsonObject], number: int) -> JsonObject | None:
    return history[number - 1] if 0 < number <= len(history) else None


def _fails_with(event: JsonObject, error: str | None, cause: str | None) -> bool:
    kind = event["type"]
    if kind == "FailStateEntered":
        return True
    if kind.startswith("Execution") or not kind.endswith(("Failed", "TimedOut")):
        return False
    details: dict[str, Any] = next((value for key, value in event.items() if key.endswith("EventDetails")), {})
    return details.get("error") == error and details.get("cause") == cause


def place_of(node: StateNode, entered: JsonObject, cause: str) -> Place:
    """The field that a cause speaks of, by name or by the text in it, else the one that the state is about."""
    state, base = node.definition, node.pointer
    if found := _IN_TEMPLATE.search(cause):
        pointer = _field_with(state, found[1], found[2])
        return Place(base + pointer, found[1], _decoded(found[3]), has_data=True)
    if found := _INVALID_PATH.search(cause):
        pointer = _field_with(state, found[1])
        return Place(base + pointer, found[1], _entered_with(entered), has_data=pointer[:1] != ("OutputPath",))
    if found := _JSONATA.search(cause):
        pointer = _existing(state, found[2].split("/"))
        if plain := _OF_INPUT.fullmatch(found[1]):
            return Place(base + pointer, f"${plain[1]}", _entered_with(entered), has_data=True)
        return Place(base + pointer)
    if (found := _NAMED_FIELD.search(cause)) and found[1] in state:
        return Place((*base, found[1]))
    return Place(base + (_field_quoted(state, cause) or _main_field(state)))


def _entered_with(entered: JsonObject) -> Json:
    return _decoded(entered["stateEnteredEventDetails"].get("input", "null"))


def _main_field(state: JsonObject) -> Pointer:
    fields = {"Task": "Resource", "Choice": "Choices", "Fail": "Error"}
    field = fields.get(str(state.get("Type")), "Type")
    return (field,) if field in state else ()


def _field_quoted(state: JsonObject, cause: str) -> Pointer:
    """The field whose path or expression the cause repeats, the longest one of several."""
    quoted = [(len(text), pointer) for pointer, text in _texts(state, ()) if _is_expression(text) and text in cause]
    return max(quoted, default=(0, ()), key=lambda found: found[0])[1]


def _is_expression(text: str) -> bool:
    return len(text) > 1 and text.startswith(("$", "States.", "{%"))


def _field_with(state: JsonObject, text: str, key: str | None = None) -> Pointer:
    """Where a state holds this text: as the value of ``key``, else as a whole value, else inside one."""
    exact = [pointer for pointer, value in _texts(state, ()) if value == text]
    named = [pointer for pointer in exact if key is None or str(pointer[-1]) == key.rpartition("/")[2]]
    part = [pointer for pointer, value in _texts(state, ()) if text in value and len(text) > 1]
    return next(iter([*named, *exact, *part]), ())


def _texts(value: Json, pointer: Pointer) -> Iterator[tuple[Pointer, str]]:
    if isinstance(value, str):
        yield pointer, value
    elif isinstance(value, dict):
        for key, entry in value.items():
            if key not in ("Branches", "ItemProcessor", "Iterator", "Comment"):
                yield from _texts(entry, (*pointer, key))
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            yield from _texts(entry, (*pointer, index))


def _existing(value: Json, keys: list[str]) -> Pointer:
    """The longest beginning of a field path such as ``Output/items/0`` that exists."""
    pointer: list[str | int] = []
    for key in keys:
        if isinstance(value, dict) and key in value:
            value = value[key]
            pointer.append(key)
        elif isinstance(value, list) and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
            pointer.append(int(key))
        else:
            break
    return tuple(pointer)


def _data_lines(place: Place) -> Iterator[str]:
    path = place.path
    if not place.has_data or path is None or not path.startswith(("$.", "$[")):
        return
    from asl.validation.hints import nearest

    value, reached, missing = _walk(place.data, path)
    if missing is None:
        return
    if not isinstance(value, dict):
        yield f"  the data at {reached} is {_brief(value)}"
        return
    keys = ", ".join(list(value)[:_KEYS_SHOWN]) + (", …" if len(value) > _KEYS_SHOWN else "")
    yield f"  the data at {reached} has " + (f"the keys {keys}" if value else "no keys")
    if hint := nearest(missing, value):
        yield f"  {hint}"


def _walk(value: Json, path: str) -> tuple[Json, str, str | None]:
    """How far a path leads: the value there, the path to it, and the step that is missing from it."""
    reached = "$"
    for match in _STEP.finditer(path):
        step: str | int = int(match[4]) if match[4] else next(text for text in match.groups() if text is not None)
        if not _has(value, step):
            return value, reached, str(step)
        value = value[step]
        reached += match[0]
    return value, reached, None


def _has(value: Json, step: str | int) -> bool:
    if isinstance(value, list):
        return isinstance(step, int) and step < len(value)
    return isinstance(value, dict) and step in value


def _brief(value: Json) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else f"{text[:200]} …"
