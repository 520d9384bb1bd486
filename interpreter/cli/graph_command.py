"""``asl graph``: draw a definition as a picture, as text for other tools, or as an outline on the terminal."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

if TYPE_CHECKING:
    from asl.diagram import Direction, Format, Overlay, ThemeName
    from asl.graph import StateGraph
    from asl.types import Json, JsonObject

FORMATS: Mapping[str, Format] = {
    ".svg": "svg", ".png": "png", ".pdf": "pdf", ".dot": "dot", ".gv": "dot", ".mmd": "mmd", ".mermaid": "mmd",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Look:
    """How to draw: colours and the way that the arrows run."""

    theme: ThemeName
    direction: Direction


def graph_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options that every command that draws a definition has."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


_OPTIONS = (
    click.option("--theme", type=click.Choice(["light", "dark"]), default="light", show_default=True),
    click.option(
        "--direction", type=click.Choice(["TB", "LR"]), default="TB", show_default=True, help="Down or right."
    ),
    click.option("--resource", metavar="NAME", help="The state machine to take from a file with several."),
    click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="Value of a ${NAME} placeholder."),
    click.option("--substitutions", metavar="FILE", type=click.Path(path_type=Path), help="Values of placeholders."),
)


@click.command("graph")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File to draw: .svg .png .pdf .dot or .mmd.")
@click.option("--history", type=click.Path(path_type=Path), help="Paint an execution: GetExecutionHistory's JSON.")
@click.option("--watch", is_flag=True, help="Draw again whenever the file is saved.")
@graph_options
def command(
    file: Path,
    output: Path | None,
    history: Path | None,
    watch: bool,
    theme: str,
    direction: str,
    resource: str | None,
    settings: tuple[str, ...],
    substitutions: Path | None,
) -> None:
    """Draw the state machine in FILE; without -o as an outline on the terminal."""
    from asl.graph import StateGraph

    look = Look(cast("ThemeName", theme), cast("Direction", direction))
    drawn_format = None if output is None else format_of(output)
    values = substitutions_of(substitutions, settings)

    def draw() -> None:
        graph = StateGraph(read_definition(file, resource, values))
        show(graph, output, drawn_format, look, read_overlay(graph, history) if history else None)

    if watch:
        _watch([path for path in (file, history) if path is not None], draw)
    else:
        draw()


def format_of(output: Path) -> Format:
    """The format that a file's extension asks for; a sentence for one that there is none for."""
    found = FORMATS.get(output.suffix.lower())
    if found is None:
        raise click.ClickException(f"can't draw {str(output)!r}: its name must end in {', '.join(FORMATS)}")
    return found


def read_definition(file: Path, resource: str | None, substitutions: Mapping[str, Json]) -> JsonObject:
    """The definition in a file of any kind; what is wrong with the file is said as AWS and this program say it."""
    from asl.errors import DefinitionError
    from asl.sources import load_definition

    try:
        definition = load_definition(file, resource=resource, substitutions=substitutions).value
    except DefinitionError as error:
        raise click.ClickException(str(error)) from error
    if not isinstance(definition, dict):
        raise click.ClickException(f"{file} holds no definition: expected an object with StartAt and States")
    return definition


def read_overlay(graph: StateGraph, history: Path) -> Overlay:
    """The overlay of a history file: a list of events, or an object with ``events``."""
    from interpreter.overlay import HistoryError, overlay_of

    try:
        events = json.loads(history.read_text(encoding="utf-8"))
        found = events.get("events") if isinstance(events, dict) else events
        if not isinstance(found, list):
            raise HistoryError("expected a list of events, or an object with 'events' as GetExecutionHistory gives it")
        return overlay_of(graph, found)
    except OSError as error:
        raise click.ClickException(f"can't read {str(history)!r}: {error.strerror}") from error
    except (ValueError, HistoryError) as error:
        raise click.ClickException(f"{history} is not a history: {error}") from error


def show(
    graph: StateGraph, output: Path | None, drawn_format: Format | None, look: Look, overlay: Overlay | None
) -> None:
    """Write the drawing to its file, or its outline to the terminal."""
    from asl.diagram import LayoutError, LayoutUnavailableError, render, to_text

    if output is None or drawn_format is None:
        click.echo(to_text(graph, overlay=overlay, colour=in_colour()), nl=False)
        return
    try:
        drawn = render(
            graph, format=drawn_format, theme=look.theme, direction=look.direction, overlay=overlay, title=output.stem
        )
        output.write_bytes(drawn.encode() if isinstance(drawn, str) else drawn)
    except (LayoutError, LayoutUnavailableError) as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"can't write {str(output)!r}: {error.strerror}") from error


def in_colour() -> bool:
    """Whether standard output is a terminal that wants colours."""
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


def substitutions_of(file: Path | None, settings: tuple[str, ...]) -> dict[str, Json]:
    """The values of placeholders: those of a file, and over them those of ``--set NAME=VALUE``."""
    from asl.errors import DefinitionError
    from interpreter.cli.run_settings import read_substitutions

    try:
        return read_substitutions(file, settings)
    except (DefinitionError, click.UsageError) as error:
        raise click.ClickException(str(error)) from error


def _watch(paths: list[Path], draw: Callable[[], None]) -> None:
    """Draw, then draw again after each save; what is wrong with a saved file is said, and the next save awaited."""
    changes = _saves(paths)
    try:
        while True:
            try:
                draw()
            except click.ClickException as error:
                error.show()
            click.echo("watching for changes, Ctrl-C ends", err=True)
            if next(changes, None) is None:
                return
    except KeyboardInterrupt:
        return


def _saves(paths: list[Path]) -> Iterator[object]:
    """Changes of any of the files. Their folders are watched, since editors replace a file when they save it."""
    try:
        import watchfiles
    except ImportError as error:
        raise click.ClickException("--watch needs another package: pip install 'asl-interpreter[watch]'") from error
    wanted = {str(path.resolve()) for path in paths}
    folders = {path.resolve().parent for path in paths}
    return watchfiles.watch(
        *folders, watch_filter=lambda change, path: path in wanted, recursive=False, raise_interrupt=False
    )
