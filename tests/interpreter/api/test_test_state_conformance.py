"""The recorded TestState calls, put to the server through boto3."""

import json

import pytest
from botocore.exceptions import ClientError
from replay import compare, load_cases, needs_recordings
from served import make_client

from interpreter import serve

CASES = load_cases("test_state")
LARGER_LAMBDA = "recorded when a Lambda function had at most 10,240 MB; botocore's model allows 32,768 now"
GAPS = {
    "test_state/present_mode_aws_sdk_lambda_get_function_task.integer_more_than_maximum_allowed": LARGER_LAMBDA,
    "test_state/strict_mode_aws_sdk_lambda_get_function_task.integer_more_than_maximum_allowed": LARGER_LAMBDA,
}
"""Cases that differ, with the reason."""


class RecordedResult:
    """Answers the state under test with what the real function returned."""

    result = None

    def answer_for(self, state_name, resource):
        return lambda request: self.result


@pytest.fixture(scope="module")
def answers():
    return RecordedResult()


@pytest.fixture(scope="module")
def recorded_client(answers):
    with serve(account="111111111111", handler=answers) as server:
        yield make_client(server.url)


def parameters_of(case):
    """The call's parameters as they were sent, with their exact text where it was kept."""
    given = dict(case["request"])
    for name in ("definition", "input", "context"):
        text = given.pop(f"{name}_text", None)
        if name in given:
            given[name] = text or json.dumps(given[name])
    return given


def marked(case):
    gap = GAPS.get(case["id"])
    return pytest.param(case, id=case["id"], marks=[pytest.mark.xfail(strict=True, reason=gap)] if gap else [])


@needs_recordings
@pytest.mark.parametrize("case", [marked(case) for case in CASES])
def test_the_server_tests_states_as_aws_does(recorded_client, answers, case):
    answers.result = case.get("task_result")
    try:
        result = recorded_client.test_state(**parameters_of(case))
    except ClientError as refused:
        result = {"exception": refused.response}
    report = compare(case, result)
    assert report.ok, str(report)
