from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

Asl = Callable[..., Result]

INPUT = '{"items": [1, 2], "order": {"total": 5}}'
BUSY_ONCE = 'Reserve=[{"Throw": {"Error": "Busy", "Cause": "later"}}, {"Return": {"ok": true}}]'
PACKED = 'Pack={"Return": {"StatusCode": 200, "Payload": 1}}'
MOCKS = ("--mock", BUSY_ONCE, "--mock", PACKED)


def save(folder: Path, name: str, value: Any) -> str:
    (folder / name).write_text(value if isinstance(value, str) else json.dumps(value, indent=2))
    return name


def task(**fields: Any) -> dict[str, Any]:
    arn = "arn:aws:lambda:us-east-1:123456789012:function:pay"
    return {"StartAt": "Pay", "States": {"Pay": {"Type": "Task", "Resource": arn, "End": True, **fields}}}


# Output and exit codes


def test_the_output_alone_goes_to_stdout_and_the_talk_to_stderr(asl: Asl) -> None:
    result = asl("run", "order.asl.json", "--input", INPUT, *MOCKS)
    assert (result.exit_code, result.stdout) == (0, '{"total":5}\n')
    assert result.stderr == "skipped 30 s of waiting (--real-time waits)\n"


def test_no_input_is_an_empty_object(asl: Asl) -> None:
    assert asl("run", "hello.asl.json").stdout == "{}\n"


@pytest.mark.parametrize("given", ['{"a": "Zoë"}', "[1, 2]", '"text"', "5", "null", "true"])
def test_an_input_may_be_written_in_place(asl: Asl, given: str) -> None:
    assert json.loads(asl("run", "hello.asl.json", "--input", given).stdout) == json.loads(given)


def test_an_input_may_come_from_a_file_or_stdin(asl: Asl, folder: Path) -> None:
    save(folder, "in.json", {"from": "file"})
    assert asl("run", "hello.asl.json", "-i", "in.json").stdout == '{"from":"file"}\n'
    assert asl("run", "hello.asl.json", "-i", "-", stdin='{"from": "stdin"}').stdout == '{"from":"stdin"}\n'


def test_several_inputs_give_one_line_each_in_order(asl: Asl) -> None:
    bad = '{"items": [], "order": {}}'
    result = asl("run", "order.asl.json", "--input", bad, "--input", INPUT, *MOCKS)
    first, second = result.stdout.splitlines()
    assert json.loads(first)["Error"] == "States.Runtime"
    assert json.loads(second) == {"total": 5}
    assert result.exit_code == 2
    assert "input 1 (--input):\nFAILED in state 'Total': States.Runtime" in result.stderr


def test_json_prints_an_object_for_each_execution(asl: Asl) -> None:
    result = asl("run", "order.asl.json", "--json", "--name", "run", "--seed", "1", "--input", INPUT, *MOCKS)
    told = json.loads(result.stdout)
    assert told["executionArn"] == "arn:aws:states:us-east-1:123456789012:execution:order:run"
    assert (told["status"], told["output"], told["seconds"]) == ("SUCCEEDED", {"total": 5}, 30.0)
    assert told["path"] == ["Reserve", "Each", "Pack", "Pack", "Total"]


