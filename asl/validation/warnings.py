"""AWS's three warnings: values that look like a path or a call but stand where they are taken literally."""

from __future__ import annotations

import re
from collections.abc import Iterator

from asl.diagnostics import Severity
from asl.graph import StateGraph, StateNode, machine_language
from asl.types import Json, JsonObject, Pointer
from asl.validation.findings import Finding

_LOOKS_LIKE_PATH = re.compile(r"\$\$?([.\[]|$)|\$[A-Za-z]\w*([.\[]|$)")
_LOOKS_LIKE_CALL = re.compile(r"States\.[A-Z]\w+\(")
_TEMPLATES = ("Parameters", "ResultSelector", "ItemSelector", "Assign", "BatchInput")
_WITH_PATH_FORM = (
    "Seconds", "Timestamp", "TimeoutSeconds", "HeartbeatSeconds", "Error", "Cause", "MaxConcurrency",
    "ToleratedFailureCount", "ToleratedFailurePercentage",
)  # fmt: skip


def findings_of(definition: Json) -> list[Finding]:
    """NO_DOLLAR, NO_PATH and PASS_RESULT_IS_STATIC of every JSONPath state."""
    if not isinstance(definition, dict) or not isinstance(definition.get("States"), dict):
        return []
    language = machine_language(definition)
    return [
        finding
        for node in StateGraph(definition).states()
        if node.definition.get("QueryLanguage", language) == "JSONPath"
        for finding in _of_state(node)
    ]


def _of_state(node: StateNode) -> Iterator[Finding]:
    state = node.definition
    for field in _TEMPLATES:
        yield from _no_dollar(state.get(field), (*node.pointer, field))
    for field in _WITH_PATH_FORM:
        if looks_evaluated(state.get(field)):
            message = f"The value of the field '{field}' looks like a path; the field '{field}Path' takes paths"
            yield _warning("NO_PATH", message, (*node.pointer, field), f"name the field '{field}Path'")
    if state.get("Type") == "Pass":
        yield from _static_result(state, node.pointer)


def looks_evaluated(value: Json) -> bool:
    """Whether a string looks like a path or an intrinsic call."""
    return isinstance(value, str) and bool(_LOOKS_LIKE_PATH.match(value) or _LOOKS_LIKE_CALL.match(value))


def _no_dollar(template: Json, pointer: Pointer) -> Iterator[Finding]:
    if isinstance(template, list):
        for index, entry in enumerate(template):
            yield from _no_dollar(entry, (*pointer, index))
    elif isinstance(template, dict):
        for key, value in template.items():
            if not key.endswith(".$") and looks_evaluated(value):
                message = f"The value of the field '{key}' looks like a path or an intrinsic function"
                yield _warning("NO_DOLLAR", message, (*pointer, key), f"name the key '{key}.$' to have it evaluated")
            yield from _no_dollar(value, (*pointer, key))


def _static_result(state: JsonObject, pointer: Pointer) -> Iterator[Finding]:
    if any(looks_evaluated(value) for value in _leaves(state.get("Result"))):
        message = "The Result of a Pass state is taken literally, but it looks like a path"
        yield _warning("PASS_RESULT_IS_STATIC", message, (*pointer, "Result"), "use Parameters, with keys ending in .$")


def _leaves(value: Json) -> Iterator[Json]:
    if isinstance(value, dict):
        for entry in value.values():
            yield from _leaves(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from _leaves(entry)
    else:
        yield value


def _warning(code: str, message: str, pointer: Pointer, hint: str) -> Finding:
    return Finding(code, message, pointer, hint=hint, severity=Severity.WARNING)
