"""Runs command lines in a folder of their own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from interpreter.cli.main import main

RESERVE = "arn:aws:lambda:us-east-1:123456789012:function:reserve"

ORDER: dict[str, Any] = {
    "StartAt": "Reserve",
    "States": {
        "Reserve": {
            "Type": "Task",
            "Resource": RESERVE,
            "Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 30, "MaxAttempts": 3}],
            "ResultPath": "$.stock",
            "Next": "Each",
        },
        "Each": {
            "Type": "Map",
            "ItemsPath": "$.items",
            "ItemProcessor": {
                "StartAt": "Pack",
                "States": {
                    "Pack": {
                        "Type": "Task",
                        "Resource": "arn:aws:states:::lambda:invoke",
                        "Parameters": {"FunctionName": "pack", "Payload.$": "$"},
                        "OutputPath": "$.Payload",
                        "End": True,
                    }
                },
            },
            "ResultPath": "$.packed",
            "Next": "Total",
        },
        "Total": {"Type": "Pass", "Parameters": {"total.$": "$.order.total"}, "End": True},
    },
}
"""Reserve (a Lambda function with a retry), a Map over Pack (lambda:invoke), and a total."""


def one_task(**fields: Any) -> dict[str, Any]:
    return {"StartAt": "Pay", "States": {"Pay": {"Type": "Task", "Resource": RESERVE, "End": True, **fields}}}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "order.asl.json", ORDER)
    write(tmp_path / "hello.asl.json", {"StartAt": "Hi", "States": {"Hi": {"Type": "Pass", "End": True}}})
    return tmp_path


@pytest.fixture
def asl(folder: Path) -> Callable[..., Result]:
    """Runs ``asl ARGUMENTS`` in the folder."""

    def invoke(*arguments: str, stdin: str | None = None) -> Result:
        return CliRunner().invoke(main, list(arguments), input=stdin, catch_exceptions=False)

    return invoke


def write(path: Path, value: Any) -> Path:
    path.write_text(value if isinstance(value, str) else json.dumps(value, indent=2))
    return path
