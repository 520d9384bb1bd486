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
    from interpreter.run import run, run_async
    from interpreter.tasks.port import PENDING, After, TaskError

_HOMES = {
    "After": "interpreter.tasks.port",
    "Engine": "interpreter.engine",
    "InterpreterError": "interpreter.errors",
    "PENDING": "interpreter.tasks.port",
    "Result": "interpreter.result",
    "SystemClock": "interpreter.clock",
    "TaskError": "interpreter.tasks.port",
    "VirtualClock": "interpreter.clock",
    "run": "interpreter.run",
    "run_async": "interpreter.run",
}

__all__ = [
    "PENDING",
    "After",
    "Engine",
    "InterpreterError",
    "Result",
    "SystemClock",
    "TaskError",
    "VirtualClock",
    "run",
    "run_async",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'interpreter' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
