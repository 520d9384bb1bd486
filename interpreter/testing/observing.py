"""Watches runs for coverage: plans are compiled so that they note what happens, where in the definition."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asl.types import Json, Pointer
from interpreter.errors_handling import ErrorNames, Retrier
from interpreter.execution import Frame
from interpreter.machine import WAITING
from interpreter.testing.coverage_items import Hit, Listing, listing_of

if TYPE_CHECKING:
    from asl.state_machine import StateMachine
    from interpreter.machine import Machine
    from interpreter.plan import Plan, StatePlan
    from interpreter.testing.workflow_run import WorkflowRun


@dataclass(slots=True)
class Covered:
    """One state machine of a file: what there is to cover, and what was hit."""

    listing: Listing
    hits: set[Hit] = field(default_factory=set)


class Observer:
    """Collects what runs hit, by file and state machine; definitions that are in no file are left out."""

    def __init__(self) -> None:
        self.hits: dict[tuple[str, str], Covered] = {}

    def plan_of(self, machine: StateMachine) -> Plan:
        """A plan of the machine that notes here what it does; compiled once for each machine."""
        known = machine.__dict__.get("_observed_plan")
        if known is None or known[0] is not self:
            from interpreter.plan import compile_plan

            plan = compile_plan(machine.graph, machine.definition, machine.name)
            self.watch(plan, machine)
            known = machine.__dict__["_observed_plan"] = (self, plan)
        found: Plan = known[1]
        return found

    def watch(self, plan: Plan, machine: StateMachine) -> None:
        """Make every state of a plan note what it does."""
        covered = self._covered(machine)
        if covered is None:
            return
        for scope, nodes in zip(plan.scopes, machine.graph.scopes, strict=True):
            for name, state in scope.states.items():
                _watch_state(state, nodes.states[name].pointer, covered.hits)

    def note_end(self, run: WorkflowRun) -> None:
        """A run is over: the machine's own time limit is known only now."""
        covered = self._covered(run.machine.machine)
        if covered is not None and run.status == "TIMED_OUT":
            covered.hits.add(("timed out", ()))

    def merge(self, other: Observer) -> None:
        """Take what another observer saw."""
        for key, covered in other.hits.items():
            mine = self.hits.setdefault(key, Covered(covered.listing))
            mine.hits |= covered.hits

    def _covered(self, machine: StateMachine) -> Covered | None:
        source = machine.document.source
        key = (source, machine.name)
        if key not in self.hits:
            if not Path(source).is_file():
                return None
            self.hits[key] = Covered(listing_of(machine))
        return self.hits[key]


def _watch_state(state: StatePlan, pointer: Pointer, hits: set[Hit]) -> None:
    enter = state.enter
    if state.type == "Choice":
        enter = _watched_choice(state, enter, pointer, hits)
    behaviour: Any = state.behaviour
    if state.type == "Map":
        enter = partial(_enter_map, enter, pointer, hits)
        behaviour.settled = partial(_settle_map, behaviour.settled, pointer, hits)
    state.enter = partial(_enter, enter, pointer, hits)
    behaviour.settled = partial(_settled, behaviour.settled, pointer, hits)
    if state.type == "Task":
        behaviour.timer_fired = partial(_timer_fired, behaviour.timer_fired, pointer, hits)
    if hasattr(behaviour, "joined"):
        behaviour.joined = partial(_joined, behaviour.joined, pointer, hits)
    retriers: Any = tuple(_WatchedRetrier(each, pointer, index, hits) for index, each in enumerate(state.retriers))
    state.retriers = retriers
    state.catchers = tuple(
        each._replace(errors=_watched_names(each.errors, ("caught", pointer, index), hits))
        for index, each in enumerate(state.catchers)
    )


Enter = Callable[["Machine", Frame], Json]


def _enter(enter: Enter, pointer: Pointer, hits: set[Hit], machine: Machine, frame: Frame) -> Json:
    hits.add(("entered", pointer))
    output = enter(machine, frame)
    if output is not WAITING:
        hits.add(("left", pointer))
    return output


def _settled(settled: Enter, pointer: Pointer, hits: set[Hit], machine: Machine, frame: Frame) -> Json:
    output = settled(machine, frame)
    if output is not WAITING:
        hits.add(("left", pointer))
    return output


