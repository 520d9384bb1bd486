"""What a Task does with fields that its values don't fit."""

from __future__ import annotations

from asl.types import Json, JsonObject
from interpreter import Result, run

PLACE = "An error occurred while executing the state 'S' (entered at the event id #2). "
INVOKE = "arn:aws:states:::lambda:invoke"


def run_task(fields: JsonObject, input: Json, language: str = "JSONPath") -> Result:
    state = {"Type": "Task", "Resource": INVOKE, "End": True, **fields}
    machine = {"StartAt": "S", "QueryLanguage": language, "States": {"S": state}}
    return run(machine, input, mocks={"S": {"Return": {}}}, seed=1)


def test_a_role_by_expression_is_a_string() -> None:
    fields = {"Credentials": {"RoleArn": "{% $states.input.role %}"}}
    assert run_task(fields, {"role": "arn:aws:iam::123456789012:role/A"}, "JSONata").succeeded
    assert run_task(fields, {"role": 5}, "JSONata").cause == (
        f"{PLACE}The JSONata expression '$states.input.role' specified for the field 'Credentials/RoleArn' "
        "returned an unexpected result type. Expected 'string', but was 'number' for value: 5"
    )
