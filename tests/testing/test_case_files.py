"""Test files and MockConfigFiles: what they can say, and what is said of wrong ones."""

from __future__ import annotations

import json
import textwrap

import pytest

from asl.errors import DefinitionError
from interpreter.errors import InterpreterError
from interpreter.testing.case_files import CaseFileError, schema
from interpreter.testing.cases import cases_of, find_files
from interpreter.testing.expectations import CHECKS
from interpreter.testing.schema_check import check
from interpreter.testing.session import Session

ORDER = {
    "StartAt": "Look up",
    "States": {
        "Look up": {
            "Type": "Task",
            "Resource": "arn:aws:states:::dynamodb:getItem",
            "Parameters": {"TableName": "orders", "Key": {"id": {"S.$": "$.id"}}},
            "ResultSelector": {"total.$": "States.StringToJson($.Item.total.N)"},
            "Next": "Large?",
        },
        "Large?": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.total", "NumericGreaterThan": 100, "Next": "Ask"}],
            "Default": "Each",
        },
        "Ask": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            "Parameters": {"QueueUrl": "q", "MessageBody.$": "$$.Task.Token"},
            "TimeoutSeconds": 60,
            "Retry": [{"ErrorEquals": ["States.Timeout"], "IntervalSeconds": 30, "MaxAttempts": 1}],
            "Next": "Each",
        },
        "Each": {
            "Type": "Map",
            "ItemsPath": "$.items",
            "ItemProcessor": {"StartAt": "Ship", "States": {"Ship": {"Type": "Pass", "End": True}}},
            "End": True,
        },
    },
}
FOUND = {"Item": {"total": {"N": "50"}}}


@pytest.fixture
def write(tmp_path):
    """Writes a test file beside the definition and gives its cases by name."""
    (tmp_path / "order.asl.json").write_text(json.dumps(ORDER))

    def cases(text, name="order.asl-test.yaml"):
        path = tmp_path / name
        path.write_text(textwrap.dedent(text))
        return {case.name: case.run() for case in cases_of(path, Session())}

    cases.folder = tmp_path
    return cases


def test_a_case_says_all_that_it_expects(write):
    results = write(
        """
        Definition: order.asl.json
        Type: STANDARD
        Cases:
          large:
            Comment: asked twice
            Input: {id: "7"}
            Mocks:
              Look up: {Return: {Item: {total: {N: "500"}}}}
              sqs:*:
                - {Pending: true, Times: 1}
                - {Return: {items: [1, 2]}, After: 10}
            Expect:
              Status: SUCCEEDED
              Output: [1, 2]
              OutputContains: [1, 2]
              OutputAt: {"$[0]": 1, "{% $sum($) %}": 3}
              Path: [Look up, Large?, Ask, Each, Ship, Ship]
              Visited: [Ask]
              NotVisited: []
              TaskInputs:
                Look up: [{Key: {id: {S: "7"}}}]
                Ask: [{QueueUrl: q}, {QueueUrl: q}]
              Iterations: {Each: 2}
              Attempts: {Ask: 2, Look up: 1, Ship: 2}
              Waited: 30
        """
    )
    assert results["large"].problems == []


def test_every_expectation_that_is_not_met_is_told_with_its_line(write):
    results = write(
        """\
        Cases:
          small:
            Input: {id: "7"}
            Mocks: {Look up: {Return: {Item: {total: {N: "50"}}}}}
            Expect:
              Status: SUCCEEDED
              Output: {a: 1}
              OutputContains: {a: 1}
              OutputAt: {$.a: 1}
              Error: Other
              Cause: Other
              CauseContains: other
              Path: [Look up]
              Visited: [Ask]
              NotVisited: [Look up]
              TaskInputs: {Look up: [{Key: {id: {S: "8"}}}]}
              Iterations: {Each: 2}
              Attempts: {Look up: 2}
              Waited: 1
        """
    )
    told = results["small"].problems
    assert [line.split(": ", 1)[0].rsplit(":", 1)[1] for line in told] == [str(number) for number in range(6, 20)]
    assert told[0].endswith("Status: expected SUCCEEDED, found FAILED: " + told[0].split("FAILED: ")[1])
    assert any("TaskInputs: Look up[0].Key.id.S: expected '8', found '7'" in line for line in told)
    assert any("Path: expected Look up, found Look up -> Large? -> Each" in line for line in told)


