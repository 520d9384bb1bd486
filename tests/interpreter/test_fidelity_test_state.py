"""What TestState answers where a request fails twice, or brings data that can't be read."""

from __future__ import annotations

import pytest

from interpreter.test_state import TestStateError, inspect_state

ROLE = "arn:aws:iam::123456789012:role/Role"
MOCK = {"errorOutput": {"error": "X", "cause": "y"}}


def test_a_catcher_that_fails_itself_fails_the_state_with_its_own_error() -> None:
    catcher = {"ErrorEquals": ["States.ALL"], "Next": "After", "Output": "{% $nope %}"}
    state = {
        "Type": "Task",
        "QueryLanguage": "JSONata",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Catch": [catcher],
        "End": True,
    }
    response = inspect_state(state, {}, mock=MOCK, role_arn=ROLE)
    assert response == {
        "status": "FAILED",
        "error": "States.QueryEvaluationError",
        "cause": "The JSONata expression '$nope' specified for the field 'Catch[0]/Output' returned nothing "
        "(undefined).",
    }


@pytest.mark.parametrize("data", ["{bad", '{"a": 1}'])
def test_item_reader_data_is_an_array_of_items(data: str) -> None:
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "Item",
        "States": {"Item": {"Type": "Pass", "End": True}},
    }
    reader = {
        "Resource": "arn:aws:states:::s3:getObject",
        "ReaderConfig": {"InputType": "JSON"},
        "Parameters": {"Bucket": "b", "Key": "k"},
    }
    state = {"Type": "Map", "ItemReader": reader, "ItemProcessor": processor, "End": True}
    with pytest.raises(TestStateError, match="mapItemReaderData"):
        inspect_state(state, {}, mock={"result": "[]"}, state_configuration={"mapItemReaderData": data})