def test_json_of_a_failure_has_error_and_cause(asl: Asl, folder: Path) -> None:
    fail = {"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "No", "Cause": "funds"}}}
    told = json.loads(asl("run", save(folder, "fail.json", fail), "--json", "-q").stdout)
    assert (told["status"], told["error"], told["cause"], "output" in told) == ("FAILED", "No", "funds", False)


def test_quiet_says_nothing_on_stderr_when_all_is_well(asl: Asl) -> None:
    assert asl("run", "order.asl.json", "-q", "--input", INPUT, *MOCKS).stderr == ""


def test_a_seed_makes_the_whole_run_the_same(asl: Asl) -> None:
    runs = [
        asl("run", "order.asl.json", "--seed", "7", "--history", name, "--json", "--input", INPUT, *MOCKS)
        for name in ("a.json", "b.json")
    ]
    assert runs[0].stdout == runs[1].stdout
    assert Path("a.json").read_text() == Path("b.json").read_text()


def test_the_history_is_what_get_execution_history_gives(asl: Asl) -> None:
    asl("run", "hello.asl.json", "--history", "h.json")
    events = json.loads(Path("h.json").read_text())["events"]
    assert [event["type"] for event in events] == [
        "ExecutionStarted",
        "PassStateEntered",
        "PassStateExited",
        "ExecutionSucceeded",
    ]


def test_each_of_several_executions_has_a_history_of_its_own(asl: Asl) -> None:
    asl("run", "hello.asl.json", "--history", "h.json", "--input", "1", "--input", "2")
    inputs = [json.loads(Path(f"h-{n}.json").read_text())["events"][0] for n in (1, 2)]
    assert [event["executionStartedEventDetails"]["input"] for event in inputs] == ["1", "2"]


def test_the_trace_prints_every_event(asl: Asl) -> None:
    lines = asl("run", "hello.asl.json", "--trace", "--input", "1").stderr.splitlines()
    assert lines[0].split() == ["1", "+0.000s", "ExecutionStarted", "input=1"]
    assert lines[1].split() == ["2", "+0.000s", "PassStateEntered", "name=Hi", "input=1"]
    assert len(lines) == 4


def test_the_run_can_be_drawn(asl: Asl) -> None:
    assert asl("run", "hello.asl.json", "--graph", "out.dot").exit_code == 0
    assert "Hi" in Path("out.dot").read_text()


def test_inspection_shows_what_each_field_made_of_the_data(asl: Asl) -> None:
    result = asl("run", "order.asl.json", "--inspect", "--input", INPUT, *MOCKS)
    assert 'Total (Pass)\n  input                {"items": [1, 2]' in result.stderr
    told = json.loads(asl("run", "order.asl.json", "--inspect", "--json", "--input", INPUT, *MOCKS).stdout)
    assert told["inspection"][-1]["afterParameters"] == {"total": 5}


def test_an_express_workflow_has_an_express_arn(asl: Asl) -> None:
    told = json.loads(asl("run", "hello.asl.json", "--type", "EXPRESS", "--json").stdout)
    assert ":express:hello:" in told["executionArn"]


def test_real_time_waits_and_a_scale_makes_it_shorter(asl: Asl, folder: Path) -> None:
    wait = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 20, "End": True}}}
    result = asl("run", save(folder, "wait.json", wait), "--time-scale", "0.005", "--json")
    assert 20 <= json.loads(result.stdout)["seconds"] < 60
    assert "skipped" not in result.stderr


# Who answers


def test_functions_and_commands_answer_by_name_and_pattern(asl: Asl, folder: Path) -> None:
    save(folder, "run_handlers.py", "def reserve(event, context): return {'by': context.function_name}\n")
    save(folder, "show.asl.json", task(Resource="arn:aws:lambda:us-east-1:123456789012:function:reserve"))
    result = asl("run", "show.asl.json", "--task", "function:reserve=run_handlers:reserve")
    assert (result.exit_code, result.stdout) == (0, '{"by":"reserve"}\n')
    result = asl("run", "show.asl.json", "--command", "Pay=cat", "--input", '{"a": 1}')
    assert (result.exit_code, result.stdout) == (0, '{"a":1}\n')


def test_a_mock_config_file_answers_by_test_case(asl: Asl, folder: Path) -> None:
    config = {
        "StateMachines": {"order": {"TestCases": {"Happy": {"Reserve": "R", "Pack": "P"}, "Short": {"Reserve": "R"}}}},
        "MockedResponses": {
            "R": {"0": {"Return": {}}},
            "P": {"0": {"Return": {"StatusCode": 200, "Payload": 1}}},
        },
    }
    save(folder, "mocks.json", config)
    run = ("run", "order.asl.json", "--mock-config", "mocks.json", "--test-case")
    assert asl(*run, "Happy", "--input", '{"items": [1], "order": {"total": 5}}').stdout == '{"total":5}\n'
    exhausted = asl(*run, "Happy", "--input", INPUT)
    assert exhausted.exit_code == 2
    assert "No Local mocked response definition for state 'Pack' and invocation number '1'" in exhausted.stderr
    unanswered = asl(*run, "Short", "--input", INPUT)
    assert unanswered.exit_code == 1
    assert "nothing answers a Task state:\n  'Pack'" in unanswered.stderr
    unknown = asl(*run, "Sad")
    assert (unknown.exit_code, "There are: order#Happy, order#Short" in unknown.stderr) == (1, True)