def test_mocks_match_the_input_in_part_or_by_a_condition(write):
    results = write(
        """
        Cases:
          by input:
            Input: {id: "7"}
            StartAt: Look up
            Mocks:
              Look up:
                - When: {Key: {id: {S: "7"}}}
                  Return: {Item: {total: {N: "500"}}}
                - Return: {Item: {total: {N: "1"}}}
              Ask:
                - When: "{% QueueUrl = 'q' %}"
                  Return: {items: []}
            Expect: {Output: [], Visited: [Ask]}
        """
    )
    assert results["by input"].problems == []


def test_without_a_word_on_it_success_is_expected_or_the_error_that_is_named(write):
    results = write(
        """
        Mocks: {Look up: {Throw: {Error: DynamoDB.X, Cause: why}}}
        Cases:
          silent: {}
          named: {Input: {id: "7"}, Expect: {Error: DynamoDB.X, CauseContains: wh}}
        """
    )
    assert not results["silent"].passed
    assert results["named"].passed


def test_input_comes_from_a_file_and_seed_time_and_variables_are_set(write):
    (write.folder / "seven.json").write_text('{"id": "7"}')
    definition = {
        "QueryLanguage": "JSONata",
        "StartAt": "A",
        "States": {
            "A": {
                "Type": "Pass",
                "Output": "{% [$v, $states.input.id, $states.context.Execution.StartTime] %}",
                "End": True,
            }
        },
    }
    (write.folder / "small.asl.json").write_text(json.dumps(definition))
    results = write(
        """
        Cases:
          all:
            InputFile: seven.json
            Variables: {v: 1}
            Seed: 3
            Now: "2030-05-01T00:00:00+00:00"
            Expect: {Output: [1, "7", "2030-05-01T00:00:00Z"]}
        """,
        "small.asl-test.yaml",
    )
    assert results["all"].problems == []


def test_a_case_takes_the_mocks_of_a_mock_config_file(write):
    config = {
        "StateMachines": {"order": {"TestCases": {"Small": {"Look up": "Found"}}}},
        "MockedResponses": {"Found": {"0": {"Return": FOUND}}},
    }
    (write.folder / "MockConfigFile.json").write_text(json.dumps(config))
    results = write(
        """
        MockConfigFile: MockConfigFile.json
        Cases:
          small: {Input: {id: "7"}, TestCase: Small, Expect: {Error: States.Runtime}}
        """
    )
    assert results["small"].problems == []


def test_a_json_file_is_a_test_file_too(write):
    text = json.dumps(
        {
            "Cases": {"one": {"Input": {"id": "7"}, "Expect": {"Error": "E"}}},
            "Mocks": {"Look up": {"Throw": {"Error": "E"}}},
        }
    )
    assert write(text, "order.asl-test.json")["one"].passed


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Cases: {a: {Inptu: 1}}", ":1: unknown key 'Inptu'; did you mean 'Input'?"),
        ("Cases:\n  a:\n    Expect: {Waited: soon}", ":3: expected a number, found 'soon'"),
        (
            "Cases:\n  a:\n    Expect: {Status: DONE}",
            ":3: expected one of SUCCEEDED, FAILED, TIMED_OUT, ABORTED; found 'DONE'",
        ),
        ("Mocks: {Look up: {Return: 1, Chance: 7}}\nCases: {}", ":1: expected at most 1, found 7"),
        ("Cases: {}\nMockConfigFile: x.json", ":2: there is no file "),
        ("Definition: x.json\nCases: {}", ":1: there is no file 'x.json' in"),
        ("Mocks: {Look pu: {Return: 1}}\nCases: {}", ":1: there is no state 'Look pu'; did you mean 'Look up'?"),
        ("Mocks: {Large?: {Return: 1}}\nCases: {}", ":1: 'Large?' is a Choice state; only Task states"),
        ("Cases: {a: {Expect: {Path: [Look up, Lrge?]}}}", ":1: there is no state 'Lrge?'; did you mean 'Large?'?"),
        ("Cases: {a: {Expect: {Attempts: {Askk: 1}}}}", ":1: there is no state 'Askk'; did you mean 'Ask'?"),
        (
            "Mocks:\n  Look up: {Return: 1, Throw: {}}\nCases: {}",
            ":2: expected exactly one of Return, Payload, Throw, Pending",
        ),
        ("Mocks: {Look up: {}}\nCases: {}", "expected exactly one of Return, Payload, Throw, Pending; found none"),
        ("Mocks: {}", "Cases is missing"),
        ("[1]", "expected an object"),
        ("Cases: {a: {}, a: {}}", "the key 'a' is there twice"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(write, text, words):
    with pytest.raises(CaseFileError) as refused:
        write(text)
    assert words in str(refused.value)
    assert "order.asl-test.yaml" in str(refused.value)


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("{InputFile: none.json}", "none.json"),
        ("{TestCase: X}", "TestCase needs a MockConfigFile"),
        ("{Mocks: {Look up: {Return: {itme: {}}}}}", "there is no field 'itme', did you mean 'Item'"),
        ("{Now: yesterday}", "'yesterday' is no instant like"),
        ('{Mocks: {Look up: {When: "{% ( %}", Return: {}}}}', "When"),
        ('{Input: {id: "7"}}', "nothing answers the Task 'Look up'"),
    ],
)
def test_a_case_that_cannot_be_run_fails_with_its_place(write, case, words):
    result = write(f"Cases:\n  a: {case}")["a"]
    assert not result.passed
    assert words in result.problems[0]
    assert "order.asl-test.yaml:" in result.problems[0]


