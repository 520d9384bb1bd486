"""The one thread that writes: everything that was asked for while the last transaction ran goes into the next one.

A group is merged first, so that a row touched by several commits is written once, and written with few statements of
many rows: every statement hands Python's lock back and forth, which costs more than the row.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, TypeAlias

from interpreter.store.port import ExecutionChange, ExecutionRecord, RecordChange, Running, StoreError
from interpreter.store.sqlite_file import sentence

GROUP_LIMIT = 2000
"""Commits in one transaction at most, so that none waits long for the others."""

_CHUNKS = (64, 8, 1)
"""Rows of a statement; few sizes, so that SQLite's prepared statements are found again."""

Row: TypeAlias = tuple[Any, ...]
_text = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode
"""Plain ASCII, since SQLite takes no lone surrogates, which JSON may have."""


@dataclass(frozen=True, slots=True)
class Job:
    """What one commit asks for: changes of executions with their ids, changes of records, and what may be forgotten."""

    executions: Sequence[tuple[int, ExecutionChange]]
    records: Sequence[RecordChange]
    forget_before: float | None = None


@dataclass(frozen=True, slots=True)
class _Request:
    job: Job
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[None]


@dataclass(slots=True)
class _Group:
    """The rows of one transaction, the last of each key."""

    records: dict[tuple[str, str], Row | None] = field(default_factory=dict)
    executions: dict[int, Row] = field(default_factory=dict)
    running: dict[int, Row | None] = field(default_factory=dict)
    frames: dict[tuple[int, int], Row | None] = field(default_factory=dict)
    history: list[Row] = field(default_factory=list)
    forget_before: float | None = None

    def add(self, job: Job) -> None:
        for number, change in job.executions:
            self._add_execution(number, change)
        for record in job.records:
            key = (record.kind, record.key)
            self.records[key] = None if record.body is None else (*key, _text(record.body))
        if job.forget_before is not None:
            self.forget_before = job.forget_before

    def _add_execution(self, number: int, change: ExecutionChange) -> None:
        if change.record is not None:
            self.executions[number] = _face(number, change.record)
        self.running[number] = None if change.running is None else _running_row(number, change.running)
        for frame, body in change.frames.items():
            self.frames[number, frame] = None if body is None else (number, frame, _text(body))
        if change.events:
            last = change.first_event + len(change.events) - 1
            self.history.append((number, change.first_event, last, _text(list(change.events))))

    def write(self, db: sqlite3.Connection) -> None:
        _put(db, "records(kind, key, body)", self.records, "(kind, key) DO UPDATE SET body = excluded.body")
        _put(
            db,
            "executions(id, arn, machine, name, status, started, stopped, version, alias, map_run, redrives, details)",
            self.executions,
            "(id) DO UPDATE SET status = excluded.status, stopped = excluded.stopped, redrives = excluded.redrives, "
            "details = excluded.details",
        )
        _put(
            db,
            "running(execution, wake, parked, state)",
            self.running,
            "(execution) DO UPDATE SET wake = excluded.wake, parked = excluded.parked, state = excluded.state",
        )
        _put(
            db,
            "frames(execution, number, body)",
            self.frames,
            "(execution, number) DO UPDATE SET body = excluded.body",
        )
        _insert(db, "history(execution, first, last, body)", self.history, "")
        if self.forget_before is not None:
            _forget(db, self.forget_before)


def _face(number: int, record: ExecutionRecord) -> Row:
    return (
        number,
        record.arn,
        record.machine_arn,
        record.name,
        record.status,
        record.started,
        record.stopped,
        record.version_arn,
        record.alias_arn,
        record.map_run_arn,
        record.redrive_count,
        _text(record.details),
    )


def _running_row(number: int, running: Running) -> Row:
    return (number, running.wake, int(running.parked), _text(running.state))


def _put(db: sqlite3.Connection, table: str, rows: Mapping[Any, Row | None], conflict: str) -> None:
    """Delete the keys without a row and write the others, whose first columns are the key."""
    if gone := [key for key, row in rows.items() if row is None]:
        _delete(db, table, gone)
    _insert(db, table, [row for row in rows.values() if row is not None], f"ON CONFLICT {conflict}")


