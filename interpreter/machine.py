"""The step machine: the one file that decides entry, exit, Next, Retry, Catch, joins and time limits.

Its laws:

* It is pure: the execution is changed, events and commands come out; no clock, no I/O, no randomness but the seed's.
* Ready frames are served first in, first out, each until it waits or ends; a slice that stops early goes on with the
  same frame.
* A message is taken only by the wait (frame and ticket) that it is for.
* A failure is located once, at the state where it happened. ``States.Runtime`` ends the execution; any other failure
  meets the state's retriers, then its catchers, then the Parallel or Map around it.
* Only :meth:`Machine.emit` makes history events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from asl.errors import StateError
from asl.json_text import PAYLOAD_LIMIT, byte_bound, byte_length, utf8_length
from asl.types import Json, JsonObject
from interpreter.commands import CancelTask, Command, StartTimer
from interpreter.context_object import context_object
from interpreter.entropy import ExecutionEntropy
from interpreter.errors_handling import Catcher, Retrier, error_output
from interpreter.execution import READY_PHASES, RUNNING, Execution, Frame, Join, Phase, Status
from interpreter.history import HISTORY_LIMIT, RawText
from interpreter.messages import (
    ChildClosed,
    Message,
    Resume,
    Start,
    Stop,
    TaskFailed,
    TaskHeartbeat,
    TaskStarted,
    TaskSubmitted,
    TaskSucceeded,
    TimerFired,
)

if TYPE_CHECKING:
    from interpreter.plan import Plan, StatePlan

WAITING: Final = object()
"""What a behaviour answers when its state can't end in this step."""

STANDARD_TIME_LIMIT = 365 * 86_400.0
EXPRESS_TIME_LIMIT = 300.0
VARIABLES_LIMIT = 10 * 1024 * 1024
"""Bytes of all variables of an execution together (AWS quota)."""

_VARIABLES_THAT_FIT = VARIABLES_LIMIT // PAYLOAD_LIMIT
"""So many variables are never too large together, as each of them is within its own limit."""

_HISTORY_FULL = f"The execution reached the maximum number of history events ({HISTORY_LIMIT})."
_ABORTED_EVENTS = frozenset({"Task", "Wait", "Map", "Parallel"})
_POINT_BEFORE_ENTERED = frozenset({"Pass", "Task", "Map"})
_CONTAINERS = frozenset({"Map", "Parallel"})


class HistoryFullError(Exception):
    """The next event would be the last one that AWS allows."""


class Outcome(NamedTuple):
    """What a step left to do. ``touched`` and ``removed`` are the ids of frames that a store has to write or delete."""

    commands: list[Command]
    touched: set[int]
    removed: set[int]


