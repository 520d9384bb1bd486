from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from interpreter import run
from interpreter.tasks.auto import AutoMocks
from interpreter.tasks.port import TaskRequest
from interpreter.tasks.resource import parse_resource

Build = Callable[..., TaskRequest]
INVOKE = "arn:aws:states:::lambda:invoke"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:look"
WORKFLOWS = Path(__file__).parents[4] / "shared" / "workflows" / "definitions"


def task(**fields: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": FUNCTION, **fields}


def machine(language: str = "JSONPath", **states: Any) -> dict[str, Any]:
    return {"QueryLanguage": language, "StartAt": next(iter(states)), "States": states}


def answers(definition: dict[str, Any], build: Build, count: int = 1, state: str = "Look") -> list[Any]:
    resource = definition["States"][state]["Resource"]
    answer = AutoMocks(definition).answer_for(state, parse_resource(resource))
    return [answer(build({}, resource, state)) for _ in range(count)]


DONE = {"Type": "Succeed"}


def test_a_result_that_nobody_reads_is_empty(request_for: Build) -> None:
    assert answers(machine(Look=task(End=True)), request_for) == [{}]
    [response] = answers(machine(Look=task(Resource=INVOKE, End=True)), request_for)
    assert response == {"ExecutedVersion": "$LATEST", "Payload": {}, "StatusCode": 200}


def test_what_a_selector_reads_is_there(request_for: Build) -> None:
    selector = {"a.$": "$.Payload.order.id", "b.$": "States.MathAdd($.Payload.count, 1)"}
    [response] = answers(machine(Look=task(Resource=INVOKE, ResultSelector=selector, End=True)), request_for)
    assert response["Payload"] == {"order": {"id": "id"}, "count": 1}


def test_what_a_later_state_reads_is_there(request_for: Build) -> None:
    definition = machine(
        Look=task(ResultPath="$.found", Next="Keep"),
        Keep={"Type": "Pass", "Parameters": {"items.$": "$.found.rows"}, "Next": "Each"},
        Each={
            "Type": "Map",
            "ItemsPath": "$.items",
            "ItemSelector": {"key.$": "$$.Map.Item.Value.key", "all.$": "$.items"},
            "ItemProcessor": machine(Wait={"Type": "Wait", "SecondsPath": "$.key.delay", "End": True}),
            "End": True,
        },
    )
    assert answers(definition, request_for) == [{"rows": [{"key": {"delay": 1}}]}]


def choice(*rules: dict[str, Any], default: str = "Bad") -> dict[str, Any]:
    return {"Type": "Choice", "Choices": list(rules), "Default": default}


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        ({"StringEquals": "READY"}, "READY"),
        ({"NumericGreaterThan": 5}, 6),
        ({"NumericLessThanEquals": 5}, 5),
        ({"BooleanEquals": False}, False),
        ({"StringMatches": "log-*.txt"}, "log-x.txt"),
        ({"IsNumeric": True}, 1),
    ],
)
def test_a_choice_is_led_to_its_good_end(request_for: Build, rule: dict[str, Any], value: Any) -> None:
    rules = choice({"Variable": "$.state", **rule, "Next": "Good"})
    definition = machine(Look=task(Next="Which"), Which=rules, Good=DONE, Bad={"Type": "Fail"})
    assert answers(definition, request_for) == [{"state": value}]


def test_the_default_is_taken_where_it_leads_to_the_good_end(request_for: Build) -> None:
    rules = choice({"Variable": "$.error", "StringEquals": "yes", "Next": "Bad"}, default="Good")
    definition = machine(Look=task(Next="Which"), Which=rules, Good=DONE, Bad={"Type": "Fail"})
    assert answers(definition, request_for)[0]["error"] != "yes"


def test_a_polling_loop_comes_to_an_end(request_for: Build) -> None:
    rules = choice(
        {"Variable": "$.status", "StringEquals": "RUNNING", "Next": "Look"},
        {"Variable": "$.status", "StringEquals": "DONE", "Next": "Good"},
    )
    definition = machine(Look=task(Next="Which"), Which=rules, Good=DONE, Bad={"Type": "Fail"})
    assert answers(definition, request_for, 2) == [{"status": "DONE"}, {"status": "RUNNING"}]


def test_the_token_of_a_next_page_is_left_out(request_for: Build) -> None:
    rules = choice({"Variable": "$.NextToken", "IsPresent": True, "Next": "More"}, default="Good")
    definition = machine(
        Look=task(Next="Which"),
        Which=rules,
        More={"Type": "Pass", "Parameters": {"token.$": "$.NextToken"}, "Next": "Look"},
        Good=DONE,
    )
    assert answers(definition, request_for) == [{}]


def test_json_text_holds_what_is_read_of_it(request_for: Build) -> None:
    definition = machine(
        Look=task(Next="Decode"),
        Decode={"Type": "Pass", "Parameters": {"data.$": "States.StringToJson($.body)"}, "Next": "Wait"},
        Wait={"Type": "Wait", "SecondsPath": "$.data.delay", "End": True},
    )
    assert answers(definition, request_for) == [{"body": '{"delay": 1}'}]


def test_jsonata_and_variables_are_followed(request_for: Build) -> None:
    definition = machine(
        "JSONata",
        Look=task(Assign={"order": "{% $states.result.order %}"}, Output="{% $states.result.rest %}", Next="Which"),
        Which={
            "Type": "Choice",
            "Choices": [{"Condition": "{% $order.state = 'OK' and $states.input.n = 3 %}", "Next": "Good"}],
            "Default": "Bad",
        },
        Good=DONE,
        Bad={"Type": "Fail"},
    )
    assert answers(definition, request_for) == [{"order": {"state": "OK"}, "rest": {"n": 3}}]


def test_the_input_is_made_up_as_well() -> None:
    definition = machine(
        A={"Type": "Wait", "SecondsPath": "$.delay", "Next": "B"},
        B={"Type": "Pass", "Parameters": {"x.$": "$$.Execution.Input.who"}, "End": True},
    )
    assert AutoMocks(definition).input == {"delay": 1, "who": "who"}


def test_published_workflows_come_to_a_good_end() -> None:
    if not WORKFLOWS.exists():
        pytest.skip("the published workflows are not here")
    from asl import StateMachine

    ends = {}
    for path in sorted(WORKFLOWS.iterdir()):
        loaded = StateMachine.load(path)
        mocks = AutoMocks(loaded.definition)
        result = run(loaded, mocks.input, handler=mocks, seed=1)
        ends[path.name] = str(result.status), result.error
    bad = {name: end for name, end in ends.items() if end[0] != "SUCCEEDED"}
    assert not [name for name, (_, error) in bad.items() if error == "States.Runtime"], bad
    assert len(bad) <= len(ends) * 0.08, bad
