"""Answers Tasks as they were answered in a recorded execution: by input where attempts ran side by side, else in
order.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from asl.types import Json
from interpreter.tasks.port import PENDING, After, Answer, Resource, TaskError, TaskRequest
from interpreter.testing.recording import TaskCall

if TYPE_CHECKING:
    from interpreter.testing.recording import Recording


class UnrecordedTaskError(AssertionError):
    """A Task was called that the recording has no answer for."""

    def __init__(self, request: TaskRequest, recorded: int) -> None:
        self.state = request.state_name
        self.input = request.input
        times = f"{recorded} times" if recorded != 1 else "once"
        was = f"was recorded {times} only" if recorded else "was not recorded"
        super().__init__(f"{request.state_name!r} is called with {request.input!r:.200}, which {was}")


class RecordedAnswers:
    """The task handler of a replay."""

    def __init__(self, recording: Recording) -> None:
        self._left: Mapping[str, list[TaskCall]] = {state: list(calls) for state, calls in recording.calls.items()}
        self._recorded = {state: len(calls) for state, calls in recording.calls.items()}

    def answer_for(self, state_name: str, resource: Resource) -> Answer:
        def answer(request: TaskRequest) -> Any:
            return played(self._take(request), request)

        return answer

    def _take(self, request: TaskRequest) -> TaskCall:
        calls = self._left.get(request.state_name, [])
        if not calls:
            raise UnrecordedTaskError(request, self._recorded.get(request.state_name, 0))
        fitting = (index for index, call in enumerate(calls) if call.overlaps and call.input == request.input)
        return calls.pop(next(fitting, 0))


def played(call: TaskCall, request: TaskRequest) -> Json | After:
    """One recorded attempt again: its worker, its acceptance, and its end after as long as it took."""
    if request.resource.kind == "activity" and (call.worker is not None or call.outcome != "timed out"):
        request.started(call.worker or None)
    if call.submitted is not None:
        request.submitted(call.submitted)
    if call.outcome == "succeeded":
        return After(call.seconds, call.output) if call.seconds else call.output
    if call.outcome == "failed":
        failure = TaskError(call.error, call.cause)
        if call.seconds:
            return After(call.seconds, None, failure)
        raise failure
    has_limit = request.timeout_seconds is not None or request.heartbeat_seconds is not None
    if call.outcome == "timed out" and not has_limit:
        return After(call.seconds, None, TaskError(call.error, call.cause))
    return PENDING
