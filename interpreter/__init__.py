"""Run Amazon States Language workflows: everything that happens in time.

from interpreter import run
result = run("order.asl.json", {"orderId": 7}, mocks={"Charge card": {"Return": {"ok": True}}})
result.status, result.output
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from interpreter.clock import SystemClock, VirtualClock
    from interpreter.engine import Engine
    from interpreter.errors import InterpreterError
    from interpreter.result import Result
    from interpreter.running import run, run_async
    from interpreter.serving import serve
    from interpreter.tasks.command import Command
    from interpreter.tasks.port import PENDING, After, TaskError
    from interpreter.test_state import inspect_state

_HOMES = {
    "After": "interpreter.tasks.port",
    "Command": "interpreter.tasks.command",
    "Engine": "interpreter.engine",
    "InterpreterError": "interpreter.errors",
    "PENDING": "interpreter.tasks.port",
    "Result": "interpreter.result",
    "SystemClock": "interpreter.clock",
    "inspect_state": "interpreter.test_state",
    "serve": "interpreter.serving",
    "TaskError": "interpreter.tasks.port",
    "VirtualClock": "interpreter.clock",
    "run": "interpreter.running",
    "run_async": "interpreter.running",
}

__all__ = [
    "PENDING",
    "After",
    "Command",
    "Engine",
    "InterpreterError",
    "Result",
    "SystemClock",
    "TaskError",
    "VirtualClock",
    "inspect_state",
    "run",
    "run_async",
    "serve",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'interpreter' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
