from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from click.testing import Result

Asl = Callable[..., Result]

WRONG = """{
  "StartAt": "A",
  "States": {
    "A": {"Type": "Pass", "Next": "Bee"},
    "Be": {"Type": "Succeed"}
  }
}
"""


@pytest.fixture
def wrong(folder: Path) -> Path:
    path = folder / "wrong.asl.json"
    path.write_text(WRONG)
    return path


def test_a_sound_definition_ends_with_0(asl: Asl) -> None:
    result = asl("validate", "hello.asl.json")
    assert (result.exit_code, result.stdout) == (0, "1 file: no findings\n")


def test_people_see_the_line_with_a_caret_and_a_hint(asl: Asl, wrong: Path) -> None:
    result = asl("validate", "wrong.asl.json", "--severity", "ERROR")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    at = next(number for number, line in enumerate(lines) if "MISSING_TRANSITION_TARGET" in line)
    assert lines[at].startswith("wrong.asl.json:4:35: error: MISSING_TRANSITION_TARGET: ")
    assert lines[at].endswith(" at /States/A/Next")
    assert lines[at + 1] == '    4 |     "A": {"Type": "Pass", "Next": "Bee"},'
    assert lines[at + 2] == "      |                                   ^"
    assert "'Be'" in lines[at + 3]
    assert lines[-1].startswith("1 file: ")


def test_the_caret_stands_under_its_column_behind_wide_characters_and_tabs(asl: Asl, folder: Path) -> None:
    text = '{"StartAt": "中文", "States": {\n\t"中文": {"Type": "Pss"}}}'
    (folder / "wide.asl.json").write_text(text, "utf-8")
    line, caret = asl("validate", "wide.asl.json").stdout.splitlines()[1:3]
    assert line == '    2 |  "中文": {"Type": "Pss"}}}'
    assert caret == "      |" + " " * (line.index('"Pss"') + 2 - 7) + "^"


def test_programs_read_json(asl: Asl, wrong: Path) -> None:
    told = json.loads(asl("validate", "wrong.asl.json", "--format", "json").stdout)
    assert (told["result"], told["files"]) == ("FAIL", ["wrong.asl.json"])
    found = next(each for each in told["diagnostics"] if each["code"] == "MISSING_TRANSITION_TARGET")
    assert (found["file"], found["line"], found["column"]) == ("wrong.asl.json", 4, 35)
    assert (found["severity"], found["location"], found["aws"]) == ("ERROR", "/States/A/Next", True)


def test_code_scanning_reads_sarif(asl: Asl, wrong: Path) -> None:
    told = json.loads(asl("validate", "wrong.asl.json", "--format", "sarif").stdout)
    [run] = told["runs"]
    assert told["version"] == "2.1.0"
    found = next(each for each in run["results"] if each["ruleId"] == "MISSING_TRANSITION_TARGET")
    place = found["locations"][0]["physicalLocation"]
    assert found["level"] == "error"
    assert place["artifactLocation"]["uri"] == "wrong.asl.json"
    assert place["region"] == {"startLine": 4, "startColumn": 35}
    assert {"id": "MISSING_TRANSITION_TARGET"} in run["tool"]["driver"]["rules"]


def test_code_scanning_gets_sentences_and_addresses_that_are_escaped(asl: Asl, folder: Path) -> None:
    states = {"é": {"Type": "Pass", "End": True}, "B": {"Type": "Pass", "End": True}}
    (folder / "my #1 flow.asl.json").write_text(json.dumps({"StartAt": "é", "States": states}))
    [run] = json.loads(asl("validate", "my #1 flow.asl.json", "--format", "sarif").stdout)["runs"]
    [result] = run["results"]
    assert run["columnKind"] == "unicodeCodePoints"
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "my%20%231%20flow.asl.json"
    assert result["message"]["text"].startswith('State "B" is not reachable. No StartAt')


def test_a_parser_message_does_not_repeat_the_definition_to_people(asl: Asl, folder: Path) -> None:
    (folder / "nan.asl.json").write_text('{"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": NaN}}}')
    line = asl("validate", "nan.asl.json").stdout.splitlines()[0]
    assert line.startswith("nan.asl.json:1:61: error: INVALID_JSON_DESCRIPTION: Unrecognized token 'NaN'")
    assert "[Source: " not in line


def test_characters_that_no_terminal_has_are_escaped(asl: Asl, folder: Path) -> None:
    (folder / "half.asl.json").write_text('{"StartAt": "\\ud800", "States": {"\\ud800": {"Type": "Pss"}}}')
    result = asl("validate", "half.asl.json")
    assert result.exit_code == 1
    assert "/States/\\ud800/Type" in result.stdout


def test_github_gets_annotations(asl: Asl, wrong: Path) -> None:
    lines = asl("validate", "wrong.asl.json", "--format", "github").stdout.splitlines()
    start = "::error file=wrong.asl.json,title=MISSING_TRANSITION_TARGET,line=4,col=35::"
    assert any(line.startswith(start) for line in lines)