def test_automatic_mocks_answer_the_rest(asl: Asl) -> None:
    result = asl("run", "order.asl.json", "--auto-mock", "--input", INPUT)
    assert (result.exit_code, result.stdout) == (0, '{"total":5}\n')


def test_a_mock_that_fits_no_state_is_doubted(asl: Asl) -> None:
    result = asl("run", "order.asl.json", "--auto-mock", "--input", INPUT, "--mock", 'Reserv={"Return": 1}')
    assert result.stderr == "warning: there is a mock for 'Reserv', but no such state; did you mean 'Reserve'?\n"


def test_all_unanswered_tasks_are_told_before_the_run(asl: Asl) -> None:
    result = asl("run", "order.asl.json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: nothing answers 2 Task states:\n  'Reserve'  arn:aws:lambda:")
    assert "--task 'Reserve=module:function'" in result.stderr


# A failure is explained


def test_a_missing_path_is_shown_in_the_file_with_the_nearest_keys(asl: Asl, folder: Path) -> None:
    state = {"Type": "Pass", "Parameters": {"sum.$": "$.order.totl"}, "End": True}
    save(folder, "path.asl.json", {"StartAt": "P", "States": {"P": state}})
    result = asl("run", "path.asl.json", "--input", '{"order": {"total": 5, "id": 1}}')
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        "FAILED in state 'P': States.Runtime",
        "  An error occurred while executing the state 'P' (entered at the event id #2). The JSONPath '$.order.totl' "
        'specified for the field \'sum.$\' could not be found in the input \'{"order":{"total":5,"id":1}}\'',
        "  at path.asl.json:7:18  Parameters.sum.$",
        '    7 |         "sum.$": "$.order.totl"',
        "      |                  ^",
        "  the data at $.order has the keys total, id",
        "  did you mean 'total'?",
    ]


@pytest.mark.parametrize(
    ("fields", "given", "line"),
    [
        ({"Type": "Pass", "InputPath": "$.a.b"}, '{"a": {"c": 1}}', 'InputPath": "$.a.b"'),
        ({"Type": "Pass", "OutputPath": "$.nope"}, "{}", 'OutputPath": "$.nope"'),
        ({"Type": "Wait", "SecondsPath": "$.s"}, "{}", 'SecondsPath": "$.s"'),
        ({"Type": "Pass", "Parameters": {"x.$": "States.MathAdd($.a, 'b')"}}, '{"a": 1}', '"x.$": "States.MathAdd'),
    ],
)
def test_the_field_that_failed_is_pointed_at(asl: Asl, folder: Path, fields: Any, given: str, line: str) -> None:
    save(folder, "f.asl.json", {"StartAt": "S", "States": {"S": {**fields, "End": True}}})
    result = asl("run", "f.asl.json", "--input", given)
    assert result.exit_code == 2
    shown = result.stderr.splitlines()
    at = next(number for number, text in enumerate(shown) if text.startswith("  at f.asl.json:"))
    assert line in shown[at + 1]


def test_a_choice_that_leads_nowhere_is_pointed_at(asl: Asl, folder: Path) -> None:
    rule = {"Variable": "$.a", "NumericEquals": 1, "Next": "E"}
    states = {"C": {"Type": "Choice", "Choices": [rule]}, "E": {"Type": "Succeed"}}
    save(folder, "c.asl.json", {"StartAt": "C", "States": states})
    result = asl("run", "c.asl.json", "--input", '{"a": 2}')
    assert result.exit_code == 2
    assert "  at c.asl.json:6:18  Choices" in result.stderr


