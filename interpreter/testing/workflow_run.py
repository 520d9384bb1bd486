"""One run of a workflow under test: what it came to, what each state did, and the hands on it while it still waits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from asl.types import Json, JsonObject
from interpreter.execution import Execution, Phase, Status
from interpreter.messages import Stop
from interpreter.testing.loop import KitError, drive
from interpreter.testing.state_run import StateRun
from interpreter.testing.tokens import TaskTimedOutError, Token
from interpreter.testing.visits import Visit, visits_of

if TYPE_CHECKING:
    from interpreter.engine import Run
    from interpreter.history import Row
    from interpreter.plan import Plan
    from interpreter.tasks.port import TaskRequest
    from interpreter.testing.answering import Answering
    from interpreter.testing.breakpoints import Breakpoints, Pause
    from interpreter.testing.kit_engine import KitEngine
    from interpreter.testing.machine_under_test import MachineUnderTest
    from interpreter.testing.mocks import Mock, Seconds

__tracebackhide__ = True


class StuckError(KitError):
    """The run waits for something that never comes; the message says for what and what to do."""


class WorkflowRun:
    """A run, over or under way. ``mocks`` are those that it was run with.

    What it came to (``succeeded``, ``output``, ``error`` ...) drives it to its end first; ``status``, ``path``,
    ``history`` and ``run["State"]`` tell how far it is.
    """

    def __init__(
        self,
        machine: MachineUnderTest,
        engine: KitEngine,
        run: Run,
        answering: Answering,
        breakpoints: Breakpoints | None,
        start_at: str | None = None,
    ) -> None:
        self.machine = machine
        self._engine = engine
        self._run = run
        self._answering = answering
        self._breakpoints = breakpoints
        self._start_at = start_at
        self._visits_at: tuple[int, list[Visit]] = (-1, [])

    # What it came to

    @property
    def status(self) -> Status:
        return self._run.status

    @property
    def succeeded(self) -> bool:
        return self.finish().status == Status.SUCCEEDED

    @property
    def failed(self) -> bool:
        return self.finish().status == Status.FAILED

    @property
    def output(self) -> Json:
        return self.finish().execution.output

    @property
    def error(self) -> str | None:
        return self.finish().execution.error

    @property
    def cause(self) -> str | None:
        return self.finish().execution.cause

    # How it went

    @property
    def path(self) -> list[str]:
        """The names of the states entered so far, in order."""
        return [details[0] for event_type, _, _, details in self.rows if event_type.endswith("StateEntered")]

    @property
    def history(self) -> list[JsonObject]:
        """The events so far, as GetExecutionHistory gives them."""
        return self._run.history()

    @property
    def execution(self) -> Execution:
        """The execution as data, wherever it is."""
        return self._run.execution

    @property
    def rows(self) -> list[Row]:
        """The history so far in the machine's own form."""
        return _rows_of(self._run)

    @property
    def visits(self) -> list[Visit]:
        """Every stay in a state so far, in the order of entry; those in children of distributed Maps come last."""
        rows, children = self.rows, [_rows_of(child) for child in self._children]
        number = len(rows) + sum(map(len, children))
        if self._visits_at[0] != number:
            visits = visits_of(rows, self.machine.branch_of)
            for child in children:
                self._add_child(visits, visits_of(child, self.machine.branch_of))
            self._visits_at = (number, visits)
        return self._visits_at[1]

    @property
    def _children(self) -> list[Run]:
        """The child executions of distributed Maps; they are answered like the run itself."""
        begun = self._engine.begun
        return [run for run in begun if run.handler is self._answering and run is not self._run]

    def _add_child(self, visits: list[Visit], inner: list[Visit]) -> None:
        """Put the visits of a child execution into the Map that started it."""
        owner = self.machine.owner_of(inner[0].state) if inner else None
        parent = next((visit for visit in reversed(visits) if visit.state == owner), None)
        index = len([visit for visit in parent.inner if visit.state == inner[0].state]) if parent is not None else None
        for visit in inner:
            if visit.parent is None and parent is not None:
                visit.parent, visit.index = parent, index
                parent.inner.append(visit)
        visits.extend(inner)

    @property
    def mocks(self) -> list[Mock]:
        return self._answering.mocks

    @property
    def seed(self) -> int:
        return self.execution.seed

    @property
    def name(self) -> str:
        return self.execution.name

    @property
    def execution_arn(self) -> str:
        return self.execution.arn

    @property
    def started_at(self) -> float:
        """Seconds since 1970, in workflow time."""
        return self.execution.started

    @property
    def input(self) -> Json:
        return self.execution.input

    @property
    def duration(self) -> timedelta:
        """Workflow time from the start to the end, or until now."""
        end = self.execution.stopped or self._engine.clock.now()
        return timedelta(seconds=end - self.started_at)

    @property
    def waited(self) -> timedelta:
        """Workflow time in which a Wait state or the delay before a retry was pending; what Tasks took is not in it."""
        return timedelta(milliseconds=round(_union(self._waits()) * 1000))

    def _waits(self) -> Iterator[tuple[float, float]]:
        now = self.execution.stopped or self._engine.clock.now()
        for visit in self.visits:
            if visit.kind == "Wait":
                yield visit.started, visit.ended if visit.ended is not None else now
            for before, after in zip(visit.attempts, visit.attempts[1:], strict=False):
                yield before.ended or after.started, after.started

    def __getitem__(self, state: str) -> StateRun:
        self.machine.require_state(state)
        return StateRun(state, [visit for visit in self.visits if visit.state == state])

    # Hands on it

    def finish(self) -> WorkflowRun:
        """Let it run to its end, skipping all waiting. A run that is over is left alone."""
        if not self.execution.is_closed:
            drive(self._drive(lambda: self.execution.is_closed))
            self._require(self.execution.is_closed, "its end")
            self.machine.note_end(self)
        return self

    def advance(self, time: Seconds) -> WorkflowRun:
        """Let this much workflow time pass (seconds, or a timedelta)."""
        from interpreter.testing.mocks import to_seconds

        until = self._engine.clock.now() + to_seconds(time)
        drive(self._drive(lambda: False, until))
        return self

    def token(self, state: str) -> Token:
        """The task token with which a callback Task waits; the run is driven until it does."""
        self.machine.require_state(state)
        drive(self._drive(lambda: self._waiting(state) is not None))
        request = self._waiting(state)
        self._require(request is not None, f"the token of {state!r}")
        assert request is not None
        return Token(self, request)

    def activity(self, activity: str, worker: str | None = "test") -> Token:
        """Take the next task of an activity, as GetActivityTask does; ``activity`` is its ARN, its name or a state's
        name.
        """
        drive(self._drive(lambda: self._queued(activity) is not None))
        request = self._queued(activity)
        self._require(request is not None, f"a task of the activity {activity!r}")
        assert request is not None
        request.started(worker)
        drive(self._drive(lambda: True))
        return Token(self, request)

    def pause_at(self, state: str) -> Pause:
        """Run until this state was entered and its work is about to begin."""
        from interpreter.testing.breakpoints import Pause

        self.machine.require_state(state)
        points = self._points()
        points.states.add(state)
        drive(self._drive(lambda: any(frame.state.name == state for frame in points.stopped)))
        frame = next((frame for frame in points.stopped if frame.state.name == state), None)
        self._require(frame is not None, f"the state {state!r}")
        assert frame is not None
        return Pause(self._engine, self._run, points, frame)

    def stop(self, error: str | None = None, cause: str | None = None) -> WorkflowRun:
        """StopExecution."""
        self._engine.post(self._run, Stop(error, cause))
        return self.finish()

    def send(self, request: TaskRequest, frame: int, ticket: int, message: Any, *, ends: bool) -> None:
        """Deliver what was sent with a task token; raises TaskTimedOutError for one whose attempt is over."""
        run = self._engine.by_arn[request.execution_arn]
        if not self._waits_for(run, frame, ticket):
            raise TaskTimedOutError(
                f"the attempt of {request.state_name!r} that this token is for is over: nobody waits for it"
            )
        if ends:
            self._answering.open.remove(request)
        self._engine.post(run, message)
        drive(self._drive(lambda: True))

    # Driving

    async def _drive(self, enough: Callable[[], bool], until: float | None = None) -> None:
        """Settle, and skip to the next timer until it is enough, nothing moves any more, or it is ``until``."""
        engine, execution = self._engine, self._run.execution
        await engine.settle()
        while not enough() and not execution.is_closed:
            timer = engine.next_timer
            if until is not None and (timer is None or timer > until):
                engine.clock.jump_to(until)
                return
            if timer is None or (until is None and self._is_stuck(timer)):
                return
            engine.skip_to(timer)
            await engine.settle()

    def _is_stuck(self, timer: float) -> bool:
        """Nothing is left but the year after which AWS ends any execution."""
        return timer == self.execution.deadline and self.machine.plan.timeout is None

    def _waiting(self, state: str) -> TaskRequest | None:
        return next((request for request in self._open() if request.state_name == state), None)

    def _queued(self, activity: str) -> TaskRequest | None:
        names = (activity, f":{activity}")
        found = (request for request in self._open() if request.resource.kind == "activity")
        return next((each for each in found if each.state_name == activity or each.resource.arn.endswith(names)), None)

    def _open(self) -> Iterator[TaskRequest]:
        from interpreter.testing.tokens import frame_and_ticket

        for request in self._answering.open:
            if self._waits_for(self._engine.by_arn[request.execution_arn], *frame_and_ticket(str(request.token))):
                yield request

    def _waits_for(self, run: Run, frame: int, ticket: int) -> bool:
        found = run.execution.frames.get(frame)
        return found is not None and found.ticket == ticket and found.phase == Phase.TASK

    def _points(self) -> Breakpoints:
        if self._breakpoints is None:
            raise KitError("only a run that was begun with start() can be paused")
        return self._breakpoints

    def _require(self, reached: bool, goal: str) -> None:
        if not reached:
            raise StuckError(self._stuck(goal))

    def _stuck(self, goal: str) -> str:
        if self.execution.is_closed:
            return f"the run ended before {goal}: {self!r}\nIt went through {' -> '.join(self.path)}"
        waiting = [_waiting_line(self.machine.variable, request.state_name) for request in self._open()]
        stopped = self._breakpoints.stopped if self._breakpoints is not None else []
        paused = [f"  it is paused at {frame.state.name!r}: let it go on with .resume()" for frame in stopped]
        return "\n".join([f"the run does not get to {goal}:", *waiting, *paused])

    # Repeating it

    @property
    def is_repeatable(self) -> bool:
        """Whether the same answers give the same run again: nobody had a hand in it while it went."""
        from interpreter.tasks.port import After

        plain = all(not hasattr(outcome, "__await__") for outcome in self._answering.outcomes)
        lasting = all(not isinstance(outcome, After) or outcome.seconds is not None for outcome in self.outcomes)
        is_alone = all(run.handler is self._answering for run in self._engine.begun)
        is_first = self.machine.schedule is None or len(self.machine.runs) == 1
        return self._breakpoints is None and plain and lasting and is_alone and is_first

    @property
    def outcomes(self) -> list[Any]:
        """What one request of a Task after the other was answered with."""
        return self._answering.outcomes

    def begun_like(self, plan: Plan) -> Plan:
        """Another plan of the same machine, begun where this run was."""
        from interpreter.testing.breakpoints import starting_at

        return plan if self._start_at is None else starting_at(plan, self._start_at)

    @cached_property
    def explanation(self) -> str:
        """The run as a person reads it after a failure: the tree of states, the failed data flow, the calls of the
        mocks.
        """
        from interpreter.testing.explanation import explain

        return explain(self)

    def __repr__(self) -> str:
        execution = self.execution
        if self.status == Status.SUCCEEDED:
            return f"<WorkflowRun SUCCEEDED output={execution.output!r:.200}>"
        if self.status == Status.RUNNING:
            return f"<WorkflowRun RUNNING at {self.path[-1] if self.path else 'its start'!r}>"
        return f"<WorkflowRun {self.status} error={execution.error!r} cause={execution.cause!r:.300}>"


def _rows_of(run: Run) -> list[Row]:
    return [*run.rows, *run.execution.events]


def _waiting_line(variable: str, state: str) -> str:
    return (
        f"  {state!r} waits for its task token: end it with run.token({state!r}).succeed(...), "
        f"or mock it: {variable}.mock({state!r}, returns=...)"
    )


def _union(spans: Iterator[tuple[float, float]]) -> float:
    total, reached = 0.0, float("-inf")
    for start, end in sorted(spans):
        total += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return total
