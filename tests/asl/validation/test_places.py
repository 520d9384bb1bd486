"""Each finding leads to the character that a person has to change."""

from __future__ import annotations

import pytest

from asl import Diagnostic, validate
from asl.document import parse_document

DUPLICATES = """{
  "StartAt": "A",
  "States": {
    "A": {"Type": "Pass", "Comment": "one", "Comment": "two", "Next": "B"},
    "B": {"Type": "Pass", "End": true},
    "B": {"Type": "Succeed"}
  }
}"""


def found_in(text: str, *, severity: str = "ERROR") -> list[Diagnostic]:
    return validate(parse_document(text, source="order.asl.json"), severity=severity)


def marked(text: str, found: Diagnostic) -> str:
    """What stands in the text from the place of the finding on, to the end of the line."""
    assert found.position is not None
    return text.split("\n")[found.position.line - 1][found.position.column - 1 :]


def state(fields: str, language: str = "JSONPath") -> str:
    return f'{{"StartAt": "A", "QueryLanguage": "{language}",\n "States": {{"A": {{"Type": "Pass",\n  {fields}}}}}}}'


@pytest.mark.parametrize(
    ("fields", "language", "begins"),
    [
        ('"End": true, "ResultPath": "$.a[*].b"', "JSONPath", "*].b"),
        ('"End": true, "Parameters": {"a": {"b.$": "nothing"}}', "JSONPath", "nothing"),
        ('"End": true, "Parameters": {"b.$": "States.Format(\'a\\\\n\', $.x)"}', "JSONPath", "\\\\n"),
        ('"End": true, "Output": "{% 1 + * 2 %}"', "JSONata", "2 %}"),
        ('"End": true, "Output": "{% \\"a\\" & phone %}"', "JSONata", "phone %}"),
        ('"Nxt": "B", "End": true', "JSONPath", '"Nxt"'),
        ('"Next": "B"', "JSONPath", '"B"'),
    ],
)
def test_a_finding_points_at_what_is_at_fault(fields: str, language: str, begins: str) -> None:
    text = state(fields, language)
    assert marked(text, found_in(text)[0]).startswith(begins)


def test_a_state_that_stands_twice_is_refused_at_its_second_place() -> None:
    found = found_in(DUPLICATES)
    assert [(each.code, each.location) for each in found] == [("DUPLICATE_STATE_NAME", "/States/B")]
    assert marked(DUPLICATES, found[0]) == '"B": {"Type": "Succeed"}'


def test_another_key_that_stands_twice_is_only_warned_of() -> None:
    found = [each for each in found_in(DUPLICATES, severity="WARNING") if each.severity == "WARNING"]
    assert [(each.code, each.location, each.aws) for each in found] == [("DUPLICATE_KEY", "/States/A/Comment", False)]


def test_plain_data_gets_no_places() -> None:
    assert [each.position for each in validate({})] == [None]
