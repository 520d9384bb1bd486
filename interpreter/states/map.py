"""Map, inline: runs its processor once per item, so many at once, and joins the outputs in the order of the items."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from asl.errors import PathError
from asl.expressions.jsonpath import Evaluate, compile_path
from asl.expressions.payload_template import CompiledTemplate, compile_template
from asl.types import Json
from interpreter.execution import Frame, Join, Phase
from interpreter.machine import WAITING
from interpreter.states.base import runtime_error
from interpreter.states.container import Container
from interpreter.states.numbers import Number, compile_number

if TYPE_CHECKING:
    from interpreter.machine import Machine
    from interpreter.plan import StatePlan

INLINE_CONCURRENCY = 40
"""Iterations of an inline Map that AWS runs at once at most."""


class Map(Container):
    def __init__(self, state: StatePlan, siblings: Mapping[str, StatePlan]) -> None:
        super().__init__(state, siblings)
        definition = state.definition
        self._jsonata = state.language == "JSONata"
        self._items = _compile_items(state)
        self.concurrency: Number = compile_number(definition, "MaxConcurrency", state.language, minimum=0)
        self._select: CompiledTemplate | None = None if self._jsonata else _compile_selector(state)
        self._select_jsonata = _compile_jsonata_selector(state) if self._jsonata else None

    def enter(self, machine: Machine, frame: Frame) -> Json:
        value, _ = self.effective_input(machine, frame)
        items, keys = self.listed(value, machine)
        limit = self.concurrency(value, machine) or INLINE_CONCURRENCY
        started = frame.previous = machine.emit("MapStateStarted", frame.previous, (len(items),))
        join = frame.join = Join(len(items))
        join.items, join.keys, join.selected = items, keys, value
        join.limit = min(int(limit), INLINE_CONCURRENCY)
        machine.wait(frame, Phase.JOIN)
        if not items:
            machine.emit("MapStateSucceeded", started)
            self.end_children(machine, frame)
            return machine.settle(frame, self.state, [], 2)
        for _ in range(min(join.limit, len(items))):
            self._start_iteration(machine, frame, join, started)
        return WAITING

    def listed(self, value: Json, machine: Machine) -> tuple[list[Json], list[str] | None]:
        items = value if self._items is None else self._items(value, machine)
        if isinstance(items, list):
            return items, None
        path = self.state.definition.get("ItemsPath", "$")
        if isinstance(items, dict) and self._items is not None and not path.startswith("$$"):
            return [{"Key": key, "Value": item} for key, item in items.items()], list(items)
        if self._jsonata:
            from asl.dataflow_jsonata import map_input_error

            raise map_input_error(items)
        shown = path.removeprefix("$") if path.startswith("$$") else path
        raise runtime_error(f'Reference path "{shown}" must point to array.')

    def _start_iteration(self, machine: Machine, frame: Frame, join: Join, previous: int) -> None:
        index = join.next_index
        item = join.items[index]
        frame.item = (index, item, None) if join.keys is None else (index, item["Value"], join.keys[index])
        machine.frame = frame
        value = self.selected(machine, frame, join.selected, item)
        bound = machine.measured(value, None, self.state.name)
        join.next_index = index + 1
        started = machine.emit("MapIterationStarted", previous, (self.state.name, index))
        child = machine.child(frame, join, index, self.state.children[0].start, value, bound, started)
        child.item, frame.item = frame.item, None

    def selected(self, machine: Machine, frame: Frame, effective: Json, item: Json) -> Json:
        """An iteration's input: the item, or what ItemSelector makes of it and of the effective input."""
        if self._select is not None:
            return self._select.evaluate(effective, machine)
        return item if self._select_jsonata is None else self._select_jsonata(frame.input, machine)

    def child_done(self, machine: Machine, frame: Frame, child: Frame, output: Json) -> Frame | None:
        join = self.collect(frame, child, output)
        last = machine.emit("MapIterationSucceeded", child.previous, (self.state.name, child.index))
        if join.next_index < len(join.items):
            self._start_iteration(machine, frame, join, child.previous)
            return None
        if join.remaining:
            return None
        frame.previous = last
        machine.emit("MapStateSucceeded", last)
        return self.joined(machine, frame, join)

    def failure_event(self, machine: Machine, child: Frame, failing: int) -> None:
        machine.emit("MapIterationFailed", failing, (self.state.name, child.index))

    def abort_child(self, machine: Machine, child: Frame, previous: int) -> None:
        machine.emit("MapIterationAborted", previous, (self.state.name, child.index))
        machine.abort(child, previous)


def _compile_items(state: StatePlan) -> Evaluate | None:
    definition = state.definition
    if state.language == "JSONata":
        from asl.dataflow_jsonata import compile_items

        return compile_items(definition["Items"]) if "Items" in definition else None
    path = definition.get("ItemsPath", "$")
    return None if path == "$" else _items_path(path)


def _items_path(path: str) -> Evaluate:
    evaluate = compile_path(path).evaluate

    def items(value: Json, scope: Machine) -> Json:
        try:
            return evaluate(value, scope)
        except PathError as miss:
            raise runtime_error(f"Invalid path '{path}' : {miss.detail}") from None

    return items  # type: ignore[return-value]


def _compile_selector(state: StatePlan) -> CompiledTemplate | None:
    for field in ("ItemSelector", "Parameters"):
        if field in state.definition:
            return compile_template(state.definition[field], field)
    return None


def _compile_jsonata_selector(state: StatePlan) -> Evaluate | None:
    if "ItemSelector" not in state.definition:
        return None
    from asl.dataflow_jsonata import compile_value

    return compile_value(state.definition["ItemSelector"], "ItemSelector")
