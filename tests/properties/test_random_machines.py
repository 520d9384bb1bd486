"""Generated machines and inputs: nothing but a result ever comes out, and saving after any step loses nothing."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asl.graph import StateGraph
from interpreter.clock import VirtualClock
from interpreter.engine import Engine
from interpreter.plan import Plan, compile_plan
from interpreter.saved import load, save
from interpreter.tasks.port import Answer, Resource, TaskError, TaskRequest

NAMES = ("a", "b", "c")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(-3, 3) | st.text("xyz", max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=3),
    max_leaves=6,
)
PATHS = st.sampled_from(["$", "$.a", "$.b", "$.a.b", "$.c[0]", "$.*", "$..a", "$$.Execution.Input", "$v", "$v.a"])
CALLS = st.sampled_from(
    [
        "States.Array($.a, 1)",
        "States.Format('{}', $.a)",
        "States.MathAdd($.a, 1)",
        "States.UUID()",
        "States.ArrayLength($.c)",
    ]
)
TEMPLATES = st.dictionaries(st.sampled_from(["a.$", "b.$", "c.$"]), PATHS | CALLS, max_size=2) | st.just({"a": 1})
RESULT_PATHS = st.sampled_from(["$", "$.a", "$.b.c", None])


def _flow(draw: Any, *fields: str) -> dict[str, Any]:
    choices = {
        "InputPath": PATHS | st.none(),
        "OutputPath": PATHS | st.none(),
        "Parameters": TEMPLATES,
        "ResultSelector": TEMPLATES,
        "ResultPath": RESULT_PATHS,
        "Assign": st.dictionaries(st.sampled_from(["v", "w.$"]), st.just("$"), max_size=1),
    }
    return {field: draw(choices[field]) for field in fields if draw(st.integers(0, 3)) == 0}


@st.composite
def states(draw: Any, names: list[str], depth: int) -> dict[str, Any]:
    made = {}
    for index, name in enumerate(names):
        made[name] = draw(state(names[index + 1 :], depth, name))
    return made


@st.composite
def state(draw: Any, later: list[str], depth: int, name: str) -> dict[str, Any]:
    kinds = ["Pass", "Task", "Wait", "Succeed", "Fail"]
    kinds += ["Choice"] if later else []
    kinds += ["Map", "Parallel"] if depth else []
    kind = draw(st.sampled_from(kinds))
    made: dict[str, Any] = {"Type": kind}
    if kind not in ("Succeed", "Fail", "Choice"):
        made.update({"Next": draw(st.sampled_from(later))} if later else {"End": True})
    made.update(_OWN[kind](draw, later, depth, name))
    return made


def _task(draw: Any, later: list[str], depth: int, name: str) -> dict[str, Any]:
    fields = _flow(draw, "InputPath", "Parameters", "ResultSelector", "ResultPath", "OutputPath", "Assign")
    return {"Resource": "arn:aws:lambda:us-east-1:1:function:f", **fields, **_handling(draw, later)}


def _handling(draw: Any, later: list[str]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if draw(st.booleans()):
        made["Retry"] = [{"ErrorEquals": ["Boom"], "MaxAttempts": draw(st.integers(0, 2)), "JitterStrategy": "FULL"}]
    if later and draw(st.booleans()):
        made["Catch"] = [{"ErrorEquals": ["States.ALL"], "ResultPath": draw(RESULT_PATHS), "Next": later[0]}]
    return made


def _choice(draw: Any, later: list[str], depth: int, name: str) -> dict[str, Any]:
    variable = draw(PATHS.filter(lambda path: "*" not in path and ".." not in path))
    rule = draw(st.sampled_from([{"IsPresent": True}, {"NumericLessThan": 1}, {"StringEquals": "x"}, {"IsNull": True}]))
    made = {"Choices": [{"Variable": variable, **rule, "Next": draw(st.sampled_from(later))}]}
    return {**made, "Default": later[0]} if draw(st.booleans()) else made


def _map(draw: Any, later: list[str], depth: int, name: str) -> dict[str, Any]:
    inner = [f"{name}.{index}" for index in range(draw(st.integers(1, 2)))]
    processor = {"StartAt": inner[0], "States": draw(states(inner, depth - 1))}
    fields = _flow(draw, "InputPath", "ResultSelector", "ResultPath", "OutputPath")
    items = {"ItemsPath": draw(st.sampled_from(["$", "$.c", "$.a"]))}
    return {
        "ItemProcessor": processor,
        "MaxConcurrency": draw(st.integers(0, 2)),
        **items,
        **fields,
        **_handling(draw, later),
    }


def _parallel(draw: Any, later: list[str], depth: int, name: str) -> dict[str, Any]:
    branches = []
    for number in range(draw(st.integers(1, 2))):
        inner = f"{name}/{number}"
        branches.append({"StartAt": inner, "States": draw(states([inner], depth - 1))})
    return {"Branches": branches, **_flow(draw, "ResultPath", "OutputPath"), **_handling(draw, later)}


_OWN: dict[str, Any] = {
    "Pass": lambda draw, later, depth, name: _flow(
        draw, "InputPath", "Parameters", "ResultPath", "OutputPath", "Assign"
    ),
    "Task": _task,
    "Wait": lambda draw, later, depth, name: {
        "Seconds": draw(st.integers(0, 9)),
        **_flow(draw, "InputPath", "OutputPath"),
    },
    "Succeed": lambda draw, later, depth, name: _flow(draw, "InputPath", "OutputPath"),
    "Fail": lambda draw, later, depth, name: {"Error": "Boom"},
    "Choice": _choice,
    "Map": _map,
    "Parallel": _parallel,
}


@st.composite
def machines(draw: Any) -> dict[str, Any]:
    names = [f"S{index}" for index in range(draw(st.integers(1, 4)))]
    return {"StartAt": names[0], "States": draw(states(names, 2))}


class FailsEverySecondTime:
    def __init__(self) -> None:
        self._count = 0

    def answer_for(self, state_name: str, resource: Resource) -> Answer:
        def answer(request: TaskRequest) -> Any:
            if request.retry_count == 0 and len(request.state_name) % 2 == 0:
                raise TaskError("Boom", "as generated")
            return {"a": request.input}

        return answer


async def _run(plan: Plan, value: Any, taken: list[Any]) -> Any:
    engine = Engine(clock=VirtualClock(0.0), handler=FailsEverySecondTime())
    run = engine.start(plan, value, name="e", seed=3)

    async def commits(turns: list[Any]) -> None:
        taken.extend(json.dumps(save(turn.execution)) for turn, _ in turns)

    engine.commits = commits
    await engine.wait(run)
    return run.result()


async def _resume(plan: Plan, saved: str) -> Any:
    engine = Engine(clock=VirtualClock(0.0), handler=FailsEverySecondTime())
    run = engine.adopt(plan, load(plan, json.loads(saved)))
    await engine.wait(run)
    return run.result()


def _untimed(history: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in event.items() if key != "timestamp"} for event in history]


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(machines(), VALUES, st.data())
def test_any_machine_ends_and_goes_on_from_any_step(definition: dict[str, Any], value: Any, data: Any) -> None:
    plan = compile_plan(StateGraph(definition), definition, "Random")
    taken: list[str] = []
    result = asyncio.run(_run(plan, value, taken))
    assert result.status in ("SUCCEEDED", "FAILED")
    assert [event["id"] for event in result.history] == list(range(1, len(result.history) + 1))
    assert all(event["previousEventId"] < event["id"] for event in result.history)
    running = [saved for saved in taken if json.loads(saved)["execution"]["status"] == "RUNNING"]
    if running:
        again = asyncio.run(_resume(plan, data.draw(st.sampled_from(running))))
        assert (again.status, again.output, again.error) == (result.status, result.output, result.error)
        assert _untimed(again.history) == _untimed(result.history)
