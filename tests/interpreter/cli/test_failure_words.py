from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

Asl = Callable[..., Result]


def failing(asl: Asl, folder: Path, definition: dict[str, Any], given: str = "{}", *more: str) -> list[str]:
    (folder / "f.asl.json").write_text(json.dumps(definition, indent=1))
    result = asl("run", "f.asl.json", "--input", given, *more)
    assert result.exit_code == 2
    return result.stderr.splitlines()


def machine(**states: Any) -> dict[str, Any]:
    return {"StartAt": next(iter(states)), "States": states}


def line_of(folder: Path, text: str) -> int:
    lines = (folder / "f.asl.json").read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def test_a_jsonata_reference_is_followed_into_the_input(asl: Asl, folder: Path) -> None:
    state = {"Type": "Pass", "Output": {"a": "{% $states.input.order.totl %}"}, "End": True}
    lines = failing(asl, folder, {"QueryLanguage": "JSONata", **machine(S=state)}, '{"order": {"total": 1}}')
    assert lines[0] == "FAILED in state 'S': States.QueryEvaluationError"
    assert f"  at f.asl.json:{line_of(folder, 'totl')}:10  Output.a" in lines
    assert lines[-2:] == ["  the data at $.order has the keys total", "  did you mean 'total'?"]


def test_the_state_inside_a_map_is_named(asl: Asl, folder: Path) -> None:
    inner = machine(I={"Type": "Pass", "InputPath": "$.x", "End": True})
    lines = failing(
        asl, folder, machine(M={"Type": "Map", "ItemProcessor": inner, "End": True}), '[{"x": 1}, {"y": 1}]'
    )
    assert lines[0] == "FAILED in state 'I': States.Runtime"
    assert lines[-1] == "  the data at $ has the keys y"


def test_the_branch_that_failed_first_is_named(asl: Asl, folder: Path) -> None:
    slow = machine(W={"Type": "Wait", "Seconds": 9, "Next": "Late"}, Late={"Type": "Fail", "Error": "Late"})
    quick = machine(V={"Type": "Wait", "Seconds": 1, "Next": "Soon"}, Soon={"Type": "Fail", "Error": "Soon"})
    lines = failing(asl, folder, machine(P={"Type": "Parallel", "Branches": [slow, quick], "End": True}))
    assert lines[0] == "FAILED in state 'Soon': Soon"


def test_a_task_failure_points_at_its_resource(asl: Asl, folder: Path) -> None:
    task = {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": True}
    lines = failing(asl, folder, machine(T=task), "{}", "--mock", 'T={"Throw": {"Error": "E", "Cause": "a\\nb"}}')
    assert lines[:3] == ["FAILED in state 'T': E", "  a", "  b"]
    assert lines[3] == f"  at f.asl.json:{line_of(folder, 'Resource')}:16  Resource"


def test_a_machine_that_takes_too_long_has_timed_out(asl: Asl, folder: Path) -> None:
    wait = {"Type": "Wait", "Seconds": 10, "End": True}
    assert failing(asl, folder, {"TimeoutSeconds": 5, **machine(W=wait)})[0] == "TIMED_OUT in state 'W'"


def test_a_long_cause_is_cut(asl: Asl, folder: Path) -> None:
    lines = failing(asl, folder, machine(F={"Type": "Fail", "Error": "E", "Cause": "x" * 5000}))
    assert lines[1] == "  " + "x" * 2000 + " … (5000 characters)"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ('{"a": [1, 2]}', "  the data at $.a is [1, 2]"),
        ('{"a": {}}', "  the data at $.a has no keys"),
        ("[]", "  the data at $ is []"),
    ],
)
def test_what_the_path_met_is_shown(asl: Asl, folder: Path, given: str, told: str) -> None:
    state = {"Type": "Pass", "Parameters": {"x.$": "$.a.b"}, "End": True}
    assert failing(asl, folder, machine(P=state), given)[-1] == told
