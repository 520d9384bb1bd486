"""Small workflows that the kit's own tests share."""

from __future__ import annotations

from typing import Any

from asl.state_machine import StateMachine
from interpreter.testing import MachineUnderTest

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function"


def task(name: str, **fields: Any) -> dict[str, Any]:
    """A Task state that a function answers; it ends its scope unless ``Next`` is given."""
    ending = {} if "Next" in fields else {"End": True}
    return {"Type": "Task", "Resource": f"{FUNCTION}:{name}", **ending, **fields}


def machine(states: dict[str, Any], **fields: Any) -> MachineUnderTest:
    """A machine that begins at the first of its states."""
    definition = {"StartAt": next(iter(states)), "States": states, **fields}
    return MachineUnderTest(StateMachine.parse(definition, name="Order"))