def _joined(joined: Any, pointer: Pointer, hits: set[Hit], machine: Machine, frame: Frame, join: Any) -> Any:
    goes_on = joined(machine, frame, join)
    hits.add(("left", pointer))
    return goes_on


def _timer_fired(fired: Any, pointer: Pointer, hits: set[Hit], machine: Machine, frame: Frame) -> None:
    fired(machine, frame)
    if frame.failure is not None:
        hits.add(("heartbeat missed" if frame.timed_out else "timed out", pointer))


def _watched_choice(state: StatePlan, enter: Enter, pointer: Pointer, hits: set[Hit]) -> Enter:
    tests = [_test(rule, index, state.language) for index, rule in enumerate(state.definition["Choices"])]

    def watched(machine: Machine, frame: Frame) -> Json:
        value, _ = state.behaviour.effective_input(machine, frame)
        for index, test in enumerate(tests):
            is_true = test(value, machine)
            hits.update((("rule", pointer, index), ("rule taken" if is_true else "rule not taken", pointer, index)))
            if is_true:
                break
        else:
            hits.add(("default", pointer))
        return enter(machine, frame)

    return watched


def _test(rule: Any, index: int, language: str) -> Any:
    if language == "JSONata":
        from asl.dataflow_jsonata import compile_condition

        return compile_condition(rule["Condition"], index)
    from asl.choice_rules import compile_choice_rule

    return compile_choice_rule(rule)


def _enter_map(enter: Enter, pointer: Pointer, hits: set[Hit], machine: Machine, frame: Frame) -> Json:
    output = enter(machine, frame)
    number = len(frame.join.items) if frame.join is not None else 0
    if frame.map_run is None:
        _note_items(number, pointer, hits)
    return output


def _settle_map(settled: Enter, pointer: Pointer, hits: set[Hit], machine: Machine, frame: Frame) -> Json:
    """A distributed Map knows its items only after its reader has answered."""
    run = frame.map_run
    try:
        return settled(machine, frame)
    finally:
        if run is not None and run.is_over:
            _note_items(sum(run.weights), pointer, hits)


def _note_items(number: int, pointer: Pointer, hits: set[Hit]) -> None:
    hits.add(("mapped", pointer))
    if number:
        hits.update((("items", pointer), ("one item" if number == 1 else "many items", pointer)))
    else:
        hits.add(("no items", pointer))


def _watched_names(names: ErrorNames, hit: Hit, hits: set[Hit]) -> Any:
    return _WatchedNames(names, hit, hits)


class _WatchedNames:
    """``ErrorEquals`` that notes when it matches."""

    def __init__(self, names: ErrorNames, hit: Hit, hits: set[Hit]) -> None:
        self.names = names.names
        self._match = names.match
        self._hit = hit
        self._hits = hits

    def match(self, error: str | None, heartbeat: bool = False) -> bool:
        found = self._match(error, heartbeat)
        if found:
            self._hits.add(self._hit)
        return found


class _WatchedRetrier:
    """A Retrier that notes its use; the machine asks ``max_attempts`` after a match, and ``delay`` when it retries."""

    def __init__(self, retrier: Retrier, pointer: Pointer, index: int, hits: set[Hit]) -> None:
        self.errors = _WatchedNames(retrier.errors, ("retry", pointer, index), hits)
        self.jitter = retrier.jitter
        self.interval, self.rate, self.max_delay = retrier.interval, retrier.rate, retrier.max_delay
        self._retrier = retrier
        self._place = (pointer, index)
        self._hits = hits

    @property
    def max_attempts(self) -> Any:
        return _Limit(self._retrier.max_attempts, ("exhausted", *self._place), self._hits)

    def delay(self, attempt: int) -> float:
        self._hits.add(("retried", *self._place))
        return self._retrier.delay(attempt)


class _Limit(int):
    """A number of attempts that notes when it is reached."""

    _note: Callable[[], None]

    def __new__(cls, value: int, hit: Hit, hits: set[Hit]) -> _Limit:
        limit = super().__new__(cls, value)
        limit._note = partial(hits.add, hit)
        return limit

    def __gt__(self, used: int) -> bool:
        if int(self) > used:
            return True
        self._note()
        return False
