"""Loads the definition that a command line names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interpreter.cli.run_settings import RunSettings

if TYPE_CHECKING:
    from asl.state_machine import StateMachine


def load_machine(settings: RunSettings) -> StateMachine:
    """The state machine, from a file of any kind. Raises :class:`asl.errors.DefinitionError`."""
    from asl.state_machine import StateMachine

    return StateMachine.load(
        settings.definition,
        resource=settings.resource,
        substitutions=settings.substitutions,
        type=settings.type,
    )
