"""Holds a mock's results against the service's own output shape, when the mock is made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from asl.service_names import pascal
from asl.types import Json
from interpreter.errors import InterpreterError, MockError
from interpreter.tasks.port import Resource
from interpreter.tasks.resource import parse_resource

__tracebackhide__ = True


def checker(state: str, arn: str, mode: str) -> Callable[[Any], None]:
    """A check for what the mocks of a state return; it raises MockError. Without botocore nothing is checked."""
    from interpreter import mock_validation

    resource = parse_resource(arn)
    name = f"{resource.service}:{resource.action}"
    try:
        shape = mock_validation.output_shape(resource)
    except (InterpreterError, ImportError):
        shape = None
    if shape is None:
        return lambda _result: None

    def check(result: Any) -> None:
        odd = list(suggestions(resource, result)) if mode == mock_validation.STRICT else []
        wrong = [*odd, *mock_validation.problems(resource, result, mode)]
        if wrong:
            raise MockError(
                f"the mock for {state!r} returns what {name} never does: {'; '.join(wrong)}",
                'mode="PRESENT" allows required fields to be left out, mode="NONE" checks nothing.',
            )

    return check


def suggestions(resource: Resource, result: Json) -> Iterator[str]:
    """Fields that the service doesn't have, where another was probably meant or not one of them is known."""
    from asl.validation.hints import nearest
    from interpreter.mock_validation import unknown_fields

    unknown = unknown_fields(resource, result)
    if not unknown or not isinstance(result, dict):
        return
    known = unknown[0][1]
    free = [name for name in known if name not in result]
    hints = {key: nearest(key, free) for key, _ in unknown}
    yield from (f"there is no field {key!r}, {hint}" for key, hint in hints.items() if hint)
    if len(unknown) == len(result) and not any(hints.values()):
        yield f"there is no field {', '.join(map(repr, hints))}; it returns {', '.join(known) or 'no fields'}"


def least_result(arn: str) -> Json:
    """The smallest result that passes the check of a resource: its required fields with values to be filled in."""
    from interpreter import mock_validation

    resource = parse_resource(arn)
    try:
        shape = mock_validation.output_shape(resource)
    except (InterpreterError, ImportError):
        shape = None
    if shape is None:
        return {}
    least = _least(shape)
    return least if not any(mock_validation.problems(resource, least, mock_validation.STRICT)) else {}


def _least(shape: Any) -> Any:
    if shape.type_name == "structure":
        return {pascal(name): _least(shape.members[name]) for name in shape.required_members}
    if "enum" in shape.metadata:
        return shape.metadata["enum"][-1] if "SUCCEEDED" not in shape.metadata["enum"] else "SUCCEEDED"
    return _LEAST.get(shape.type_name, 0)


_LEAST: dict[str, Json] = {
    "string": "...", "timestamp": "2030-01-01T00:00:00Z", "blob": "", "boolean": False, "map": {}, "list": [],
}  # fmt: skip
