"""The contract between the server and whatever keeps its data.

A store has two halves. *Records* are what was created and changes seldom (state machines, versions, aliases,
activities), by kind and key. *Executions* have a face that clients ask for, a history, and, while they are open, a
running state and frames from which they go on.

Everything that a store keeps is JSON data, which belongs to nobody and is not changed after it was handed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from asl.types import Json, JsonObject


class StoreError(Exception):
    """The store can't do what was asked; the text is a sentence for a person, with the next step to take."""


@dataclass(frozen=True, slots=True)
class ExecutionRecord:
    """The face of an execution: what DescribeExecution and ListExecutions ask for.

    ``machine_arn`` is unqualified. ``details`` holds what no list filters by, such as input and output.
    Instants are seconds since 1970.
    """

    arn: str
    machine_arn: str
    name: str
    status: str
    started: float
    stopped: float | None = None
    version_arn: str | None = None
    alias_arn: str | None = None
    map_run_arn: str | None = None
    redrive_count: int = 0
    details: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Running:
    """The part of an open execution that its frames and history do not hold.

    ``wake`` is when its earliest timer is due, None when it waits for no timer; ``parked`` says that it waits for
    nothing else, so that it need not be loaded before then.
    """

    state: Json
    wake: float | None = None
    parked: bool = False


@dataclass(frozen=True, slots=True)
class ExecutionChange:
    """What one step changed in one execution.

    ``record`` is its new face (None: unchanged), ``running`` its new running state (None: it is closed). ``frames``
    maps the numbers of touched frames to their new form, None for one that is gone. ``events`` are the new history
    events, the first of which has the number ``first_event``.
    """

    arn: str
    record: ExecutionRecord | None = None
    running: Running | None = None
    frames: Mapping[int, Json | None] = field(default_factory=dict)
    events: Sequence[Json] = ()
    first_event: int = 1


@dataclass(frozen=True, slots=True)
class RecordChange:
    """A new or changed record, or with ``body`` None one that is gone."""

    kind: str
    key: str
    body: Json | None


@dataclass(frozen=True, slots=True)
class ExecutionFilter:
    """Which executions a list shows; every criterion that is given must hold."""

    machine_arn: str | None = None
    version_arn: str | None = None
    alias_arn: str | None = None
    map_run_arn: str | None = None
    status: str | None = None
    redriven: bool | None = None


@dataclass(frozen=True, slots=True)
class OpenExecution:
    record: ExecutionRecord
    running: Running


class Store(Protocol):
    """Keeps records and executions; one server at a time uses a store."""

    async def commit(self, executions: Sequence[ExecutionChange] = (), records: Sequence[RecordChange] = ()) -> None:
        """Make all of these changes permanent, or none of them.

        Returns when they are: after that a crash of the machine does not undo them. Commits take effect in the order
        of the calls; many may share one transaction of the store. Every read that begins after the return sees them.
        Raises :class:`StoreError` when nothing was kept; the same changes may be tried again.
        """
        ...

    @property
    def backlog(self) -> int:
        """How many commits wait. A server refuses new work when it grows, so that no queue is without limit."""
        ...

    def records(self, kind: str) -> Iterable[tuple[str, Json]]:
        """Key and body of every record of a kind, in the order of the keys."""
        ...

    def execution(self, arn: str) -> ExecutionRecord | None:
        """The face of one execution, open or closed."""
        ...

    def executions(
        self, wanted: ExecutionFilter, limit: int, after: int | None = None
    ) -> tuple[list[ExecutionRecord], int | None]:
        """A page of faces, newest first, and where the next page goes on (None: there is none)."""
        ...

    def history(self, arn: str, limit: int, *, after: int | None = None, reverse: bool = False) -> list[Json]:
        """Up to ``limit`` events that follow number ``after``, or with ``reverse`` those before it, latest first."""
        ...

    def open_executions(self) -> Iterable[OpenExecution]:
        """Every execution that is not closed, oldest first."""
        ...

    def running(self, arn: str) -> Running | None:
        """The running state of an open execution, None when it is closed or unknown."""
        ...

    def frames(self, arn: str) -> dict[int, Json]:
        """The frames of an execution by number: of an open one, and of a closed one whose frames were left."""
        ...

    async def forget(self, stopped_before: float) -> int:
        """Drop the executions that were closed before an instant, with all that belongs to them; how many they were."""
        ...

    def close(self) -> None:
        """Finish the commits that were asked for and let go of the store."""
        ...
