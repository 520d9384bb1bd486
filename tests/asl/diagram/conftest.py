"""The definitions that the drawing tests share: one order workflow with every kind of state, and published ones."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

PUBLISHED = Path(__file__).parents[4] / "shared" / "workflows" / "definitions"

ORDER: dict[str, Any] = {
    "StartAt": "Validate order",
    "States": {
        "Validate order": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": "validate"},
            "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 4}],
            "Catch": [{"ErrorEquals": ["Order.Invalid"], "Next": "Rejected"}],
            "Next": "Is it big?",
        },
        "Is it big?": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.total", "NumericGreaterThan": 10000, "Next": "Prepare"}],
            "Default": "Cool off",
        },
        "Cool off": {"Type": "Wait", "Seconds": 600, "Next": "Prepare"},
        "Prepare": {
            "Type": "Parallel",
            "Catch": [{"ErrorEquals": ["Stock.Empty", "Card.Declined"], "Next": "Rejected"}],
            "Branches": [
                {"StartAt": "Reserve", "States": {"Reserve": {"Type": "Pass", "End": True}}},
                {
                    "StartAt": "Ship lines",
                    "States": {
                        "Ship lines": {
                            "Type": "Map",
                            "MaxConcurrency": 5,
                            "ItemProcessor": {"StartAt": "Pick", "States": {"Pick": {"Type": "Pass", "End": True}}},
                            "End": True,
                        }
                    },
                },
            ],
            "Next": "Done",
        },
        "Done": {"Type": "Succeed"},
        "Rejected": {"Type": "Fail", "Error": "Order.Rejected"},
    },
}


@pytest.fixture
def order() -> dict[str, Any]:
    """A definition with each type of state, a Map inside a Parallel, a retry and catches."""
    return copy.deepcopy(ORDER)


@pytest.fixture
def published() -> list[Path]:
    """Files that people published; the test is skipped where they are not at hand."""
    found = sorted(PUBLISHED.glob("*")) if PUBLISHED.is_dir() else []
    if not found:
        pytest.skip("the published definitions in ../shared/workflows are not here")
    return found
