"""Which values lead a workflow on at its Choice states: the ones of the rules that come soonest to a good end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from asl.graph import StateGraph, StateNode
from asl.types import Json, JsonObject
from interpreter.tasks.needs import ABSENT, Hint

_KINDS = {"String": None, "Numeric": "number", "Boolean": "boolean", "Timestamp": "timestamp"}
_OTHER = "other"


def _above(value: Json) -> Json:
    return value + 1 if isinstance(value, (int, float)) else value


def _below(value: Json) -> Json:
    return value - 1 if isinstance(value, (int, float)) else value


def _different(value: Json) -> Json:
    if isinstance(value, bool):
        return not value
    return _above(value) if isinstance(value, (int, float)) else _OTHER


def _same(value: Json) -> Json:
    return value


def _matching(value: Json) -> Json:
    return value.replace("*", "x") if isinstance(value, str) else value


_MEETING: dict[str, tuple[Callable[[Any], Json], Callable[[Any], Json]]] = {
    "Equals": (_same, _different),
    "Matches": (_matching, _different),
    "GreaterThan": (_above, _same),
    "GreaterThanEquals": (_same, _below),
    "LessThan": (_below, _same),
    "LessThanEquals": (_same, _above),
}
"""By the end of an operator's name: what makes a value that meets it, and one that does not."""


def rule_reads(graph: StateGraph, node: StateNode) -> Iterator[tuple[str, Hint]]:
    """Every path that the rules of a Choice read; of the values, those of the best ways come first."""
    if node.type != "Choice":
        return
    rules = [rule for rule in node.definition.get("Choices") or () if isinstance(rule, dict)]
    ways = [(_distance(graph, node, rule.get("Next")), index) for index, rule in enumerate(rules)]
    best = min(ways, default=(0, 0))
    if _distance(graph, node, node.definition.get("Default")) < best[0]:
        for rule in rules:
            yield from _reads(rule, met=False)
    for _, index in sorted(ways):
        yield from _reads(rules[index], met=True)


def _distance(graph: StateGraph, choice: StateNode, start: Json) -> int:
    """Transitions to the nearest good end without coming back to the choice; large for loops, larger for failures."""
    states = graph.scopes[choice.scope].states
    reached, frontier, steps = {choice.name}, [start], 0
    while frontier:
        names = [name for name in frontier if name in states and name not in reached]
        if any(states[name].is_terminal and states[name].type != "Fail" for name in names):
            return steps
        reached.update(names)
        frontier = [edge.target for edge in graph.transitions if edge.source in names and edge.kind != "Catch"]
        steps += 1
    return 1000 if start in states and states[start].type != "Fail" else 2000


def _reads(rule: JsonObject, *, met: bool) -> Iterator[tuple[str, Hint]]:
    for key in ("And", "Or"):
        for part in rule.get(key) or ():
            yield from _reads(part, met=met)
    if isinstance(rule.get("Not"), dict):
        yield from _reads(rule["Not"], met=not met)
    if isinstance(variable := rule.get("Variable"), str):
        for operator, operand in rule.items():
            yield from _comparison(variable, operator, operand, met)


def _comparison(variable: str, operator: str, operand: Json, met: bool) -> Iterator[tuple[str, Hint]]:
    type_name = next((name for name in _KINDS if operator.startswith(name)), None)
    if operator in ("IsNumeric", "IsString", "IsBoolean", "IsTimestamp") and operand is met:
        yield variable, Hint(_KINDS[operator[2:]] if operator != "IsNumeric" else "number")
    if type_name is None:
        if operator == "IsPresent":
            yield variable, Hint(None if operand is met else ABSENT)
        return
    if operator.endswith("Path") and isinstance(operand, str):
        yield from ((path, Hint(_KINDS[type_name])) for path in (variable, operand))
        return
    meet, miss = _MEETING.get(operator.removeprefix(type_name), (_same, _different))
    yield variable, Hint(_KINDS[type_name], (meet(operand) if met else miss(operand),))
