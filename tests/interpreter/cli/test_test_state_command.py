"""``asl test-state`` on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from interpreter.cli.test_state_command import command, told

ORDER = str(Path(__file__).resolve().parents[3] / "examples" / "order-saga" / "order.asl.json")
PAID = '{"orderId": 7, "total": 3}'


def call(*arguments: str) -> tuple[int, Any]:
    ended = CliRunner().invoke(command, [ORDER, *arguments])
    return ended.exit_code, ended.output


def test_a_mocked_task_shows_each_step_of_its_data_flow() -> None:
    mock = '{"StatusCode": 200, "Payload": {"chargeId": "ch-1"}}'
    code, output = call("--state", "Charge card", "--input", PAID, "--mock", mock)
    response = json.loads(output)
    assert code == 0
    assert response["nextState"] == "Wait for warehouse"
    assert json.loads(response["inspectionData"]["afterResultSelector"]) == {"id": "ch-1"}
    assert json.loads(response["output"])["charge"] == {"id": "ch-1"}


def test_an_error_that_is_caught_goes_on_to_the_catchers_state() -> None:
    mock = '{"errorOutput": {"error": "Card.Declined", "cause": "no funds"}}'
    code, output = call("--state", "Charge card", "--input", PAID, "--mock", mock)
    response = json.loads(output)
    assert (code, response["status"], response["nextState"]) == (0, "CAUGHT_ERROR", "Release stock")
    assert response["inspectionData"]["errorDetails"] == {"catchIndex": 0}


def test_an_error_that_would_be_retried_tells_the_wait() -> None:
    mock = '{"errorOutput": {"error": "Lambda.TooManyRequestsException", "cause": "busy"}}'
    code, output = call("--state", "Charge card", "--input", PAID, "--mock", mock, "--retries", "2")
    response = json.loads(output)
    assert (code, response["status"]) == (2, "RETRIABLE")
    assert response["inspectionData"]["errorDetails"] == {"retryIndex": 0, "retryBackoffIntervalSeconds": 4}


def test_a_failing_state_exits_with_2() -> None:
    code, output = call("--state", "Done", "--input", '{"orderId": 7}')
    assert (code, json.loads(output)["error"]) == (2, "States.Runtime")


def test_an_unknown_state_is_a_sentence() -> None:
    code, output = call("--state", "Chrage card")
    assert code == 1
    assert "State not found in definition" in output


def test_a_mock_that_the_service_could_not_give_is_refused() -> None:
    code, output = call(
        "--state", "Ship", "--input", '{"orderId": 7, "prepared": {"label": "x"}}', "--mock", '{"MessageId": 5}'
    )
    assert code == 1
    assert "Field 'MessageId' must be a string" in output


def test_people_see_steps_that_change_nothing_marked_as_such() -> None:
    data = {"input": "1", "afterInputPath": "1", "afterParameters": "2"}
    lines = [click.unstyle(line) for line in told({"status": "SUCCEEDED", "output": "2", "inspectionData": data})]
    assert "(unchanged)" in lines[1]
    assert lines[2].split() == ["afterParameters", "2"]


@pytest.mark.parametrize("option", ["--variables", "--context"])
def test_variables_and_the_context_object_must_be_objects(option: str) -> None:
    code, output = call("--state", "Charge card", "--mock", "{}", option, "[1]")
    assert (code, output) == (1, f"Error: {option} must be a JSON object, not '[1]'\n")


@pytest.mark.parametrize("option", ["--mock", "--variables", "--context", "--input"])
def test_an_option_nested_5000_levels_deep_is_a_sentence(option: str) -> None:
    code, output = call("--state", "Charge card", option, "[" * 5000 + "]" * 5000)
    assert code == 1
    assert output.endswith("is nested too deeply\n")


@pytest.mark.parametrize("count", ['"1"', "true"])
def test_a_retry_count_in_the_context_object_must_be_a_number(count: str) -> None:
    code, output = call(
        "--state", "Charge card", "--mock", "{}", "--context", f'{{"State": {{"RetryCount": {count}}}}}'
    )
    assert (code, output) == (1, "Error: Invalid Context object provided: State.RetryCount must be a number\n")