def test_a_function_that_raises_is_shown_with_its_stack(asl: Asl, folder: Path) -> None:
    save(folder, "raising_handlers.py", "def pay(event):\n    raise ValueError('no such order')\n")
    result = asl("run", save(folder, "t.asl.json", task()), "--task", "Pay=raising_handlers:pay")
    assert result.exit_code == 2
    assert "FAILED in state 'Pay': ValueError\n  no such order\n" in result.stderr
    assert "raising_handlers.py\", line 2, in pay\n        raise ValueError('no such order')\n" in result.stderr
    assert "  at t.asl.json:6:19  Resource" in result.stderr


# Bad input


TAB = "StartAt: A\nStates:\n\tA:\n    Type: Succeed\n"
LOOP = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "A"}}}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("bad.asl.json", '{"StartAt": "A",', "bad.asl.json:1:17: error: INVALID_JSON_DESCRIPTION: "),
        (
            "bad.asl.json",
            "",
            "bad.asl.json:1:1: error: SCHEMA_VALIDATION_FAILED: Definition must be a valid JSON object",
        ),
        ("bad.asl.json", "[" * 5000 + "]" * 5000, "TOO_DEEPLY_NESTED"),
        ("bad.asl.json", '{"a":' * 5000 + "1" + "}" * 5000, "TOO_DEEPLY_NESTED"),
        ("bad.asl.yaml", TAB, "bad.asl.yaml:3:1: error: INVALID_JSON_DESCRIPTION: "),
        ("bad.asl.json", '{"States": {"A": {"Type": "Succeed"}}}', "StartAt"),
        (
            "bad.asl.json",
            '{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "Bee"}, "Be": {"Type": "Succeed"}}}',
            "bad.asl.json:1:59: error: MISSING_TRANSITION_TARGET",
        ),
        (
            "bad.asl.json",
            '{"StartAt": "A", "States": {"A": {"Type": "Pass", "Parameters": {"x.$": "States.Nope()"}, "End": true}}}',
            "bad.asl.json:1:",
        ),
        ("bad.asl.json", '{"Resources": {}}', "The file holds no state machine"),
    ],
)
def test_a_bad_definition_is_told_with_its_place(asl: Asl, folder: Path, name: str, text: str, message: str) -> None:
    result = asl("run", save(folder, name, text), "--history", "h.json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert not Path("h.json").exists()


def test_duplicate_keys_are_noticed(asl: Asl, folder: Path) -> None:
    text = '{"StartAt": "A", "StartAt": "A", "States": {"A": {"Type": "Succeed"}}}'
    result = asl("run", save(folder, "twice.asl.json", text))
    assert "twice.asl.json:1:18" in result.stderr
    assert "StartAt" in result.stderr


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ('{"a": ', 'Error: --input:1:7: the input is not JSON: Expecting value\n  {"a": \n        ^'),
        ("in.json", "Error: --input 'in.json': there is no such file, and it is no JSON"),
        ("empty.json", "Error: empty.json: the input is empty"),
        ("large.json", "Error: large.json: the input has 307202 bytes; AWS takes at most 262144"),
        ("deep.json", "Error: deep.json: the input is nested too deeply"),
        ("nan.json", "Error: nan.json: the input is not JSON: NaN is no JSON number"),
        ("binary.json", "Error: binary.json: the input is no text in UTF-8 (byte 0)"),
    ],
)
def test_a_bad_input_is_told_before_the_run(asl: Asl, folder: Path, given: str, message: str) -> None:
    save(folder, "empty.json", " \n")
    save(folder, "large.json", '"' + "x" * 300 * 1024 + '"')
    save(folder, "deep.json", "[" * 5000 + "]" * 5000)
    save(folder, "nan.json", '{"a": NaN}')
    (folder / "binary.json").write_bytes(b"\xff\xfe\x00")
    result = asl("run", "hello.asl.json", "--input", given, "--history", "h.json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert message in result.stderr
    assert not Path("h.json").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--mock", "Reserve"], "--mock wants STATE=JSON, not 'Reserve'"),
        (["--mock", "Reserve={"], "--mock 'Reserve': '{' is not JSON"),
        (["--mock", 'Reserve=[{"Return": 1}, 2]'], "mocks['Reserve'][1]: expected exactly one of Return and Throw"),
        (["--task", "Reserve"], "--task wants PATTERN=module:function, not 'Reserve'"),
        (["--task", "Reserve=nothing"], "'nothing' is not of the form module:function"),
        (["--task", "Reserve=no_such_module:f"], "there is no module 'no_such_module'"),
        (["--command", "Reserve=./no-such"], "the command './no-such' is not there"),
        (["--test-case", "A"], "there is no mock configuration file to take the test case 'A' from"),
        (["--mock-config", "none.json", "--test-case", "A"], "none.json: No such file"),
        (["--time-scale", "0"], "time-scale"),
        (["--type", "FAST"], "--type"),
        (["--name", "two words"], "--name 'two words': AWS takes 1 to 80 characters"),
        (["--no-such-option"], "no-such-option"),
        (["--graph", "out.bmp", "--auto-mock"], "out.bmp"),
        (["--history", "no/such/folder/h.json", "--auto-mock"], "can't write 'no/such/folder/h.json'"),
        (["--set", "x", "--auto-mock"], "--set wants NAME=VALUE, not 'x'"),
    ],
)
def test_a_bad_option_is_told(asl: Asl, arguments: list[str], message: str) -> None:
    result = asl("run", "order.asl.json", "--input", INPUT, *arguments)
    assert result.exit_code == 1
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_a_missing_definition_is_told(asl: Asl) -> None:
    result = asl("run", "none.asl.json")
    assert result.exit_code == 1
    assert result.stderr.startswith("none.asl.json: error: ")


