"""One step of one execution: messages in, history events and commands out. No await, no clock, no I/O."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from interpreter.commands import Command
from interpreter.execution import Execution
from interpreter.machine import Machine
from interpreter.messages import Message
from interpreter.plan import Plan

SLICE = 1_000
"""Transitions that a step makes at most before others get a turn."""


class Outcome(NamedTuple):
    """What a step left to do. ``touched`` and ``removed`` are the ids of frames that a store has to write or delete."""

    commands: list[Command]
    touched: set[int]
    removed: set[int]


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
    """
    machine = Machine(plan, execution, now, limit, activity_exists)
    for message in messages:
        machine.deliver(message)
    machine.run()
    return Outcome(machine.commands, machine.touched, machine.removed)
