"""Whatever is done to a definition, the answer is diagnostics: never another exception."""

from __future__ import annotations

import json
from typing import Any

import pytest

pytest.importorskip("hypothesis", reason="mutations are drawn with hypothesis")

from hypothesis import given, settings
from hypothesis import strategies as st

from asl import DefinitionError, Diagnostic, Severity, StateMachine, validate
from asl.document import parse_document

JSONPATH: dict[str, Any] = {
    "Comment": "c",
    "StartAt": "Work",
    "TimeoutSeconds": 60,
    "States": {
        "Work": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": "f", "Payload.$": "$.order", "n.$": "States.Format('{}', $.n)"},
            "ResultSelector": {"id.$": "$.Payload.id"},
            "TimeoutSecondsPath": "$.timeout",
            "Credentials": {"RoleArn.$": "$.role"},
            "Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "BackoffRate": 2.0}],
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Choose", "ResultPath": "$.e", "Assign": {"seen": True}}],
            "Assign": {"total.$": "$.Payload.total"},
            "Next": "Choose",
        },
        "Choose": {
            "Type": "Choice",
            "Choices": [
                {
                    "And": [{"Variable": "$.a", "IsPresent": True}, {"Not": {"Variable": "$.a", "IsNull": True}}],
                    "Next": "Side",
                },
                {"Variable": "$total", "NumericGreaterThanPath": "$.limit", "Next": "Pause"},
            ],
            "Default": "Items",
        },
        "Side": {
            "Type": "Parallel",
            "Branches": [{"StartAt": "Left", "States": {"Left": {"Type": "Pass", "Result": [1], "End": True}}}],
            "Next": "Pause",
        },
        "Pause": {"Type": "Wait", "TimestampPath": "$.until", "Next": "Bad"},
        "Items": {
            "Type": "Map",
            "ItemReader": {
                "Resource": "arn:aws:states:::s3:getObject",
                "Parameters": {"Bucket": "b", "Key.$": "$.key"},
                "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": ["a"], "MaxItems": 5},
            },
            "ItemBatcher": {"MaxItemsPerBatch": 10, "BatchInput": {"x.$": "$.x"}},
            "ResultWriter": {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "b"}},
            "Label": "items",
            "ToleratedFailurePercentage": 10,
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
                "StartAt": "Each",
                "States": {"Each": {"Type": "Succeed"}},
            },
            "End": True,
        },
        "Bad": {"Type": "Fail", "ErrorPath": "$.e.Error", "Cause": "why"},
    },
}
JSONATA: dict[str, Any] = {
    "QueryLanguage": "JSONata",
    "StartAt": "Work",
    "States": {
        "Work": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sqs:sendMessage",
            "Arguments": {"QueueUrl": "q", "MessageBody": "{% $states.input.body %}"},
            "Output": "{% $states.result.MessageId %}",
            "Assign": {"x": "{% $states.result %}"},
            "Catch": [{"ErrorEquals": ["A"], "Output": "{% $states.errorOutput %}", "Next": "Choose"}],
            "Next": "Choose",
        },
        "Choose": {"Type": "Choice", "Choices": [{"Condition": "{% $x.y > 3 %}", "Next": "Each"}], "Default": "Pause"},
        "Each": {
            "Type": "Map",
            "Items": "{% $x.items %}",
            "MaxConcurrency": "{% 3 %}",
            "ItemProcessor": {"StartAt": "In", "States": {"In": {"Type": "Pass", "Output": "{% $x %}", "End": True}}},
            "Next": "Pause",
        },
        "Pause": {"Type": "Wait", "Seconds": "{% $x.wait %}", "End": True},
    },
}

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 10**12),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(
        [
            "",
            "$",
            "$.",
            "$$",
            "$x",
            "$.a[?(",
            "States.",
            "States.Format(",
            "{%",
            "%}",
            "{%%}",
            "{% %}",
            "{% ( %}",
            "arn:",
            "A",
        ]
    ),
    st.text(max_size=8),
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2)
)


def _places(value: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place, *(inner for key, item in members for inner in _places(item, (*place, key)))]


def _mutated(value: Any, place: tuple[Any, ...], action: str, new: Any) -> Any:
    """A copy in which what is at ``place`` is replaced, removed or given another key."""
    if not place:
        return new
    first, rest = place[0], place[1:]
    if isinstance(value, list):
        inner = [_mutated(item, rest, action, new) if index == first else item for index, item in enumerate(value)]
        return inner if rest or action != "remove" else inner[:first] + inner[first + 1 :]
    members = [
        (str(new) if key == first and not rest and action == "rename" else key, key, item)
        for key, item in value.items()
    ]
    return {
        name: _mutated(item, rest, action, new) if key == first and (rest or action == "replace") else item
        for name, key, item in members
        if rest or action != "remove" or key != first
    }


@st.composite
def mutations(draw: st.DrawFn) -> Any:
    definition = draw(st.sampled_from([JSONPATH, JSONATA]))
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.sampled_from(_places(definition)))
        definition = _mutated(definition, place, draw(st.sampled_from(["replace", "remove", "rename"])), draw(VALUES))
    return definition


def test_the_definitions_that_are_mutated_are_right() -> None:
    assert validate(JSONPATH) == []
    assert validate(JSONATA) == []


@settings(max_examples=300, deadline=None)
@given(definition=mutations(), workflow=st.sampled_from(["STANDARD", "EXPRESS"]))
def test_a_mutated_definition_gets_diagnostics_and_nothing_else(definition: Any, workflow: Any) -> None:
    document = parse_document(json.dumps(definition), source="order.asl.json")
    found = validate(document, type=workflow, severity="WARNING", advice=True)
    assert all(isinstance(each, Diagnostic) and each.position is not None for each in found)


@settings(max_examples=100, deadline=None)
@given(definition=mutations())
def test_a_mutated_definition_is_loaded_or_refused(definition: Any) -> None:
    refused = any(each.severity == "ERROR" for each in validate(definition, unknown_fields=Severity.WARNING))
    if refused:
        with pytest.raises(DefinitionError):
            StateMachine.parse(definition)
    else:
        machine = StateMachine.parse(definition)
        assert machine.model.start_at in machine.graph.scopes[0].states


def test_a_definition_nested_without_end_is_refused_in_a_sentence() -> None:
    nested: Any = "x"
    for _ in range(100_000):
        nested = [nested]
    definition = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Parameters": nested, "End": True}}}
    assert [each.code for each in validate(definition)] == ["TOO_DEEPLY_NESTED"]