def test_a_machine_without_end_stops_at_the_quota_of_events(asl: Asl, folder: Path) -> None:
    states = {
        "A": {"Type": "Choice", "Choices": [{"Variable": "$.x", "IsPresent": True, "Next": "E"}], "Default": "B"},
        "B": {"Type": "Pass", "Next": "A"},
        "E": {"Type": "Succeed"},
    }
    result = asl("run", save(folder, "loop.asl.json", {"StartAt": "A", "States": states}), "--json")
    assert result.exit_code == 2
    assert json.loads(result.stdout)["events"] == 25_000
    assert "The execution reached the maximum number of history events (25000)." in result.stderr


def test_a_failure_writes_whole_files(asl: Asl, folder: Path) -> None:
    fail = {"StartAt": "F", "States": {"F": {"Type": "Fail"}}}
    result = asl("run", save(folder, "fail.asl.json", fail), "--history", "h.json")
    assert (result.exit_code, result.stdout) == (2, "")
    assert json.loads(Path("h.json").read_text())["events"][-1]["type"] == "ExecutionFailed"
    assert sorted(path.name for path in folder.iterdir() if path.name.startswith(".")) == []


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("[1e999]", "1e999 is too large for a number"),
        ("[" + "9" * 5000 + "]", "4300 digits"),
        ("9" * 5000, "there is no such file, and it is no JSON"),
        ("1e999", "there is no such file, and it is no JSON"),
        ("[" * 5000 + "]" * 5000, "nested too deeply"),
    ],
)
def test_an_input_that_no_json_reader_can_hold_is_a_sentence(asl: Asl, given: str, words: str) -> None:
    result = asl("run", "hello.asl.json", "--input", given)
    assert (result.exit_code, result.stdout) == (1, "")
    assert words in result.stderr


@pytest.mark.parametrize("mock", ["[" * 5000 + "]" * 5000, '{"Return": NaN}', '{"Return": 1e999}'])
def test_a_mock_that_no_json_reader_can_hold_is_a_sentence(asl: Asl, mock: str) -> None:
    result = asl("run", "hello.asl.json", "--mock", f"Hi={mock}")
    assert result.exit_code == 1
    assert "is not JSON" in result.stderr
