"""The words for choice conditions, Tasks, retries and waits."""

import pytest

from asl.labels import condition_label, duration_label, map_labels, retry_label, timing_labels, wait_label
from asl.task_labels import short_name, task_label


@pytest.mark.parametrize(
    ("rule", "label"),
    [
        ({"Variable": "$.total", "NumericGreaterThan": 10000}, "$.total > 10000"),
        ({"Variable": "$.total", "NumericLessThanEqualsPath": "$.limit"}, "$.total ≤ $.limit"),
        ({"Variable": "$.name", "StringEquals": "Ann"}, '$.name = "Ann"'),
        ({"Variable": "$.ok", "BooleanEquals": False}, "$.ok = false"),
        ({"Variable": "$.file", "StringMatches": "*.csv"}, '$.file matches "*.csv"'),
        ({"Variable": "$.x", "IsPresent": True}, "$.x is present"),
        ({"Variable": "$.x", "IsNull": False}, "$.x is not null"),
        ({"Not": {"Variable": "$.x", "IsPresent": True}}, "$.x is not present"),
        ({"Not": {"Variable": "$.x", "StringEquals": "a"}}, '$.x ≠ "a"'),
        ({"Not": {"Variable": "$.x", "NumericLessThan": 1}}, "not ($.x < 1)"),
        ({"Not": {"Not": {"Variable": "$.x", "IsNull": True}}}, "$.x is null"),
        ({"Condition": "{% $states.input.total > 5\n and $vip %}"}, "input.total > 5 and $vip"),
        ({"Condition": True}, "true"),
        ({"Variable": "$.x"}, "?"),
        ({"And": "oops"}, "?"),
    ],
)
def test_a_condition_reads_as_one_would_say_it(rule, label):
    assert condition_label({**rule, "Next": "Elsewhere"}) == label


def test_nested_combinations_keep_their_grouping():
    yes = {"Variable": "$.a", "BooleanEquals": True}
    no = {"Variable": "$.b", "BooleanEquals": False}
    assert condition_label({"And": [yes, {"Or": [no, yes]}]}) == "$.a = true and ($.b = false or $.a = true)"
    assert condition_label({"Not": {"Or": [yes, no]}}) == "not ($.a = true or $.b = false)"


@pytest.mark.parametrize(
    ("definition", "service", "action", "subject", "pattern"),
    [
        ({"Resource": "arn:aws:lambda:us-east-1:1:function:ship:live"}, "Lambda", None, "ship", None),
        ({"Resource": "arn:aws:states:us-east-1:1:activity:sign"}, "Activity", None, "sign", None),
        (
            {"Resource": "arn:aws:states:::dynamodb:putItem", "Parameters": {"TableName": "orders"}},
            "DynamoDB", "putItem", "orders", None,
        ),
        ({"Resource": "arn:aws:states:::ecs:runTask.sync"}, "ECS", "runTask", None, ".sync"),
        ({"Resource": "arn:aws:states:::glue:startJobRun.sync:2"}, "Glue", "startJobRun", None, ".sync"),
        ({"Resource": "arn:aws-cn:states:::aws-sdk:s3:getObject"}, "S3", "getObject", None, None),
        (
            {
                "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
                "Arguments": {"QueueUrl": "https://sqs.us-east-1.amazonaws.com/1/approvals"},
            },
            "SQS", "sendMessage", "approvals", "callback",
        ),
        ({"Resource": "${ShipFunction.Arn}"}, "ShipFunction", None, None, None),
        ({"Resource": 7}, "Task", None, None, None),
    ],
)  # fmt: skip
def test_a_task_says_its_service_and_action(definition, service, action, subject, pattern):
    label = task_label(definition)
    assert (label.service, label.action, label.subject, label.pattern) == (service, action, subject, pattern)


def test_an_argument_that_is_an_expression_names_no_subject():
    resource = "arn:aws:states:::lambda:invoke"
    assert task_label({"Resource": resource, "Arguments": {"FunctionName": "{% $fn %}"}}).subject is None


@pytest.mark.parametrize(
    ("resource", "name"),
    [
        ("arn:aws:lambda:us-east-1:1:function:${Name}:$LATEST", "Name"),
        ("${LambdaArn}", "Lambda"),
        ("arn:aws:sns:us-east-1:1:alerts", "alerts"),
        ("${a:b/c}", "a:b/c"),
    ],
)
def test_a_resource_is_named_by_its_last_part(resource, name):
    assert short_name(resource) == name


def test_a_retry_mark_shows_the_most_retries_and_none_for_zero():
    two, none = {"ErrorEquals": ["A"], "MaxAttempts": 2}, {"ErrorEquals": ["B"], "MaxAttempts": 0}
    assert retry_label({"Retry": [two, {"ErrorEquals": ["States.ALL"]}, none]}) == "retry ×3"
    assert retry_label({"Retry": [none]}) is None
    assert retry_label({}) is None


@pytest.mark.parametrize(
    ("definition", "label"),
    [
        ({"Seconds": 600}, "10 min"),
        ({"SecondsPath": "$.pause"}, "$.pause s"),
        ({"Seconds": "{% $states.input.pause %}"}, "input.pause s"),
        ({"Timestamp": "2030-01-01T00:00:00Z"}, "until 2030-01-01T00:00:00Z"),
        ({}, None),
    ],
)
def test_a_wait_says_how_long(definition, label):
    assert wait_label(definition) == label


@pytest.mark.parametrize(
    ("seconds", "label"),
    [
        (0, "0 s"), (0.25, "250 ms"), (90, "90 s"), (90.04, "90 s"), (600, "10 min"), (3900, "1 h 5 min"),
        (86400, "1 d"), (31536000, "365 d"), (119.99, "120 s"), (7199.9, "2 h"),
    ],
)  # fmt: skip
def test_durations_take_the_unit_a_person_would(seconds, label):
    assert duration_label(seconds) == label


def test_time_limits_and_concurrency_are_told():
    assert list(timing_labels({"TimeoutSeconds": 300, "HeartbeatSecondsPath": "$.beat"})) == [
        "timeout 5 min",
        "heartbeat $.beat",
    ]
    distributed = {"ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED"}}, "MaxConcurrency": 100}
    assert list(map_labels(distributed)) == ["DISTRIBUTED", "max 100 at once"]
    assert list(map_labels({"Iterator": {}, "MaxConcurrency": 1})) == ["INLINE", "one at a time"]
    assert list(map_labels({"MaxConcurrency": 0})) == ["INLINE"]
