"""AWS's limits on the sizes of values, at the state where they are passed."""

from __future__ import annotations

import pytest

from asl.types import Json, JsonObject
from interpreter import Result, run

LIMIT = 262_144
CAUSE = "The state/task 'S' returned a result with a size exceeding the maximum number of bytes service limit."
CATCH_ALL = [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]


def run_state(state: JsonObject, input: Json, language: str = "JSONPath") -> Result:
    states = {"S": state, "Caught": {"Type": "Succeed"}}
    return run({"StartAt": "S", "QueryLanguage": language, "States": states}, input, seed=1)


def event_types(result: Result) -> list[str]:
    return [event["type"] for event in result.history]


@pytest.mark.parametrize("copies", [1, 2])
def test_the_values_of_one_assign_have_256_kib_together(copies: int) -> None:
    template = {f"v{number}.$": "$" for number in range(copies)}
    result = run_state({"Type": "Pass", "Assign": template, "Next": "Caught"}, "x" * 140_000)
    assert (result.error, result.cause) == ((None, None) if copies == 1 else ("States.DataLimitExceeded", CAUSE))


def test_a_variable_made_by_an_expression_has_256_kib() -> None:
    value = "{% $states.input & $states.input %}"
    result = run_state({"Type": "Pass", "Assign": {"v": value}, "Next": "Caught"}, "x" * 140_000, "JSONata")
    assert result.error == "States.DataLimitExceeded"


def test_the_assign_of_a_choice_rule_has_256_kib() -> None:
    rule = {"Variable": "$", "IsString": True, "Assign": {"a.$": "$", "b.$": "$"}, "Next": "Caught"}
    assert run_state({"Type": "Choice", "Choices": [rule]}, "x" * 140_000).error == "States.DataLimitExceeded"


@pytest.mark.parametrize(("variables", "error"), [(40, None), (41, "States.DataLimitExceeded")])
def test_all_variables_together_have_10_mib(variables: int, error: str | None) -> None:
    states: JsonObject = {
        f"S{number}": {"Type": "Pass", "Assign": {f"v{number}.$": "$"}, "Next": f"S{number + 1}"}
        for number in range(variables)
    }
    states[f"S{variables}"] = {"Type": "Succeed"}
    assert run({"StartAt": "S0", "States": states}, "x" * (LIMIT - 100)).error == error


def test_an_iteration_whose_input_is_too_large_never_starts() -> None:
    processor = {"StartAt": "I", "States": {"I": {"Type": "Pass", "End": True}}}
    twice = {"a.$": "$$.Map.Item.Value", "b.$": "$$.Map.Item.Value"}
    state = {"Type": "Map", "ItemSelector": twice, "ItemProcessor": processor, "Catch": CATCH_ALL, "Next": "Caught"}
    result = run_state(state, ["x" * 140_000])
    assert result.output == {"Error": "States.DataLimitExceeded", "Cause": CAUSE}
    assert event_types(result)[2:5] == ["MapStateStarted", "MapStateFailed", "MapStateExited"]


def test_a_state_that_ends_its_scope_takes_no_next() -> None:
    result = run({"StartAt": "S", "States": {"S": {"Type": "Succeed", "Next": "S"}}}, {})
    assert event_types(result) == [
        "ExecutionStarted",
        "SucceedStateEntered",
        "SucceedStateExited",
        "ExecutionSucceeded",
    ]
