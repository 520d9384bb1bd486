"""The pytest plugin: the ``state_machine`` fixture, test files, traces, coverage and schedules.

It is loaded into every pytest run, so this module imports nothing until a test or an option asks for it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from coverage import Coverage

    from interpreter.testing.machine_under_test import MachineUnderTest
    from interpreter.testing.observing import Observer
    from interpreter.testing.schedules import Schedule
    from interpreter.testing.session import Session
    from interpreter.testing.workflow_run import WorkflowRun

_SESSION = pytest.StashKey["Session"]()
_COVERAGE_TEXT = pytest.StashKey[str]()
_SCHEDULE = pytest.StashKey["Schedule | None"]()
_MACHINES = pytest.StashKey[list["MachineUnderTest"]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("asl", "workflows (Amazon States Language)")
    group.addoption(
        "--asl-trace",
        choices=["on", "off", "retain-on-failure"],
        default="off",
        help="Write one HTML file per test with what its workflows did: 'on' for all tests, or 'retain-on-failure'.",
    )
    group.addoption("--asl-cov", action="store_true", help="Say what of their workflows the tests did not reach.")
    group.addoption("--asl-cov-fail-under", type=float, metavar="PERCENT", help="Fail where less is covered.")
    group.addoption("--asl-cov-dir", metavar="DIR", help="Write HTML, Cobertura, LCOV and diagrams of coverage there.")
    group.addoption(
        "--asl-schedules", type=int, default=0, metavar="N", help="Run each workflow test under N schedules."
    )
    group.addoption(
        "--asl-schedule", metavar="SEED", help="Run workflow tests under this schedule, as a failure printed it."
    )
    group.addoption("--asl-trace-dir", default="asl-traces", metavar="DIR", help="Where traces go (asl-traces).")


@pytest.fixture
def state_machine(request: pytest.FixtureRequest) -> Callable[..., MachineUnderTest]:
    """``state_machine("order.asl.json")``: a machine to put mocks on and run.

    The file is looked for beside the test file, in pytest's root folder and in the current folder; a definition as a
    dict or an :class:`asl.StateMachine` is taken as well. Options are those of ``asl.StateMachine.load``, and
    ``mode`` (``"STRICT"``, ``"PRESENT"``, ``"NONE"``), which says how mocked results are checked.
    """
    session = session_of(request.config)
    folders = (request.path.parent, request.config.rootpath)
    machines = request.node.stash.setdefault(_MACHINES, [])

    def make(definition: Any, **options: Any) -> MachineUnderTest:
        __tracebackhide__ = True
        machine = session.machine(definition, folders, schedule=schedule_of(request.node), **options)
        machines.append(machine)
        return machine

    return make


def session_of(config: pytest.Config) -> Session:
    """What the tests of this pytest session share."""
    session = config.stash.get(_SESSION, None)
    if session is None:
        from interpreter.testing.session import Session

        observer = None
        if _wants_coverage(config) or _measuring() is not None:
            from interpreter.testing.observing import Observer

            observer = Observer()
        session = config.stash[_SESSION] = Session(observer)
    return session


def _wants_coverage(config: pytest.Config) -> bool:
    return any(config.getoption(name) for name in ("asl_cov", "asl_cov_fail_under", "asl_cov_dir"))


def _measuring() -> Coverage | None:
    """The coverage.py that runs now (``pytest --cov``), if its configuration names the plugin for definitions."""
    coverage = sys.modules.get("coverage")
    current: Coverage | None = coverage.Coverage.current() if coverage is not None else None
    plugins: Any = current.get_option("run:plugins") if current is not None else None
    return current if plugins and "interpreter.coverage_plugin" in plugins else None


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Hand what runs hit to coverage.py before it reports."""
    result = yield
    kit = session.config.stash.get(_SESSION, None)
    observer = kit.observer if kit is not None else None
    measured = _measuring()
    if observer is not None and measured is not None:
        from interpreter.coverage_plugin import record

        record(measured, observer)
    if _wants_coverage(session.config):
        _judge_coverage(session, observer)
    return result


def _judge_coverage(session: pytest.Session, observer: Observer | None) -> None:
    from interpreter.testing.coverage_report import CoverageReport
    from interpreter.testing.observing import Observer

    report = CoverageReport(observer or Observer())
    limit, folder = session.config.getoption("asl_cov_fail_under"), session.config.getoption("asl_cov_dir")
    lines = [report.text()]
    if folder:
        report.write(Path(folder))
        lines.append(f"written to {folder}")
    if limit is not None and report.percent < limit:
        lines.append(f"FAIL: coverage of {report.percent:.1f} % is below {limit:g} %")
        session.testsfailed += 1
    session.config.stash[_COVERAGE_TEXT] = "\n".join(lines)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    text = config.stash.get(_COVERAGE_TEXT, None)
    if text is not None:
        terminalreporter.section("workflow coverage")
        terminalreporter.line(text)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if call.when == "call" and (runs := _runs_of(item)):
        from interpreter.testing.reporting import add_to_report

        folder = Path(item.config.getoption("--asl-trace-dir"))
        add_to_report(report, runs, item.config.getoption("--asl-trace"), folder)
    return report


def _runs_of(item: pytest.Item) -> list[WorkflowRun]:
    machines = item.stash.get(_MACHINES, [])
    case = getattr(item, "asl_case", None)
    return [run for machine in machines for run in machine.runs] if case is None else case.runs[-1:]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Run a workflow test under seeded schedules, if that was asked for."""
    number, single = item.config.getoption("asl_schedules"), item.config.getoption("asl_schedule")
    if not (number or single) or not _is_workflow_test(item):
        return None
    from interpreter.testing.schedule_runs import run_under_schedules
    from interpreter.testing.schedules import Schedule

    def use(schedule: Schedule | None) -> None:
        item.stash[_SCHEDULE] = schedule
        item.stash[_MACHINES] = []

    if single:
        use(Schedule.parse(single))
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for report in run_under_schedules(item, nextitem, number, use):
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def _is_workflow_test(item: pytest.Item) -> bool:
    return "state_machine" in getattr(item, "fixturenames", ()) or hasattr(item, "asl_case")


def schedule_of(item: pytest.Item) -> Schedule | None:
    """The schedule that a test is run under, if it was asked for."""
    return item.stash.get(_SCHEDULE, None)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """``*.asl-test.yaml``, ``*.asl-test.json`` and ``MockConfigFile.json`` hold tests."""
    name = file_path.name
    if not (name == "MockConfigFile.json" or name.endswith((".asl-test.yaml", ".asl-test.yml", ".asl-test.json"))):
        return None
    from interpreter.testing.pytest_items import CaseFileCollector

    collector: pytest.Collector = CaseFileCollector.from_parent(parent, path=file_path)
    return collector
