"""The typed view of a definition, and the JSON Schema made of it."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from asl import StateMachine
from asl.schema import json_schema
from asl.states.machine import StateMachineModel

NESTED = {
    "StartAt": "Each",
    "States": {
        "Each": {
            "Type": "Map",
            "MaxConcurrency": 2,
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
                "StartAt": "Both",
                "States": {
                    "Both": {
                        "Type": "Parallel",
                        "Branches": [{"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}],
                        "Retry": [{"ErrorEquals": ["States.ALL"]}],
                        "End": True,
                    }
                },
            },
            "Catch": [{"ErrorEquals": ["Shop.Closed"], "ResultPath": None, "Next": "Closed"}],
            "End": True,
        },
        "Closed": {"Type": "Fail", "Error": "Shop.Closed"},
    },
}


def test_nested_states_are_reached_by_attributes() -> None:
    model = StateMachine.parse(NESTED).model
    each = model.states["Each"]
    assert each.max_concurrency == 2
    assert each.item_processor.processor_config.mode == "DISTRIBUTED"
    both = each.item_processor.states["Both"]
    assert both.branches[0].states["Done"].type == "Succeed"
    assert (both.retry[0].max_attempts, both.retry[0].backoff_rate) == (3, 2.0)
    assert each.catch[0].result_path is None


def test_models_are_frozen() -> None:
    model = StateMachine.parse(NESTED).model
    with pytest.raises(ValidationError):
        model.start_at = "Elsewhere"


def test_a_field_that_is_newer_than_the_program_is_kept() -> None:
    definition = {"StartAt": "A", "States": {"A": {"Type": "Succeed", "Glow": 3}}}
    assert StateMachineModel.model_validate(definition).states["A"].model_extra == {"Glow": 3}


def test_a_choice_rule_tells_its_operator_and_operand() -> None:
    rule = {"Variable": "$.a", "NumericLessThanPath": "$.b", "Next": "B"}
    definition = {"StartAt": "A", "States": {"A": {"Type": "Choice", "Choices": [rule]}, "B": {"Type": "Succeed"}}}
    choice = StateMachineModel.model_validate(definition).states["A"].choices[0]
    assert (choice.operator, choice.operand) == ("NumericLessThanPath", "$.b")


def test_the_json_schema_describes_every_type_of_state() -> None:
    definitions = json_schema()["$defs"]
    kinds = ("Task", "Pass", "Choice", "Wait", "Succeed", "Fail", "Parallel", "Map")
    assert {f"{kind}State" for kind in kinds} <= set(definitions)
    assert "TimeoutSeconds" in definitions["TaskState"]["properties"]
