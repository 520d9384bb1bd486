"""Advice beyond AWS: what AWS accepts and people regret. Every piece has a code by which it is switched off."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from asl.diagnostics import Severity
from asl.graph import StateGraph, StateNode, machine_language
from asl.types import Json, Pointer, WorkflowType
from asl.validation.findings import Finding
from asl.validation.integrations import parameter_findings

CODES = {
    "CHOICE_WITHOUT_DEFAULT": "a Choice with no Default fails when no rule is true",
    "LAMBDA_WITHOUT_RETRY": "a Lambda Task without a Retry for Lambda's transient errors",
    "CATCH_LOSES_INPUT": "a Catch that replaces the state's input by the error",
    "VARIABLE_READ_TOO_EARLY": "a variable that no path has assigned when it is read",
    "RESULT_OVERWRITES_INPUT": "a result that replaces the input although a later state reads it",
    "PAYLOAD_GROWS_IN_LOOP": "a loop that puts its own data into itself",
    "UNKNOWN_PARAMETER": "a parameter that the integration's API does not have",
    "MISSING_PARAMETER": "a parameter that the integration's API requires",
}
"""Every code of this module and what it stands for."""

_TRANSIENT = frozenset(
    {
        "Lambda.ServiceException", "Lambda.AWSLambdaException", "Lambda.SdkClientException",
        "Lambda.TooManyRequestsException", "States.TaskFailed", "States.ALL",
    }
)  # fmt: skip


def findings_of(definition: Json, workflow: WorkflowType) -> list[Finding]:
    """All advice for a definition that has the shape of one."""
    if not isinstance(definition, dict) or not isinstance(definition.get("States"), dict):
        return []
    graph = StateGraph(definition)
    language = machine_language(definition)
    found = [
        finding
        for node in graph.states()
        for rule in _RULES
        for finding in rule(graph, node, str(node.definition.get("QueryLanguage", language)))
    ]
    from asl.validation.reading import variable_findings

    return [*found, *variable_findings(graph, language)]


def _choice_without_default(_graph: StateGraph, node: StateNode, _language: str) -> Iterator[Finding]:
    if node.type == "Choice" and "Default" not in node.definition:
        message = "This Choice has no Default: the execution fails when no rule is true"
        yield advise("CHOICE_WITHOUT_DEFAULT", message, node.pointer, "add a Default")


def _lambda_without_retry(_graph: StateGraph, node: StateNode, _language: str) -> Iterator[Finding]:
    resource = str(node.definition.get("Resource", ""))
    if node.type != "Task" or (":lambda:invoke" not in resource and ":function:" not in resource):
        return
    if not _TRANSIENT & set(_errors(node.definition.get("Retry"))):
        message = "Lambda fails now and then for reasons of its own, and this Task does not try again"
        hint = (
            'add a Retry for "Lambda.ServiceException", "Lambda.SdkClientException", "Lambda.TooManyRequestsException"'
        )
        yield advise("LAMBDA_WITHOUT_RETRY", message, node.pointer, hint)


def _errors(entries: Json) -> Iterator[str]:
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("ErrorEquals"), list):
            yield from (name for name in entry["ErrorEquals"] if isinstance(name, str))


def _catch_loses_input(graph: StateGraph, node: StateNode, language: str) -> Iterator[Finding]:
    catchers = node.definition.get("Catch")
    if language != "JSONPath" or not isinstance(catchers, list):
        return
    for index, catcher in enumerate(catchers):
        if not isinstance(catcher, dict) or catcher.get("ResultPath", "$") != "$":
            continue
        target = graph.find(str(catcher.get("Next")))
        if target is not None and target.type not in ("Fail", "Succeed"):
            message = "This Catch replaces the state's input by the error output"
            hint = 'keep the input with "ResultPath": "$.error"'
            yield advise("CATCH_LOSES_INPUT", message, (*node.pointer, "Catch", index), hint)


def _result_overwrites_input(graph: StateGraph, node: StateNode, language: str) -> Iterator[Finding]:
    from asl.validation.reading import overwritten_by

    if language == "JSONPath" and node.type == "Task":
        for field, reader in overwritten_by(graph, node):
            message = f"The result replaces the input, but state '{reader}' reads '$.{field}' of it"
            hint = f'keep the input with "ResultPath": "$.{_slug(node.name)}"'
            yield advise("RESULT_OVERWRITES_INPUT", message, node.pointer, hint)


def _grows_in_loop(graph: StateGraph, node: StateNode, language: str) -> Iterator[Finding]:
    from asl.validation.reading import is_in_loop

    if language != "JSONPath" or not is_in_loop(graph, node):
        return
    for field in ("Parameters", "ResultSelector"):
        for pointer, value in _evaluated(node.definition.get(field), (*node.pointer, field)):
            whole = value == "$" and node.definition.get("ResultPath", "$") not in (None, "$")
            if whole and field == "Parameters" and node.type == "Pass":
                message = "In this loop the whole input is put into itself again on every turn"
                yield advise("PAYLOAD_GROWS_IN_LOOP", message, pointer, "take only the fields that are needed")


def _evaluated(template: Json, pointer: Pointer) -> Iterator[tuple[Pointer, str]]:
    if isinstance(template, dict):
        for key, value in template.items():
            if key.endswith(".$") and isinstance(value, str):
                yield (*pointer, key), value
            else:
                yield from _evaluated(value, (*pointer, key))


def _integration_parameters(_graph: StateGraph, node: StateNode, language: str) -> Iterable[Finding]:
    return parameter_findings(node, language) if node.type == "Task" else ()


def _slug(name: str) -> str:
    words = "".join(character if character.isalnum() else " " for character in name).split()
    return "".join([words[0].lower(), *(word.capitalize() for word in words[1:])]) if words else "result"


def advise(code: str, message: str, pointer: Pointer, hint: str | None = None) -> Finding:
    """One piece of advice."""
    return Finding(code, message, pointer, hint=hint, severity=Severity.WARNING, aws=False)


Rule = Callable[[StateGraph, StateNode, str], Iterable[Finding]]
_RULES: tuple[Rule, ...] = (
    _choice_without_default,
    _lambda_without_retry,
    _catch_loses_input,
    _result_overwrites_input,
    _grows_in_loop,
    _integration_parameters,
)

__all__ = ["CODES", "advise", "findings_of"]
