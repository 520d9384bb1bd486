"""Definitions in Serverless Framework files."""

from collections.abc import Callable
from pathlib import Path

import pytest

from asl.errors import DefinitionError
from asl.sources import list_definitions, load_definition

Look = Callable[..., str]
LAMBDA = "arn:aws:lambda:us-east-1:123456789012:function:"


def test_an_inline_definition_has_its_variables_resolved(fixtures: Path, pointed_at: Look) -> None:
    document = load_definition(fixtures / "serverless" / "inline" / "serverless.yml")
    states = document.value["States"]
    assert (document.name, document.type) == ("orders-dev", "EXPRESS")
    assert states["Charge"]["Resource"] == f"{LAMBDA}shop-dev-charge-card"
    assert states["Wait"]["Seconds"] == 30
    assert states["Save"]["Parameters"]["TableName"] == "orders-dev"
    assert pointed_at(document, ("States", "Save", "Next")) == "serverless.yml:36: Nowhere"
    assert pointed_at(document, ("States", "Wait", "Seconds")) == "serverless.yml:28: ${self:custom.wait}"


def test_the_stage_may_be_given(fixtures: Path) -> None:
    path = fixtures / "serverless" / "inline" / "serverless.yml"
    document = load_definition(path, substitutions={"stage": "prod"})
    assert document.value["States"]["Wait"]["Seconds"] == 300
    assert document.value["States"]["Charge"]["Resource"] == f"{LAMBDA}shop-prod-charge-card"


def test_included_files_keep_their_places(fixtures: Path, pointed_at: Look) -> None:
    document = load_definition(fixtures / "serverless" / "included")
    states = document.value["States"]
    assert states["Resize"]["Resource"] == f"{LAMBDA}resizer"
    assert states["Notify"]["Parameters"]["TopicArn"] == "arn:aws:sns:us-east-1:123456789012:Done"
    assert pointed_at(document, ("States", "Notify", "Next")) == 'images.json:13: "Gone"'


def test_several_machines_and_parts_of_included_files(fixtures: Path, pointed_at: Look) -> None:
    path = fixtures / "serverless" / "several" / "serverless.yml"
    assert [(one.name, one.type) for one in list_definitions(path)] == [("first", "EXPRESS"), ("second", "STANDARD")]
    document = load_definition(path, resource="first")
    assert document.value["States"]["B"]["Parameters"] == {
        "account": "123456789012",
        "queue": "https://sqs.us-east-1.amazonaws.com/123456789012/other-stack-Queue",
        "both": "pair-x",
    }
    assert pointed_at(document, ("States", "B", "End")) == "machines.yml:12: true"


def test_variables_in_a_circle_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "serverless.yml"
    path.write_text(
        "service: s\nprovider: {name: aws}\ncustom:\n  a: ${self:custom.b}\n  b: ${self:custom.a}\n"
        "stepFunctions:\n  stateMachines:\n    m:\n      definition:\n        StartAt: ${self:custom.a}\n"
    )
    with pytest.raises(DefinitionError, match=r"in a circle: self:custom\.a -> self:custom\.b -> self:custom\.a"):
        load_definition(path)


def test_a_service_without_state_machines_says_what_was_looked_for(tmp_path: Path) -> None:
    path = tmp_path / "serverless.yml"
    path.write_text("service: s\nprovider: {name: aws}\n")
    with pytest.raises(DefinitionError, match="The file holds no state machine") as caught:
        load_definition(path)
    assert "stepFunctions.stateMachines" in str(caught.value.diagnostics[0].hint)
