"""The saved form of an execution: plain JSON that another process can go on with.

``save`` and ``load`` handle a whole execution; ``save_frame`` and ``load_frames`` serve a store that keeps a row per
frame. The form carries a version, and one of a newer version is refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from asl.types import JsonObject
from interpreter.commands import Command, ScheduleTask, StartTimer
from interpreter.errors import InterpreterError
from interpreter.execution import READY_PHASES, Execution, Frame, Join, Phase, Status
from interpreter.history import RawText, Row
from interpreter.map_run import MapRun
from interpreter.plan import Plan

VERSION = 1

_EXECUTION_FIELDS = (
    "name", "arn", "machine_arn", "role_arn", "type", "sync", "input", "input_text", "started", "seed", "draws",
    "invocations", "output", "error", "cause", "stopped", "deadline", "redrive_count", "event_base",
    "next_frame",
)  # fmt: skip
_FRAME_FIELDS = (
    "id", "index", "input", "size", "previous", "variables", "phase", "ticket", "retries", "invocation", "work",
    "failure", "timed_out", "submitted", "started", "token", "due", "timeout", "heartbeat", "heartbeat_due",
    "text", "item", "entered", "came_from", "entered_at",
)  # fmt: skip
_JOIN_FIELDS = ("items", "keys", "limit", "selected")


def save(execution: Execution, rows: Iterable[Row] = ()) -> JsonObject:
    """The whole execution with the history rows that were taken from it before (none if none were)."""
    return {
        "version": VERSION,
        "execution": save_execution(execution),
        "frames": [save_frame(frame) for frame in execution.frames.values()],
        "history": [save_row(row) for row in [*rows, *execution.events]],
    }


def load(plan: Plan, saved: JsonObject) -> Execution:
    """The execution again, its whole history in ``events``. Raises InterpreterError for a form that this program
    doesn't know."""
    if saved.get("version") != VERSION:
        raise InterpreterError(
            f"this execution was saved in form {saved.get('version')!r}; this program reads form {VERSION}",
            "Go on with it in the version of the program that saved it.",
        )
    execution = load_execution(saved["execution"])
    execution.event_base = 0
    execution.events = [load_row(row) for row in saved["history"]]
    load_frames(plan, execution, saved["frames"], saved["execution"]["ready"])
    return execution


def save_execution(execution: Execution) -> JsonObject:
    """Everything but frames and history."""
    written: JsonObject = {field: getattr(execution, field) for field in _EXECUTION_FIELDS}
    written["status"] = str(execution.status)
    written["ready"] = [frame.id for frame in execution.ready]
    return written


def load_execution(saved: JsonObject) -> Execution:
    execution = Execution.__new__(Execution)
    Execution.__init__(
        execution, name=saved["name"], machine_arn=saved["machine_arn"], arn=saved["arn"], role_arn=saved["role_arn"],
        input=saved["input"], started=saved["started"], seed=saved["seed"],
    )  # fmt: skip
    for field in _EXECUTION_FIELDS:
        setattr(execution, field, saved[field])
    execution.status = Status(saved["status"])
    return execution


def save_frame(frame: Frame) -> JsonObject:
    """One frame; its parent by id, its state by scope and name, its join without the outputs, which children keep."""
    written: JsonObject = {field: getattr(frame, field) for field in _FRAME_FIELDS}
    written["parent"] = None if frame.parent is None else frame.parent.id
    written["scope"] = frame.state.scope
    written["state"] = frame.state.name
    written["retry_counts"] = None if frame.retry_counts is None else list(frame.retry_counts.items())
    if frame.map_run is not None:
        written["map_run"] = frame.map_run.to_json()
    join = frame.join
    if join is not None:
        written["join"] = {"total": len(join.outputs), **{field: getattr(join, field) for field in _JOIN_FIELDS}}
    return written


def load_frames(plan: Plan, execution: Execution, saved: Iterable[JsonObject], ready: Iterable[int]) -> None:
    """Put frames back into an execution, joined and queued as they were."""
    for written in sorted(saved, key=lambda entry: int(entry["id"])):
        frame = _load_frame(plan, execution, written)
        execution.frames[frame.id] = frame
        if frame.parent is not None:
            _rejoin(frame.parent, frame)
    execution.ready.extend(execution.frames[number] for number in ready)


def _load_frame(plan: Plan, execution: Execution, written: JsonObject) -> Frame:
    state = plan.scopes[written["scope"]].states[written["state"]]
    parent = None if written["parent"] is None else execution.frames[written["parent"]]
    frame = Frame(
        written["id"], parent, written["index"], state, written["input"], written["size"], written["previous"]
    )
    for field in _FRAME_FIELDS:
        setattr(frame, field, written[field])
    for field in ("failure", "item"):
        if getattr(frame, field) is not None:
            setattr(frame, field, tuple(written[field]))
    if written["retry_counts"] is not None:
        frame.retry_counts = dict(written["retry_counts"])
    if frame.phase == Phase.SETTLE and isinstance(frame.work, list):
        frame.work = tuple(frame.work)
    if (map_run := written.get("map_run")) is not None:
        frame.map_run = MapRun.from_json(map_run)
    if (joined := written.get("join")) is not None:
        frame.join = _load_join(joined)
    return frame


def _load_join(written: JsonObject) -> Join:
    join = Join(written["total"])
    for field in _JOIN_FIELDS:
        setattr(join, field, written[field])
    return join


def _rejoin(parent: Frame, child: Frame) -> None:
    join = parent.join
    assert join is not None
    join.children.append(child)
    join.next_index = max(join.next_index, child.index + 1)
    if child.phase == Phase.DONE:
        join.outputs[child.index] = child.input
        join.size += child.size + 1
        join.remaining -= 1
    else:
        join.running[child.index] = child


def save_row(row: Row) -> list[Any]:
    """A history row as JSON; payloads kept as sent are marked by their places."""
    event_type, previous, seconds, details = row
    raw = [index for index, entry in enumerate(details) if isinstance(entry, RawText)]
    plain = [entry.text if isinstance(entry, RawText) else entry for entry in details]
    return [event_type, previous, seconds, plain, raw]


def load_row(saved: list[Any]) -> Row:
    event_type, previous, seconds, details, raw = saved
    for index in raw:
        details[index] = RawText(details[index], json.loads(details[index]))
    return event_type, previous, seconds, tuple(details)


def pending_commands(execution: Execution) -> list[Command]:
    """What an execution that was loaded still waits for: its tasks are dispatched again, its timers set again."""
    commands: list[Command] = []
    if execution.deadline is not None:
        commands.append(StartTimer(None, 0, execution.deadline))
    for frame in execution.frames.values():
        if frame.phase not in READY_PHASES:
            commands.extend(_pending(frame))
    return commands


def _pending(frame: Frame) -> Iterable[Command]:
    if frame.phase == Phase.TASK:
        resource = frame.state.behaviour.resource_for(frame)
        yield ScheduleTask(frame, frame.ticket, frame.state, frame.work, frame.timeout, frame.heartbeat, resource)
    if frame.phase == Phase.JOIN and frame.map_run is not None:
        yield from frame.state.behaviour.running_children(frame)
    for instant in (frame.due, frame.heartbeat_due):
        if instant is not None:
            yield StartTimer(frame, frame.ticket, instant)