class Machine:
    """Takes the steps of one execution. It is also the scope that expressions see, through the frame it works on.

    All that it knows between steps is in the execution: a machine can be thrown away and made anew at any time.
    """

    __slots__ = (
        "activity_exists", "base", "budget", "commands", "entropy", "event_limit", "events", "execution", "frame",
        "now", "plan", "ready", "removed", "touched",
    )  # fmt: skip

    def __init__(self, plan: Plan, execution: Execution, activity_exists: Callable[[str], bool] | None = None) -> None:
        self.plan = plan
        self.execution = execution
        self.now = execution.started
        self.budget = 1
        self.activity_exists = activity_exists
        self.commands: list[Command] = []
        self.events = execution.events
        self.base = execution.event_base
        self.ready = execution.ready
        self.event_limit = HISTORY_LIMIT if execution.type == "STANDARD" else 1 << 62
        self.entropy = ExecutionEntropy(execution)
        self.frame: Frame = None  # type: ignore[assignment]
        self.touched: set[int] = set()
        self.removed: set[int] = set()

    def step(self, messages: Iterable[Message], now: float, limit: int) -> Outcome:
        """Deliver the messages in order, then serve ready frames for at most ``limit`` transitions."""
        execution = self.execution
        self.now, self.budget = now, limit
        self.events, self.base = execution.events, execution.event_base
        self.commands, self.touched, self.removed = [], set(), set()
        for message in messages:
            if execution.status is RUNNING:
                self.deliver(message)
        if self.ready:
            self.run()
        return Outcome(self.commands, self.touched, self.removed)

    # What expressions see

    @property
    def context(self) -> JsonObject:
        return context_object(self.execution, self.frame)

    @property
    def variables(self) -> Mapping[str, Json]:
        return self.frame.variables

    # Events, sizes, frames

    def emit(self, event_type: str, previous: int, details: tuple[Any, ...] = ()) -> int:
        """Append one history event and return its id."""
        events = self.events
        events.append((event_type, previous, self.now, details))
        number = self.base + len(events)
        if number >= self.event_limit:
            events.pop()
            raise HistoryFullError
        return number

    def measured(self, value: Json, bound: int | None, name: str) -> int:
        """The size bound of a value; fails with ``States.DataLimitExceeded`` where it is really too large."""
        if bound is None or bound > PAYLOAD_LIMIT:
            bound = byte_bound(value)
            if bound > PAYLOAD_LIMIT:
                raise StateError("States.DataLimitExceeded", data_limit_cause(name))
        return bound

    def settle(self, frame: Frame, state: StatePlan, result: Json, size: int | None) -> Json:
        """From a state's result to its output: Assign, the data flow after the work, and the size limit."""
        flow = state.flow
        if flow.assign is not None:
            self.assign(frame, flow.assign(frame.input, result, self))
        if flow.after is not None:
            output, bound = flow.after(frame.input, result, self), flow.after_bound
            size = None if size is None or bound is None else bound[0] * frame.size + bound[1] * size + bound[2]
        else:
            output = result
        if size is None or size > PAYLOAD_LIMIT:
            size = self.measured(output, size, state.name)
        frame.size = size
        return output

    def assign(self, frame: Frame, values: Json) -> None:
        """Take what Assign made, within AWS's limits; the variables change when the state is left."""
        name = frame.state.name
        self.measured(values, None, name)
        many = len(frame.variables) + len(values) > _VARIABLES_THAT_FIT
        if many and byte_length({**frame.variables, **values}) > VARIABLES_LIMIT:
            raise StateError("States.DataLimitExceeded", data_limit_cause(name))
        frame.assigned = values

    def child(
        self, parent: Frame, join: Join, index: int, state: StatePlan, value: Json, size: int, previous: int
    ) -> Frame:
        """A new thread of control under ``parent``, ready to enter ``state``."""
        execution = self.execution
        number = execution.next_frame
        execution.next_frame = number + 1
        frame = Frame(number, parent, index, state, value, size, previous)
        execution.frames[number] = join.running[index] = frame
        join.children.append(frame)
        self.ready.append(frame)
        return frame

    def forget(self, frame: Frame) -> None:
        """Drop a frame that is joined or aborted."""
        del self.execution.frames[frame.id]
        self.removed.add(frame.id)

    def wait(self, frame: Frame, phase: str, until: float | None = None) -> int:
        """Park a frame under a new ticket, with a timer if ``until`` is given."""
        frame.phase = phase
        frame.ticket += 1
        frame.due = until
        if until is not None:
            self.commands.append(StartTimer(frame, frame.ticket, until))
        return frame.ticket

    # Messages

    def deliver(self, message: Message) -> None:
        """Take one message; what it makes possible is done by :meth:`run`."""
        try:
            _DELIVERIES[type(message)](self, message)
        except HistoryFullError:
            self._history_full(0)

    def _waiting(self, message: Any, phase: str) -> Frame | None:
        """The frame that a message is for, if it still waits as the sender thought."""
        frame = self.execution.frames.get(message.frame)
        if frame is None or frame.ticket != message.ticket or frame.phase != phase:
            return None
        self.touched.add(message.frame)
        self.frame = frame
        return frame

    def _start(self, _message: Start) -> None:
        execution = self.execution
        text = execution.input_text
        value = execution.input if text is None else RawText(text, execution.input)
        self.emit("ExecutionStarted", 0, (value, execution.role_arn))
        limit = STANDARD_TIME_LIMIT if execution.type == "STANDARD" else EXPRESS_TIME_LIMIT
        execution.deadline = self.now + min(limit, self.plan.timeout or limit)
        self.commands.append(StartTimer(None, 0, execution.deadline))
        size = byte_bound(execution.input) if text is None else utf8_length(text)
        frame = Frame(1, None, 0, self.plan.start, execution.input, size, 0)
        frame.text = text
        execution.frames[1] = frame
        execution.next_frame = 2
        self.ready.append(frame)

    def _stop(self, message: Stop) -> None:
        main = self.execution.main
        # A state that has done nothing since it was entered is passed over: AWS points at what came before it.
        previous = 0 if main is None else main.came_from if main.previous == main.entered else main.previous
        self.close(Status.ABORTED, "ExecutionAborted", previous, message.error, message.cause)

    def _timer_fired(self, message: TimerFired) -> None:
        if message.frame == 0:
            self._execution_timed_out()
            return
        for phase, fired in _TIMERS:
            frame = self._waiting(message, phase)
            if frame is not None:
                fired(self, frame)
                return

    def _execution_timed_out(self) -> None:
        deadline = self.execution.deadline
        if deadline is not None and self.now >= deadline:
            self.close(Status.TIMED_OUT, "ExecutionTimedOut", self._last_of_main(), None, None)

    def _wait_over(self, frame: Frame) -> None:
        self.again(frame, Phase.SETTLE)

    def _backoff_over(self, frame: Frame) -> None:
        self.again(frame, Phase.AGAIN)

    def _task_time_over(self, frame: Frame) -> None:
        frame.state.behaviour.timer_fired(self, frame)

    def again(self, frame: Frame, phase: str) -> None:
        """Queue a frame that waited."""
        frame.phase = phase
        frame.ticket += 1
        frame.due = None
        self.ready.append(frame)

    def _to_task(self, message: Any) -> None:
        frame = self._waiting(message, Phase.TASK)
        if frame is not None:
            frame.state.behaviour.resume(self, frame, message)

    def _task_succeeded(self, message: TaskSucceeded) -> None:
        frame = self._waiting(message, Phase.TASK)
        if frame is not None:
            frame.state.behaviour.succeeded(self, frame, message)

    def _to_map_run(self, message: ChildClosed) -> None:
        frame = self._waiting(message, Phase.JOIN)
        if frame is not None:
            frame.state.behaviour.resume(self, frame, message)

    # Running

    def run(self) -> None:
        """Serve ready frames until none is left or the budget of transitions is used up."""
        ready = self.ready
        while ready and self.budget > 0:
            self.frame = turned = ready.popleft()
            self.touched.add(turned.id)
            try:
                frame = _TURNS[turned.phase](self, turned)
                while frame is not None:
                    frame = self._enter(frame)
            except HistoryFullError:
                self._history_full(turned.previous)

    def _enter(self, frame: Frame) -> Frame | None:
        """Enter states until one waits, the frame ends, or the budget is used up; returns the frame that goes on, which
        is another one where that joins.

        This loop is where a run spends its time: everything that most states need is in it, nothing else.
        """
        self.frame = frame
        self.touched.add(frame.id)
        emit, now = self.emit, self.now
        while self.budget > 0:
            self.budget -= 1
            state = frame.state
            value = frame.input if frame.text is None else RawText(frame.text, frame.input)
            previous = frame.came_from = frame.previous
            frame.previous = frame.entered = emit(state.entered, previous, (state.name, value))
            frame.entered_at = now
            try:
                output = state.enter(self, frame)
            except StateError as failure:
                return self.fail(frame, failure)
            if output is WAITING:
                return None
            goes_on = self._leave(frame, state, output, state.next)
            if goes_on is not frame:
                return goes_on
        frame.phase = Phase.ENTER
        self.ready.appendleft(frame)
        return None

    def _attempt(self, frame: Frame) -> Frame | None:
        state = frame.state
        try:
            output = state.enter(self, frame)
        except StateError as failure:
            return self.fail(frame, failure)
        return None if output is WAITING else self._leave(frame, state, output, state.next)

    def _start_task(self, frame: Frame) -> Frame | None:
        frame.state.behaviour.start(self, frame)
        return None

    def _settle(self, frame: Frame) -> Frame | None:
        state = frame.state
        try:
            output = state.behaviour.settled(self, frame)
        except StateError as failure:
            return self.fail(frame, failure)
        return None if output is WAITING else self._leave(frame, state, output, state.next)

    def complete(self, frame: Frame, output: Json) -> Frame | None:
        """Leave the state of a frame whose children have ended."""
        return self._leave(frame, frame.state, output, frame.state.next)

    def _leave(self, frame: Frame, state: StatePlan, output: Json, target: StatePlan | None) -> Frame | None:
        if frame.assigned is None:
            frame.previous = self.emit(state.exited, frame.previous, (state.name, output))
        else:
            assigned, frame.assigned = frame.assigned, None
            frame.variables = {**frame.variables, **assigned}
            frame.previous = self.emit(state.exited, frame.previous, (state.name, output, assigned))
        frame.text = None
        if target is None:
            target, frame.goto = frame.goto, None
            if target is None:
                return self._finish(frame, output)
        frame.state = target
        frame.input = output
        if frame.retry_counts is not None:
            frame.retry_counts = None
            frame.retries = 0
        return frame

    def _finish(self, frame: Frame, output: Json) -> Frame | None:
        parent = frame.parent
        if parent is None:
            self.execution.output = output
            self.close(Status.SUCCEEDED, "ExecutionSucceeded", frame.previous, output)
            return None
        self.frame = parent
        frame.phase = Phase.DONE
        try:
            goes_on: Frame | None = parent.state.behaviour.child_done(self, parent, frame, output)
        except StateError as failure:
            return self.fail(parent, failure)
        return goes_on

    # Failing

    def fail(self, frame: Frame, failure: StateError) -> Frame | None:
        """A state failed: locate it, then Retry, Catch, or pass it on. Returns the frame that goes on, if any."""
        self.frame = frame
        state = frame.state
        error = failure.error
        cause = self._located(frame, failure)
        if failure.field is not None:
            self._evaluation_failed(frame, error, cause, failure.field)
        if error == "States.Runtime":
            return self._fail_execution(frame, error, cause)
        if (retrier := self._retrier(frame, error)) is not None:
            return self._back_off(frame, *retrier)
        if state.type in _CONTAINERS:
            frame.previous = self.emit(f"{state.type}StateFailed", frame.previous)
        for index, catcher in enumerate(state.catchers):
            if catcher.errors.match(error, frame.timed_out):
                return self._catch(frame, catcher, index, error_output(error, cause, error == "States.Timeout"))
        return self._pass_on(frame, error, cause)

    def _pass_on(self, frame: Frame, error: str | None, cause: str | None) -> Frame | None:
        parent = frame.parent
        if parent is None:
            return self._fail_execution(frame, error, cause)
        parent.state.behaviour.child_failed(self, parent, frame)
        self.touched.add(parent.id)
        return self.fail(parent, StateError(error, cause))

    def _located(self, frame: Frame, failure: StateError) -> str | None:
        if not failure.located:
            return failure.cause
        place = f"the state '{frame.state.name}' (entered at the event id #{frame.entered})"
        return f"An error occurred while executing {place}. {failure.cause or ''}"

    def _evaluation_failed(self, frame: Frame, error: str | None, cause: str | None, field: str) -> None:
        # Recorded of Pass, Task and Map: the event points at what the Entered event points at. Elsewhere, and of late,
        # it points at the Entered event itself.
        previous = frame.previous
        if previous == frame.entered and frame.state.type in _POINT_BEFORE_ENTERED:
            previous = frame.came_from
        details = (frame.state.name, error, cause, field or None)
        frame.previous = self.emit("EvaluationFailed", previous, details)

    def _retrier(self, frame: Frame, error: str | None) -> tuple[int, Retrier] | None:
        for index, retrier in enumerate(frame.state.retriers):
            if retrier.errors.match(error, frame.timed_out):
                used = 0 if frame.retry_counts is None else frame.retry_counts.get(index, 0)
                return (index, retrier) if used < retrier.max_attempts else None
        return None

    def _back_off(self, frame: Frame, index: int, retrier: Retrier) -> Frame | None:
        counts = frame.retry_counts or {}
        delay = retrier.delay(counts.get(index, 0))
        if retrier.jitter:
            delay *= self.entropy.random()
        frame.retry_counts = {**counts, index: counts.get(index, 0) + 1}
        frame.retries += 1
        self.wait(frame, Phase.BACKOFF, self.now + delay)
        return None

    def _catch(self, frame: Frame, catcher: Catcher, index: int, output: Json) -> Frame | None:
        state = frame.state
        try:
            if catcher.assign is not None:
                self.assign(frame, catcher.assign(frame.input, output, self))
            caught = catcher.output(frame.input, output, self)
            frame.size = self.measured(caught, None, state.name)
        except StateError as failure:
            cause = self._located(frame, failure)
            if failure.field is not None:
                self._evaluation_failed(frame, failure.error, cause, failure.field)
            return self._pass_on(frame, failure.error, cause)
        return self._leave(frame, state, caught, catcher.next)

    def _fail_execution(self, frame: Frame, error: str | None, cause: str | None) -> Frame | None:
        self.close(Status.FAILED, "ExecutionFailed", frame.previous, error, cause)
        return None

    def _history_full(self, previous: int) -> None:
        previous = previous or self._last_of_main()
        self.event_limit += 1
        self.close(Status.FAILED, "ExecutionFailed", previous, "States.Runtime", _HISTORY_FULL)

    def abort(self, frame: Frame, previous: int) -> None:
        """End a frame because a sibling failed: its children first, then the Aborted event of the state it is in."""
        if frame.join is not None:
            behaviour = frame.state.behaviour
            for index in sorted(frame.join.running):
                behaviour.abort_child(self, frame.join.running[index], previous)
            behaviour.end_children(self, frame)
        self._cancel(frame)
        if frame.phase != Phase.ENTER and frame.state.type in _ABORTED_EVENTS:
            self.emit(f"{frame.state.type}StateAborted", previous)
        if frame.phase in READY_PHASES:
            self.ready.remove(frame)
        frame.phase = Phase.DONE

    def _cancel(self, frame: Frame) -> None:
        if frame.phase == Phase.TASK or frame.map_run is not None:
            self.commands.append(CancelTask(frame, frame.ticket))

    # Ending

    def close(self, status: Status, event_type: str, previous: int, *details: Any) -> None:
        """The execution is over, with its last event."""
        execution = self.execution
        self.event_limit += 1
        self.emit(event_type, previous, details)
        execution.status = status
        execution.stopped = self.now
        if status is not Status.SUCCEEDED:
            execution.error, execution.cause = details
        for frame in execution.frames.values():
            self._cancel(frame)
            self.removed.add(frame.id)
        execution.frames.clear()
        execution.ready.clear()

    def _last_of_main(self) -> int:
        main = self.execution.main
        return main.previous if main is not None else 0


def data_limit_cause(name: str) -> str:
    return f"The state/task '{name}' returned a result with a size exceeding the maximum number of bytes service limit."


_DELIVERIES: dict[type, Callable[[Machine, Any], None]] = {
    Start: Machine._start,
    Resume: lambda machine, message: None,
    ChildClosed: Machine._to_map_run,
    TaskStarted: Machine._to_task,
    TaskSubmitted: Machine._to_task,
    TaskSucceeded: Machine._task_succeeded,
    TaskFailed: Machine._to_task,
    TaskHeartbeat: Machine._to_task,
    TimerFired: Machine._timer_fired,
    Stop: Machine._stop,
}
_TIMERS: tuple[tuple[str, Callable[[Machine, Frame], None]], ...] = (
    (Phase.BACKOFF, Machine._backoff_over),
    (Phase.TIMER, Machine._wait_over),
    (Phase.TASK, Machine._task_time_over),
)
_TURNS: dict[str, Callable[[Machine, Frame], Frame | None]] = {
    Phase.ENTER: Machine._enter,
    Phase.AGAIN: Machine._attempt,
    Phase.START: Machine._start_task,
    Phase.SETTLE: Machine._settle,
}
