"""Every recorded TestState call gets AWS's answer: status, output, error, inspection data, refusals."""

from __future__ import annotations

import json
from typing import Any

import pytest
from replay import compare, load_cases, needs_recordings

from asl.errors import DefinitionError
from interpreter.tasks.port import Answer, Resource, TaskRequest
from interpreter.test_state import TestStateError, inspect_state

LARGER_LAMBDA = "recorded when a Lambda function had at most 10,240 MB; botocore's model allows 32,768 now"
KNOWN_GAPS = {
    "test_state/present_mode_aws_sdk_lambda_get_function_task.integer_more_than_maximum_allowed": LARGER_LAMBDA,
    "test_state/strict_mode_aws_sdk_lambda_get_function_task.integer_more_than_maximum_allowed": LARGER_LAMBDA,
}

CASES = load_cases("test_state")
PREFIX = "arn:aws:states:us-east-1:111111111111"


class RecordedResult:
    """Answers the state under test with what the real function returned."""

    def __init__(self, case: dict[str, Any]) -> None:
        self._result = case.get("task_result")

    def answer_for(self, state_name: str, resource: Resource) -> Answer:
        def answer(request: TaskRequest) -> Any:
            return self._result

        return answer


def respond(case: dict[str, Any]) -> dict[str, Any]:
    """The case's request put to ``inspect_state``, its answer in the comparer's form."""
    request = case["request"]
    try:
        return inspect_state(
            request["definition"],
            request.get("input"),
            state_name=request.get("stateName"),
            role_arn=request.get("roleArn"),
            inspection_level=request.get("inspectionLevel", "INFO"),
            mock=request.get("mock"),
            variables=request.get("variables"),
            context=request.get("context"),
            state_configuration=request.get("stateConfiguration"),
            reveal_secrets=request.get("revealSecrets", False),
            handler=RecordedResult(case),
            seed=1,
            arn_prefix=PREFIX,
        )
    except TestStateError as refusal:
        return _exception(refusal.code, refusal.message)
    except DefinitionError as wrong:
        return _exception("InvalidDefinition", _definition_message(wrong))


def _exception(code: str, message: str) -> dict[str, Any]:
    return {"exception": {"Error": {"Code": code, "Message": message}}}


def _definition_message(wrong: DefinitionError) -> str:
    reasons = ", ".join(f"{each.code}: {each.message} at {each.location or 'null'}" for each in wrong.diagnostics)
    return f"Invalid State Machine Definition: '{reasons}'"


def _parameter(case: dict[str, Any]) -> Any:
    reason = KNOWN_GAPS.get(case["id"])
    marks = [] if reason is None else [pytest.mark.xfail(strict=True, reason=reason)]
    return pytest.param(case, id=case["id"], marks=marks)


@needs_recordings
@pytest.mark.parametrize("case", [_parameter(case) for case in CASES])
def test_a_recorded_test_state_call_gets_awss_answer(case: dict[str, Any]) -> None:
    report = compare(case, json.loads(json.dumps(respond(case))))
    assert report.ok, str(report)
