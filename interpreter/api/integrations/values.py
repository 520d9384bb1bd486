"""Values on their way to a service and back: Step Functions' names and forms to the API's, by the API's own model."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from asl.json_text import to_text
from asl.service_names import pascal
from asl.types import Json, JsonObject
from interpreter.tasks.port import TaskError


def to_api(shape: Any, value: Json) -> Any:
    """Parameters as the API takes them. A value that should be text and is not is written as JSON."""
    if value is None:
        return None
    return _TO_API.get(shape.type_name, _same)(shape, value)


def _same(shape: Any, value: Json) -> Any:
    return value


def _structure(shape: Any, value: Json) -> Any:
    if not isinstance(value, dict):
        return value
    names = {pascal(name): name for name in shape.members}
    unknown = [key for key in value if key not in names]
    if unknown:
        raise TaskError("States.Runtime", f"The field '{unknown[0]}' is not supported by Step Functions")
    members = {names[key]: to_api(shape.members[names[key]], item) for key, item in value.items()}
    return {name: item for name, item in members.items() if item is not None}


def _list(shape: Any, value: Json) -> Any:
    return [to_api(shape.member, item) for item in value] if isinstance(value, list) else value


def _map(shape: Any, value: Json) -> Any:
    return {key: to_api(shape.value, item) for key, item in value.items()} if isinstance(value, dict) else value


def _string(shape: Any, value: Json) -> Any:
    return value if isinstance(value, str) else to_text(value)


def _blob(shape: Any, value: Json) -> Any:
    return to_text(value).encode("utf-8", "surrogatepass")


_TO_API = {"structure": _structure, "list": _list, "map": _map, "string": _string, "blob": _blob}


def from_api(shape: Any, value: Any) -> Json:
    """A response as Step Functions gives it: PascalCase, dates as text, bytes as text."""
    if shape is None:
        return {}
    return _FROM_API.get(shape.type_name, _same)(shape, value)


def _structure_out(shape: Any, value: Any) -> JsonObject:
    return {pascal(name): from_api(shape.members[name], item) for name, item in value.items() if name in shape.members}


def _list_out(shape: Any, value: Any) -> Json:
    return [from_api(shape.member, item) for item in value]


def _map_out(shape: Any, value: Any) -> Json:
    return {key: from_api(shape.value, item) for key, item in value.items()}


def _timestamp_out(shape: Any, value: Any) -> Json:
    if not isinstance(value, datetime):
        return value
    text = value.astimezone(UTC).isoformat(timespec="milliseconds" if value.microsecond else "seconds")
    return text.replace("+00:00", "Z")


def _blob_out(shape: Any, value: Any) -> Json:
    content = value.read() if hasattr(value, "read") else value
    return content.decode("utf-8", "replace") if isinstance(content, bytes) else content


_FROM_API = {
    "structure": _structure_out,
    "list": _list_out,
    "map": _map_out,
    "timestamp": _timestamp_out,
    "blob": _blob_out,
}


def parsed_or_text(text: str) -> Json:
    """What a text says as JSON, or the text itself."""
    try:
        return json.loads(text)
    except ValueError:
        return text
