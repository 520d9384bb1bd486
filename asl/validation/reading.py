"""What states read of what others wrote: variables before they are assigned, input that a result has replaced, loops."""

from __future__ import annotations

import re
from collections.abc import Iterator

from asl.graph import GraphScope, StateGraph, StateNode
from asl.types import Json
from asl.validation.findings import Finding

_NOT_VARIABLES = frozenset({"states"})
_PATH_HEAD = re.compile(r"^\$\.([A-Za-z_]\w*)")


def variable_findings(graph: StateGraph, language: str) -> Iterator[Finding]:
    """Variables that are read where no way through the machine has assigned them."""
    from asl.validation.advice import advise

    outer: dict[int, frozenset[str]] = {}
    for index, scope in enumerate(graph.scopes):
        known = _entering(graph, scope, outer, language)
        for name, before in _assigned_before(graph, scope, known).items():
            node = scope.states[name]
            for child in graph.scopes_of(node):
                outer[graph.scopes.index(child)] = before
            for variable in sorted(reads(node, language) - before):
                message = f"The variable '${variable}' is read here, but nothing before assigns it on any way"
                yield advise(
                    "VARIABLE_READ_TOO_EARLY", message, node.pointer, f"Assign '{variable}' in an earlier state"
                )
        outer.setdefault(index, known)


def _entering(graph: StateGraph, scope: GraphScope, outer: dict[int, frozenset[str]], language: str) -> frozenset[str]:
    return outer.get(graph.scopes.index(scope), frozenset())


def _assigned_before(graph: StateGraph, scope: GraphScope, known: frozenset[str]) -> dict[str, frozenset[str]]:
    """For each state, the names that some way to it has assigned (any way counts: this is advice, not proof)."""
    before: dict[str, frozenset[str]] = {}
    pending = [(scope.start_at, known)]
    while pending:
        name, arriving = pending.pop()
        if name not in scope.states or (arriving <= before.get(name, frozenset()) and name in before):
            continue
        before[name] = merged = before.get(name, frozenset()) | arriving
        leaving = merged | assigns(scope.states[name])
        pending.extend((edge.target, leaving) for edge in graph.transitions if edge.source == name)
    return before


def assigns(node: StateNode) -> frozenset[str]:
    """The variables that a state sets, in its own Assign, a rule's or a catcher's."""
    entries = [node.definition, *_objects(node.definition.get("Choices")), *_objects(node.definition.get("Catch"))]
    templates = [entry.get("Assign") for entry in entries]
    return frozenset(key.removesuffix(".$") for template in templates if isinstance(template, dict) for key in template)


def _objects(entries: Json) -> list[dict[str, Json]]:
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def reads(node: StateNode, language: str) -> frozenset[str]:
    """The variables that a state's own fields read; what its branches or iterations read is not counted."""
    own = {key: value for key, value in node.definition.items() if key not in ("Branches", "ItemProcessor", "Iterator")}
    is_jsonata = node.definition.get("QueryLanguage", language) == "JSONata"
    found = _jsonata_reads(own) if is_jsonata else _jsonpath_reads(own)
    return frozenset(found) - _NOT_VARIABLES


def _strings(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for entry in value.values():
            yield from _strings(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from _strings(entry)


def _jsonata_reads(own: Json) -> Iterator[str]:
    from asl.expressions.jsonata import JsonataError
    from asl.expressions.jsonata_template import compiled, expression_text, is_expression

    for text in _strings(own):
        if is_expression(text):
            try:
                yield from compiled(expression_text(text)).variables
            except JsonataError:
                continue


def _jsonpath_reads(own: Json) -> Iterator[str]:
    from asl.errors import ExpressionSyntaxError
    from asl.expressions.jsonpath.variables import variables_read_by

    for text in _evaluated_strings(own):
        try:
            yield from variables_read_by(text)
        except ExpressionSyntaxError:
            continue


def _evaluated_strings(value: Json, key: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, entry in value.items():
            yield from _evaluated_strings(entry, name)
    elif isinstance(value, list):
        for entry in value:
            yield from _evaluated_strings(entry, key)
    elif isinstance(value, str) and (key.endswith((".$", "Path")) or key == "Variable") and key != "ResultPath":
        yield value


def overwritten_by(graph: StateGraph, node: StateNode) -> Iterator[tuple[str, str]]:
    """Fields of the input that the next state reads although this state's result, shaped here, does not have them."""
    state = node.definition
    shape = state.get("ResultSelector")
    if state.get("ResultPath", "$") != "$" or "OutputPath" in state or not isinstance(shape, dict):
        return
    kept = {key.removesuffix(".$") for key in shape}
    target = graph.find(str(state.get("Next")))
    if target is None or target.type in ("Parallel", "Map"):
        return
    for text in _evaluated_strings({key: value for key, value in target.definition.items() if key != "ResultSelector"}):
        head = _PATH_HEAD.match(text)
        if head and head[1] not in kept and "InputPath" not in target.definition:
            yield head[1], target.name
            return


def is_in_loop(graph: StateGraph, node: StateNode) -> bool:
    """Whether the state can be reached from itself within its scope."""
    seen: set[str] = set()
    pending = [node.name]
    while pending:
        name = pending.pop()
        for edge in graph.transitions:
            if edge.source == name and edge.target not in seen:
                if edge.target == node.name:
                    return True
                seen.add(edge.target)
                pending.append(edge.target)
    return False
