"""The invariants that ARCHITECTURE.md names, each held by a test of that name."""

from __future__ import annotations

import ast
import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from asl.graph import StateGraph
from interpreter.clock import SystemClock, VirtualClock
from interpreter.engine import Engine
from interpreter.execution import Execution
from interpreter.history import SHAPES, events
from interpreter.messages import Resume, Start, TaskSucceeded
from interpreter.plan import Plan, compile_plan
from interpreter.saved import load, save
from interpreter.step import step
from interpreter.tasks.port import Answer, Resource, TaskRequest

ROOT = Path(__file__).resolve().parents[2]
CORE = (
    "execution", "messages", "commands", "history", "context_object", "step", "machine", "plan", "entropy", "saved",
    "errors_handling", "map_run",
)  # fmt: skip
IMPURE = {"asyncio", "time", "random", "uuid", "socket", "sqlite3", "threading", "secrets"}

DEFINITION = {
    "StartAt": "Price",
    "States": {
        "Price": {"Type": "Pass", "Parameters": {"items.$": "$.items", "id.$": "States.UUID()"}, "Next": "Each"},
        "Each": {
            "Type": "Map",
            "ItemsPath": "$.items",
            "MaxConcurrency": 2,
            "ItemProcessor": {
                "StartAt": "Square",
                "States": {
                    "Square": {
                        "Type": "Task",
                        "Resource": "arn:aws:lambda:us-east-1:1:function:square",
                        "Next": "Rest",
                    },
                    "Rest": {"Type": "Wait", "Seconds": 1, "End": True},
                },
            },
            "ResultPath": "$.squares",
            "Next": "Both",
        },
        "Both": {
            "Type": "Parallel",
            "Branches": [
                {"StartAt": "Left", "States": {"Left": {"Type": "Pass", "Assign": {"x": 1}, "End": True}}},
                {"StartAt": "Right", "States": {"Right": {"Type": "Wait", "Seconds": 5, "End": True}}},
            ],
            "ResultPath": "$.both",
            "Next": "Done",
        },
        "Done": {"Type": "Succeed", "OutputPath": "$.squares"},
    },
}
INPUT = {"items": [1, 2, 3]}


def plan_of(definition: dict[str, Any] = DEFINITION) -> Plan:
    return compile_plan(StateGraph(definition), definition, "Machine")


class Squares:
    def answer_for(self, state_name: str, resource: Resource) -> Answer:
        def answer(request: TaskRequest) -> Any:
            return request.input * request.input

        return answer


def new_execution() -> Execution:
    arn = "arn:aws:states:us-east-1:123456789012"
    return Execution(
        name="e", machine_arn=f"{arn}:stateMachine:Machine", arn=f"{arn}:execution:Machine:e", role_arn="r",
        input=INPUT, started=0.0, seed=7,
    )  # fmt: skip


async def drive(plan: Plan, execution: Execution, resumed: bool = False) -> Any:
    engine = Engine(clock=VirtualClock(0.0), handler=Squares())
    if resumed:
        run = engine.adopt(plan, execution)
        await engine.wait(run)
        return run.result()
    return await engine.run(plan, INPUT, name="e", seed=7)


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_asl_never_imports_interpreter() -> None:
    files = (ROOT / "asl").rglob("*.py")
    assert [path for path in files if "interpreter" in {name.split(".")[0] for name in _imports(path)}] == []


def test_the_core_imports_no_clock_no_randomness_no_io() -> None:
    files = [ROOT / "interpreter" / f"{name}.py" for name in CORE]
    files += (ROOT / "interpreter" / "states").glob("*.py")
    wrong = {path.name: found for path in files if (found := IMPURE & {n.split(".")[0] for n in _imports(path)})}
    assert wrong == {}


def test_the_jsonata_engine_stands_alone() -> None:
    root = ROOT / "asl" / "expressions" / "jsonata"
    outside = {n for path in root.rglob("*.py") for n in _imports(path) if n.split(".")[0] in ("asl", "interpreter")}
    assert {name for name in outside if not name.startswith("asl.expressions.jsonata")} == set()


def test_nothing_imports_the_edges() -> None:
    edges = ("interpreter.cli", "interpreter.api", "interpreter.pytest_plugin", "interpreter.testing")
    core = [ROOT / "interpreter" / f"{name}.py" for name in (*CORE, "engine", "clock", "result", "inspection")]
    wrong = {path.name for path in core for n in _imports(path) if n.startswith(edges)}
    assert wrong == set()


def test_only_the_store_speaks_sql() -> None:
    speakers = {
        path.relative_to(ROOT).parts[1]
        for path in (ROOT / "interpreter").rglob("*.py")
        if "sqlite3" in set(_imports(path))
    }
    assert speakers <= {"store"}


