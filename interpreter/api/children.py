"""The children of a distributed Map: executions of their own that tell their parent how they ended.

A child's name follows from its place in the Map Run, so that after a crash the parent finds the children it had.
"""

from __future__ import annotations

import json
import secrets
import uuid
from collections import deque
from typing import TYPE_CHECKING

from asl.json_text import to_text
from interpreter.commands import StartChild
from interpreter.execution import Execution, Status
from interpreter.items.records import child_record
from interpreter.messages import ChildClosed, Stop
from interpreter.store.port import ExecutionRecord

if TYPE_CHECKING:
    from interpreter.api.live import Live
    from interpreter.api.runtime import Runtime

AT_ONCE = 100
"""Children that are being started at a time, so that requests have their turns between them."""

_INHERITED = ("definition", "role", "updated", "revision", "logging", "tracing", "encryption", "test_case")


class ServedChildren:
    """Runs children on the runtime of their parents, a few at a time: a Map Run may want thousands at once."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._waiting: deque[tuple[ExecutionRecord, StartChild]] = deque()
        self._starting = 0

    def start(self, live: Live, command: StartChild) -> None:
        """Begin to start a child, or take up the one that was started before a crash."""
        record = _record(self._runtime, live, command)
        live.children.setdefault(command.frame.id, set()).add(record.arn)
        self._waiting.append((record, command))
        self._start_more()

    def _start_more(self) -> None:
        while self._waiting and self._starting < AT_ONCE:
            self._starting += 1
            self._runtime.spawn(self._start(*self._waiting.popleft()))

    async def _start(self, record: ExecutionRecord, command: StartChild) -> None:
        try:
            await _start(self._runtime, record, command)
        finally:
            self._starting -= 1
            self._start_more()

    def stop(self, live: Live, frame: int) -> None:
        """Abort the children of a Map Run that is given up."""
        for arn in live.children.pop(frame, ()):
            child = self._runtime.live(arn)
            if child is not None:
                self._runtime.post(child, Stop())


async def _start(runtime: Runtime, record: ExecutionRecord, command: StartChild) -> None:
    existing = runtime.store.execution(record.arn)
    if existing is None:
        await runtime.start(record, _execution(record, command), insist=True)
    elif existing.stopped is not None:
        child_closed(runtime, existing, closed_execution(existing))


def _record(runtime: Runtime, parent: Live, command: StartChild) -> ExecutionRecord:
    run = command.frame.map_run
    assert run is not None
    key = f"{parent.arn}#{command.frame.id}#{command.ticket}#{command.child}"
    name = str(uuid.uuid5(uuid.NAMESPACE_URL, key))
    details = {name: parent.record.details[name] for name in _INHERITED if name in parent.record.details}
    details |= {
        "input": to_text(command.input),
        "type": run.type,
        "label": run.label,
        "scope": command.scope,
        "items": run.weights[command.child],
        "parent": [parent.arn, command.frame.id, command.ticket, command.child],
    }
    machine = f"{parent.record.machine_arn}/{run.label}"
    return ExecutionRecord(
        _arn(machine, name, run.type), machine, name, "RUNNING", runtime.now(), map_run_arn=run.arn, details=details
    )


def _arn(machine_arn: str, name: str, workflow_type: str) -> str:
    if workflow_type == "EXPRESS":
        run = uuid.uuid5(uuid.NAMESPACE_URL, f"{machine_arn}#{name}")
        return f"{machine_arn.replace(':stateMachine:', ':express:')}:{name}:{run}"
    return f"{machine_arn.replace(':stateMachine:', ':execution:')}:{name}"


def _execution(record: ExecutionRecord, command: StartChild) -> Execution:
    return Execution(
        name=record.name,
        machine_arn=record.machine_arn,
        arn=record.arn,
        role_arn=record.details["role"],
        input=command.input,
        started=record.started,
        seed=secrets.randbits(64),
        type=record.details["type"],
    )


def child_closed(runtime: Runtime, record: ExecutionRecord, ended: Execution) -> None:
    """A child is over: its parent learns how, if it is open and still wants to know."""
    arn, frame, ticket, index = record.details["parent"]
    parent = runtime.live(arn)
    if parent is not None and _is_awaited(parent, frame, ticket, index):
        parent.claimed.add((frame, ticket, index))
        parent.children.get(frame, set()).discard(record.arn)
        message = ChildClosed(frame, ticket, index, str(ended.status), ended.output, child_record(ended))
        runtime.post(parent, message)


def _is_awaited(parent: Live, number: int, ticket: int, index: int) -> bool:
    """Whether the Map Run still counts on this child; after a crash its end may be told twice."""
    frame = parent.execution.frames.get(number)
    if frame is None or frame.ticket != ticket or frame.map_run is None or (number, ticket, index) in parent.claimed:
        return False
    return frame.map_run.statuses[index] == "RUNNING"


def closed_execution(record: ExecutionRecord) -> Execution:
    """A closed execution's end again, from its face."""
    details = record.details
    execution = Execution(
        name=record.name,
        machine_arn=record.machine_arn,
        arn=record.arn,
        role_arn=details["role"],
        input=json.loads(details["input"]),
        started=record.started,
        seed=0,
        type=details["type"],
    )
    execution.status = Status(record.status)
    execution.stopped = record.stopped
    execution.output = json.loads(details["output"]) if "output" in details else None
    execution.error, execution.cause = details.get("error"), details.get("cause")
    return execution
