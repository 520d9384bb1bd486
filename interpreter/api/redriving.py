"""A closed execution opened again from its history: where its threads of control stood and what the ended ones gave.

History is enough: it has the input of every state that was entered and the output of every state that was left.
Branches and iterations that ended well keep their outputs; the others go on with the state that they were in. A state
whose failure was its own (or ``States.DataLimitExceeded``) is run again as a whole.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from asl.json_text import byte_bound
from asl.types import Json
from interpreter.execution import Execution, Frame, Join, Phase
from interpreter.machine import STANDARD_TIME_LIMIT, Machine

if TYPE_CHECKING:
    from interpreter.plan import Plan, ScopePlan, StatePlan
    from interpreter.store.port import ExecutionRecord

_CONTAINERS = ("Map", "Parallel")


class _Thread:
    """A thread of control as its history tells: the ``state`` it is in, and whether it ``is_done`` (ended well)."""

    def __init__(self, parent: _Thread | None, scope: ScopePlan, index: int, last: int) -> None:
        self.parent = parent
        self.scope = scope
        self.index = index
        self.last = last
        self.state: StatePlan = scope.start
        self.value: Json = None
        self.entered = 0
        self.entered_at = 0.0
        self.is_done = False
        self.assigned: dict[str, Json] = {}
        self.children: dict[int, _Thread] = {}

    def within(self, name: str | None, kind: str | None = None) -> _Thread:
        """This thread or the nearest around it that is in the state of that name, or in one of that type."""
        thread: _Thread | None = self
        while thread is not None and name != thread.state.name and kind != thread.state.type:
            thread = thread.parent
        return thread or self


class _Reader:
    """Follows the rows of a history, each to its thread by the event that it points back to."""

    def __init__(self, plan: Plan) -> None:
        self.main = _Thread(None, plan.scopes[plan.first], 0, 0)
        self._owners: dict[int, _Thread] = {0: self.main}

    def read(self, number: int, row: list[Any]) -> None:
        kind, previous, seconds, details, _raw = row
        thread = self._owners.get(previous, self.main)
        if kind.endswith("StateEntered"):
            thread = self._entered(thread, number, seconds, details)
        elif kind.endswith("StateExited"):
            thread = self._exited(thread, details)
        elif kind == "MapIterationStarted":
            owner = thread.within(details[0])
            thread = owner.children[details[1]] = _Thread(owner, owner.state.children[0], details[1], number)
        elif kind in ("MapStateStarted", "ParallelStateStarted"):
            thread = thread.within(None, kind.removesuffix("StateStarted"))
            thread.children = {}
        elif kind.startswith("Execution"):
            thread = self.main
        thread.last = number
        self._owners[number] = thread

    def _entered(self, thread: _Thread, number: int, seconds: float, details: list[Any]) -> _Thread:
        name = details[0]
        if name not in thread.scope.states:
            index, scope = next(
                (index, scope) for index, scope in enumerate(thread.state.children) if name in scope.states
            )
            thread.children[index] = thread = _Thread(thread, scope, index, number)
        thread.state = thread.scope.states[name]
        thread.value, thread.entered, thread.entered_at = details[1], number, seconds
        thread.children = {}
        return thread

    def _exited(self, thread: _Thread, details: list[Any]) -> _Thread:
        thread = thread.within(details[0])
        if len(details) > 2 and details[2]:
            thread.assigned = {**thread.assigned, **details[2]}
        thread.value, thread.children = details[1], {}
        thread.is_done = thread.state.definition.get("End") is True or thread.state.type == "Succeed"
        return thread


def reopened(
    plan: Plan,
    record: ExecutionRecord,
    history: Iterable[list[Any]],
    value: Json,
    now: float,
    *,
    keeps: bool,
) -> Execution:
    """The execution, ready to go on, with the ExecutionRedriven event that is not in the store yet.

    ``record`` is its new face, ``history`` the numbered rows so far, ``value`` its input.
    ``keeps`` says whether branches and iterations that ended well keep their outputs.
    """
    reader, last = _Reader(plan), 0
    for number, row in history:
        reader.read(number, _decoded(row))
        last = number
    execution = _execution(record, value)
    execution.event_base = last
    execution.events = [("ExecutionRedriven", last, now, (record.redrive_count,))]
    execution.deadline = now + min(STANDARD_TIME_LIMIT, plan.timeout or STANDARD_TIME_LIMIT)
    reader.main.last = last + 1
    _Builder(plan, execution, now, keeps).frame(reader.main, None)
    return execution


def _decoded(row: list[Any]) -> list[Any]:
    """A row whose payloads that were kept as text are values."""
    import json

    kind, previous, seconds, details, raw = row
    values = [json.loads(entry) if index in raw else entry for index, entry in enumerate(details)]
    return [kind, previous, seconds, values, raw]


def _execution(record: ExecutionRecord, value: Json) -> Execution:
    execution = Execution(
        name=record.name,
        machine_arn=record.machine_arn,
        arn=record.arn,
        role_arn=record.details["role"],
        input=value,
        started=record.started,
        seed=secrets.randbits(64),
        type=record.details["type"],
        input_text=record.details["input"],
    )
    execution.redrive_count = record.redrive_count
    return execution


class _Builder:
    """Makes frames of threads. ``keeps`` says whether what ended well is kept."""

    def __init__(self, plan: Plan, execution: Execution, now: float, keeps: bool) -> None:
        self._execution = execution
        self._machine = Machine(plan, execution)
        self._keeps = keeps

    def frame(self, thread: _Thread, parent: Frame | None) -> Frame:
        execution = self._execution
        number, execution.next_frame = execution.next_frame, execution.next_frame + 1
        value = thread.value
        frame = Frame(number, parent, thread.index, thread.state, value, byte_bound(value), thread.last)
        frame.variables = {**frame.variables, **thread.assigned}
        frame.entered, frame.entered_at, frame.came_from = thread.entered, thread.entered_at, thread.entered
        execution.frames[number] = frame
        if thread.is_done:
            frame.phase = Phase.DONE
        elif not (self._keeps and thread.state.type in _CONTAINERS and self._rejoin(thread, frame)):
            frame.phase = Phase.AGAIN if thread.entered else Phase.ENTER
            execution.ready.append(frame)
        return frame

    def _rejoin(self, thread: _Thread, frame: Frame) -> bool:
        """Put a Parallel or Map back to where its children were; False when they all ended well, or none began."""
        if not thread.children or all(child.is_done for child in thread.children.values()):
            return False
        join = frame.join = self._join(thread, frame)
        frame.phase = Phase.JOIN
        for index, child_thread in sorted(thread.children.items()):
            child = self.frame(child_thread, frame)
            join.children.append(child)
            if frame.state.type == "Map":
                child.item = (index, join.items[index], None) if join.keys is None else _keyed(join, index)
            if child_thread.is_done:
                join.outputs[index] = child.input
                join.size += child.size + 1
                join.remaining -= 1
            else:
                join.running[index] = child
        join.next_index = max(thread.children) + 1
        return True

    def _join(self, thread: _Thread, frame: Frame) -> Join:
        behaviour = frame.state.behaviour
        if frame.state.type == "Parallel":
            return Join(len(frame.state.children))
        self._machine.frame = frame
        value, _ = behaviour.effective_input(self._machine, frame)
        items, keys = behaviour.listed(value, self._machine)
        join = Join(len(items))
        join.items, join.keys, join.selected = items, keys, value
        join.limit = len(thread.children)
        return join


def _keyed(join: Join, index: int) -> tuple[int, Json, str | None]:
    assert join.keys is not None
    return (index, join.items[index]["Value"], join.keys[index])
