"""The workloads of ``../shared/benchmarks``: their files, the tasks they call, and how each one is run and judged."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hand_written

from interpreter import Engine, Result, TaskError, VirtualClock
from interpreter.plan import Plan
from interpreter.tasks.handlers import TaskHandlers

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "benchmarks"
Once = Callable[[Any], Awaitable[Any]]


@dataclass(frozen=True)
class Workload:
    """One row of the table. ``limit`` is the ratio to the hand-written code that is aimed at; ``executions`` are run
    at once and share the time. ``as_text``: the engine gets the input's text beside its value, as the command line and
    the server do; from that it knows the input's size, which it has to measure otherwise."""

    name: str
    title: str
    limit: float
    hand_written: Once
    executions: int = 1
    as_text: bool = False


WORKLOADS = (
    Workload("W1", "chain of 100 Pass", 5, hand_written.chain),
    Workload("W2", "50 Tasks, five data-flow fields", 12, hand_written.dataflow),
    Workload("W3", "choice loop, 1,000 turns", 12, hand_written.choice_loop),
    Workload("W4a", "inline Map 1,000 x 3", 1, hand_written.inline_map),
    Workload("W4b", "the same, MaxConcurrency 40", 1.2, hand_written.bounded_map),
    Workload("W5", "Parallel 20 x 10", 1.5, hand_written.parallel),
    Workload("W6", "intrinsics", 8, hand_written.intrinsics),
    Workload("W7", "JSONata, 50 states", 20, hand_written.variables),
    Workload("W8", "100 states, 3 retries each", 3, hand_written.retries),
    Workload("W9", "1,000 at once, 10 states each", 6, hand_written.many, executions=1000),
    Workload("W12", "200 KB through 50 states", 4, hand_written.large),
    Workload("W12", "the same, sent as text", 4, hand_written.large, as_text=True),
)


def document(workload: str, part: str) -> Any:
    """A workload's ``asl``, ``input`` or ``expected`` file, decoded."""
    return json.loads((SHARED / f"{workload}.{part}.json").read_text())


def tasks() -> dict[str, Callable[[Any], Any]]:
    """What answers the workloads' function ARNs: plain functions, called in the process."""
    calls = 0

    def flaky(value: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls % 4:
            raise TaskError("Flaky", "try again")
        return value

    return {"echo": lambda value: value, "square": _square, "process_doc": _process_doc, "flaky": flaky}


def _square(value: Any) -> Any:
    return {"sq": value["i"] * value["i"]}


def _process_doc(value: Any) -> Any:
    doc = value["doc"]
    return {
        "doc": {**doc, "counter": doc["counter"] + 1},
        "total": value["qty"] * value["price"],
        "noise": [1, 2, 3],
    }


def plan_of(workload: str) -> Plan:
    """The workload's plan, compiled once as a program that runs a workflow again and again does."""
    from asl.graph import StateGraph
    from interpreter.plan import compile_plan

    definition = document(workload, "asl")
    return compile_plan(StateGraph(definition), definition, workload)


def ours(workload: Workload) -> Once:
    """Runs the workload's executions with the engine, history on, and gives the output of one."""
    plan, handler = plan_of(workload.name), TaskHandlers(tasks())
    text = (SHARED / f"{workload.name}.input.json").read_text() if workload.as_text else None

    async def one(value: Any) -> Any:
        return _output(await Engine(clock=VirtualClock(), handler=handler).run(plan, value, input_text=text))

    async def all_at_once(value: Any) -> Any:
        engine = Engine(clock=VirtualClock(), handler=handler)
        runs = [engine.start(plan, value) for _ in range(workload.executions)]
        for run in runs:
            await engine.wait(run)
        return [_output(run.result()) for run in runs][-1]

    return one if workload.executions == 1 else all_at_once


def _output(result: Result) -> Any:
    assert result.succeeded, (result.error, result.cause)
    assert len(result.rows) > 2
    return result.output
