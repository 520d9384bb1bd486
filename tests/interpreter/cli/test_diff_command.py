"""``asl diff`` as one types it."""

import json

import pytest
from click.testing import CliRunner

from interpreter.cli.diff_command import command

OLD = {
    "StartAt": "Pay",
    "States": {
        "Pay": {"Type": "Task", "Resource": "${Pay}", "Retry": [{"ErrorEquals": ["Busy"]}], "Next": "Log"},
        "Log": {"Type": "Pass", "Next": "Done"},
        "Done": {"Type": "Succeed"},
    },
}
NEW = {
    "StartAt": "Pay",
    "States": {
        "Pay": {
            "Type": "Task",
            "Resource": "${Pay}",
            "TimeoutSeconds": 30,
            "Retry": [{"ErrorEquals": ["Busy"], "MaxAttempts": 9}],
            "Next": "Tell",
        },
        "Tell": {"Type": "Task", "Resource": "${Tell}", "Next": "Finished"},
        "Finished": {"Type": "Succeed"},
    },
}


@pytest.fixture
def files(tmp_path):
    paths = tmp_path / "old.json", tmp_path / "new.json"
    for path, definition in zip(paths, (OLD, NEW), strict=True):
        path.write_text(json.dumps(definition))
    return paths


def diff(*arguments):
    return CliRunner().invoke(command, [str(argument) for argument in arguments], catch_exceptions=False)


def test_the_changes_read_as_a_reviewer_thinks_of_them(files):
    result = diff(*files)
    assert result.exit_code == 0
    assert (
        result.stdout
        == """\
1 added, 1 removed, 1 renamed, 1 changed
+ Tell
- Log
~ Pay
    transitions
      Next: Log → Tell
    timing
      TimeoutSeconds: (none) → 30
    error handling
      retry Busy.MaxAttempts: (none) → 9
~ Finished (was Done)
"""
    )


def test_no_change_is_said_so(files):
    assert diff(files[0], files[0]).stdout == "no changes\n"


def test_only_a_change_of_the_machine_is_said_so(files, tmp_path):
    (tmp_path / "timed.json").write_text(json.dumps({**OLD, "TimeoutSeconds": 9}))
    assert diff(files[0], tmp_path / "timed.json").stdout.splitlines() == [
        "only the machine's own fields changed",
        "~ the machine itself",
        "    timing",
        "      TimeoutSeconds: (none) → 9",
    ]


def test_the_changes_as_json(files):
    found = json.loads(diff(*files, "--json").stdout)
    assert found["added"] == ["Tell"]
    assert found["changed"][1]["was"] == "Done"


def test_the_changes_as_one_picture(files, tmp_path):
    result = diff(*files, "-o", tmp_path / "o.dot", "--theme", "dark")
    assert (result.exit_code, result.output) == (0, "")
    text = (tmp_path / "o.dot").read_text(encoding="utf-8")
    assert '"Pay" -> "Log" [color="#f87171"' in text
    assert '"Pay" -> "Tell" [color="#4ade80"' in text


def test_a_file_that_is_not_there_and_an_unknown_extension_are_one_sentence(files, tmp_path):
    missing = diff(files[0], tmp_path / "none.json")
    assert missing.exit_code == 1
    assert "none.json" in missing.stderr
    unknown = diff(*files, "-o", tmp_path / "o.gif")
    assert unknown.exit_code == 1
    assert "can't draw" in unknown.stderr
