"""One step of one execution: messages in, history events and commands out. No await, no clock, no I/O."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from interpreter.execution import Execution
from interpreter.machine import Machine, Outcome
from interpreter.messages import Message
from interpreter.plan import Plan

SLICE = 1_000
"""Transitions that a step makes at most before others get a turn."""


def step(
    plan: Plan,
    execution: Execution,
    messages: Iterable[Message],
    now: float,
    limit: int = SLICE,
    activity_exists: Callable[[str], bool] | None = None,
) -> Outcome:
    """Deliver the messages in order, then serve ready frames for at most ``limit`` transitions.

    Events are appended to ``execution.events``. ``now`` is the instant of the step in seconds since 1970. If
    ``execution.ready`` is not empty afterwards, the slice was used up: step again with ``Resume``.
    ``activity_exists`` tells whether there is an activity of that ARN; without it every activity exists.
    """
    return Machine(plan, execution, activity_exists).step(messages, now, limit)
