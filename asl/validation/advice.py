"""Advice beyond AWS: what AWS accepts and people regret. Every piece has a code by which it is switched off."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from asl.diagnostics import Severity
from asl.graph import StateNode
from asl.types import Json, Pointer
from asl.validation.findings import Finding
from asl.validation.flow import Flow
from asl.validation.reading import evaluated, may_read_variables, variables_in

CODES = {
    "CHOICE_WITHOUT_DEFAULT": "a Choice with no Default fails when no rule is true",
    "LAMBDA_WITHOUT_RETRY": "a Lambda Task without a Retry for Lambda's transient errors",
    "CATCH_LOSES_INPUT": "a Catch that replaces the state's input by the error",
    "VARIABLE_READ_TOO_EARLY": "a variable that no way to the state has assigned when it is read",
    "RESULT_OVERWRITES_INPUT": "a result that replaces the input although the next state reads it",
    "PAYLOAD_GROWS_IN_LOOP": "a loop that puts its own data into itself",
    "UNKNOWN_ACTION": "an action that the API of an SDK integration does not have",
    "UNKNOWN_PARAMETER": "a parameter that the integration's API does not have",
    "MISSING_PARAMETER": "a parameter that the integration's API requires",
}
"""Every code of this module and what it stands for."""

_TRANSIENT = frozenset(
    {
        "Lambda.ServiceException",
        "Lambda.AWSLambdaException",
        "Lambda.SdkClientException",
        "Lambda.TooManyRequestsException",
        "States.TaskFailed",
        "States.ALL",
    }
)
_INPUT_FIELD = re.compile(r"\$\.(\w+)")


def findings_of(flow: Flow) -> list[Finding]:
    """All advice on a machine, state by state."""
    return [finding for node in flow.nodes for rule in _RULES.get(node.type, _ANY_TYPE) for finding in rule(flow, node)]


def _choice_without_default(flow: Flow, node: StateNode) -> Iterator[Finding]:
    if "Default" not in node.definition:
        message = "This Choice has no Default: the execution fails when no rule is true"
        yield advise("CHOICE_WITHOUT_DEFAULT", message, node.pointer, "add a Default", at_key=True)


def _lambda_without_retry(flow: Flow, node: StateNode) -> Iterator[Finding]:
    resource = str(node.definition.get("Resource", ""))
    if ":lambda:invoke" not in resource and ":function:" not in resource:
        return
    if not _TRANSIENT & set(_errors(node.definition.get("Retry"))):
        message = "Lambda fails now and then for reasons of its own, and this Task does not try again"
        hint = (
            'add a Retry for "Lambda.ServiceException", "Lambda.SdkClientException", "Lambda.TooManyRequestsException"'
        )
        yield advise("LAMBDA_WITHOUT_RETRY", message, node.pointer, hint, at_key=True)


def _errors(entries: Json) -> Iterator[str]:
    for entry in _objects(entries):
        errors = entry.get("ErrorEquals")
        yield from (name for name in (errors if isinstance(errors, list) else ()) if isinstance(name, str))


def _objects(entries: Json) -> list[dict[str, Json]]:
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def _catch_loses_input(flow: Flow, node: StateNode) -> Iterator[Finding]:
    catchers = node.definition.get("Catch")
    if not catchers or flow.language(node) != "JSONPath":
        return
    for index, catcher in enumerate(catchers if isinstance(catchers, list) else ()):
        if not isinstance(catcher, dict) or catcher.get("ResultPath", "$") != "$":
            continue
        target = flow.sibling(node, catcher.get("Next"))
        if target is not None and target.type not in ("Fail", "Succeed"):
            message = "This Catch replaces the state's input by the error output"
            hint = 'keep the input with "ResultPath": "$.error"'
            yield advise("CATCH_LOSES_INPUT", message, (*node.pointer, "Catch", index), hint)


def _result_overwrites_input(flow: Flow, node: StateNode) -> Iterator[Finding]:
    """A result whose fields are known from ResultSelector takes the input's place, and the next state misses some."""
    state = node.definition
    shape = state.get("ResultSelector")
    if not isinstance(shape, dict) or state.get("ResultPath", "$") != "$" or "OutputPath" in state:
        return
    kept = {key.removesuffix(".$") for key in shape}
    reader = flow.sibling(node, state.get("Next"))
    if reader is None or "InputPath" in reader.definition or flow.language(reader) != "JSONPath":
        return
    for pointer, text in evaluated(reader, "JSONPath"):
        read = _INPUT_FIELD.match(text) if "ResultSelector" not in pointer else None
        if read and read[1] not in kept:
            message = f"The result replaces the input, but state '{reader.name}' reads '$.{read[1]}'"
            hint = 'keep the input with a "ResultPath" such as "$.result"'
            yield advise("RESULT_OVERWRITES_INPUT", message, node.pointer, hint, at_key=True)
            return


def _payload_grows(flow: Flow, node: StateNode) -> Iterator[Finding]:
    """A Pass in a loop that puts the whole input below itself: every turn doubles it."""
    parameters = node.definition.get("Parameters")
    if not isinstance(parameters, dict) or node.definition.get("ResultPath", "$") is None:
        return
    for key, value in parameters.items():
        if key.endswith(".$") and value == "$" and flow.loops(node):
            message = "In this loop the whole input is put into itself again on every turn"
            hint = "take only the fields that are needed"
            yield advise("PAYLOAD_GROWS_IN_LOOP", message, (*node.pointer, "Parameters", key), hint)


def _variable_read_too_early(flow: Flow, node: StateNode) -> Iterator[Finding]:
    if not may_read_variables(node):
        return
    language = flow.language(node)
    told: set[str] = set()
    for pointer, text in evaluated(node, language):
        for name in sorted(variables_in(text, language)):
            before = flow.assigned_before.get((node.scope, node.name))
            if before is None or name in before or name in told:
                continue
            told.add(name)
            message = f"The variable '${name}' is read here, but no way to this state assigns it"
            hint = f"Assign '{name}' in an earlier state of this or an outer scope"
            yield advise("VARIABLE_READ_TOO_EARLY", message, (*node.pointer, *pointer), hint)


def _integration_parameters(flow: Flow, node: StateNode) -> Iterable[Finding]:
    from asl.validation.integrations import parameter_findings

    return parameter_findings(node, flow.language(node))


def advise(code: str, message: str, pointer: Pointer, hint: str | None = None, *, at_key: bool = False) -> Finding:
    """One piece of advice."""
    return Finding(code, message, pointer, hint=hint, severity=Severity.WARNING, aws=False, at_key=at_key)


Rule = Callable[[Flow, StateNode], Iterable[Finding]]
_ANY_TYPE: tuple[Rule, ...] = (_variable_read_too_early,)
_RULES: Mapping[str, tuple[Rule, ...]] = {
    "Choice": (_choice_without_default, *_ANY_TYPE),
    "Pass": (_payload_grows, *_ANY_TYPE),
    "Task": (
        _lambda_without_retry,
        _catch_loses_input,
        _result_overwrites_input,
        _integration_parameters,
        *_ANY_TYPE,
    ),
    "Parallel": (_catch_loses_input, _result_overwrites_input, *_ANY_TYPE),
    "Map": (_catch_loses_input, _result_overwrites_input, *_ANY_TYPE),
}
