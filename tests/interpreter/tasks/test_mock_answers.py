from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from asl.graph import StateGraph
from interpreter.errors import MockError
from interpreter.tasks.mock import MockHandler, inline_mocks
from interpreter.tasks.port import TaskError, TaskRequest

Build = Callable[..., TaskRequest]
INVOKE = "arn:aws:states:::lambda:invoke"
QUEUE = "arn:aws:states:::sqs:sendMessage"
BUSY = {"Throw": {"Error": "Stock.Busy", "Cause": "later"}}


def call(mocks: dict[str, Any], request: TaskRequest, handler: MockHandler | None = None) -> Any:
    answer = (handler or MockHandler(inline_mocks(mocks))).answer_for(request.state_name, request.resource)
    assert answer is not None
    return answer(request)


def outcomes(handler: MockHandler, requests: list[TaskRequest]) -> list[Any]:
    seen: list[Any] = []
    for request in requests:
        try:
            seen.append(call({}, request, handler))
        except TaskError as failed:
            seen.append((failed.error, failed.cause))
    return seen


def test_a_list_is_answered_in_order_and_then_used_up(request_for: Build) -> None:
    handler = MockHandler(inline_mocks({"Ship": [BUSY, {"Return": {"ok": True}}]}))
    assert outcomes(handler, [request_for({}) for _ in range(3)]) == [
        ("Stock.Busy", "later"),
        {"ok": True},
        ("States.Runtime", "No Local mocked response definition for state 'Ship' and invocation number '2'"),
    ]


def test_ranges_are_those_of_a_mock_config_file(request_for: Build) -> None:
    handler = MockHandler(inline_mocks({"Ship": {"2": {"Return": 2}, "0-1": BUSY}}))
    assert outcomes(handler, [request_for({}) for _ in range(3)]) == [("Stock.Busy", "later")] * 2 + [2]


def test_each_execution_and_each_state_counts_for_itself(request_for: Build) -> None:
    mocks = {"Ship": [{"Return": 0}, {"Return": 1}], "Pay": [{"Return": "paid"}]}
    handler = MockHandler(inline_mocks(mocks))
    requests = [request_for({}), request_for({}, state="Pay"), request_for({}, execution_arn="other"), request_for({})]
    assert outcomes(handler, requests) == [0, "paid", 0, 1]


@pytest.mark.parametrize(
    ("mock", "expected"),
    [({"Return": [1]}, [1]), ({"ok": True}, {"ok": True}), ([1, 2], [1, 2]), (None, None), ({}, {}), ([], [])],
)
def test_a_single_response_or_plain_value_answers_every_invocation(
    request_for: Build, mock: Any, expected: Any
) -> None:
    handler = MockHandler(inline_mocks({"Ship": mock}))
    assert outcomes(handler, [request_for({})] * 3) == [expected] * 3


def test_a_task_error_is_thrown(request_for: Build) -> None:
    with pytest.raises(TaskError, match=r"Card\.Declined: no funds"):
        call({"Ship": TaskError("Card.Declined", "no funds")}, request_for({}))


def test_a_throw_written_in_place_may_leave_out_error_and_cause(request_for: Build) -> None:
    with pytest.raises(TaskError) as failed:
        call({"Ship": {"Throw": {}}}, request_for({}))
    assert (failed.value.error, failed.value.cause) == (None, None)


def test_a_state_without_mocks_is_left_to_others(request_for: Build) -> None:
    assert MockHandler(inline_mocks({"Pay": 1})).answer_for("Ship", request_for({}).resource) is None


def test_a_function_arn_takes_the_payload_out_of_an_invoke_response(request_for: Build) -> None:
    assert call({"Ship": {"Return": {"StatusCode": 200, "Payload": {"ok": 1}}}}, request_for({})) == {"ok": 1}
    assert call({"Ship": {"Return": {"Payload": 1}}}, request_for({})) == {"Payload": 1}


def test_lambda_invoke_keeps_the_whole_response(request_for: Build) -> None:
    response = {"StatusCode": 200, "Payload": {"ok": 1}}
    assert call({"Ship": {"Return": response}}, request_for({}, INVOKE)) == response


@pytest.mark.parametrize(
    ("resource", "cause"),
    [
        ("arn:aws:lambda:us-east-1:1:function:f", '{"errorType": "Late", "errorMessage": "x"}'),
        (INVOKE, '{"errorType":"Late","errorMessage":"x"}'),
    ],
)
def test_a_function_error_in_a_response_fails_the_task(request_for: Build, resource: str, cause: str) -> None:
    document = {"errorType": "Late", "errorMessage": "x"}
    mock = {"Return": {"StatusCode": 200, "FunctionError": "Unhandled", "Payload": document}}
    with pytest.raises(TaskError) as failed:
        call({"Ship": mock}, request_for({}, resource))
    assert (failed.value.error, failed.value.cause) == ("Late", cause)


def test_other_services_return_what_is_written(request_for: Build) -> None:
    response = {"StatusCode": 200, "Payload": 1, "FunctionError": "x"}
    assert call({"Ship": {"Return": response}}, request_for({}, QUEUE)) == response


@pytest.mark.parametrize(
    ("mock", "message"),
    [
        ([{"Return": 1}, 5], "mocks['Ship'][1]: expected exactly one of Return and Throw, found 5"),
        ({"Return": 1, "Throw": {}}, "mocks['Ship']: expected exactly one of Return and Throw"),
        ({"Throw": "Busy"}, "mocks['Ship']: Throw takes Error and Cause, found 'Busy'"),
        ({"Throw": {"Error": 5}}, "mocks['Ship']: Error and Cause of Throw are strings"),
        ({"Throw": {"Error": "a", "Reason": "b"}}, "mocks['Ship']: Throw takes Error and Cause"),
        ({"0": {"Return": 1}, "2": {"Return": 1}}, "expected 1, found '2'"),
        ({"1": {"Return": 1}}, "expected 0, found '1'"),
        ({"0-2": {"Return": 1}, "2": {"Return": 1}}, "expected 3, found '2'"),
        ({"first": {"Return": 1}}, "'first' is no invocation number"),
        ({"2-1": {"Return": 1}}, "'2-1' is no invocation number"),
        (lambda: 1, "the mock 'Ship' is not JSON: Object of type function"),
    ],
)
def test_a_mock_that_can_not_be_used_is_told(mock: Any, message: str) -> None:
    with pytest.raises(MockError) as refused:
        inline_mocks({"Ship": mock})
    assert message in str(refused.value)


def test_mocks_of_unknown_states_and_of_other_types_are_doubted() -> None:
    graph = StateGraph(
        {
            "StartAt": "Reserve stock",
            "States": {
                "Reserve stock": {"Type": "Task", "Resource": "x", "Next": "Done"},
                "Done": {"Type": "Succeed"},
            },
        }
    )
    handler = MockHandler(inline_mocks({"Reserve stock": 1, "Reserve stok": 1, "Done": 1}))
    assert list(handler.doubts(graph)) == [
        "there is a mock for 'Reserve stok', but no such state; did you mean 'Reserve stock'?",
        "there is a mock for 'Done', which is a Succeed state; only Task states can be mocked",
    ]
