"""Mocks that cannot lie: a mocked result checked against the output shape of the service that it stands for.

Shapes come from botocore's models, written as Step Functions writes them (PascalCase members, timestamps as strings).
Unknown fields are ignored, as TestState ignores them; :func:`unknown_fields` finds them for those who want to know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from asl.service_names import botocore_name, pascal
from asl.types import Json
from interpreter.errors import InterpreterError
from interpreter.tasks.port import Resource

STRICT, PRESENT, NONE = "STRICT", "PRESENT", "NONE"

_POLLED = {("states", "startExecution"): "DescribeExecution"}
"""What a ``.sync`` integration's result is the answer of."""

_UNCHECKED = frozenset({("http", "invoke"), ("apigateway", "invoke"), ("eks", "call"), ("eks", "runJob")})
_FREE_MEMBERS = frozenset({("lambda", "Payload")})
"""Members that hold whatever the function returned."""


def first_problem(resource: Resource, result: Json, mode: str = STRICT) -> str | None:
    """The first thing that is wrong with a mocked result, in TestState's words, or None.

    STRICT wants every required field and checks every field that is there, PRESENT only those that are there, NONE
    nothing. Integrations whose shape is not known are not checked. Raises InterpreterError where botocore is not
    installed.
    """
    return next(problems(resource, result, mode), None)


def problems(resource: Resource, result: Json, mode: str = STRICT) -> Iterator[str]:
    """Everything that is wrong with a mocked result."""
    shape = None if mode == NONE else output_shape(resource)
    if shape is not None:
        yield from _check(shape, result, "", mode == STRICT, resource.service)


def unknown_fields(resource: Resource, result: Json) -> list[tuple[str, list[str]]]:
    """Fields at the top of a result that the service never returns, each with the fields that it does return."""
    shape = output_shape(resource)
    if shape is None or not isinstance(result, dict):
        return []
    known = [pascal(name) for name in shape.members]
    extra = {"SdkHttpMetadata", "SdkResponseMetadata"}
    return [(key, known) for key in result if key not in known and key not in extra]


@lru_cache(maxsize=512)
def output_shape(resource: Resource) -> Any:
    """botocore's output shape for a resource, or None where nothing is known of it."""
    if resource.kind != "service" or resource.pattern == ".waitForTaskToken":
        return None
    if (resource.service, resource.action) in _UNCHECKED:
        return None
    operation = resource.action[:1].upper() + resource.action[1:]
    if resource.pattern:
        polled = _POLLED.get((resource.service, resource.action))
        if polled is None:
            return None
        operation = polled
    return _operation_output(botocore_name(resource.service), operation)


def _operation_output(service: str | None, operation: str) -> Any:
    model = None if service is None else _service_model(service)
    if model is None or operation not in model.operation_names:
        return None
    return model.operation_model(operation).output_shape


@lru_cache(maxsize=64)
def _service_model(service: str) -> Any:
    try:
        from botocore.exceptions import UnknownServiceError
        from botocore.loaders import Loader
        from botocore.model import ServiceModel
    except ModuleNotFoundError:
        raise InterpreterError(
            "checking mocks against AWS's own shapes needs botocore", "Install it: pip install 'asl-interpreter[aws]'"
        ) from None
    try:
        return ServiceModel(Loader().load_service_model(service, "service-2"), service)
    except UnknownServiceError:
        return None


def _check(shape: Any, value: Json, name: str, strict: bool, service: str) -> Iterator[str]:
    kind = _KINDS[shape.type_name]
    wanted, fits, inside = kind
    if (service, name) in _FREE_MEMBERS or value is None:
        return
    if not fits(value):
        yield f"Field '{name}' must be {wanted}" if name else f"Mocked result must be {wanted}"
        return
    yield from _limits(shape, value, name)
    if inside is not None:
        yield from inside(shape, value, name, strict, service)


def _structure(shape: Any, value: Json, name: str, strict: bool, service: str) -> Iterator[str]:
    members = {pascal(member): inner for member, inner in shape.members.items()}
    for required in shape.required_members if strict else ():
        if pascal(required) not in value:
            yield f"Required field '{pascal(required)}' is missing"
    for key, entry in value.items():
        if key in members:
            yield from _check(members[key], entry, key, strict, service)


def _array(shape: Any, value: Json, name: str, strict: bool, service: str) -> Iterator[str]:
    for entry in value:
        yield from _check(shape.member, entry, name, strict, service)


def _mapping(shape: Any, value: Json, name: str, strict: bool, service: str) -> Iterator[str]:
    for entry in value.values():
        yield from _check(shape.value, entry, name, strict, service)


def _limits(shape: Any, value: Json, name: str) -> Iterator[str]:
    metadata = shape.metadata
    if isinstance(value, str):
        if "enum" in metadata and value not in metadata["enum"]:
            yield f"Field '{name}' is not an expected value"
        if "min" in metadata and len(value) < metadata["min"]:
            yield f"Field '{name}' is smaller than the minimum length"
        if "max" in metadata and len(value) > metadata["max"]:
            yield f"Field '{name}' exceeds the maximum length"
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        if "min" in metadata and value < metadata["min"]:
            yield f"Field '{name}' is less than the minimum value"
        if "max" in metadata and value > metadata["max"]:
            yield f"Field '{name}' exceeds the maximum value"


def _is_text(value: Json) -> bool:
    return isinstance(value, str)


def _is_number(value: Json) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


_TEXT = ("a string", _is_text, None)
_NUMBER = ("a number", _is_number, None)
_KINDS: dict[str, tuple[str, Callable[[Json], bool], Callable[..., Iterator[str]] | None]] = {
    "string": _TEXT,
    "timestamp": _TEXT,
    "blob": _TEXT,
    "integer": _NUMBER,
    "long": _NUMBER,
    "float": _NUMBER,
    "double": _NUMBER,
    "boolean": ("a boolean", lambda value: isinstance(value, bool), None),
    "structure": ("an object", lambda value: isinstance(value, dict), _structure),
    "map": ("an object", lambda value: isinstance(value, dict), _mapping),
    "list": ("an array", lambda value: isinstance(value, list), _array),
}