def test_codes_can_be_ignored(asl: Asl, wrong: Path) -> None:
    codes = {each["code"] for each in json.loads(asl("validate", str(wrong), "--format", "json").stdout)["diagnostics"]}
    options = [option for code in codes for option in ("--ignore", code)]
    result = asl("validate", "wrong.asl.json", *options)
    assert (result.exit_code, result.stdout) == (0, "1 file: no findings\n")


def test_warnings_alone_end_with_0_and_can_be_left_out(asl: Asl) -> None:
    result = asl("validate", "order.asl.json")
    assert (result.exit_code, "warning: LAMBDA_WITHOUT_RETRY" in result.stdout) == (0, True)
    assert asl("validate", "order.asl.json", "--severity", "ERROR").stdout == "1 file: no findings\n"


def test_directories_are_searched_for_definitions(asl: Asl, wrong: Path, folder: Path) -> None:
    inner = folder / "deep" / "down"
    inner.mkdir(parents=True)
    (inner / "w.asl.yaml").write_text("StartAt: A\nStates: {}\n")
    (folder / "node_modules").mkdir()
    (folder / "node_modules" / "x.asl.json").write_text("{")
    (folder / "other.json").write_text("{")
    told = json.loads(asl("validate", ".", "--format", "json").stdout)
    assert told["files"] == ["deep/down/w.asl.yaml", "hello.asl.json", "order.asl.json", "wrong.asl.json"]


def test_express_workflows_have_rules_of_their_own(asl: Asl, folder: Path) -> None:
    task = {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync", "End": True}
    (folder / "sync.asl.json").write_text(json.dumps({"StartAt": "T", "States": {"T": task}}))
    assert asl("validate", "sync.asl.json").exit_code == 0
    assert asl("validate", "sync.asl.json", "--type", "EXPRESS").exit_code == 1


def test_a_template_is_checked_at_its_lines(asl: Asl, folder: Path) -> None:
    (folder / "template.yaml").write_text(
        "Resources:\n  Order:\n    Type: AWS::Serverless::StateMachine\n    Properties:\n      Definition:\n"
        "        StartAt: A\n        States:\n          A:\n            Type: Pass\n            Next: Nowhere\n"
    )
    result = asl("validate", "template.yaml", "--severity", "ERROR")
    assert result.exit_code == 1
    assert "template.yaml:10:19: error: MISSING_TRANSITION_TARGET" in result.stdout


@pytest.mark.parametrize("name", ["none.asl.json", "binary.asl.json", "broken.asl.json"])
def test_a_file_that_can_not_be_read_is_a_finding(asl: Asl, folder: Path, name: str) -> None:
    (folder / "binary.asl.json").write_bytes(b"\xff\xfe\x00\x01")
    (folder / "broken.asl.json").write_text('{"StartAt": ')
    result = asl("validate", "hello.asl.json", name)
    assert result.exit_code == 1
    assert f"{name}" in result.stdout
    assert "Traceback" not in result.stdout + result.stderr


def test_a_machine_that_can_not_be_resolved_does_not_hide_the_next_one(asl: Asl, folder: Path) -> None:
    missing = {"DefinitionUri": "nowhere.asl.json"}
    stuck = {"Definition": {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "A"}}}}
    kind = "AWS::Serverless::StateMachine"
    resources = {name: {"Type": kind, "Properties": each} for name, each in (("One", missing), ("Two", stuck))}
    (folder / "template.yaml").write_text(yaml.safe_dump({"Resources": resources}))
    told = json.loads(asl("validate", "template.yaml", "--format", "json", "--severity", "ERROR").stdout)
    assert [each["code"] for each in told["diagnostics"]] == ["INVALID_SOURCE", "MISSING_END_STATE"]


def test_a_value_that_was_made_up_is_named_where_it_is_wrong(asl: Asl, folder: Path) -> None:
    states = {"A": {"Type": "Pass", "Next": "${After}"}, "B": {"Type": "Succeed"}}
    (folder / "open.asl.json").write_text(json.dumps({"StartAt": "A", "States": states}))
    result = asl("validate", "open.asl.json", "--severity", "ERROR")
    assert result.exit_code == 1
    assert "hint: nothing gives ${After} a value, so 'After' was made up" in result.stdout
    assert asl("validate", "open.asl.json", "--set", "After=B").exit_code == 0


def test_the_pre_commit_hook_runs_the_command() -> None:
    [hook] = yaml.safe_load((Path(__file__).parents[3] / ".pre-commit-hooks.yaml").read_text())
    assert (hook["id"], hook["entry"], hook["language"]) == ("asl-validate", "asl validate", "python")


def test_the_schema_names_every_state_type(asl: Asl) -> None:
    text = asl("schema").stdout
    assert json.loads(text)["title"] == "Amazon States Language"
    assert all(f'"{kind}"' in text for kind in ("Task", "Pass", "Choice", "Wait", "Succeed", "Fail", "Parallel", "Map"))


def test_the_schema_may_be_written_to_a_file(asl: Asl, folder: Path) -> None:
    assert asl("schema", "-o", "asl.schema.json").stdout == ""
    assert "$schema" in json.loads((folder / "asl.schema.json").read_text())
