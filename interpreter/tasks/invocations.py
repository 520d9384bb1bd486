"""Counts how often a state was invoked in an execution, over retries, loops and Map iterations."""

from __future__ import annotations


class Invocations:
    """One counter per state name per execution, from 0."""

    def __init__(self) -> None:
        self._executions: dict[str, dict[str, int]] = {}

    def next(self, execution_arn: str, state_name: str) -> int:
        """The number of this invocation; the next one gets the next number."""
        counts = self._executions.setdefault(execution_arn, {})
        number = counts.get(state_name, 0)
        counts[state_name] = number + 1
        return number

    def forget(self, execution_arn: str) -> None:
        """Drop the counters of an execution that is over."""
        self._executions.pop(execution_arn, None)
