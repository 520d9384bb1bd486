"""Who answers a Task: the port between the engine and everything outside.

The engine asks a :class:`TaskHandler` once per Task state for its :class:`Answer` and calls that for every attempt.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol, TypeAlias

from asl.types import Json, JsonObject


class TaskError(Exception):
    """Raised by whoever answers a Task: the attempt failed with this error name and cause, for Retry and Catch."""

    def __init__(self, error: str | None = None, cause: str | None = None) -> None:
        self.error = error
        self.cause = cause

    def __str__(self) -> str:
        return f"{self.error}: {self.cause}" if self.cause else str(self.error)


class Resource(NamedTuple):
    """A Task's ``Resource`` taken apart.

    ``kind`` is ``"lambda"`` (a function ARN), ``"activity"`` or ``"service"``; for a service, ``service`` is as
    history's ``resourceType`` says it (``sqs``, ``aws-sdk:s3``), ``action`` without suffix, ``pattern`` one of
    ``""``, ``".sync"``, ``".sync:2"``, ``".waitForTaskToken"``.
    """

    arn: str
    kind: str
    service: str
    action: str
    pattern: str

    @property
    def name(self) -> str:
        """The ``resource`` of history events: the action with its suffix, or the ARN."""
        return self.action + self.pattern if self.kind == "service" else self.arn


@dataclass(slots=True, eq=False)
class TaskRequest:
    """One attempt of one Task.

    ``input`` is the effective input (after Parameters or Arguments); history shares it, so code that may change it
    gets a copy. ``token`` is the task token (callback, .sync and activity tasks), ``heartbeat()`` restarts
    HeartbeatSeconds. ``started(worker)`` reports that an activity's worker took the task, which is when its time
    limits begin. ``submitted(output)`` reports that a ``.sync`` or callback request was accepted; without it the
    result stands for that too. ``context`` builds the context object when called. ``retry_count`` is 0 for the first
    attempt of a visit, ``invocation`` for the first attempt of the state in the execution.
    """

    state_name: str
    resource: Resource
    input: Json
    execution_arn: str
    execution_name: str
    retry_count: int
    invocation: int
    token: str | None
    timeout_seconds: float | None
    heartbeat_seconds: float | None
    heartbeat: Callable[[], None]
    submitted: Callable[[Json], None]
    started: Callable[[str | None], None]
    context: Callable[[], JsonObject]


class After(NamedTuple):
    """An answer that comes ``seconds`` of workflow time later: a result, or a failure to raise. ``None`` seconds:
    never.

    ``heartbeats`` are sent meanwhile, each so many seconds after the attempt began.
    """

    seconds: float | None
    result: Json = None
    failure: TaskError | None = None
    heartbeats: tuple[float, ...] = ()


PENDING: Final = After(None)
"""The answer of an attempt that somebody else ends, with its task token, or nobody does."""

Answer: TypeAlias = Callable[[TaskRequest], Json | Awaitable[Json]]
"""Gives the task's raw result (or :class:`After`), at once or awaited, or raises :class:`TaskError`."""


class TaskHandler(Protocol):
    def answer_for(self, state_name: str, resource: Resource) -> Answer | None:
        """What answers this state's attempts, or None where this handler does not know the resource."""
        ...
