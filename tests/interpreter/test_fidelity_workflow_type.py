"""What an EXPRESS workflow is refused, and what its runs are called."""

from __future__ import annotations

import pytest

from asl import DefinitionError
from interpreter import run


def test_an_express_run_is_checked_as_an_express_workflow() -> None:
    callback = {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "End": True}
    with pytest.raises(DefinitionError, match="Express state machine does not support"):
        run({"StartAt": "S", "States": {"S": callback}}, {}, type="EXPRESS", mocks={"S": {"Return": 1}})


def test_an_express_run_has_an_express_arn() -> None:
    result = run({"StartAt": "S", "States": {"S": {"Type": "Succeed"}}}, {}, type="EXPRESS")
    assert ":express:StateMachine:" in result.execution_arn


def test_an_express_run_has_no_limit_of_events() -> None:
    rule = {"Variable": "$.n", "NumericGreaterThan": 7_000, "Next": "End"}
    count = {"Type": "Pass", "Parameters": {"n.$": "States.MathAdd($.n, 1)"}, "Next": "Check"}
    check = {"Type": "Choice", "Choices": [rule], "Default": "Count"}
    states = {"Count": count, "Check": check, "End": {"Type": "Succeed"}}
    result = run({"StartAt": "Count", "States": states}, {"n": 0}, type="EXPRESS")
    assert result.succeeded
    assert len(result.rows) > 25_000
