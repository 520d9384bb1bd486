"""The Amazon States Language: everything about a state machine that is true without a clock, a network or a database.

from asl import StateMachine
machine = StateMachine.load("order.asl.json")
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from asl.diagnostics import Diagnostic, Position, Severity
    from asl.errors import AslError, DefinitionError
    from asl.graph import StateGraph
    from asl.state_machine import StateMachine
    from asl.validation import validate

_HOMES = {
    "AslError": "asl.errors",
    "DefinitionError": "asl.errors",
    "Diagnostic": "asl.diagnostics",
    "Position": "asl.diagnostics",
    "Severity": "asl.diagnostics",
    "StateGraph": "asl.graph",
    "StateMachine": "asl.state_machine",
    "validate": "asl.validation",
}

__all__ = [
    "AslError",
    "DefinitionError",
    "Diagnostic",
    "Position",
    "Severity",
    "StateGraph",
    "StateMachine",
    "validate",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'asl' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
