"""Replays a recorded case: the same definition and input, its tasks answered as they were answered on AWS."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from asl.graph import StateGraph
from interpreter.clock import VirtualClock
from interpreter.engine import Engine, Run
from interpreter.plan import compile_plan
from interpreter.tasks.port import PENDING, Answer, Resource, TaskError, TaskRequest

SHARED = Path(__file__).resolve().parents[3] / "shared"
CONFORMANCE = SHARED / "conformance"
needs_recordings = pytest.mark.skipif(
    not CONFORMANCE.is_dir(), reason="the recordings of AWS (../shared/conformance) are not on this machine"
)


def load_cases(*kinds: str) -> list[dict[str, Any]]:
    """Every case of these kinds, in the order of their ids; empty where there are no recordings."""
    paths = sorted((CONFORMANCE / "cases").glob("*/*.json"))
    cases = [json.loads(path.read_text("utf-8")) for path in paths]
    return [case for case in cases if case["kind"] in kinds]


def compare(case: dict[str, Any], result: dict[str, Any]) -> Any:
    """The recordings' own comparer: a report with ``level`` and ``ok``."""
    if str(CONFORMANCE) not in sys.path:
        sys.path.insert(0, str(CONFORMANCE))
    from compare import compare_case

    return compare_case(case, result)


class RecordedAnswers:
    """Answers each state's attempts in the order in which AWS started them, or by input where they overlap."""

    def __init__(self, case: dict[str, Any]) -> None:
        self._responses = {state: list(attempts) for state, attempts in (case.get("task_responses") or {}).items()}
        self._objects = (case.get("resources") or {}).get("s3", [])
        self._workers = [
            event["activityStartedEventDetails"].get("workerName")
            for event in case["expect"].get("history", ())
            if event["type"] == "ActivityStarted"
        ]

    def answer_for(self, state_name: str, resource: Resource) -> Answer:
        if resource.service == "s3":
            return self._s3

        def answer(request: TaskRequest) -> Any:
            if resource.kind == "activity":
                request.started(self._workers.pop(0) if self._workers else None)
            return _play(self._next(state_name, request), request)

        return answer

    def _s3(self, request: TaskRequest) -> Any:
        bucket = [each for each in self._objects if each["Bucket"] == request.input["Bucket"]]
        if request.resource.action == "listObjectsV2":
            return {"Contents": [_listed(each) for each in bucket]}
        return next({"Body": each["Body"]} for each in bucket if each["Key"] == request.input["Key"])

    def _next(self, state_name: str, request: TaskRequest) -> dict[str, Any]:
        attempts = self._responses[state_name]
        same = (
            index
            for index, attempt in enumerate(attempts)
            if "ForInput" in attempt and json.dumps(attempt["ForInput"]) == json.dumps(request.input)
        )
        return attempts.pop(next(same, 0))


def _listed(entry: dict[str, Any]) -> dict[str, Any]:
    key, size = entry["Key"], len(entry["Body"])
    return {"Etag": f"<Etag-{key}>", "Key": key, "LastModified": 0, "Size": size, "StorageClass": "STANDARD"}


def _play(attempt: dict[str, Any], request: TaskRequest) -> Any:
    if "Submitted" in attempt:
        request.submitted(attempt["Submitted"])
    if attempt.get("Pending") or any(kind.endswith("TimedOut") for kind in attempt.get("Events", ())):
        return PENDING
    if "Throw" in attempt:
        raise TaskError(attempt["Throw"].get("Error"), attempt["Throw"].get("Cause"))
    return attempt["Return"]


def run_case(case: dict[str, Any]) -> dict[str, Any]:
    """Replay an execution case and give its result in the comparer's form."""
    return asyncio.run(_run(case))


async def _run(case: dict[str, Any]) -> dict[str, Any]:
    definition = case["definition"]
    plan = compile_plan(StateGraph(definition), definition, "StateMachine")
    engine = Engine(
        clock=VirtualClock(),
        handler=RecordedAnswers(case),
        account="111111111111",
        activity_exists=lambda _arn: not case["group"].endswith("_on_deleted"),
    )
    ends_by_stop = case["expect"]["status"] == "ABORTED"
    run = engine.start(
        plan,
        case["input"],
        input_text=case.get("input_text"),
        type=case.get("type", "STANDARD"),
        seed=1,
        sync=case["kind"] == "sync_execution",
        observe=(lambda event: _stop_in_wait(engine, run, event)) if ends_by_stop else None,
    )
    await engine.wait(run)
    return _as_result(run.result())


def _stop_in_wait(engine: Engine, run: Run, event: dict[str, Any]) -> None:
    if event["type"] == "WaitStateEntered":
        engine.stop(run)


def _as_result(result: Any) -> dict[str, Any]:
    written: dict[str, Any] = {"status": str(result.status), "history": result.history}
    if result.succeeded:
        written["output"] = result.output
    for field in ("error", "cause"):
        if getattr(result, field) is not None:
            written[field] = getattr(result, field)
    return written
