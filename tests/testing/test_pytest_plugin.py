"""The plugin end to end: tests of a user, run by a pytest of their own."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

pytest_plugins = ["pytester"]

ORDER = {
    "StartAt": "Reserve",
    "States": {
        "Reserve": {
            "Type": "Task",
            "Resource": "arn:aws:lambda:us-east-1:123456789012:function:reserve",
            "Next": "Each",
        },
        "Each": {
            "Type": "Map",
            "ItemsPath": "$.items",
            "ItemProcessor": {
                "StartAt": "Ship",
                "States": {
                    "Ship": {
                        "Type": "Task",
                        "Resource": "arn:aws:states:::lambda:invoke",
                        "Parameters": {"FunctionName": "ship", "Payload.$": "$"},
                        "OutputPath": "$.Payload",
                        "Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 5, "MaxAttempts": 1}],
                        "End": True,
                    }
                },
            },
            "End": True,
        },
    },
}


@pytest.fixture
def shop(pytester):
    """A folder with a definition and a helper that runs tests in it."""
    pytester.path.joinpath("order.asl.json").write_text(json.dumps(ORDER, indent=2))

    def run(source="", *options):
        if source:
            pytester.makepyfile(source)
        return pytester.runpytest_inprocess("-p", "no:cacheprovider", *options)

    run.path = pytester.path
    return run


FAILING = """
from interpreter import TaskError

def test_order(state_machine):
    order = state_machine("order.asl.json")
    order.mock("Reserve", returns={"items": [1, 2]})
    order.mock("Ship", when=lambda call: call["Payload"] == 2, raises=TaskError("Busy", "all vans are out"))
    order.mock("Ship", payload="shipped")
    run = order.run({"id": 7})
    assert run.succeeded
"""


def test_a_passing_test_passes(shop):
    result = shop(FAILING.replace("assert run.succeeded", "assert run.error == 'Busy'"))
    result.assert_outcomes(passed=1)


def test_a_failure_shows_the_tree_the_data_flow_and_the_calls(shop):
    result = shop(FAILING)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*FAILED error='Busy' cause='all vans are out'*",
            "*workflow order*",
            "order: FAILED after 5 s, seed 0",
            "  Busy: all vans are out",
            "  + Reserve (Task)  0 s",
            "  x Each (Map)  5 s  Busy: all vans are out",
            "      + [[]0] Ship (Task)  0 s",
            "      x [[]1] Ship (Task)  5 s  Busy: all vans are out",
            "          attempt 1 at 0 s failed after 0 s: Busy: all vans are out",
            "          attempt 2 at 5 s failed after 0 s: Busy: all vans are out",
            "data flow of 'Ship' (*order.asl.json:15)",
            "  input             2",
            '  afterParameters   {"FunctionName": "ship", "Payload": 2}',
            "  failed            Busy: all vans are out",
            "what the mocks received",
            "  Ship: 2 calls",
            '    1. at 0 s {"FunctionName": "ship", "Payload": 2} raised Busy: all vans are out',
        ]
    )


def test_a_task_without_a_mock_fails_with_the_line_to_add_and_nothing_of_the_inside(shop):
    result = shop(
        """
        def test_order(state_machine):
            state_machine("order.asl.json").run()
        """
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["*UnmockedTaskError: nothing answers the Task 'Reserve'*", '*order.mock("Reserve", returns={})*']
    )
    result.stdout.no_fnmatch_line("*engine.py*")


def test_a_definition_that_is_not_there_is_told_with_the_places(shop):
    result = shop("def test_order(state_machine):\n    state_machine('ordre.asl.json')")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"*there is no definition 'ordre.asl.json' in *{shop.path}*"])


def test_a_wrong_definition_is_told_with_its_place(shop):
    broken = {**ORDER, "StartAt": "Reserv"}
    shop.path.joinpath("order.asl.json").write_text(json.dumps(broken, indent=2))
    result = shop("def test_order(state_machine):\n    state_machine('order.asl.json')")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*DefinitionError: *order.asl.json:2:*Reserv*"])


def test_a_definition_is_found_beside_the_test_and_in_the_root(shop, pytester):
    folder = pytester.mkdir("tests")
    source = 'def test_both(state_machine):\n    assert state_machine("{}").name == "{}"'
    folder.joinpath("test_root.py").write_text(source.format("order.asl.json", "order"))
    folder.joinpath("inner.asl.json").write_text(json.dumps(ORDER))
    folder.joinpath("test_beside.py").write_text(source.format("inner.asl.json", "inner"))
    shop().assert_outcomes(passed=2)


def test_templates_are_loaded_with_the_options_of_load(shop):
    definition = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": "${Name}", "End": True}}})
    shop.path.joinpath("named.asl.json").write_text(definition)
    result = shop(
        """
        def test_it(state_machine):
            assert state_machine("named.asl.json", substitutions={"Name": "Ada"}).run().output == "Ada"
        """
    )
    result.assert_outcomes(passed=1)


@pytest.mark.parametrize(("option", "files"), [("on", 2), ("retain-on-failure", 1), ("off", 0)])
def test_traces_are_written_when_they_are_wanted(shop, option, files):
    passing = FAILING.replace("test_order", "test_other").replace("assert run.succeeded", "assert not run.succeeded")
    result = shop(FAILING + passing, f"--asl-trace={option}", "--asl-trace-dir=pages")
    result.assert_outcomes(passed=1, failed=1)
    assert len(list(shop.path.glob("pages/*.html"))) == files
    if files:
        result.stdout.fnmatch_lines(["*workflow trace*", "*test_order.html"])


CASES = """
Mocks:
  Reserve: {Return: {items: [1]}}
  Ship: {Payload: shipped}
