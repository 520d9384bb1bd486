"""``asl replay``: a changed definition on a recorded execution. Exits with 0 when it goes the same way, 1 when not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from asl.state_machine import StateMachine
    from interpreter.testing.replaying import Replay

DIVERGED = 1


@click.command("replay")
@click.argument("history", type=click.Path(path_type=Path))
@click.option("--definition", required=True, type=click.Path(path_type=Path), help="The definition to run.")
@click.option("--resource", metavar="NAME", help="The state machine to take from a file with several.")
@click.option(
    "--diagram", type=click.Path(path_type=Path), help="Draw the replay with the divergence (.svg, .png, .mmd)."
)
def command(history: Path, definition: Path, resource: str | None, diagram: Path | None) -> None:
    """Run a definition on the task results in HISTORY (GetExecutionHistory's JSON) and show where it first diverges."""
    from asl.state_machine import StateMachine
    from interpreter.testing.recording import Recording
    from interpreter.testing.replaying import replay

    machine = StateMachine.load(definition, resource=resource)
    replayed = replay(machine, Recording.load(history))
    divergence = replayed.divergence()
    if diagram is not None:
        _draw(machine, replayed, diagram)
    if divergence is None:
        entered = len(replayed.visits)
        click.echo(f"the same: {entered} states entered, ended {replayed.run.status} as recorded")
        return
    click.echo(f"first divergence{_place(machine, divergence.state)}:\n  {divergence.text}")
    raise SystemExit(DIVERGED)


def _place(machine: StateMachine, state: str | None) -> str:
    node = machine.graph.find(state) if state is not None else None
    if node is None:
        return ""
    source, position = machine.document.locate(node.pointer, key=True)
    return f" at {source}:{position.line}"


def _draw(machine: StateMachine, replayed: Replay, diagram: Path) -> None:
    from asl.diagram import render
    from interpreter.cli.graph_command import format_of

    drawn = render(machine.graph, format=format_of(diagram), overlay=replayed.overlay(machine), title=machine.name)
    diagram.write_bytes(drawn.encode() if isinstance(drawn, str) else drawn)
