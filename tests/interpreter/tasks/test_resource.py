from __future__ import annotations

import pytest

from interpreter.tasks.resource import function_name, parse_resource

CASES = [
    ("arn:aws:lambda:us-east-1:123456789012:function:ship", ("lambda", "", "", "")),
    ("arn:aws-cn:lambda:cn-north-1:123456789012:function:ship:prod", ("lambda", "", "", "")),
    ("arn:aws:states:us-east-1:123456789012:activity:approve", ("activity", "", "", "")),
    ("arn:aws:states:::lambda:invoke", ("service", "lambda", "invoke", "")),
    ("arn:aws:states:::lambda:invoke.waitForTaskToken", ("service", "lambda", "invoke", ".waitForTaskToken")),
    ("arn:aws:states:::states:startExecution.sync", ("service", "states", "startExecution", ".sync")),
    ("arn:aws:states:::states:startExecution.sync:2", ("service", "states", "startExecution", ".sync:2")),
    ("arn:aws:states:::aws-sdk:s3:getObject", ("service", "aws-sdk:s3", "getObject", "")),
    ("arn:aws:states:::http:invoke", ("service", "http", "invoke", "")),
    ("${ShipFunctionArn}", ("lambda", "", "", "")),
]


@pytest.mark.parametrize(("arn", "parts"), CASES)
def test_a_resource_is_taken_apart(arn: str, parts: tuple[str, str, str, str]) -> None:
    resource = parse_resource(arn)
    assert (resource.kind, resource.service, resource.action, resource.pattern) == parts


def test_history_names_a_service_by_action_and_suffix_and_a_function_by_its_arn() -> None:
    assert parse_resource("arn:aws:states:::sqs:sendMessage.waitForTaskToken").name == "sendMessage.waitForTaskToken"
    assert parse_resource("arn:aws:states:us-east-1:1:activity:a").name == "arn:aws:states:us-east-1:1:activity:a"


@pytest.mark.parametrize(
    "reference",
    ["ship", "ship:prod", "123456789012:function:ship", "arn:aws:lambda:us-east-1:123456789012:function:ship:$LATEST"],
)
def test_a_function_is_named_in_all_the_ways_of_lambda(reference: str) -> None:
    assert function_name(reference) == "ship"
