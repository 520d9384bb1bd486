"""A state machine as a test holds it: mocks are put on it, and it is run."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asl.types import Json
from interpreter.clock import SEEDED_START, VirtualClock
from interpreter.errors import MockError
from interpreter.testing.answering import Answering, calls_something
from interpreter.testing.mocks import UNSET, Mock, Seconds, plain_json
from interpreter.testing.workflow_run import WorkflowRun

if TYPE_CHECKING:
    from asl.state_machine import StateMachine
    from interpreter.clock import Clock
    from interpreter.engine import Run
    from interpreter.plan import Plan
    from interpreter.tasks.port import TaskError
    from interpreter.testing.breakpoints import Breakpoints
    from interpreter.testing.kit_engine import KitEngine
    from interpreter.testing.observing import Observer
    from interpreter.testing.replaying import Replay
    from interpreter.testing.schedules import Schedule

__tracebackhide__ = True


class MachineUnderTest:
    """``runs`` are all runs so far, in order. ``observer`` is told of each run, for coverage and reports.

    ``mode`` says how what mocks return is checked against the service's output shape: ``"STRICT"``, ``"PRESENT"`` or
    ``"NONE"``, as TestState's ``fieldValidationMode``.
    """

    def __init__(
        self,
        machine: StateMachine,
        *,
        mode: str = "STRICT",
        schedule: Schedule | None = None,
        observer: Observer | None = None,
    ) -> None:
        _require_mode(mode)
        self.machine = machine
        self.mocks: list[Mock] = []
        self.runs: list[WorkflowRun] = []
        self.mode = mode
        self.schedule = schedule
        self._observer = observer

    @property
    def name(self) -> str:
        return self.machine.name

    @property
    def variable(self) -> str:
        """The machine's name as a Python name, as tests call it."""
        return re.sub(r"\W+", "_", str(self.name).lower()).strip("_") or "machine"

    @cached_property
    def plan(self) -> Plan:
        from interpreter.running import plan_of

        return plan_of(self.machine) if self._observer is None else self._observer.plan_of(self.machine)

    @cached_property
    def _types(self) -> dict[str, str]:
        return {node.name: node.type for node in self.machine.graph.states()}

    @cached_property
    def _branches(self) -> dict[str, int]:
        scopes = (scope for scope in self.machine.graph.scopes if scope.kind == "branch")
        return {name: scope.index for scope in scopes for name in scope.states}

    def branch_of(self, state: str) -> int | None:
        """In which branch of its Parallel a state stands."""
        return self._branches.get(state)

    @cached_property
    def _owners(self) -> dict[str, str | None]:
        return {name: scope.owner for scope in self.machine.graph.scopes for name in scope.states}

    def owner_of(self, state: str) -> str | None:
        """The Map or Parallel state that a state stands in."""
        return self._owners.get(state)

    def require_state(self, state: str) -> str:
        """The state's type; MockError with the nearest name for a state that there is not."""
        kind = self._types.get(state)
        if kind is None:
            from asl.validation.hints import nearest

            names = ", ".join(map(repr, self._types))
            raise MockError(
                f"{self.name} has no state {state!r}", nearest(state, self._types) or f"Its states are {names}."
            )
        return kind

    # Mocks

    def mock(
        self,
        state: str | None = None,
        *,
        resource: str | None = None,
        when: Callable[[Json], bool] | None = None,
        returns: Any = UNSET,
        payload: Any = UNSET,
        raises: TaskError | str | None = None,
        by: Callable[..., Any] | None = None,
        runs: MachineUnderTest | None = None,
        pending: bool = False,
        times: int | None = None,
        after: Seconds = 0,
        heartbeat_every: Seconds | None = None,
        chance: float = 1.0,
        mode: str | None = None,
    ) -> Mock:
        """Answer the Tasks of a state, of a resource (a pattern, such as ``"sqs:*"``), and whose input passes ``when``.

        How it answers is said as in :meth:`interpreter.testing.mocks.Mock.then`, which adds more answers to the
        sequence. Of several mocks for a Task one with ``when`` is asked first, then one by state name, the latest
        first. Raises MockError for a state that there is not or that is no Task, and where a result is none that the
        service could give.
        """
        if state is not None:
            self._require_calls(state)
        if mode is not None:
            _require_mode(mode)
        if state is None and resource is None and when is None:
            raise MockError(
                "a mock is for a state, a resource or a test on the input", 'Write mock("State", returns=...).'
            )
        mock = Mock(state, resource, when, self._checker(state, mode or self.mode))
        mock.then(
            returns=returns,
            payload=payload,
            raises=raises,
            by=by,
            runs=runs,
            pending=pending,
            times=times,
            after=after,
            heartbeat_every=heartbeat_every,
            chance=chance,
        )
        self.mocks.append(mock)
        return mock

    def _require_calls(self, state: str) -> None:
        kind, node = self.require_state(state), self.machine.graph.find(state)
        if node is not None and not calls_something(node):
            raise MockError(f"{state!r} is a {kind} state; only Task states are answered by mocks")

    def _checker(self, state: str | None, mode: str) -> Callable[[Any], None]:
        node = None if state is None else self.machine.graph.find(state)
        if node is None or node.type != "Task" or mode == "NONE":
            return lambda _result: None
        from interpreter.testing.mock_shapes import checker

        return checker(node.name, str(node.definition.get("Resource")), mode)

    # Running

    def run(self, input: Json = None, *, until: str | None = None, **options: Any) -> WorkflowRun:
        """Run to the end, or ``until`` a state is about to do its work; ``options`` are those of :meth:`start`."""
        if until is None:
            return self._begin(input, pausable="variables" in options, interactive=False, **options).finish()
        run = self._begin(input, pausable=True, interactive=True, **options)
        run.pause_at(until)
        return run

    def start(self, input: Json = None, **options: Any) -> WorkflowRun:
        """Begin a run and keep a hand on it: tokens, activities, pauses, the passing of time.

        ``start_at`` begins at another state, of any scope, with ``variables``; ``seed`` decides about chance, UUIDs and
        jitter (0 unless given), ``now`` is when it begins (an aware datetime), ``name`` and ``type`` are the
        execution's.
        """
        return self._begin(input, pausable=True, interactive=True, **options)

    def _begin(
        self,
        input: Json,
        *,
        pausable: bool,
        interactive: bool,
        start_at: str | None = None,
        variables: dict[str, Any] | None = None,
        seed: int = 0,
        now: datetime | None = None,
        name: str | None = None,
        type: str | None = None,
    ) -> WorkflowRun:
        from interpreter.testing.kit_engine import KitEngine

        if now is not None and now.tzinfo is None:
            raise MockError(f"now={now!r} is in no time zone", "Write datetime(..., tzinfo=UTC).")
        clock = VirtualClock(SEEDED_START if now is None else now)
        answering = self.answering(clock, seed, self.schedule, interactive)
        engine = answering.engine = KitEngine(clock=clock, handler=answering)
        plan, breakpoints = self._pausable(variables) if pausable else (self.plan, None)
        if start_at is not None:
            from interpreter.testing.breakpoints import starting_at

            self.require_state(start_at)
            plan = starting_at(plan, start_at)
        value = {} if input is None else plain_json(input, "an execution's input")
        begun = engine.start(plan, value, seed=seed, name=name, type=type or self.machine.type)
        if self.schedule is not None:
            self.schedule.take_over(begun)
        answering.started = clock.now()
        self._forget(begun.execution.arn)
        run = WorkflowRun(self, engine, begun, answering, breakpoints, start_at)
        self.runs.append(run)
        return run

    def replay(self, history: str | PathLike[str]) -> Replay:
        """Run the machine on the task results of a recorded history, the file that get-execution-history prints.

        ``divergence()`` of what it returns is None where it goes the recorded way. Raises HistoryError.
        """
        from interpreter.testing.recording import Recording
        from interpreter.testing.replaying import replay

        return replay(self.machine, Recording.load(Path(history)))

    def answering(self, clock: Clock, seed: int, schedule: Schedule | None, hands_out_tokens: bool = True) -> Answering:
        """The task handler of one run."""
        return Answering(self.mocks, clock, self.variable, seed, hands_out_tokens, schedule)

    def _pausable(self, variables: dict[str, Any] | None) -> tuple[Plan, Breakpoints]:
        from interpreter.plan import compile_plan
        from interpreter.testing.breakpoints import Breakpoints

        machine = self.machine
        breakpoints = Breakpoints(variables=None if variables is None else plain_json(variables, "a variable's value"))
        plan = compile_plan(machine.graph, machine.definition, machine.name)
        if self._observer is not None:
            self._observer.watch(plan, machine)
        breakpoints.watch(plan)
        return plan, breakpoints

    def note_nested(self, engine: KitEngine, run: Run, answering: Answering) -> None:
        """An execution of this machine was begun by a Task of another one; it is a run like any other."""
        self.runs.append(WorkflowRun(self, engine, run, answering, None))

    def _forget(self, execution_arn: str) -> None:
        """Let mocks begin their sequences again: the name of an execution follows from its seed."""
        for mock in self.mocks:
            mock.forget(execution_arn)

    def note_end(self, run: WorkflowRun) -> None:
        """A run is over."""
        self._forget(run.execution_arn)
        if self._observer is not None:
            self._observer.note_end(run)


def _require_mode(mode: str) -> None:
    if mode not in _MODES:
        raise MockError(f"mode={mode!r}: results are checked as one of {', '.join(_MODES)}")


_MODES = ("STRICT", "PRESENT", "NONE")


def load_machine(definition: Any, **options: Any) -> MachineUnderTest:
    """A machine to put mocks on and run, from a file, a dict or an :class:`asl.StateMachine`.

    ``options`` are those of :meth:`asl.StateMachine.load`, and ``mode`` of :class:`MachineUnderTest`.
    """
    from interpreter.testing.session import Session

    return Session().machine(definition, **options)
