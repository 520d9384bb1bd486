"""Loading a state machine: every mistake at once, each with its place; unknown fields only warn."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import asl
from asl import DefinitionError, StateMachine

WRONG = """{
  "StartAt": "First",
  "States": {
    "First": { "Type": "Pass", "Next": "Secnd" },
    "Second": { "Type": "Wait", "Seconds": -1, "End": true }
  }
}
"""


def test_every_mistake_is_told_at_once_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "order.asl.json"
    path.write_text(WRONG)
    with pytest.raises(DefinitionError) as caught:
        StateMachine.load(path)
    places = {(each.position.line, each.code) for each in caught.value.diagnostics if each.position}
    assert (4, "MISSING_TRANSITION_TARGET") in places
    assert (5, "SCHEMA_VALIDATION_FAILED") in places


def test_a_dangling_target_gets_the_nearest_name_as_a_hint() -> None:
    with pytest.raises(DefinitionError, match="Second"):
        StateMachine.parse(WRONG)


def test_a_field_that_is_not_known_only_warns_a_run() -> None:
    machine = StateMachine.parse({"StartAt": "A", "States": {"A": {"Type": "Succeed", "Glow": 3}}})
    assert [(each.message, each.severity) for each in machine.warnings] == [
        ("Field 'Glow' is not supported", "WARNING")
    ]


def test_a_file_names_its_machine(tmp_path: Path) -> None:
    path = tmp_path / "order.asl.json"
    path.write_text('{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}')
    machine = StateMachine.load(path)
    assert (machine.name, machine.type, machine.query_language) == ("order", "STANDARD", "JSONPath")


def test_a_language_among_the_states_counts_for_the_machine() -> None:
    states = {"QueryLanguage": "JSONata", "A": {"Type": "Pass", "Output": "{% 1 %}", "End": True}}
    machine = StateMachine.parse({"StartAt": "A", "States": states})
    assert machine.query_language == "JSONata"
    assert machine.warnings[0].hint == "move it up, beside StartAt"


def test_the_package_exports_what_it_promises() -> None:
    assert asl.__all__ == [
        "AslError",
        "DefinitionError",
        "Diagnostic",
        "Position",
        "Severity",
        "StateGraph",
        "StateMachine",
        "validate",
    ]
    assert all(hasattr(asl, name) for name in asl.__all__)


def test_importing_the_package_loads_nothing_heavy() -> None:
    probe = "import sys, asl; print([m for m in ('pydantic', 'networkx', 'yaml', 'asyncio') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True).stdout == "[]\n"
