"""The testing kit: state machines with mocks, run in virtual time, and what a test wants to know of the run.

    from interpreter.testing import load_machine
    order = load_machine("order.asl.json")
    order.mock("Charge card", returns={"id": 1})
    assert order.run({"orderId": 7}).succeeded

Under pytest the ``state_machine`` fixture does what ``load_machine`` does.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from interpreter.tasks.port import TaskError
    from interpreter.testing.machine_under_test import MachineUnderTest, load_machine
    from interpreter.testing.mocks import Mock
    from interpreter.testing.workflow_run import StateRun, WorkflowRun

_HOMES = {
    "MachineUnderTest": "interpreter.testing.machine_under_test",
    "Mock": "interpreter.testing.mocks",
    "StateRun": "interpreter.testing.workflow_run",
    "TaskError": "interpreter.tasks.port",
    "WorkflowRun": "interpreter.testing.workflow_run",
    "load_machine": "interpreter.testing.machine_under_test",
}

__all__ = ["MachineUnderTest", "Mock", "StateRun", "TaskError", "WorkflowRun", "load_machine"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'interpreter.testing' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
