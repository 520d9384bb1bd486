"""AWS's warnings and the advice beyond them, each given and each withheld."""

from __future__ import annotations

from typing import Any

import pytest

from asl import Severity, validate
from asl.validation.advice import CODES

LAMBDA = "arn:aws:states:::lambda:invoke"
END = {"Type": "Succeed"}


def machine(**states: Any) -> dict[str, Any]:
    return {"StartAt": next(iter(states)), "States": states}


def codes(definition: dict[str, Any]) -> set[str]:
    return {found.code for found in validate(definition, severity="WARNING", advice=True)}


def task(**fields: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": True, **fields}


RETRY = [{"ErrorEquals": ["Lambda.ServiceException"]}]
INVOKE = {"FunctionName": "f"}
CHOICE = {"Type": "Choice", "Choices": [{"Variable": "$.a", "IsPresent": True, "Next": "B"}]}
SEND = {"QueueUrl": "q", "MessageBody": "m"}

GIVEN_AND_WITHHELD = [
    ("CHOICE_WITHOUT_DEFAULT", machine(A=CHOICE, B=END), machine(A={**CHOICE, "Default": "B"}, B=END)),
    (
        "LAMBDA_WITHOUT_RETRY",
        machine(A=task(Resource=LAMBDA, Parameters=INVOKE)),
        machine(A=task(Resource=LAMBDA, Parameters=INVOKE, Retry=RETRY)),
    ),
    (
        "CATCH_LOSES_INPUT",
        machine(A=task(Catch=[{"ErrorEquals": ["States.ALL"], "Next": "B"}]), B={"Type": "Pass", "End": True}),
        machine(A=task(Catch=[{"ErrorEquals": ["States.ALL"], "Next": "B"}]), B={"Type": "Fail"}),
    ),
    (
        "VARIABLE_READ_TOO_EARLY",
        machine(A={"Type": "Pass", "Parameters": {"x.$": "$total"}, "End": True}),
        machine(
            A={"Type": "Pass", "Assign": {"total": 1}, "Next": "B"},
            B={"Type": "Pass", "Parameters": {"x.$": "$total"}, "End": True},
        ),
    ),
    (
        "RESULT_OVERWRITES_INPUT",
        machine(
            A=task(ResultSelector={"id.$": "$.MessageId"}, Next="B", End=None),
            B={"Type": "Pass", "Parameters": {"x.$": "$.order.id"}, "End": True},
        ),
        machine(
            A=task(ResultSelector={"id.$": "$.MessageId"}, ResultPath="$.sent", Next="B", End=None),
            B={"Type": "Pass", "Parameters": {"x.$": "$.order.id"}, "End": True},
        ),
    ),
    (
        "PAYLOAD_GROWS_IN_LOOP",
        machine(
            A={"Type": "Pass", "Parameters": {"all.$": "$"}, "ResultPath": "$.last", "Next": "B"},
            B={**CHOICE, "Choices": [{"Variable": "$.a", "IsPresent": True, "Next": "A"}], "Default": "C"},
            C=END,
        ),
        machine(A={"Type": "Pass", "Parameters": {"all.$": "$"}, "ResultPath": "$.last", "Next": "C"}, C=END),
    ),
    (
        "UNKNOWN_ACTION",
        machine(A=task(Resource="arn:aws:states:::aws-sdk:rds:createDbCluter", Parameters={})),
        machine(
            A=task(
                Resource="arn:aws:states:::aws-sdk:rds:createDbCluster",
                Parameters={"DBClusterIdentifier": "a", "Engine": "b"},
            )
        ),
    ),
    (
        "UNKNOWN_PARAMETER",
        machine(A=task(Parameters={**SEND, "Delay": 5})),
        machine(A=task(Parameters={**SEND, "DelaySeconds": 5})),
    ),
    ("MISSING_PARAMETER", machine(A=task(Parameters={"QueueUrl": "q"})), machine(A=task(Parameters=SEND))),
    (
        "NO_DOLLAR",
        machine(A={"Type": "Pass", "Parameters": {"x": "$.a"}, "End": True}),
        machine(A={"Type": "Pass", "Parameters": {"x.$": "$.a"}, "End": True}),
    ),
    (
        "NO_PATH",
        machine(A={"Type": "Fail", "Cause": "$.why"}),
        machine(A={"Type": "Fail", "CausePath": "$.why"}),
    ),
    (
        "PASS_RESULT_IS_STATIC",
        machine(A={"Type": "Pass", "Result": {"x": "$.a"}, "End": True}),
        machine(A={"Type": "Pass", "Result": {"x": "costs $5"}, "End": True}),
    ),
]


def _without_nulls(definition: dict[str, Any]) -> dict[str, Any]:
    states = {name: {k: v for k, v in state.items() if v is not None} for name, state in definition["States"].items()}
    return {**definition, "States": states}


@pytest.mark.parametrize(("code", "given", "withheld"), GIVEN_AND_WITHHELD, ids=[row[0] for row in GIVEN_AND_WITHHELD])
def test_a_warning_is_given_where_it_is_due_and_nowhere_else(code: str, given: Any, withheld: Any) -> None:
    pytest.importorskip("botocore", reason="parameters are held against botocore's models")
    assert code in codes(_without_nulls(given))
    assert code not in codes(_without_nulls(withheld))


def test_every_piece_of_advice_has_a_test() -> None:
    assert set(CODES) <= {row[0] for row in GIVEN_AND_WITHHELD}


def test_warnings_are_not_given_unless_asked_for() -> None:
    assert validate(machine(A=CHOICE, B=END)) == []


def test_advice_never_refuses_a_definition() -> None:
    for _, given, _ in GIVEN_AND_WITHHELD:
        found = validate(_without_nulls(given), severity="WARNING", advice=True)
        assert all(each.severity is Severity.WARNING for each in found)
