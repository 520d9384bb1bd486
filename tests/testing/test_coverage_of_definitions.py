"""Coverage counted by hand for five workflows, and the same in every report."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from interpreter.coverage_plugin import DefinitionReporter
from interpreter.testing.coverage_report import CoverageReport
from interpreter.testing.observing import Observer
from interpreter.testing.session import Session

CHOICE = """\
{
  "StartAt": "Check",
  "States": {
    "Check": {
      "Type": "Choice",
      "Choices": [
        {
          "Variable": "$.n",
          "NumericGreaterThan": 10,
          "Next": "Large"
        },
        {
          "Variable": "$.n",
          "NumericGreaterThan": 5,
          "Next": "Large"
        }
      ],
      "Default": "Small"
    },
    "Large": {
      "Type": "Succeed"
    },
    "Small": {
      "Type": "Succeed"
    }
  }
}
"""
TASK = """\
{
  "StartAt": "Charge",
  "TimeoutSeconds": 1000,
  "States": {
    "Charge": {
      "Type": "Task",
      "Resource": "arn:aws:lambda:us-east-1:123456789012:function:charge",
      "TimeoutSeconds": 10,
      "HeartbeatSeconds": 5,
      "Retry": [
        {
          "ErrorEquals": ["Flaky"],
          "MaxAttempts": 1
        },
        {
          "ErrorEquals": ["Never"],
          "MaxAttempts": 0
        }
      ],
      "Catch": [
        {
          "ErrorEquals": ["Flaky"],
          "Next": "Repair"
        },
        {
          "ErrorEquals": ["States.ALL"],
          "Next": "Repair"
        }
      ],
      "End": true
    },
    "Repair": {
      "Type": "Pass",
      "End": true
    }
  }
}
"""
MAP = """\
{
  "StartAt": "Each",
  "States": {
    "Each": {
      "Type": "Map",
      "ItemProcessor": {
        "StartAt": "One",
        "States": {
          "One": {
            "Type": "Pass",
            "Next": "Two"
          },
          "Two": {
            "Type": "Pass",
            "End": true
          }
        }
      },
      "Next": "Done"
    },
    "Done": {
      "Type": "Succeed"
    }
  }
}
"""
BRANCHES = """\
StartAt: Both
States:
  Both:
    Type: Parallel
    Branches:
      - StartAt: Left
        States:
          Left:
            Type: Wait
            Seconds: 5
            End: true
      - StartAt: Right
        States:
          Right:
            Type: Fail
            Error: E
    Catch:
      - ErrorEquals: [E]
        Next: After
    Next: After
  After: {Type: Pass, End: true}
