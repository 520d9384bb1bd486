"""``asl validate``: what AWS would refuse or warn of in definitions, and advice beyond AWS, each at its line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from asl.garbage import uncollected
from interpreter.cli.talk import COULD_NOT_START, OK, TalkingCommand

if TYPE_CHECKING:
    from asl.diagnostics import Diagnostic
    from asl.sources import FoundDefinition
    from asl.types import Json, WorkflowType

_SUFFIXES = (".asl.json", ".asl.yaml", ".asl.yml", ".asl")
_SKIPPED = frozenset({"node_modules", "__pycache__", "site-packages"})


@click.command("validate", cls=TalkingCommand, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json", "sarif", "github"]),
    default="text",
    show_default=True,
    help="For people, programs, code scanning, or annotations in GitHub Actions.",
)
@click.option(
    "--severity",
    type=click.Choice(["ERROR", "WARNING"], case_sensitive=False),
    default="WARNING",
    show_default=True,
    help="ERROR leaves warnings and advice out.",
)
@click.option("--ignore", multiple=True, metavar="CODE", help="Leave out the findings of this code.")
@click.option("--type", "workflow_type", type=click.Choice(["STANDARD", "EXPRESS"], case_sensitive=False))
@click.option("--resource", metavar="NAME", help="Only this state machine of a template with several.")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="Value of a ${NAME} placeholder.")
@click.option("--substitutions", metavar="FILE", type=click.Path(path_type=Path), help="Values of placeholders.")
def command(
    files: tuple[Path, ...],
    output_format: str,
    severity: str,
    ignore: tuple[str, ...],
    workflow_type: str | None,
    resource: str | None,
    settings: tuple[str, ...],
    substitutions: Path | None,
) -> int:
    """Check the definitions in FILES, which may be directories and templates. Exit code 1 if there is an error."""
    from interpreter.cli.findings import FORMATS
    from interpreter.cli.run_settings import read_substitutions

    values = read_substitutions(substitutions, settings)
    paths = list(_files(files))
    found: list[Diagnostic] = []
    with uncollected():
        for path in paths:
            found += _checked(path, severity, cast("WorkflowType | None", workflow_type), resource, values)
    shown = [each for each in found if each.code not in ignore and (severity == "WARNING" or each.severity == "ERROR")]
    click.echo(FORMATS[output_format](shown, paths), nl=False)
    return COULD_NOT_START if any(each.severity == "ERROR" for each in shown) else OK


def _files(given: Iterable[Path]) -> Iterator[Path]:
    for path in given:
        if path.is_dir() and (inside := sorted(_in_directory(path))):
            yield from inside
        else:
            yield path


def _in_directory(folder: Path) -> Iterator[Path]:
    """The definitions below a directory by their names, hidden and installed things left out."""
    for entry in folder.iterdir():
        if entry.name.startswith(".") or entry.name in _SKIPPED:
            continue
        if entry.is_dir():
            yield from _in_directory(entry)
        elif entry.name.endswith(_SUFFIXES):
            yield entry


def _checked(
    path: Path, severity: str, type: WorkflowType | None, resource: str | None, values: Mapping[str, Json]
) -> Iterator[Diagnostic]:
    from asl.errors import DefinitionError

    try:
        definitions = _definitions(path, resource)
    except DefinitionError as error:
        definitions = []
        yield from error.diagnostics
    for definition in definitions:
        try:
            yield from _checked_definition(definition, severity, type, values)
        except DefinitionError as error:
            yield from error.diagnostics


def _definitions(path: Path, resource: str | None) -> list[FoundDefinition]:
    from asl.sources import list_definitions
    from asl.sources.found import choose

    found = list_definitions(path)
    return found if resource is None else [choose(found, resource, str(path))]


def _checked_definition(
    found: FoundDefinition, severity: str, type: WorkflowType | None, values: Mapping[str, Json]
) -> Iterator[Diagnostic]:
    from asl.validation import validate

    document = found.load(values)
    yield from document.warnings
    is_full = severity == "WARNING"
    yield from validate(document, type=type or found.type, severity=severity, advice=is_full)
