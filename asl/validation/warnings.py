"""AWS's three warnings: values that look like a path or a call but stand where they are taken literally."""

from __future__ import annotations

import re
from collections.abc import Iterator

from asl.diagnostics import Severity
from asl.graph import StateNode
from asl.types import Json, Pointer
from asl.validation.findings import Finding
from asl.validation.flow import Flow

NO_DOLLAR = "No .$ on a field that appears to be a JSONPath or Intrinsic Function"
NO_PATH = "Field value looks like a path, but field name does not end with 'Path'"
PASS_RESULT_IS_STATIC = "Attempt to use a path in the result of a pass state"

_PATH = re.compile(r"\$\$?[.\[]|\$\$?$|\$[^\W\d]\w*(?:[.\[]|$)")
_CALL = re.compile(r"States\.[A-Z]\w+\(.*\)$", re.DOTALL)
_TEMPLATES = ("Parameters", "ResultSelector", "ItemSelector")
_WITH_PATH_FORM = ("Error", "Cause")
_OPERANDS = ("StringEquals", "StringLessThan", "StringGreaterThan", "StringLessThanEquals", "StringGreaterThanEquals")


def findings_of(flow: Flow) -> list[Finding]:
    """NO_DOLLAR, NO_PATH and PASS_RESULT_IS_STATIC of every JSONPath state."""
    found: list[Finding] = []
    for node in flow.nodes:
        if flow.language(node) == "JSONPath":
            found.extend(_of_state(node))
    return found


def looks_evaluated(value: Json) -> bool:
    """Whether a string reads like a path or an intrinsic call."""
    return type(value) is str and value[:1] in ("$", "S") and bool(_PATH.match(value) or _CALL.match(value))


def _of_state(node: StateNode) -> Iterator[Finding]:
    state, kind = node.definition, node.type
    for field in _TEMPLATES:
        if field in state:
            yield from _in_template(state[field], (*node.pointer, field))
    if kind == "Pass" and any(looks_evaluated(value) for _, value in _leaves(state.get("Result"))):
        hint = "use Parameters, with keys that end in .$"
        yield _warning("PASS_RESULT_IS_STATIC", PASS_RESULT_IS_STATIC, (*node.pointer, "Result"), hint)
    if kind == "Fail":
        yield from _without_path(state, _WITH_PATH_FORM, node.pointer)
    if kind == "Choice":
        yield from _literal_operands(state.get("Choices"), (*node.pointer, "Choices"))


def _without_path(state: dict[str, Json], fields: tuple[str, ...], pointer: Pointer) -> Iterator[Finding]:
    for field in fields:
        if looks_evaluated(state.get(field)):
            yield _no_path(field, (*pointer, field))


def _literal_operands(rule: Json, pointer: Pointer) -> Iterator[Finding]:
    """Operands of comparisons that look like paths, in a rule or an array of rules."""
    members = rule.items() if type(rule) is dict else enumerate(rule) if type(rule) is list else ()
    for key, value in members:
        if type(value) in (dict, list):
            yield from _literal_operands(value, (*pointer, key))
        elif key in _OPERANDS and looks_evaluated(value):
            yield _no_path(str(key), (*pointer, key))


def _in_template(template: Json, pointer: Pointer) -> Iterator[Finding]:
    for inner, value in _leaves(template):
        key = inner[-1] if inner else ""
        if type(key) is str and key[-2:] != ".$" and looks_evaluated(value):
            yield _warning("NO_DOLLAR", NO_DOLLAR, (*pointer, *inner), f"name the key '{key}.$' to have it evaluated")


def _leaves(root: Json) -> Iterator[tuple[Pointer, Json]]:
    """The scalars inside a value with their pointers, in the order in which they are written."""
    pending: list[tuple[Pointer, Json]] = [((), root)]
    while pending:
        pointer, value = pending.pop()
        if type(value) is dict:
            pending.extend(((*pointer, key), inner) for key, inner in reversed(value.items()))
        elif type(value) is list:
            pending.extend(((*pointer, index), value[index]) for index in reversed(range(len(value))))
        else:
            yield pointer, value


def _no_path(field: str, pointer: Pointer) -> Finding:
    return _warning("NO_PATH", NO_PATH, pointer, f"name the field '{field}Path' to have it read")


def _warning(code: str, message: str, pointer: Pointer, hint: str) -> Finding:
    return Finding(code, message, pointer, hint=hint, severity=Severity.WARNING)