"""
ONE_LINE = (
    '{"StartAt": "A", "States": {"A": {"Type": "Choice", '
    '"Choices": [{"Variable": "$.x", "IsPresent": true, "Next": "B"}], "Default": "C"}, '
    '"B": {"Type": "Pass", "Next": "C"}, "C": {"Type": "Succeed"}}}'
)


class Counted:
    """What every report says of one file."""

    def __init__(self, report: CoverageReport, folder: Path, name: str) -> None:
        report.write(folder)
        row = next(line.split() for line in report.text().splitlines() if line.startswith(name))
        self.text = (int(row[1]), int(row[1]) - int(row[2]), int(row[3]))
        xml = ElementTree.parse(folder / "coverage.xml").getroot().attrib
        self.cobertura = tuple(
            int(xml[key]) for key in ("lines-valid", "lines-covered", "branches-valid", "branches-covered")
        )
        lcov = dict(re.findall(r"^(LF|LH|BRF|BRH):(\d+)$", (folder / "coverage.lcov").read_text(), re.M))
        self.lcov = tuple(int(lcov.get(key, 0)) for key in ("LF", "LH", "BRF", "BRH"))
        self.missing = list(report.missing())
        self.html = folder / "html"


@pytest.fixture
def count(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def run(name, definition, *runs):
        path = tmp_path / name
        path.write_text(definition)
        observer = Observer()
        session = Session(observer)
        for prepare, value in runs:
            machine = session.machine(path)
            prepare(machine)
            machine.run(value)
        return Counted(CoverageReport(observer), tmp_path / "report", name)

    return run


def nothing(machine):
    """No Tasks, no mocks."""


def same(counted, lines, covered, branches, taken):
    assert counted.text == (lines, covered, branches)
    assert counted.cobertura == (lines, covered, branches, taken)
    assert counted.lcov == (lines, covered, branches, taken)


def test_rules_of_a_choice_are_taken_and_not_taken_also_when_they_lead_to_the_same_state(count):
    # Lines: 3 states, 2 rules, Default. Branches: each rule taken or not.
    # n = 7: the first rule is not taken, the second is; Default and Small are not reached.
    counted = count("choice.asl.json", CHOICE, (nothing, {"n": 7}))
    same(counted, lines=6, covered=4, branches=4, taken=2)
    assert [line.split(": ", 1)[1] for line in counted.missing] == [
        "'Check' rule 0 -> 'Large' taken",
        "'Check' rule 1 -> 'Large' not taken",
        "'Check' Default -> 'Small'",
        "'Small' entered",
    ]
    assert counted.missing[0].startswith("choice.asl.json:7: ")
    # With n = 11 and n = 1 as well, everything is covered.
    counted = count("choice.asl.json", CHOICE, (nothing, {"n": 7}), (nothing, {"n": 11}), (nothing, {"n": 1}))
    same(counted, lines=6, covered=6, branches=4, taken=4)


def test_retriers_catchers_and_time_limits_are_counted_each(count):
    # Lines: 2 states, 2 End, 2 Retriers, 2 Catchers, 2 time limits of the state and 1 of the machine. Branches: the
    # first Retrier used or exhausted; the second can't be used.
    def flaky_once(machine):
        machine.mock("Charge", raises="Flaky", times=1).then(returns=1)

    counted = count("task.asl.json", TASK, (flaky_once, {}))
    # Covered: Charge, its End, the first Retrier (used).
    same(counted, lines=11, covered=3, branches=2, taken=1)

    def flaky(machine):
        machine.mock("Charge", raises="Flaky")

    def hangs(machine):
        machine.mock("Charge", returns=1, after=60, heartbeat_every=4)

    def falls_silent(machine):
        machine.mock("Charge", pending=True)

    def never(machine):
        machine.mock("Charge", raises="Never")

    counted = count("task.asl.json", TASK, (flaky_once, {}), (flaky, {}), (hangs, {}), (falls_silent, {}), (never, {}))
    # All but the machine's own time limit.
    same(counted, lines=11, covered=10, branches=2, taken=2)
    assert counted.missing == ["task.asl.json:3: the machine's TimeoutSeconds"]


@pytest.mark.parametrize(
    ("inputs", "covered", "taken"),
    # Lines: 4 states, their 3 transitions (Succeed has none), ItemProcessor and its StartAt. Branches: items or none,
    # one or many. Without items the processor's StartAt, its 2 states and their 2 transitions are not reached.
    [([[]], 4, 1), ([[1]], 9, 2), ([[1, 2]], 9, 2), ([[], [1]], 9, 3), ([[], [1], [1, 2]], 9, 4)],
)
def test_a_map_is_run_with_none_one_and_many_items(count, inputs, covered, taken):
    counted = count("map.asl.json", MAP, *((nothing, items) for items in inputs))
    same(counted, lines=9, covered=covered, branches=4, taken=taken)


def test_branches_of_a_parallel_are_counted_by_their_states(count):
    # Lines: Both, its Next, its Catcher, Left, its End, Right, and After, whose End stands on the same line.
    # Right fails at once: Left is entered but never ends, Both is left by its Catcher.
    counted = count("branches.asl.yaml", BRANCHES, (nothing, {}))
    same(counted, lines=7, covered=5, branches=0, taken=0)
    assert counted.missing == ["branches.asl.yaml:11: 'Left' ended", "branches.asl.yaml:20: 'Both' -> 'After'"]


def test_a_definition_without_lines_is_counted_as_if_it_were_indented(count):
    # Lines: 3 states, 1 rule, Default, B's Next. Branches: the rule taken or not.
    counted = count("line.asl.json", ONE_LINE, (nothing, {"x": 1}))
    same(counted, lines=6, covered=5, branches=2, taken=1)
    assert "Default" in (counted.html / "line_asl_json.html").read_text()


def test_a_file_of_two_machines_is_one_file_in_the_reports(count, tmp_path):
    observer = Observer()
    session = Session(observer)
    for name, definition in (("choice.asl.json", CHOICE), ("map.asl.json", MAP)):
        (tmp_path / name).write_text(definition)
        session.machine(tmp_path / name).run({"n": 1} if name.startswith("c") else [1])
    report = CoverageReport(observer)
    report.write(tmp_path / "both")
    pages = sorted(path.name for path in (tmp_path / "both" / "html").glob("*_asl_json.html"))
    assert pages == ["choice_asl_json.html", "map_asl_json.html"]
    assert "TOTAL" in report.text()


def test_all_machines_of_a_template_are_counted_in_its_file(tmp_path):
    resource = """
  {name}:
    Type: AWS::Serverless::StateMachine
    Properties:
      Definition:
        StartAt: A
        States:
          A:
            Type: Pass
            End: true
"""
    template = tmp_path / "template.yaml"
    resources = resource.format(name="One") + resource.format(name="Two")
    template.write_text(f"Transform: AWS::Serverless-2016-10-31\nResources:{resources}")
    observer = Observer()
    Session(observer).machine(template, resource="One").run()
    (row,) = (line.split() for line in CoverageReport(observer).text().splitlines() if "template.yaml" in line)
    assert row[1:3] == ["2", "0"]
    assert DefinitionReporter(str(template.with_name("template.yaml"))).lines() >= {9, 11}
    assert len(DefinitionReporter(str(_copied(template))).lines()) == 4


def _copied(template):
    copied = template.with_name("other.yaml")
    copied.write_text(template.read_text())
    return copied


def test_other_processes_add_what_they_saw(tmp_path):
    (tmp_path / "choice.asl.json").write_text(CHOICE)
    observers = []
    for number in (7, 11, 1):
        observer = Observer()
        Session(observer).machine(tmp_path / "choice.asl.json").run({"n": number})
        observers.append(observer)
    for other in observers[1:]:
        observers[0].merge(other)
    assert list(CoverageReport(observers[0]).missing()) == []


def test_the_diagram_shows_what_no_test_reached(tmp_path):
    from asl.state_machine import StateMachine
    from interpreter.testing.coverage_report import overlay_of

    (tmp_path / "choice.asl.json").write_text(CHOICE)
    observer = Observer()
    Session(observer).machine(tmp_path / "choice.asl.json").run({"n": 7})
    (covered,) = observer.hits.values()
    graph = StateMachine.load(tmp_path / "choice.asl.json").graph
    overlay = overlay_of(graph, covered.hits)
    assert overlay.heading == "2 of 3 states reached"
    assert overlay.state("Small").status == "not reached"
    taken = [(each.kind, each.index) for each in graph.transitions if overlay.transition(each).taken]
    assert taken == [("Choice", 1)]