Cases:
  shipped:
    Expect: {Output: [shipped]}
  wrong:
    Expect: {Output: [lost]}
"""


def test_test_files_are_collected_with_their_lines(shop):
    shop.path.joinpath("order.asl-test.yaml").write_text(CASES)
    result = shop("", "-v")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*order.asl-test.yaml::shipped PASSED*",
            "*order.asl-test.yaml:9: Output: $[[]0]: expected 'lost', found 'shipped'",
            "*+ Reserve (Task)*",
        ]
    )


def test_a_test_file_that_is_wrong_is_a_collection_error_with_its_line(shop):
    shop.path.joinpath("order.asl-test.yaml").write_text(CASES.replace("Output", "Outptu"))
    result = shop("")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*order.asl-test.yaml:7: unknown key 'Outptu'; did you mean 'Output'?"])


def test_every_test_case_of_a_mock_config_file_is_a_test(shop):
    config = {
        "StateMachines": {"order": {"TestCases": {"Good": {"Reserve": "R", "Ship": "S"}, "Half": {"Reserve": "R"}}}},
        "MockedResponses": {
            "R": {"0": {"Return": {"items": [1]}}},
            "S": {"0": {"Return": {"Payload": 1, "StatusCode": 200}}},
        },
    }
    shop.path.joinpath("MockConfigFile.json").write_text(json.dumps(config))
    result = shop("", "-v")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*MockConfigFile.json::order#Good PASSED*", "*nothing answers the Task 'Ship'*"])


RACE = """
def test_race(state_machine):
    branch = lambda name: {"StartAt": name, "States": {name: {"Type": "Task", "End": True,
        "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f"}}}
    machine = state_machine({"StartAt": "P", "States": {"P": {"Type": "Parallel", "End": True,
        "Branches": [branch("Reserve"), branch("Charge"), branch("Log")]}}})
    reserved = []
    machine.mock("Reserve", by=lambda given: reserved.append(1))
    machine.mock("Charge", by=lambda given: len(reserved))
    machine.mock("Log", returns={})
    assert machine.run({}).output[1] == 1
"""


def test_schedules_find_a_race_and_print_how_to_repeat_it(shop):
    shop(RACE).assert_outcomes(passed=1)
    result = shop(RACE, "--asl-schedules=10")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*repeat it with --asl-schedule=*:*", "*'Charge' [[]1] went before 'Reserve' [[]0]*"])
    line = next(line for line in result.outlines if "--asl-schedule=" in line)
    shop(RACE, "--asl-schedule=" + line.rsplit("=", 1)[1]).assert_outcomes(failed=1)


def test_a_test_without_a_race_passes_once_under_all_schedules(shop):
    source = FAILING.replace("assert run.succeeded", "assert run.error == 'Busy'")
    result = shop(source, "--asl-schedules=5")
    result.assert_outcomes(passed=1)


def test_a_schedule_that_is_none_is_refused_with_a_sentence(shop):
    result = shop(RACE, "--asl-schedule=often")
    assert result.ret != 0
    assert "'often' is no schedule" in result.stdout.str() + result.stderr.str()


COVERED = """
def test_order(state_machine):
    order = state_machine("order.asl.json")
    order.mock("Reserve", returns={"items": [1, 2]})
    order.mock("Ship", payload="shipped")
    assert order.run().succeeded
"""


def test_coverage_is_told_and_judged(shop):
    result = shop(COVERED, "--asl-cov", "--asl-cov-fail-under=95")
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "*workflow coverage*",
            "order.asl.json *",
            "never reached:",
            "*'Each' with one item",
            "*'Ship' Retry Busy",
            "FAIL: coverage of * % is below 95 %",
        ]
    )
    assert shop(COVERED, "--asl-cov-fail-under=50").ret == 0


def test_coverage_that_nothing_was_measured_for_is_not_enough(shop):
    result = shop("def test_other():\n    pass", "--asl-cov-fail-under=1")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["no definition was run from a file*", "FAIL: coverage of 0.0 % is below 1 %"])


def test_coverage_py_counts_definitions_as_code(shop, pytester):
    pytester.makefile(
        ".toml", pyproject='[tool.coverage.run]\nbranch = true\nplugins = ["interpreter.coverage_plugin"]\n'
    )
    pytester.makepyfile(COVERED)
    arguments = (
        "-p",
        "no:cacheprovider",
        "--cov=.",
        "--cov-report=term-missing",
        "--cov-report=lcov",
        "--cov-fail-under=100",
    )
    result = pytester.runpytest_subprocess(*arguments)
    result.stdout.fnmatch_lines(
        ["order.asl.json * %*".replace(" %", "%"), "*Required test coverage of 100% not reached*"]
    )
    assert "SF:order.asl.json" in shop.path.joinpath("coverage.lcov").read_text()


def test_suites_without_workflows_load_nothing_of_the_kit(pytester):
    pytester.makepyfile(
        """
        import sys

        def test_nothing():
            ours = ("interpreter.testing.", "interpreter.engine")
            assert [name for name in sys.modules if name.startswith(ours)] == []
        """
    )
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_importing_the_plugin_costs_less_than_30_milliseconds():
    code = (
        "import time, sys, pytest; began = time.perf_counter(); import interpreter.pytest_plugin; "
        "took = time.perf_counter() - began; "
        "heavy = {'networkx', 'pydantic', 'rich', 'asyncio', 'botocore', 'yaml', 'interpreter.engine'}; "
        "heavy &= set(sys.modules); "
        "print(took, sorted(heavy))"
    )
    took, heavy = min(_run(code).split(" ", 1) for _ in range(3))
    assert float(took) < 0.030
    assert heavy.strip() == "[]"


def _run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
