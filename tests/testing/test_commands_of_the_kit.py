"""``asl test``, ``asl mocks from-history`` and ``asl replay`` on the command line."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from interpreter.cli.main import main
from interpreter.testing.running_cases import fits

DEFINITION = {
    "StartAt": "Charge",
    "States": {"Charge": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:c", "End": True}},
}
CASES = """
Cases:
  good: {Mocks: {Charge: {Return: 1}}, Expect: {Output: 1}}
  bad: {Mocks: {Charge: {Return: 2}}, Expect: {Output: 1}}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pay.asl.json").write_text(json.dumps(DEFINITION, indent=2))
    (tmp_path / "pay.asl-test.yaml").write_text(CASES)
    return tmp_path


def asl(*arguments):
    return CliRunner().invoke(main, arguments)


def test_the_exit_code_says_whether_all_passed(folder):
    assert asl("test").exit_code == 1
    assert asl("test", "-k", "good").exit_code == 0
    assert asl("test", "-k", "nothing").exit_code == 2
    assert asl("test", "nowhere").exit_code == 2
    (folder / "pay.asl-test.yaml").write_text("Casse: {}")
    broken = asl("test")
    assert broken.exit_code == 2
    assert "pay.asl-test.yaml:1: unknown key 'Casse'; did you mean 'Cases'?" in broken.output


def test_text_shows_each_case_and_explains_those_that_failed(folder):
    text = asl("test").output
    assert "  passed  good" in text
    assert "  FAILED  bad" in text
    assert "pay.asl-test.yaml:4: Output: $: expected 1, found 2" in text
    assert "| pay: SUCCEEDED after 0 s, seed 0" in text
    assert "1 passed, 1 failed in" in text


def test_json_and_junit_are_for_machines(folder):
    report = json.loads(asl("test", "--format", "json").output)
    assert (report["passed"], report["failed"]) == (1, 1)
    assert [case["name"] for case in report["cases"]] == ["good", "bad"]
    assert asl("test", "--format", "junit", "-o", "out/junit.xml").exit_code == 1
    suites = ElementTree.parse(folder / "out" / "junit.xml").getroot()
    assert (suites.get("tests"), suites.get("failures")) == ("2", "1")
    failure = suites.find(".//failure")
    assert failure is not None
    assert "expected 1, found 2" in str(failure.get("message"))


def test_workers_give_the_same_results_in_the_same_order(folder):
    for number in range(3):
        (folder / f"pay{number}.asl.json").write_text(json.dumps(DEFINITION))
        (folder / f"pay{number}.asl-test.yaml").write_text(CASES)
    one = json.loads(asl("test", "--format", "json").output)
    three = json.loads(asl("test", "--format", "json", "--workers", "2").output)
    names = [[(case["path"], case["name"], case["passed"]) for case in report["cases"]] for report in (one, three)]
    assert names[0] == names[1]
    assert len(names[0]) == 8


def test_coverage_is_shown_written_and_judged(folder):
    shown = asl("test", "-k", "good", "--coverage", "--coverage-dir", "cov", "--fail-under", "100")
    assert shown.exit_code == 0
    assert "100%" in shown.output
    written = {path.name for path in (folder / "cov").iterdir()}
    assert {"html", "coverage.xml", "coverage.lcov"} < written
    assert written & {"pay.svg", "pay.mmd"}
    (folder / "pay.asl.json").write_text(
        json.dumps(DEFINITION, indent=2).replace('"End"', '"TimeoutSeconds": 5,\n"End"')
    )
    low = asl("test", "-k", "good", "--fail-under", "100")
    assert low.exit_code == 1
    assert "'Charge' timed out" in low.output


def test_the_schema_is_printed(folder):
    assert json.loads(asl("test", "--schema").output)["title"].startswith("Tests of a state machine")


@pytest.mark.parametrize(
    ("keyword", "expected"),
    [
        ("card", True),
        ("CARD and order", True),
        ("not card", False),
        ("x or declined", True),
        ("card and not declined", False),
    ],
)
def test_words_choose_tests(keyword, expected):
    assert fits("order.asl-test.yaml::card declined", keyword) is expected


@pytest.fixture
def recorded(folder):
    from interpreter.testing import load_machine

    pay = load_machine(folder / "pay.asl.json")
    pay.mock("Charge", returns={"id": 1})
    events = [{**event, "timestamp": event["timestamp"].isoformat()} for event in pay.run({"n": 1}).history]
    (folder / "h.json").write_text(json.dumps({"events": events}, indent=2))
    return folder


def test_mocks_are_made_of_a_history_in_three_forms(recorded):
    config = json.loads(asl("mocks", "from-history", "h.json", "--machine", "pay").output)
    assert config["MockedResponses"]["Recorded Charge"]["0"] == {"Return": {"id": 1}}
    assert (
        asl(
            "mocks",
            "from-history",
            "h.json",
            "--definition",
            "pay.asl.json",
            "--as",
            "test-file",
            "-o",
            "r.asl-test.yaml",
        ).exit_code
        == 0
    )
    assert asl("test", "r.asl-test.yaml").exit_code == 0
    source = asl("mocks", "from-history", "h.json", "--definition", "pay.asl.json", "--as", "pytest").output
    assert "pay.mock('Charge', returns={'id': 1})" in source
    compile(source, "test_recorded.py", "exec")
    assert asl("mocks", "from-history", "h.json", "--as", "pytest").exit_code != 0


def test_a_replay_tells_the_same_and_the_first_divergence_with_its_line(recorded):
    same = asl("replay", "h.json", "--definition", "pay.asl.json")
    assert (same.exit_code, same.output) == (0, "the same: 1 states entered, ended SUCCEEDED as recorded\n")
    changed = json.dumps(DEFINITION, indent=2).replace('"End"', '"Parameters": {"m": 1},\n"End"')
    (recorded / "pay.asl.json").write_text(changed)
    diverged = asl("replay", "h.json", "--definition", "pay.asl.json", "--diagram", "d.mmd")
    assert diverged.exit_code == 1
    assert "first divergence at pay.asl.json:4:" in diverged.output
    assert "what call 1 is made with differs" in diverged.output
    assert "first divergence" in (recorded / "d.mmd").read_text()


def test_a_history_that_is_none_is_refused_with_a_sentence(recorded):
    (recorded / "h.json").write_text("{}")
    refused = asl("replay", "h.json", "--definition", "pay.asl.json")
    assert refused.exit_code not in (0,)
    assert "Traceback" not in refused.output


def test_watching_runs_again_when_a_file_is_saved(folder):
    command = [sys.executable, "-c", "from interpreter.cli.main import main; main()", "test", "--watch", "-k", "good"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=folder) as watching:
        assert watching.stdout is not None
        patience = threading.Timer(30, watching.kill)
        patience.start()
        lines = iter(watching.stdout.readline, "")
        try:
            assert any("1 passed" in line for line in lines)
            assert "watching" in next(lines)
            time.sleep(0.5)
            (folder / "pay.asl-test.yaml").write_text(CASES.replace("Return: 1", "Return: 3"))
            assert any("1 failed" in line for line in lines)
        finally:
            patience.cancel()
            watching.kill()
