"""A store that lasts as long as the process: for tests, and for servers that need no memory of yesterday."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from asl.types import Json
from interpreter.store.port import (
    ExecutionChange,
    ExecutionFilter,
    ExecutionRecord,
    OpenExecution,
    RecordChange,
    Running,
)


@dataclass(slots=True)
class _Kept:
    record: ExecutionRecord
    running: Running | None = None
    frames: dict[int, Json] = field(default_factory=dict)
    events: list[Json] = field(default_factory=list)


class MemoryStore:
    """Fulfils :class:`~interpreter.store.port.Store` with dictionaries."""

    def __init__(self) -> None:
        self._records: dict[str, dict[str, Json]] = {}
        self._kept: dict[str, _Kept] = {}
        self._number: dict[str, int] = {}
        self._arns: dict[int, str] = {}

    @property
    def backlog(self) -> int:
        return 0

    async def commit(self, executions: Sequence[ExecutionChange] = (), records: Sequence[RecordChange] = ()) -> None:
        for change in executions:
            self._apply(change)
        for record in records:
            kind = self._records.setdefault(record.kind, {})
            if record.body is None:
                kind.pop(record.key, None)
            else:
                kind[record.key] = record.body

    def _apply(self, change: ExecutionChange) -> None:
        kept = self._kept.get(change.arn)
        if kept is None:
            kept = self._create(change)
        elif change.record is not None:
            kept.record = change.record
        kept.running = change.running
        kept.events.extend(change.events)
        for number, frame in change.frames.items():
            if frame is None:
                kept.frames.pop(number, None)
            else:
                kept.frames[number] = frame

    def _create(self, change: ExecutionChange) -> _Kept:
        if change.record is None:
            raise ValueError(f"{change.arn} is unknown and its change has no record")
        number = len(self._number) + 1
        self._number[change.arn] = number
        self._arns[number] = change.arn
        kept = self._kept[change.arn] = _Kept(change.record)
        return kept

    def records(self, kind: str) -> Iterable[tuple[str, Json]]:
        return sorted(self._records.get(kind, {}).items())

    def execution(self, arn: str) -> ExecutionRecord | None:
        kept = self._kept.get(arn)
        return None if kept is None else kept.record

    def executions(
        self, wanted: ExecutionFilter, limit: int, after: int | None = None
    ) -> tuple[list[ExecutionRecord], int | None]:
        page: list[ExecutionRecord] = []
        last = 0
        for number in range(len(self._number) if after is None else after - 1, 0, -1):
            kept = self._kept.get(self._arns[number])
            if kept is None or not _matches(kept.record, wanted):
                continue
            if len(page) == limit:
                return page, last
            page.append(kept.record)
            last = number
        return page, None

    def history(self, arn: str, limit: int, *, after: int | None = None, reverse: bool = False) -> list[Json]:
        kept = self._kept.get(arn)
        if kept is None:
            return []
        if not reverse:
            first = after or 0
            return kept.events[first : first + limit]
        last = len(kept.events) if after is None else after - 1
        return kept.events[max(last - limit, 0) : last][::-1]

    def open_executions(self) -> Iterable[OpenExecution]:
        return [OpenExecution(kept.record, kept.running) for kept in self._kept.values() if kept.running is not None]

    def running(self, arn: str) -> Running | None:
        kept = self._kept.get(arn)
        return None if kept is None else kept.running

    def frames(self, arn: str) -> dict[int, Json]:
        kept = self._kept.get(arn)
        return {} if kept is None else dict(kept.frames)

    async def forget(self, stopped_before: float) -> int:
        old = [arn for arn, kept in self._kept.items() if (kept.record.stopped or stopped_before) < stopped_before]
        for arn in old:
            del self._kept[arn]
        return len(old)

    def close(self) -> None:
        pass


def _matches(record: ExecutionRecord, wanted: ExecutionFilter) -> bool:
    return (
        wanted.machine_arn in (None, record.machine_arn)
        and wanted.version_arn in (None, record.version_arn)
        and wanted.alias_arn in (None, record.alias_arn)
        and wanted.map_run_arn in (None, record.map_run_arn)
        and wanted.status in (None, record.status)
        and wanted.redriven in (None, record.redrive_count > 0)
    )
