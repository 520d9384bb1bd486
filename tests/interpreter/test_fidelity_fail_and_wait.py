"""What Fail and Wait do with values that their fields can't take."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from asl.types import Json, JsonObject
from interpreter import Result, run
from interpreter.clock import SEEDED_START
from interpreter.context_object import instant


def run_state(state: JsonObject, input: Json) -> Result:
    return run({"StartAt": "S", "States": {"S": state}}, input, seed=1)


@pytest.mark.parametrize("field", ["ErrorPath", "CausePath"])
@pytest.mark.parametrize(("value", "shown"), [(1, "1"), (None, "null"), ({"a": 1}, '{"a":1}'), ([True], "[true]")])
def test_a_fail_path_that_gives_no_string_fails_the_state_itself(field: str, value: Any, shown: str) -> None:
    result = run_state({"Type": "Fail", field: "$.x"}, {"x": value})
    assert result.error == "States.Runtime"
    assert result.cause == (
        "An error occurred while executing the state 'S' (entered at the event id #2). "
        f'The {field} field refers to value "{shown}" which is not a valid string: $.x'
    )


def test_a_fail_path_takes_an_intrinsic_function_that_gives_a_string() -> None:
    result = run_state({"Type": "Fail", "ErrorPath": "States.Format('E{}', $.x)"}, {"x": 7})
    assert (result.error, result.cause) == ("E7", None)


def test_a_fail_path_refuses_an_intrinsic_function_that_gives_a_number() -> None:
    assert run_state({"Type": "Fail", "ErrorPath": "States.MathAdd(1, 2)"}, {}).error == "States.Runtime"


@pytest.mark.parametrize(("days", "error"), [(24_855, None), (24_856, "States.Runtime")])
def test_a_wait_of_more_than_24855_days_is_refused(days: int, error: str | None) -> None:
    until = instant(SEEDED_START + timedelta(days=days).total_seconds())
    result = run_state({"Type": "Wait", "TimestampPath": "$.at", "End": True}, {"at": until})
    assert result.error == error
    assert (result.cause or "Wait state delay is too long.").endswith("Wait state delay is too long.")
