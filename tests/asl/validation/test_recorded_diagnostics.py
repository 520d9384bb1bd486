"""AWS's own verdicts, as recorded, and those of a published linter's tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from replay import SHARED, compare, load_cases, needs_recordings

from asl import DefinitionError, Diagnostic, Severity, validate
from asl.document import parse_document

LINT = SHARED / "lint" / "asl-validator"
CALL_PARAMETERS = "refused for a parameter of the call, not for its definition; the API's own tests have it"
KNOWN_GAPS = {
    "validation/create_with_version_description_no_publish": CALL_PARAMETERS,
    "validation/deleted_log_group": CALL_PARAMETERS,
    "validation/invalid_logging_configuration.logging_configuration0": CALL_PARAMETERS,
    "validation/invalid_logging_configuration.logging_configuration1": CALL_PARAMETERS,
}
THEIRS = {
    "invalid-json-surround-syntax-extra-spaces.json": "spaces inside {% %} are fine on AWS",
    "invalid-jsonata-surround-syntax-no-spaces.json": "{%10%} is fine on AWS",
    "invalid-math-add.json": "AWS accepts wrong argument types at creation and fails at run time",
    "valid-assign.asl.json": "AWS refuses '-' in the name of a variable",
    "valid-map-noconfig.asl.json": "AWS refuses ItemReader and ResultWriter on an inline Map",
    "valid-map-with-item-batcher-jsonata.json": "AWS refuses a JSONPath state in a JSONata machine (recorded)",
    "valid-task-credentials.json": "AWS requires RoleArn in Credentials (recorded)",
    "valid-task-intrisic-function.json": "Resource is an object of a template, which AWS never sees",
}
CASES = load_cases("validate", "create")


def _diagnostics(text: str, **options: Any) -> list[Diagnostic]:
    try:
        return validate(parse_document(text), **options)
    except DefinitionError as wrong:
        return list(wrong.diagnostics)


def _answer(case: dict[str, Any]) -> dict[str, Any]:
    text = case.get("definition_text")
    found = _diagnostics(json.dumps(case["definition"]) if text is None else text, type=case.get("type", "STANDARD"))
    if case["kind"] == "validate":
        return {"result": "FAIL" if found else "OK", "diagnostics": [_wire(each) for each in found], "truncated": False}
    reasons = ", ".join(f"{each.code}: {each.message} at {each.location or 'null'}" for each in found)
    refusal = {"Error": {"Code": "InvalidDefinition", "Message": f"Invalid State Machine Definition: '{reasons}'"}}
    return {"exception": refusal} if found else {}


def _wire(found: Diagnostic) -> dict[str, Any]:
    fields = {"severity": str(found.severity), "code": found.code, "message": found.message, "location": found.location}
    return {key: value for key, value in fields.items() if value is not None}


def _parameter(case: dict[str, Any]) -> Any:
    reason = KNOWN_GAPS.get(case["id"])
    marks = [] if reason is None else [pytest.mark.xfail(strict=True, reason=reason)]
    return pytest.param(case, id=case["id"], marks=marks)


@needs_recordings
@pytest.mark.parametrize("case", [_parameter(case) for case in CASES])
def test_a_recorded_definition_gets_awss_diagnostics(case: dict[str, Any]) -> None:
    report = compare(case, _answer(case))
    assert report.ok, str(report)


@needs_recordings
@pytest.mark.parametrize("case", load_cases("execution"), ids=lambda case: case["id"])
def test_a_definition_that_ran_on_aws_is_accepted(case: dict[str, Any]) -> None:
    found = validate(case["definition"], type=case.get("type", "STANDARD"), severity="WARNING", advice=True)
    assert [each for each in found if each.severity is Severity.ERROR] == []


@pytest.mark.skipif(not LINT.is_dir(), reason="the linter's verdicts (../shared/lint) are not on this machine")
@pytest.mark.parametrize("path", sorted(LINT.glob("**/*.json")), ids=lambda path: path.name)
def test_a_linters_verdict_is_shared_but_for_those_that_are_not_awss(path: Path) -> None:
    found = _diagnostics(path.read_text("utf-8"))
    refused = any(each.severity is Severity.ERROR for each in found)
    agrees = refused == path.name.startswith("invalid")
    assert agrees == (path.name not in THEIRS), [str(each) for each in found]