def test_one_function_makes_history_events() -> None:
    source = (ROOT / "interpreter" / "machine.py").read_text("utf-8")
    assert source.count("events.append(") == 1
    others = [*(ROOT / "interpreter" / "states").glob("*.py"), ROOT / "interpreter" / "engine.py"]
    assert all("events.append(" not in path.read_text("utf-8") for path in others)


def test_every_event_the_machine_emits_has_its_shape() -> None:
    result = asyncio.run(drive(plan_of(), new_execution()))
    detailed = {event["type"] for event in result.history if len(event) > 4}
    assert detailed <= set(SHAPES)


def test_the_definition_is_frozen_and_counters_live_in_frames() -> None:
    before = json.dumps(DEFINITION)
    plan = plan_of()
    first = asyncio.run(drive(plan, new_execution()))
    second = asyncio.run(drive(plan, new_execution()))
    assert json.dumps(DEFINITION) == before
    assert (first.output, first.history) == (second.output, second.history)


def test_a_step_repeated_gives_the_same_answer() -> None:
    plan = plan_of()
    outcomes = []
    for _ in range(2):
        execution = new_execution()
        step(plan, execution, [Start()], 0.0)
        saved = json.loads(json.dumps(save(execution)))
        again = load(plan, saved)
        frame = next(iter(again.frames.values()))
        step(plan, again, [TaskSucceeded(frame.id, frame.ticket, 1), Resume()], 1.0)
        outcomes.append((save(execution), save(again)))
    assert outcomes[0] == outcomes[1]


def _saved_after(plan: Plan, steps: int) -> dict[str, Any] | None:
    """The saved form after so many steps of one transition each, or None where the run ends before."""
    engine = Engine(clock=VirtualClock(0.0), handler=Squares())
    taken: list[dict[str, Any]] = []

    async def run() -> None:
        started = engine.start(plan, INPUT, name="e", seed=7)

        async def commits(turns: list[Any]) -> None:
            for turn, _ in turns:
                taken.append(json.loads(json.dumps(save(turn.execution))))

        engine.commits = commits
        await engine.wait(started)

    asyncio.run(run())
    return taken[steps] if steps < len(taken) else None


@pytest.mark.parametrize("steps", range(12))
def test_crash_everywhere(steps: int) -> None:
    """Save after any step, load, go on: output and history equal those of the uninterrupted run."""
    plan = plan_of()
    whole = asyncio.run(drive(plan, new_execution()))
    saved = _saved_after(plan, steps)
    if saved is None or saved["execution"]["status"] != "RUNNING":
        return
    resumed = asyncio.run(drive(plan, load(plan, saved), resumed=True))
    assert resumed.output == whole.output
    assert [_untimed(event) for event in resumed.history] == [_untimed(event) for event in whole.history]


def _untimed(event: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in event.items() if key != "timestamp"}


def test_stepping_one_transition_at_a_time_equals_running() -> None:
    passes = {f"S{n}": {"Type": "Pass", "Next": f"S{n + 1}"} for n in range(5)}
    definition = {"StartAt": "S0", "States": {**passes, "S5": {"Type": "Succeed"}}}
    plan = plan_of(definition)
    whole, stepped = new_execution(), new_execution()
    step(plan, whole, [Start()], 0.0)
    step(plan, stepped, [Start()], 0.0, limit=1)
    while not stepped.is_closed:
        step(plan, stepped, [Resume()], 0.0, limit=1)
    assert events(stepped.events) == events(whole.events)


def test_virtual_and_real_time_give_the_same_history_but_for_timestamps() -> None:
    async def run(clock: Any) -> Any:
        return await Engine(clock=clock, handler=Squares()).run(plan_of(), INPUT, name="e", seed=7)

    virtual, real = asyncio.run(run(VirtualClock(0.0))), asyncio.run(run(SystemClock(scale=0.01)))
    assert [_untimed(event) for event in virtual.history] == [_untimed(event) for event in real.history]


def test_results_are_by_index_never_by_arrival() -> None:
    class LaterFirst:
        def answer_for(self, state_name: str, resource: Resource) -> Answer:
            async def answer(request: TaskRequest) -> Any:
                await asyncio.sleep(0.03 if request.input == 1 else 0)
                return request.input * 10

            return answer

    result = asyncio.run(Engine(clock=VirtualClock(), handler=LaterFirst()).run(plan_of(), INPUT))
    assert result.output == [10, 20, 30]


def test_a_run_with_a_seed_is_the_same_to_the_byte() -> None:
    code = (
        "import json; from interpreter import run\n"
        "d = {'StartAt': 'A', 'States': {'A': {'Type': 'Pass', 'Parameters': {'u.$': 'States.UUID()',"
        " 'at.$': '$$.State.EnteredTime', 'id.$': '$$.Execution.Id'}, 'End': True}}}\n"
        "r = run(d, seed=5); print(json.dumps([r.output, r.history], default=str))"
    )
    outputs = {subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout for _ in range(2)}
    assert len(outputs) == 1
