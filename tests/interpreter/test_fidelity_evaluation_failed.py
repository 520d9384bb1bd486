"""Where the EvaluationFailed event of a state that did nothing yet points: at its Entered event or before it."""

from __future__ import annotations

import pytest

from asl.types import JsonObject
from interpreter import run

NOTHING = "{% $nope %}"
AFTER = {"Type": "Succeed"}
BRANCH = {"StartAt": "B", "States": {"B": {"Type": "Pass", "End": True}}}


@pytest.mark.parametrize(
    ("state", "previous"),
    [
        ({"Type": "Pass", "Output": NOTHING, "Next": "After"}, 0),
        ({"Type": "Map", "Items": NOTHING, "ItemProcessor": BRANCH, "Next": "After"}, 0),
        ({"Type": "Wait", "Seconds": NOTHING, "Next": "After"}, 2),
        ({"Type": "Choice", "Choices": [{"Condition": NOTHING, "Next": "After"}]}, 2),
        ({"Type": "Parallel", "Arguments": NOTHING, "Branches": [BRANCH], "Next": "After"}, 2),
        ({"Type": "Succeed", "Output": NOTHING}, 2),
        ({"Type": "Fail", "Error": NOTHING}, 2),
    ],
    ids=lambda value: value["Type"] if isinstance(value, dict) else None,
)
def test_the_event_before_a_failed_evaluation_is_the_one_that_aws_names(state: JsonObject, previous: int) -> None:
    states = {"S": state} if state["Type"] in ("Succeed", "Fail") else {"S": state, "After": AFTER}
    result = run({"StartAt": "S", "QueryLanguage": "JSONata", "States": states}, {})
    assert result.error == "States.QueryEvaluationError"
    failed = next(event for event in result.history if event["type"] == "EvaluationFailed")
    assert (failed["id"], failed["previousEventId"]) == (3, previous)
