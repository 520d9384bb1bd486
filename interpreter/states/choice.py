"""Choice: goes to the target of the first rule that is true, else to Default."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from asl.dataflow import After, compile_assign
from asl.expressions.scope import Scope
from asl.types import Json, JsonObject
from interpreter.execution import Frame
from interpreter.states.base import Behaviour, runtime_error

if TYPE_CHECKING:
    from interpreter.machine import Machine
    from interpreter.plan import StatePlan


class _Rule(NamedTuple):
    test: Callable[[Json, Scope], bool]
    target: StatePlan
    assign: After | None
    output: After | None


class Choice(Behaviour):
    def __init__(self, state: StatePlan, siblings: Mapping[str, StatePlan]) -> None:
        super().__init__(state, siblings)
        compile_rule = _jsonata_rule if state.language == "JSONata" else _jsonpath_rule
        choices = state.definition["Choices"]
        self._rules = [compile_rule(rule, index, siblings) for index, rule in enumerate(choices)]
        default = state.definition.get("Default")
        self._default = None if default is None else siblings[default]
        self._assigns = state.flow.assign is not None or any(rule.assign for rule in self._rules)
        self._tests = [(rule.test, rule.target) for rule in self._rules]
        if not self._assigns and state.flow.after is None and not any(rule.output for rule in self._rules):
            self.enter = self._goes_on  # type: ignore[method-assign]

    def enter(self, machine: Machine, frame: Frame) -> Json:
        value, size = self.effective_input(machine, frame)
        for rule in self._rules:
            if rule.test(value, machine):
                frame.goto = rule.target
                return self._output(machine, frame, value, size, rule)
        frame.goto = self._fallback()
        return machine.settle(frame, self.state, value, size)

    def _goes_on(self, machine: Machine, frame: Frame) -> Json:
        """The same for a Choice that changes nothing."""
        before = self.state.flow.before
        value = frame.input if before is None else before(frame.input, machine)
        for test, target in self._tests:
            if test(value, machine):
                frame.goto = target
                return value
        frame.goto = self._fallback()
        return value

    def _fallback(self) -> StatePlan:
        if self._default is None:
            raise runtime_error("Failed to transition out of the state. The state does not point to a next state.")
        return self._default

    def _output(self, machine: Machine, frame: Frame, value: Json, size: int | None, rule: _Rule) -> Json:
        flow = self.state.flow
        if rule.assign is not None:
            machine.assign(frame, rule.assign(frame.input, value, machine))
        after = rule.output or flow.after
        output = value if after is None else after(frame.input, value, machine)
        frame.size = machine.measured(output, None if after is not None else size, self.state.name)
        return output


def _jsonpath_rule(rule: JsonObject, index: int, siblings: Mapping[str, StatePlan]) -> _Rule:
    from asl.choice_rules import compile_choice_rule

    return _Rule(compile_choice_rule(rule), siblings[rule["Next"]], compile_assign(rule.get("Assign")), None)


def _jsonata_rule(rule: JsonObject, index: int, siblings: Mapping[str, StatePlan]) -> _Rule:
    from asl.dataflow_jsonata import compile_condition, compile_rule_fields

    output, assign = compile_rule_fields(rule, index)
    return _Rule(compile_condition(rule["Condition"], index), siblings[rule["Next"]], assign, output)
