"""Which values lead a workflow on at its Choice states: the ones of the rules that come soonest to a good end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from asl.graph import StateNode
from asl.types import Json, JsonObject
from interpreter.tasks.needs import ABSENT, Hint

_KINDS = {"String": None, "Numeric": "number", "Boolean": "boolean", "Timestamp": "timestamp"}
_OTHER = "other"
_LOOP, _FAILURE = 1_000_000, 2_000_000


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


States: TypeAlias = Mapping[str, StateNode]
Successors: TypeAlias = Mapping[str, Sequence[str]]


def rule_reads(states: States, successors: Successors, node: StateNode) -> Iterator[tuple[str, Hint]]:
    """Every path that the rules of a Choice read; of the values, those of the best ways come first.

    ``states`` are those of its scope, ``successors`` the names that may follow each when nothing fails.
    """
    if node.type != "Choice":
        return
    rules = [rule for rule in node.definition.get("Choices") or () if isinstance(rule, dict)]
    distances = _Distances(states, successors, node.name)
    ways = [(distances.of(rule.get("Next")), index) for index, rule in enumerate(rules)]
    best = min(ways, default=(0, 0))
    if distances.of(node.definition.get("Default")) < best[0]:
        for rule in rules:
            yield from _reads(rule, met=False)
    for _, index in sorted(ways):
        yield from _reads(rules[index], met=True)


class _Distances:
    """Transitions to the nearest good end without coming back to the choice; large for loops, larger for failures."""

    def __init__(self, states: States, successors: Successors, choice: str) -> None:
        self._states = states
        self._successors = successors
        self._choice = choice

    def of(self, start: Json) -> int:
        reached, frontier, steps = {self._choice}, [start], 0
        while frontier:
            names = [name for name in frontier if name in self._states and name not in reached]
            if any(self._states[name].is_terminal and self._states[name].type != "Fail" for name in names):
                return steps
            reached.update(names)
            frontier = list(dict.fromkeys(target for name in names for target in self._successors.get(name, ())))
            steps += 1
        return _LOOP if start in self._states and self._states[start].type != "Fail" else _FAILURE


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
