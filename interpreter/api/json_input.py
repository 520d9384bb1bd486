"""JSON text that comes with a request: execution input, task output. Wrong text is reported in AWS's words."""

from __future__ import annotations

from asl.document.json_values import read_json
from asl.errors import DefinitionError
from asl.json_text import PAYLOAD_LIMIT
from asl.types import Json
from interpreter.api.errors import ApiError


def execution_input(text: str) -> Json:
    """The value of an execution's input; InvalidExecutionInput where it is no JSON."""
    reason = None
    _check_size(text, "input")
    try:
        return _parsed(text)
    except ValueError:
        reason = _reason(text) if text.strip() else "Invalid execution input."
    raise ApiError("InvalidExecutionInput", f"Invalid State Machine Execution Input: '{reason}'")


def json_value(text: str) -> Json:
    """The value of any other JSON parameter; ValidationException where it is no JSON."""
    try:
        return _parsed(text)
    except ValueError as error:
        raise ApiError("ValidationException", _reason(text)) from error


def task_output(text: str) -> Json:
    """The value of a task's output; InvalidOutput where it is no JSON."""
    _check_size(text, "output")
    try:
        return _parsed(text)
    except ValueError as error:
        raise ApiError("InvalidOutput", f"Invalid Output: '{_reason(text)}'") from error


def _check_size(text: str, member: str) -> None:
    """The model counts characters, the quota bytes."""
    if len(text.encode("utf-8", "surrogatepass")) > PAYLOAD_LIMIT:
        constraint = f"Member must have length less than or equal to {PAYLOAD_LIMIT}"
        message = f"1 validation error detected: Value at '{member}' failed to satisfy constraint: {constraint}"
        raise ApiError("ValidationException", message)


def _parsed(text: str) -> Json:
    found = read_json(text)
    if found is None:
        raise ValueError(text)
    return found[0]


def _reason(text: str) -> str:
    from asl.document.json_reader import JsonScanner
    from asl.document.text import FileText

    scanner = JsonScanner(FileText("input", text))
    try:
        scanner.scan()
    except DefinitionError as error:
        return error.diagnostics[0].message.partition("\n at [Source")[0]
    return "The text has more after its JSON value" if scanner.rest() else "The value nests too deeply or is too large"
