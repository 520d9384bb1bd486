"""Wait: lets time pass, for a number of seconds or until an instant."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from asl.errors import PathError
from asl.expressions.reference_path import compile_reference_path
from asl.json_text import to_text
from asl.timestamps import parse_timestamp
from asl.types import Json
from interpreter.execution import Frame, Phase
from interpreter.machine import WAITING
from interpreter.states.base import Behaviour, runtime_error

if TYPE_CHECKING:
    from interpreter.machine import Machine
    from interpreter.plan import StatePlan

LONGEST_WAIT = 2**31 - 1
"""Seconds, as many as a Java int holds: AWS waits for an instant 24,855 days ahead and refuses 24,856."""

Due = Callable[["Machine", Json], float]


class Wait(Behaviour):
    def __init__(self, state: StatePlan, siblings: Mapping[str, StatePlan]) -> None:
        super().__init__(state, siblings)
        self._due = _compile_due(state)

    def enter(self, machine: Machine, frame: Frame) -> Json:
        value, size = self.effective_input(machine, frame)
        due = self._due(machine, value)
        if due - machine.now > LONGEST_WAIT:
            raise runtime_error("Wait state delay is too long.")
        if due > machine.now:
            machine.wait(frame, Phase.TIMER, due)
            return WAITING
        return machine.settle(frame, self.state, value, size)

    def settled(self, machine: Machine, frame: Frame) -> Json:
        value, size = self.effective_input(machine, frame)
        return machine.settle(frame, self.state, value, size)


def _compile_due(state: StatePlan) -> Due:
    definition = state.definition
    if state.language == "JSONata":
        from asl.dataflow_jsonata import compile_wait

        return compile_wait(definition)
    if "Seconds" in definition:
        seconds = float(definition["Seconds"])
        return lambda machine, _value: machine.now + seconds
    if "Timestamp" in definition:
        instant = _instant(definition["Timestamp"], "Timestamp")
        return lambda _machine, _value: instant
    return (
        _seconds_path(definition["SecondsPath"])
        if "SecondsPath" in definition
        else _timestamp_path(definition["TimestampPath"])
    )


def _seconds_path(path: str) -> Due:
    evaluate = compile_reference_path(path).evaluate

    def due(machine: Machine, value: Json) -> float:
        try:
            seconds = evaluate(value, machine)
        except PathError:
            seconds = None
        return machine.now + _checked_seconds(path, seconds)

    return due


def _checked_seconds(path: str, seconds: Json) -> int:
    if seconds is None:
        raise runtime_error(f"The SecondsPath parameter does not reference an input value: {path}")
    shown = seconds if isinstance(seconds, str) else to_text(seconds)
    try:
        whole = int(shown)
    except ValueError:
        raise runtime_error(f"The SecondsPath parameter cannot be parsed as a long value: {path} == {shown}") from None
    if whole < 0:
        raise runtime_error(f"The SecondsPath parameter references a negative value: {path} == {shown}")
    return whole


def _timestamp_path(path: str) -> Due:
    evaluate = compile_reference_path(path).evaluate

    def due(machine: Machine, value: Json) -> float:
        try:
            text = evaluate(value, machine)
        except PathError:
            raise runtime_error(f"The TimestampPath parameter does not reference an input value: {path}") from None
        return _instant(text, "TimestampPath", path)

    return due


def _instant(text: Json, field: str, path: str = "") -> float:
    nanoseconds = parse_timestamp(text) if isinstance(text, str) else None
    if nanoseconds is None:
        shown = text if isinstance(text, str) else to_text(text)
        raise runtime_error(
            f"The {field} parameter does not reference a valid ISO-8601 extended offset date-time format string: "
            f"{path} == {shown}"
        )
    return nanoseconds / 1e9
