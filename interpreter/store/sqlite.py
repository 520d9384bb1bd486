"""A store in one SQLite file: commits go to one writer thread, reads are answered at once from a second connection."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from asl.types import Json
from interpreter.store.port import (
    ExecutionChange,
    ExecutionFilter,
    ExecutionRecord,
    OpenExecution,
    RecordChange,
    Running,
)
from interpreter.store.sqlite_file import FileLock, connect, migrate, worded
from interpreter.store.sqlite_writer import Job, Writer

_FACE = "arn, machine, name, status, started, stopped, version, alias, map_run, redrives, details"


class SqliteStore:
    """Fulfils :class:`~interpreter.store.port.Store`. Raises :class:`StoreError` when the file can't be used."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._lock = FileLock(self.path)
        try:
            connection = connect(self.path)
            migrate(connection, self.path)
            self._reader = connect(self.path)
            self._next_id: int = self._one("SELECT coalesce(max(id), 0) + 1 FROM executions")[0]
            self._ids: dict[str, int] = dict(
                self._all("SELECT arn, id FROM executions JOIN running ON running.execution = executions.id")
            )
        except BaseException:
            self._lock.release()
            raise
        self._writer = Writer(connection, self.path)

    @property
    def backlog(self) -> int:
        return self._writer.backlog

    async def commit(self, executions: Sequence[ExecutionChange] = (), records: Sequence[RecordChange] = ()) -> None:
        numbered = [(self._id_of(change), change) for change in executions]
        await self._perform(Job(numbered, records))
        for _, change in numbered:
            if change.running is None:
                self._ids.pop(change.arn, None)

    async def _perform(self, job: Job) -> None:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        self._writer.perform(job, loop, future)
        await future

    def _id_of(self, change: ExecutionChange) -> int:
        number = self._ids.get(change.arn)
        if number is None:
            row = self._one("SELECT id FROM executions WHERE arn = ?", change.arn)
            number = self._new_id(change) if row is None else row[0]
            self._ids[change.arn] = number
        return number

    def _new_id(self, change: ExecutionChange) -> int:
        if change.record is None:
            raise ValueError(f"{change.arn} is unknown and its change has no record")
        self._next_id += 1
        return self._next_id - 1

    def _all(self, statement: str, *parameters: Any) -> list[Any]:
        with worded(self.path):
            return self._reader.execute(statement, parameters).fetchall()

    def _one(self, statement: str, *parameters: Any) -> Any:
        with worded(self.path):
            return self._reader.execute(statement, parameters).fetchone()

    def records(self, kind: str) -> Iterable[tuple[str, Json]]:
        rows = self._all("SELECT key, body FROM records WHERE kind = ? ORDER BY key", kind)
        return [(key, json.loads(body)) for key, body in rows]

    def execution(self, arn: str) -> ExecutionRecord | None:
        row = self._one(f"SELECT {_FACE} FROM executions WHERE arn = ?", arn)
        return None if row is None else _record(row)

    def executions(
        self, wanted: ExecutionFilter, limit: int, after: int | None = None
    ) -> tuple[list[ExecutionRecord], int | None]:
        criteria = {
            "machine = ?": wanted.machine_arn,
            "version = ?": wanted.version_arn,
            "alias = ?": wanted.alias_arn,
            "map_run = ?": wanted.map_run_arn,
            "status = ?": wanted.status,
            "(redrives > 0) = ?": wanted.redriven,
            "id < ?": after,
        }
        given = {criterion: value for criterion, value in criteria.items() if value is not None}
        where = " AND ".join(given) or "TRUE"
        statement = f"SELECT {_FACE}, id FROM executions WHERE {where} ORDER BY id DESC LIMIT ?"
        rows = self._all(statement, *given.values(), limit + 1)
        page = [_record(row[:-1]) for row in rows[:limit]]
        return page, rows[limit - 1][-1] if len(rows) > limit else None

    def history(self, arn: str, limit: int, *, after: int | None = None, reverse: bool = False) -> list[Json]:
        row = self._one("SELECT id FROM executions WHERE arn = ?", arn)
        if row is None:
            return []
        return self._backwards(row[0], limit, after) if reverse else self._forwards(row[0], limit, after or 0)

    def _forwards(self, number: int, limit: int, after: int) -> list[Json]:
        statement = (
            "SELECT first, body FROM history WHERE execution = ? AND first >= coalesce("
            "(SELECT max(first) FROM history WHERE execution = ? AND first <= ?), 0) ORDER BY first"
        )
        events: list[Json] = []
        with worded(self.path):
            for first, body in self._reader.execute(statement, (number, number, after + 1)):
                events.extend(json.loads(body)[max(after + 1 - first, 0) :])
                if len(events) >= limit:
                    break
        return events[:limit]

    def _backwards(self, number: int, limit: int, before: int | None) -> list[Json]:
        statement = "SELECT first, body FROM history WHERE execution = ? AND first < ? ORDER BY first DESC"
        bound = (1 << 62) if before is None else before
        events: list[Json] = []
        with worded(self.path):
            for first, body in self._reader.execute(statement, (number, bound)):
                events.extend(reversed(json.loads(body)[: bound - first]))
                if len(events) >= limit:
                    break
        return events[:limit]

    def open_executions(self) -> Iterable[OpenExecution]:
        statement = (
            f"SELECT {_FACE}, state, wake, parked FROM running JOIN executions ON id = running.execution ORDER BY id"
        )
        return [OpenExecution(_record(row[:-3]), _running(row[-3:])) for row in self._all(statement)]

    def running(self, arn: str) -> Running | None:
        number = self._ids.get(arn)
        row = self._one("SELECT state, wake, parked FROM running WHERE execution = ?", number)
        return None if row is None else _running(row)

    def frames(self, arn: str) -> dict[int, Json]:
        statement = "SELECT number, body FROM frames WHERE execution = (SELECT id FROM executions WHERE arn = ?)"
        return {number: json.loads(body) for number, body in self._all(statement, arn)}

    async def forget(self, stopped_before: float) -> int:
        old = "SELECT id FROM executions WHERE stopped < ?"
        count: int = self._one(f"SELECT count(*) FROM ({old})", stopped_before)[0]
        await self._perform(Job([], (), stopped_before))
        return count

    def close(self) -> None:
        self._writer.close()
        self._reader.close()
        self._lock.release()


def _record(row: Sequence[Any]) -> ExecutionRecord:
    fields: tuple[Any, ...] = (*row[:-1], json.loads(row[-1]))
    return ExecutionRecord(*fields)


def _running(row: Sequence[Any]) -> Running:
    return Running(json.loads(row[0]), row[1], bool(row[2]))
