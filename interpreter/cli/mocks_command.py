"""``asl mocks from-history``: a recorded execution as a MockConfigFile, a test file or a pytest file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from interpreter.testing.recording import Recording


@click.group("mocks")
def command() -> None:
    """Make mocks."""


@command.command("from-history")
@click.argument("history", type=click.Path(path_type=Path))
@click.option("--definition", type=click.Path(path_type=Path), help="The definition that was run.")
@click.option(
    "--as", "form", type=click.Choice(["mock-config", "test-file", "pytest"]), default="mock-config", show_default=True
)
@click.option("--machine", help="The state machine's name (the definition's, or that of the history's file).")
@click.option("--case", default="recorded", show_default=True, help="Name of the test case.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File to write; without it standard output.")
def from_history(
    history: Path, definition: Path | None, form: str, machine: str | None, case: str, output: Path | None
) -> None:
    """Turn HISTORY, as aws stepfunctions get-execution-history prints it, into mocks with which it can be repeated."""
    from asl.state_machine import StateMachine
    from interpreter.testing.recording import Recording

    loaded = None if definition is None else StateMachine.load(definition)
    recording = Recording.load(history, None if loaded is None else loaded.graph)
    name = machine or (loaded.name if loaded is not None else history.name.split(".")[0])
    if form == "mock-config":
        text = _mock_config(recording, name, case)
    else:
        if definition is None:
            raise click.UsageError(f"--as {form} needs the --definition that was run")
        text = _tests(recording, definition, form, name, case, output)
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, "utf-8")


def _mock_config(recording: Recording, machine: str, case: str) -> str:
    from interpreter.testing.mocks_from_history import mock_config

    return json.dumps(mock_config(recording, machine, case), indent=2, ensure_ascii=False) + "\n"


def _tests(recording: Recording, definition: Path, form: str, machine: str, case: str, output: Path | None) -> str:
    from interpreter.testing import mocks_from_history

    place = mocks_from_history.definition_beside(output, definition)
    if form == "pytest":
        return mocks_from_history.pytest_file(recording, place, machine)
    suffix = ".yaml" if output is None else output.suffix
    return mocks_from_history.case_file_text(recording, place, suffix, case)
