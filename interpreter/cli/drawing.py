"""Draws a workflow coloured by one execution."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from asl.state_machine import StateMachine
    from interpreter.result import Result


def draw_run(machine: StateMachine, result: Result, path: Path) -> str | bytes:
    """The picture in the format that the file's name asks for. Raises ClickException where it can't be drawn."""
    from asl.diagram import LayoutError, LayoutUnavailableError, render
    from interpreter.cli.graph_command import format_of
    from interpreter.overlay import overlay_of

    try:
        overlay = overlay_of(machine.graph, result.history)
        return render(machine.graph, format=format_of(path), overlay=overlay, title=path.stem)
    except (LayoutError, LayoutUnavailableError) as error:
        raise click.ClickException(str(error)) from error