def test_a_file_without_a_definition_beside_it_says_which_it_looked_for(write):
    with pytest.raises(CaseFileError, match=r"no parcel\.asl\.json or parcel\.asl\.yaml beside it"):
        write("Cases: {}", "parcel.asl-test.yaml")


def test_a_file_that_is_no_yaml_is_refused_with_its_line(write):
    with pytest.raises(CaseFileError, match=r"order\.asl-test\.yaml:3:1"):
        write("Cases:\n  a: [\n")


def test_a_wrong_definition_is_told_in_its_own_words(write):
    (write.folder / "order.asl.json").write_text('{"StartAt": "A", "States": {}}')
    with pytest.raises(DefinitionError):
        write("Cases: {}")


def test_the_schema_knows_every_expectation_and_finds_its_own_example_right():
    assert set(schema()["$defs"]["Expect"]["properties"]) == set(CHECKS)
    assert list(check(schema(), {"Cases": {"a": {"Expect": {"Status": "FAILED"}}}})) == []


def test_mock_config_tests_have_input_files_and_need_definitions(write):
    config = {
        "StateMachines": {"order": {"TestCases": {"Small": {"Look up": "Found"}}}},
        "MockedResponses": {"Found": {"0": {"Throw": {"Error": "DynamoDB.X", "Cause": ""}}}},
    }
    path = write.folder / "MockConfigFile.json"
    path.write_text(json.dumps(config))
    without = next(iter(cases_of(path, Session()))).run()
    assert "States.Runtime" in without.problems[0]
    (write.folder / "order.Small.input.json").write_text('{"id": "7"}')
    assert next(iter(cases_of(path, Session()))).run().passed
    (write.folder / "order.Small.input.json").write_text('{\n"id" "7"}')
    [problem] = next(iter(cases_of(path, Session()))).run().problems
    assert "order.Small.input.json:2: the input is not JSON" in problem
    (write.folder / "order.asl.json").unlink()
    with pytest.raises(InterpreterError, match="no definition of the state machine 'order'"):
        list(cases_of(path, Session()))


def test_mocks_of_no_state_are_refused_with_their_line_and_those_of_other_states_ignored(write):
    path = write.folder / "MockConfigFile.json"

    def mocking(*states):
        cases = {"Small": dict.fromkeys(states, "Found")}
        found = {"Found": {"0": {"Throw": {"Error": "DynamoDB.X", "Cause": ""}}}}
        path.write_text(
            json.dumps({"StateMachines": {"order": {"TestCases": cases}}, "MockedResponses": found}, indent=2)
        )
        (write.folder / "order.input.json").write_text('{"id": "7"}')
        return next(iter(cases_of(path, Session())))

    case = mocking("Look up", "Large?")
    assert (case.run().passed, case.line) == (True, 5)
    with pytest.raises(InterpreterError, match=r"MockConfigFile\.json:6: order has no state 'Lok up'\n.*'Look up'"):
        mocking("Lok up")


def test_files_are_found_in_folders_but_not_in_hidden_ones(tmp_path):
    for name in ("b/x.asl-test.yaml", "a/MockConfigFile.json", ".git/y.asl-test.yaml", "a/other.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    found = find_files([tmp_path])
    assert [str(path.relative_to(tmp_path)) for path in found] == ["a/MockConfigFile.json", "b/x.asl-test.yaml"]
    with pytest.raises(FileNotFoundError, match="nowhere"):
        find_files([tmp_path / "nowhere"])
