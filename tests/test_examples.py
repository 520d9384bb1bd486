"""Every example runs as its README-like cases say, under virtual time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from interpreter import VirtualClock, run

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


def _cases() -> list[Any]:
    return [
        pytest.param(file.parent, case, id=f"{file.parent.name}: {case['name']}")
        for file in sorted(EXAMPLES.glob("*/cases.json"))
        for case in json.loads(file.read_text("utf-8"))
    ]


def test_there_are_at_least_eight_examples() -> None:
    assert len(list(EXAMPLES.glob("*/cases.json"))) >= 8


@pytest.mark.parametrize(("folder", "case"), _cases())
def test_an_example_ends_as_its_cases_say(folder: Path, case: dict[str, Any]) -> None:
    definition = next(folder.glob("*.asl.*"))
    given = case.get("input", json.loads((folder / "input.json").read_text("utf-8")))
    clock = VirtualClock()
    result = run(definition, given, mock_config=folder / "mocks.json", test_case=case["testCase"], clock=clock)
    assert result.status == case["status"], result
    for field in ("output", "error", "cause"):
        if field in case:
            assert getattr(result, field) == case[field]
    if "waited" in case:
        assert clock.skipped == case["waited"]