def _delete(db: sqlite3.Connection, table: str, keys: list[Any]) -> None:
    name, _, columns = table.partition("(")
    rows = [key if isinstance(key, tuple) else (key,) for key in keys]
    names = ", ".join(columns.rstrip(")").split(", ")[: len(rows[0])])
    for chunk in _chunks(rows):
        db.execute(f"DELETE FROM {name} WHERE ({names}) IN (VALUES {_marks(chunk)})", list(chain(*chunk)))


def _insert(db: sqlite3.Connection, table: str, rows: Sequence[Row], tail: str) -> None:
    for chunk in _chunks(rows):
        db.execute(f"INSERT INTO {table} VALUES {_marks(chunk)} {tail}", list(chain(*chunk)))


def _marks(rows: Sequence[Row]) -> str:
    return ", ".join([f"({', '.join('?' * len(rows[0]))})"] * len(rows))


def _chunks(rows: Sequence[Row]) -> Iterable[Sequence[Row]]:
    start = 0
    for size in _CHUNKS:
        while len(rows) - start >= size:
            yield rows[start : start + size]
            start += size


def _forget(db: sqlite3.Connection, stopped_before: float) -> None:
    old = "(SELECT id FROM executions WHERE stopped < ?)"
    for table in ("frames", "history"):
        db.execute(f"DELETE FROM {table} WHERE execution IN {old}", (stopped_before,))
    db.execute("DELETE FROM executions WHERE stopped < ?", (stopped_before,))


class Writer:
    """Owns the writing connection and its thread."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._db = connection
        self._path = path
        self._queue: SimpleQueue[_Request | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    @property
    def backlog(self) -> int:
        return self._queue.qsize()

    def perform(self, job: Job, loop: asyncio.AbstractEventLoop, future: asyncio.Future[None]) -> None:
        """Have a job done; the future is settled in its loop when the job is permanent or was refused."""
        self._queue.put(_Request(job, loop, future))

    def close(self) -> None:
        """Finish what was asked for, then close the connection."""
        self._queue.put(None)
        self._thread.join()
        self._db.close()

    def _run(self) -> None:
        open_ = True
        while open_:
            requests, open_ = self._next_requests()
            if requests:
                self._perform(requests)

    def _next_requests(self) -> tuple[list[_Request], bool]:
        requests: list[_Request] = []
        item = self._queue.get()
        while item is not None:
            requests.append(item)
            if len(requests) == GROUP_LIMIT:
                break
            try:
                item = self._queue.get_nowait()
            except Empty:
                break
        return requests, item is not None

    def _perform(self, requests: list[_Request]) -> None:
        """Write a group; one that holds something that can't be written is written job by job."""
        failure = self._write(requests)
        if failure is None or isinstance(failure, StoreError) or len(requests) == 1:
            _settle(requests, failure)
            return
        for request in requests:
            _settle([request], self._write([request]))

    def _write(self, requests: list[_Request]) -> Exception | None:
        """Write a group in one transaction; the reason when it could not be."""
        try:
            group = _Group()
            for request in requests:
                group.add(request.job)
            self._db.execute("BEGIN IMMEDIATE")
            group.write(self._db)
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            self._roll_back()
            return sentence(self._path, error)
        except Exception as error:
            self._roll_back()
            return error
        return None

    def _roll_back(self) -> None:
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")


def _settle(requests: list[_Request], failure: Exception | None) -> None:
    by_loop: dict[asyncio.AbstractEventLoop, list[asyncio.Future[None]]] = {}
    for request in requests:
        by_loop.setdefault(request.loop, []).append(request.future)
    for loop, futures in by_loop.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_settle_futures, futures, failure)


def _settle_futures(futures: Iterable[asyncio.Future[None]], failure: Exception | None) -> None:
    for future in futures:
        if future.done():
            continue
        if failure is None:
            future.set_result(None)
        else:
            future.set_exception(failure)
