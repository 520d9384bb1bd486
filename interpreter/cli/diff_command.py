"""``asl diff``: what changed between two definitions, as text, as JSON or as one picture."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from interpreter.cli.graph_command import (
    Look,
    format_of,
    graph_options,
    in_colour,
    read_definition,
    show,
    substitutions_of,
)

if TYPE_CHECKING:
    from asl.diagram import Direction, ThemeName
    from asl.diff import DefinitionDiff, StateChange
    from asl.diff_fields import FieldChange
    from asl.types import JsonObject

_COLOURS = {"+": "green", "-": "red", "~": "yellow"}


@click.command("diff")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Picture of both: .svg .png .pdf .dot or .mmd.")
@click.option("--json", "as_json", is_flag=True, help="The changes as JSON.")
@graph_options
def command(
    old: Path,
    new: Path,
    output: Path | None,
    as_json: bool,
    theme: str,
    direction: str,
    resource: str | None,
    settings: tuple[str, ...],
    substitutions: Path | None,
) -> None:
    """Say what changed from the state machine in OLD to the one in NEW, as a reviewer thinks of it."""
    from asl.diff import diff_definitions

    values = substitutions_of(substitutions, settings)
    before, after = read_definition(old, resource, values), read_definition(new, resource, values)
    diff = diff_definitions(before, after)
    if output is not None:
        _draw(before, after, diff, output, Look(cast("ThemeName", theme), cast("Direction", direction)))
    elif as_json:
        click.echo(json.dumps(diff.as_json(), indent=2, ensure_ascii=False))
    else:
        for line in diff_lines(diff):
            click.echo(click.style(line, fg=_COLOURS.get(line[:1])) if in_colour() else line)


def _draw(before: JsonObject, after: JsonObject, diff: DefinitionDiff, output: Path, look: Look) -> None:
    from asl.diagram.comparison import comparison

    graph, overlay = comparison(before, after, diff)
    show(graph, output, format_of(output), look, overlay)


def diff_lines(diff: DefinitionDiff) -> Iterator[str]:
    """The changes as lines: ``+`` and ``-`` states, ``~`` for one that changed, its changes indented under it."""
    if not diff:
        yield "no changes"
        return
    yield _summary(diff)
    yield from (f"+ {name}" for name in diff.added)
    yield from (f"- {name}" for name in diff.removed)
    if diff.machine:
        yield "~ the machine itself"
        yield from _fields(diff.machine)
    for change in diff.changed:
        yield f"~ {change.name}" + (f" (was {change.was})" if change.was else "")
        yield from _transitions(change)
        yield from _fields(change.fields)


def _summary(diff: DefinitionDiff) -> str:
    renamed = len(diff.renamed)
    counts = (
        (len(diff.added), "added"),
        (len(diff.removed), "removed"),
        (renamed, "renamed"),
        (sum(1 for change in diff.changed if change.transitions or change.fields), "changed"),
    )
    return ", ".join(f"{count} {word}" for count, word in counts if count) or "only the machine's own fields changed"


def _transitions(change: StateChange) -> Iterator[str]:
    if change.transitions:
        yield "    transitions"
    for found in change.transitions:
        if found.old is None:
            yield f"      {found.label}: now → {found.new}"
        elif found.new is None:
            yield f"      {found.label}: no longer → {found.old}"
        else:
            yield f"      {found.label}: {found.old} → {found.new}"


def _fields(fields: Iterable[FieldChange]) -> Iterator[str]:
    grouped: dict[str, list[FieldChange]] = {}
    for found in fields:
        grouped.setdefault(found.group, []).append(found)
    for group, members in grouped.items():
        yield f"    {group}"
        for found in members:
            yield f"      {found.field}: {_short(found.old)} → {_short(found.new)}"


def _short(text: str) -> str:
    from asl.diagram.wrapping import shortened

    return shortened(text, 80)
