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
    from interpreter.testing.schedules import Schedule, first_failure
    from interpreter.testing.state_run import StateRun
    from interpreter.testing.strategies import inputs, no_input_ends_in_runtime
    from interpreter.testing.workflow_run import WorkflowRun

_HOMES = {
    "MachineUnderTest": "interpreter.testing.machine_under_test",
    "Mock": "interpreter.testing.mocks",
    "Schedule": "interpreter.testing.schedules",
    "StateRun": "interpreter.testing.state_run",
    "TaskError": "interpreter.tasks.port",
    "WorkflowRun": "interpreter.testing.workflow_run",
    "first_failure": "interpreter.testing.schedules",
    "inputs": "interpreter.testing.strategies",
    "load_machine": "interpreter.testing.machine_under_test",
    "no_input_ends_in_runtime": "interpreter.testing.strategies",
}

__all__ = [
    "MachineUnderTest",
    "Mock",
    "Schedule",
    "StateRun",
    "TaskError",
    "WorkflowRun",
    "first_failure",
    "inputs",
    "load_machine",
    "no_input_ends_in_runtime",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'interpreter.testing' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
