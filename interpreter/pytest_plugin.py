"""The pytest plugin: the ``state_machine`` fixture, test files, traces, coverage and schedules.

It is loaded into every pytest run, so this module imports nothing until a test or an option asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from interpreter.testing.machine_under_test import MachineUnderTest
    from interpreter.testing.session import Session

_SESSION = pytest.StashKey["Session"]()
_MACHINES = pytest.StashKey[list["MachineUnderTest"]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("asl", "workflows (Amazon States Language)")
    group.addoption(
        "--asl-trace",
        choices=["on", "off", "retain-on-failure"],
        default="off",
        help="Write one HTML file per test with what its workflows did: 'on' for all tests, or 'retain-on-failure'.",
    )
    group.addoption("--asl-trace-dir", default="asl-traces", metavar="DIR", help="Where traces go (asl-traces).")


@pytest.fixture
def state_machine(request: pytest.FixtureRequest) -> Callable[..., MachineUnderTest]:
    """``state_machine("order.asl.json")``: a machine to put mocks on and run.

    The file is looked for beside the test file, in pytest's root folder and in the current folder; a definition as a dict
    or an :class:`asl.StateMachine` is taken as well. Options are those of ``asl.StateMachine.load``, and ``mode``
    (``"STRICT"``, ``"PRESENT"``, ``"NONE"``), which says how mocked results are checked.
    """
    session = session_of(request.config)
    folders = (request.path.parent, request.config.rootpath)
    machines = request.node.stash.setdefault(_MACHINES, [])

    def make(definition: Any, **options: Any) -> MachineUnderTest:
        machine = session.machine(definition, folders, **options)
        machines.append(machine)
        return machine

    return make


def session_of(config: pytest.Config) -> Session:
    """What the tests of this pytest session share."""
    session = config.stash.get(_SESSION, None)
    if session is None:
        from interpreter.testing.session import Session

        session = config.stash[_SESSION] = Session()
    return session


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    machines = item.stash.get(_MACHINES, None)
    if machines and call.when == "call":
        from interpreter.testing.reporting import add_to_report

        add_to_report(
            report, machines, item.config.getoption("--asl-trace"), Path(item.config.getoption("--asl-trace-dir"))
        )
    return report
