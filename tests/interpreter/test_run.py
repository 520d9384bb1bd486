"""``run``: whatever holds a definition, whoever answers its tasks, and inputs that can't be used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import interpreter
from asl import DefinitionError, StateMachine
from interpreter import TaskError, VirtualClock, run, run_async
from interpreter.errors import InputError, UnansweredTasksError

PASS = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
SHIP = {
    "StartAt": "Charge card",
    "States": {
        "Charge card": {
            "Type": "Task",
            "Resource": "arn:aws:lambda:us-east-1:123456789012:function:charge",
            "Retry": [{"ErrorEquals": ["Card.Busy"], "IntervalSeconds": 2, "MaxAttempts": 2}],
            "ResultPath": "$.charge",
            "Next": "Ship",
        },
        "Ship": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": "ship", "Payload.$": "$"},
            "OutputPath": "$.Payload",
            "End": True,
        },
    },
}


def ship(event: Any, context: Any) -> Any:
    return {"shipped": event["orderId"], "by": context.function_name}


def test_a_workflow_runs_on_functions_and_mocks_together() -> None:
    mocks = {"Charge card": [{"Throw": {"Error": "Card.Busy", "Cause": "later"}}, {"Return": {"id": 1}}]}
    result = run(SHIP, {"orderId": 7}, tasks={"ship": ship}, mocks=mocks, seed=1)
    assert (result.status, result.output) == ("SUCCEEDED", {"shipped": 7, "by": "ship"})
    assert result.path == ["Charge card", "Ship"]
    assert result.duration == 2


def test_a_task_error_is_what_retry_and_catch_see() -> None:
    def charge(event: Any) -> Any:
        raise TaskError("Card.Declined", "no funds")

    result = run(SHIP, {"orderId": 7}, tasks={"Charge card": charge, "ship": ship})
    assert (result.status, result.error, result.cause) == ("FAILED", "Card.Declined", "no funds")


def test_an_exception_becomes_the_error_that_lambda_reports() -> None:
    def charge(event: Any) -> Any:
        raise ValueError("bad card")

    result = run(SHIP, {"orderId": 7}, tasks={"Charge card": charge, "ship": ship})
    assert result.error == "ValueError"
    assert json.loads(result.cause)["errorMessage"] == "bad card"


@pytest.mark.parametrize(
    "wrap", [lambda d, p: d, lambda d, p: StateMachine.parse(d), lambda d, p: p, lambda d, p: str(p)]
)
def test_a_definition_may_be_a_dict_a_machine_or_a_path(wrap: Any, tmp_path: Path) -> None:
    path = tmp_path / "pass.asl.json"
    path.write_text(json.dumps(PASS))
    assert run(wrap(PASS, path), {"x": 1}).output == {"x": 1}


def test_no_input_means_an_empty_object() -> None:
    assert run(PASS).output == {}


@pytest.mark.parametrize("value", [0, False, "", [], None])
def test_any_json_value_is_an_input(value: Any) -> None:
    assert run(PASS, value).output == ({} if value is None else value)


def test_the_input_is_the_executions_own() -> None:
    given = {"a": [1]}
    result = run(PASS, given)
    given["a"].append(2)
    assert result.output == {"a": [1]}
    assert json.loads(result.history[0]["executionStartedEventDetails"]["input"]) == {"a": [1]}


@pytest.mark.parametrize("value", [{1, 2}, float("nan"), {"at": object()}])
def test_an_input_that_is_not_json_is_refused(value: Any) -> None:
    with pytest.raises(InputError, match="not JSON"):
        run(PASS, value)


def test_an_input_that_is_too_large_for_aws_is_refused() -> None:
    with pytest.raises(InputError, match="at most 262,144"):
        run(PASS, "x" * 300_000)


def test_a_wrong_definition_is_refused_before_anything_runs() -> None:
    with pytest.raises(DefinitionError, match="MISSING_TRANSITION_TARGET"):
        run({"StartAt": "B", "States": PASS["States"]})


def test_all_tasks_that_nothing_answers_are_named_at_once() -> None:
    with pytest.raises(UnansweredTasksError) as caught:
        run(SHIP, {})
    assert [task.state for task in caught.value.tasks] == ["Charge card", "Ship"]


def test_the_history_has_the_shape_of_get_execution_history() -> None:
    first = run(PASS, {"x": 1}, seed=1).history[0]
    assert first["timestamp"].isoformat() == "2024-01-01T00:00:00+00:00"
    assert (first["id"], first["previousEventId"], first["type"]) == (1, 0, "ExecutionStarted")
    assert first["executionStartedEventDetails"]["inputDetails"] == {"truncated": False}


def test_an_inspected_run_shows_each_step_of_each_visit() -> None:
    result = run(SHIP, {"orderId": 7}, tasks={"charge": lambda e: {"id": 1}, "ship": ship}, inspect=True)
    charge, shipped = result.inspection
    assert (charge.name, charge.steps["result"], charge.output) == (
        "Charge card",
        {"id": 1},
        {"orderId": 7, "charge": {"id": 1}},
    )
    assert shipped.steps["afterParameters"]["FunctionName"] == "ship"
    assert shipped.to_json()["output"] == {"shipped": 7, "by": "ship"}


def test_a_run_that_was_not_asked_to_inspect_has_nothing_to_show() -> None:
    assert run(PASS).inspection is None


async def _twice() -> list[Any]:
    return [(await run_async(PASS, number, clock=VirtualClock(0.0))).output for number in range(2)]


def test_run_async_works_on_a_running_loop() -> None:
    import asyncio

    assert asyncio.run(_twice()) == [0, 1]


def test_the_package_exports_what_it_promises() -> None:
    assert interpreter.__all__ == [
        "PENDING", "After", "Command", "Engine", "InterpreterError", "Result", "SystemClock", "TaskError",
        "VirtualClock", "inspect_state", "run", "run_async", "serve",
    ]  # fmt: skip
    assert all(getattr(interpreter, name) is not None for name in interpreter.__all__)
