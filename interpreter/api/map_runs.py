"""Map Runs as DescribeMapRun shows them: noted when they start and end, counted from the running Map while they run."""

from __future__ import annotations

from collections import Counter
from typing import Any

from asl.types import JsonObject
from interpreter.api.live import Live
from interpreter.history import Row
from interpreter.map_run import MapRun
from interpreter.store.port import RecordChange, Store

KIND = "map_run"
_STATUSES = {
    "PENDING": "pending",
    "RUNNING": "running",
    "SUCCEEDED": "succeeded",
    "FAILED": "failed",
    "TIMED_OUT": "timedOut",
    "ABORTED": "aborted",
}
_ENDS = {"MapRunSucceeded": "SUCCEEDED", "MapRunFailed": "FAILED", "MapRunAborted": "ABORTED"}
_ENDED_WITH_EXECUTION = {"SUCCEEDED": "SUCCEEDED", "FAILED": "FAILED"}


class MapRuns:
    """Every Map Run by ARN, oldest first. What :meth:`changes` gives is to be committed with the step."""

    def __init__(self, store: Store) -> None:
        bodies = [body for _, body in store.records(KIND)]
        self._bodies: dict[str, JsonObject] = {body["arn"]: body for body in sorted(bodies, key=_started)}

    def get(self, arn: str) -> JsonObject | None:
        return self._bodies.get(arn)

    def of_execution(self, arn: str) -> list[JsonObject]:
        return [body for body in self._bodies.values() if body["execution"] == arn]

    def attach(self, live: Live) -> None:
        """An execution was read from the store: know its Map Runs again, with what UpdateMapRun set."""
        for frame in live.execution.frames.values():
            run = frame.map_run
            if run is not None:
                live.map_runs[run.started_event] = run
                self._configure(run)

    def _configure(self, run: MapRun) -> None:
        body = self._bodies.get(run.arn, {})
        run.concurrency = body.get("concurrency", run.concurrency)
        run.tolerated_count = body.get("tolerated_count", run.tolerated_count)
        run.tolerated_percentage = body.get("tolerated_percentage", run.tolerated_percentage)

    def changes(self, live: Live, rows: list[Row], first: int) -> list[RecordChange]:
        """What a step's new history rows say about Map Runs."""
        changed: dict[str, JsonObject] = {}
        for number, row in enumerate(rows, first):
            if row[0] == "MapRunStarted":
                body = self._begun(live, number, row)
            elif row[0] in _ENDS and row[1] in live.map_runs:
                body = self._ended(live, row[1], _ENDS[row[0]], row[2])
            else:
                continue
            changed[body["arn"]] = body
        if live.execution.is_closed:
            for number in list(live.map_runs):
                status = _ENDED_WITH_EXECUTION.get(str(live.execution.status), "ABORTED")
                body = self._ended(live, number, status, live.execution.stopped or 0.0)
                changed[body["arn"]] = body
        self._bodies.update(changed)
        return [RecordChange(KIND, arn, body) for arn, body in changed.items()]

    def _begun(self, live: Live, number: int, row: Row) -> JsonObject:
        arn = row[3][0]
        frames = live.execution.frames.values()
        run = next((frame.map_run for frame in frames if frame.map_run and frame.map_run.arn == arn), None)
        run = run or MapRun(arn, "", "STANDARD", 0, number)
        live.map_runs[number] = run
        return _body(run, execution=live.arn, started=row[2], status="RUNNING")

    def _ended(self, live: Live, number: int, status: str, stopped: float) -> JsonObject:
        run = live.map_runs.pop(number)
        started = self._bodies[run.arn]["started"] if run.arn in self._bodies else stopped
        return _body(run, execution=live.arn, started=started, status=status, stopped=stopped)

    def update(self, run: MapRun, settings: JsonObject) -> RecordChange:
        """Give a running Map Run other limits, which count from the next child on."""
        body = self._bodies[run.arn] = {**self._bodies[run.arn], **settings}
        self._configure(run)
        return RecordChange(KIND, run.arn, body)


def _started(body: JsonObject) -> Any:
    return body["started"]


def _body(run: MapRun, **more: Any) -> JsonObject:
    return {
        "arn": run.arn,
        "concurrency": run.concurrency,
        "tolerated_count": run.tolerated_count,
        "tolerated_percentage": run.tolerated_percentage,
        **counts_of(run),
        **more,
    }


def counts_of(run: MapRun) -> JsonObject:
    """How many children, and how many items in them, are in which status."""
    return {"executions": _counts(run, [1] * len(run.weights)), "items": _counts(run, run.weights)}


def _counts(run: MapRun, weights: list[int]) -> JsonObject:
    counter: Counter[str] = Counter()
    for status, weight in zip(run.statuses, weights, strict=True):
        counter[_STATUSES[status]] += weight
    counts: JsonObject = {name: counter[name] for name in _STATUSES.values()}
    return {**counts, "total": sum(weights), "resultsWritten": counter["succeeded"]}
