from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from asl.graph import StateGraph
from interpreter.errors import UnansweredTasksError
from interpreter.tasks.handlers import TaskHandlers, matches
from interpreter.tasks.mock import MockHandler, inline_mocks
from interpreter.tasks.port import TaskError, TaskRequest
from interpreter.tasks.resource import parse_resource

Build = Callable[..., TaskRequest]
SHIP = "arn:aws:lambda:us-east-1:123456789012:function:ship"
INVOKE = "arn:aws:states:::lambda:invoke"
QUEUE = "arn:aws:states:::sqs:sendMessage"


def says(text: str) -> Callable[[Any], str]:
    return lambda event: text


@pytest.mark.parametrize(
    ("pattern", "arn", "fits"),
    [
        (SHIP, SHIP, True),
        ("arn:aws:lambda:*:function:ship", SHIP, True),
        ("function:ship", SHIP, True),
        ("ship", SHIP, True),
        ("sh?p", SHIP, True),
        ("hip", SHIP, False),
        ("ship", SHIP + "ment", False),
        ("ship", SHIP + ":prod", True),
        ("ship:prod", SHIP + ":prod", True),
        ("ship:test", SHIP + ":prod", False),
        ("sqs:sendMessage", QUEUE, True),
        ("sqs:*", QUEUE + ".waitForTaskToken", True),
        ("sqs:sendMessage", QUEUE + ".waitForTaskToken", False),
        ("*", "${Placeholder}", True),
    ],
)
def test_a_pattern_fits_the_arn_or_a_tail_of_it(pattern: str, arn: str, fits: bool) -> None:
    assert matches(pattern, arn) is fits


def answered(handlers: TaskHandlers, request: TaskRequest) -> Any:
    answer = handlers.answer_for(request.state_name, request.resource)
    return None if answer is None else answer(request)


def test_mocks_come_before_state_names_before_patterns(request_for: Build) -> None:
    tasks = {"*:function:*": says("pattern"), "Ship": says("name"), "Pay": says("name")}
    handlers = TaskHandlers(tasks, first=[MockHandler(inline_mocks({"Pay": "mock"}))])
    found = [answered(handlers, request_for({}, SHIP, state)) for state in ("Pay", "Ship", "Other")]
    assert found == ["mock", "name", "pattern"]


def test_the_first_pattern_that_matches_wins(request_for: Build) -> None:
    handlers = TaskHandlers({"function:sh*": says("first"), "function:ship": says("second")})
    assert answered(handlers, request_for({})) == "first"


def test_a_pattern_may_stand_for_state_names(request_for: Build) -> None:
    handlers = TaskHandlers({"Ship *": says("name")})
    assert answered(handlers, request_for({}, QUEUE, "Ship order")) == "name"
    assert answered(handlers, request_for({}, QUEUE, "Bill order")) is None


def test_lambda_invoke_is_answered_by_the_function_it_names(request_for: Build) -> None:
    handlers = TaskHandlers({"function:ship": says("by arn"), "pay": says("by name")})
    by_arn: Any = answered(handlers, request_for({"FunctionName": SHIP + ":prod"}, INVOKE))
    by_name: Any = answered(handlers, request_for({"FunctionName": "pay:prod"}, INVOKE))
    assert [by_arn["Payload"], by_name["Payload"]] == ["by arn", "by name"]


def test_an_unknown_function_fails_as_it_does_on_aws(request_for: Build) -> None:
    with pytest.raises(TaskError) as failed:
        answered(TaskHandlers({"pay": says("x")}), request_for({"FunctionName": "ship"}, INVOKE))
    assert failed.value.error == "Lambda.ResourceNotFoundException"
    assert "Function not found: ship" in (failed.value.cause or "")


def test_the_last_handlers_answer_what_nothing_else_does(request_for: Build) -> None:
    handlers = TaskHandlers({"pay": says("x")}, last=[MockHandler(inline_mocks({"Ship": "last"}))])
    assert answered(handlers, request_for({})) == "last"
    assert answered(handlers, request_for({"FunctionName": "ship"}, INVOKE)) == "last"


def task(resource: str, **fields: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": resource, "End": True, **fields}


def test_all_unanswered_tasks_are_told_at_once_with_the_three_ways() -> None:
    states = {
        "Charge card": task(SHIP.replace("ship", "charge")),
        "Ship": task(SHIP),
        "Notify": task(INVOKE, Parameters={"FunctionName": "notify"}),
        "Ask": task(INVOKE, Parameters={"FunctionName.$": "$.f"}),
        "Each": {
            "Type": "Map",
            "ItemProcessor": {"StartAt": "Send", "States": {"Send": task(QUEUE)}},
            "End": True,
        },
        "Done": {"Type": "Pass", "End": True},
    }
    with pytest.raises(UnansweredTasksError) as refused:
        TaskHandlers({"ship": says("x")}).require_all(StateGraph({"StartAt": "Charge card", "States": states}))
    assert [missing.state for missing in refused.value.tasks] == ["Charge card", "Notify", "Send"]
    message = str(refused.value)
    assert message.startswith("nothing answers 3 Task states:\n")
    assert "'Notify'       arn:aws:states:::lambda:invoke (notify)\n" in message
    for way in (
        "--mock 'Charge card={\"Return\": {}}'",
        "--task 'Charge card=module:function'",
        "--command 'Charge card=./program'",
    ):
        assert way in message


def test_nothing_is_missing_when_a_pattern_answers_all() -> None:
    graph = StateGraph({"StartAt": "A", "States": {"A": task(INVOKE, Arguments={"FunctionName": "{% $f %}"})}})
    assert TaskHandlers({"ship": says("x")}).unanswered(graph) == []
    assert TaskHandlers({"*": says("x")}).unanswered(graph) == []
    assert TaskHandlers().unanswered(graph) == [("A", INVOKE)]


def test_a_resource_is_parsed_once() -> None:
    assert parse_resource(SHIP) is parse_resource(SHIP)
