"""Task tokens in the hands of a test: the worker's and the callback's side of a Task that waits."""

from __future__ import annotations

from base64 import b64decode
from typing import TYPE_CHECKING, Any

from asl.types import Json
from interpreter.messages import TaskFailed, TaskHeartbeat, TaskSucceeded
from interpreter.tasks.port import TaskRequest
from interpreter.testing.loop import KitError

if TYPE_CHECKING:
    from interpreter.testing.workflow_run import WorkflowRun


class TaskTimedOutError(KitError):
    """The token is of an attempt that is over, as SendTaskSuccess would say."""


class Token:
    """The task token of one attempt that waits. ``input`` is what the Task was called with."""

    def __init__(self, run: WorkflowRun, request: TaskRequest) -> None:
        self._run = run
        self._request = request
        self.value: str = str(request.token)
        self._frame, self._ticket = frame_and_ticket(self.value)

    @property
    def state(self) -> str:
        return self._request.state_name

    @property
    def input(self) -> Json:
        return self._request.input

    def succeed(self, output: Any = None) -> None:
        """SendTaskSuccess; the run goes on as far as it gets without time passing."""
        from interpreter.testing.mocks import plain_json

        self._send(TaskSucceeded(self._frame, self._ticket, plain_json(output)), ends=True)

    def fail(self, error: str | None = None, cause: str | None = None) -> None:
        """SendTaskFailure."""
        self._send(TaskFailed(self._frame, self._ticket, error, cause), ends=True)

    def heartbeat(self) -> None:
        """SendTaskHeartbeat: HeartbeatSeconds begins again."""
        self._send(TaskHeartbeat(self._frame, self._ticket), ends=False)

    def _send(self, message: Any, *, ends: bool) -> None:
        self._run.send(self._request, self._frame, self._ticket, message, ends=ends)

    def __repr__(self) -> str:
        return f"<Token of {self.state!r}>"


def frame_and_ticket(token: str) -> tuple[int, int]:
    """Which wait of which frame a task token is for."""
    _, frame, ticket, _ = b64decode(token).decode().rsplit("#", 3)
    return int(frame), int(ticket)
