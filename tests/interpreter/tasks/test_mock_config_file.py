from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from interpreter.errors import MockError
from interpreter.tasks.mock import MockedResponse
from interpreter.tasks.mock_config import MockConfig

RIGHT: dict[str, Any] = {
    "StateMachines": {
        "Orders": {"TestCases": {"Happy": {"Charge": "Ok"}, "Flaky": {"Charge": "Busy then ok"}}},
        "Returns": {"TestCases": {"Happy": {"Refund": "Ok"}, "Slow": {}}},
    },
    "MockedResponses": {
        "Ok": {"0": {"Return": {"StatusCode": 200, "Payload": {}}}},
        "Busy then ok": {" 0 - 1 ": {"Throw": {"Error": "Busy", "Cause": "later"}}, "2": {"Return": None}},
    },
}


def test_a_test_case_gives_the_responses_of_each_state() -> None:
    mocks = MockConfig.parse(json.dumps(RIGHT)).mocks("Flaky")
    answers = [mocks["Charge"].at(number) for number in range(4)]
    busy = MockedResponse(failure=("Busy", "later"))
    assert answers == [busy, busy, MockedResponse(result=None), None]


def test_a_case_that_two_machines_have_is_that_of_the_machine_that_runs() -> None:
    config = MockConfig.parse(json.dumps(RIGHT))
    assert list(config.mocks("Happy", "Returns")) == ["Refund"]
    assert list(config.mocks("Orders#Happy", "Returns")) == ["Charge"]
    with pytest.raises(MockError, match=r"have a test case 'Happy'\nName one: Orders#Happy, Returns#Happy"):
        config.mocks("Happy")


def test_an_unknown_test_case_lists_those_that_there_are() -> None:
    with pytest.raises(MockError) as refused:
        MockConfig.parse(json.dumps(RIGHT), "mocks.json").mocks("Sad")
    assert str(refused.value) == (
        "mocks.json: there is no test case 'Sad'\nThere are: Orders#Happy, Orders#Flaky, Returns#Happy, Returns#Slow"
    )


def changed(**responses: Any) -> str:
    document = {"StateMachines": {"Orders": {"TestCases": {"A": {"Pay": "R"}}}}, "MockedResponses": {"R": responses}}
    return json.dumps(document, indent=1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"StateMachines": ', "m.json:1:19: this is not JSON: Expecting value"),
        ("[]", "m.json:1:1: expected an object (at /)"),
        (
            '{"StateMachines": {}, "MockedResponse": {}}',
            "m.json:1:23: unknown key 'MockedResponse'; did you",
        ),
        ('{"StateMachines": {}}', "m.json:1:1: MockedResponses is missing (at /)"),
        (
            '{"StateMachines": {"A": {"Testcases": {}}}, "MockedResponses": {}}',
            "m.json:1:26: unknown key 'Tes",
        ),
        (
            changed(**{"1": {"Return": 1}}),
            "m.json:13:4: invocation numbers run from 0 without gap or overlap",
        ),
        (changed(**{"x": {"Return": 1}}), "m.json:13:4: 'x' is no invocation number"),
        (changed(**{"0": {"Return": 1, "Throw": {}}}), "m.json:13:4: expected exactly one of Return and Throw"),
        (changed(**{"0": {"Throw": {"Error": "E"}}}), "m.json:14:5: Cause is missing (at /MockedResponses/R/0/Throw)"),
        (changed(**{"0": {"Throw": {"Error": 5, "Cause": ""}}}), "m.json:15:6: Error is a string"),
        (changed(), "m.json:12:3: expected invocation numbers"),
        (
            changed(**{"0": {"Return": 1}}).replace('"R"}', '"S"}').replace('"Pay": "R"', '"Pay": "S"'),
            "no response 'S'",
        ),
        ('{"a": 1, "a": 2}', "m.json:1:10: the key 'a' is there twice"),
    ],
)
def test_a_mistake_is_told_with_line_column_and_json_path(text: str, message: str) -> None:
    with pytest.raises(MockError) as refused:
        MockConfig.parse(text, "m.json")
    assert message in str(refused.value)


def test_every_mistake_is_told_at_once() -> None:
    text = changed(**{"0": {"Return": 1, "Throw": {}}, "2": {"Throw": {}}})
    with pytest.raises(MockError) as refused:
        MockConfig.parse(text, "m.json")
    assert len(refused.value.message.splitlines()) == 4


def test_a_file_that_is_not_there_or_no_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(MockError, match=r"none\.json: No such file"):
        MockConfig.load(tmp_path / "none.json")
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(MockError, match=r"binary\.json: this is not a text file in UTF-8"):
        MockConfig.load(tmp_path / "binary.json")
