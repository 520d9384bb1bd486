"""The engine of a run under test: it keeps every execution that it begins, children of distributed Maps too."""

from __future__ import annotations

from typing import Any

from asl.types import Json
from interpreter.engine import Engine, Run
from interpreter.plan import Plan


class KitEngine(Engine):
    """``begun`` has the executions in the order of their start, ``by_arn`` the same by ARN."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.begun: list[Run] = []
        self.by_arn: dict[str, Run] = {}

    def start(self, plan: Plan, input: Json = None, **options: Any) -> Run:
        """Begin an execution and keep it."""
        run = super().start(plan, input, **options)
        self.begun.append(run)
        self.by_arn[run.execution.arn] = run
        return run
