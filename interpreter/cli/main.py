"""The command lines ``asl`` and ``asl-run``: which commands there are, each imported only when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Any, NamedTuple

import click

from interpreter.cli.talk import TalkingGroup


class Entry(NamedTuple):
    """A command that can be asked for: the module whose ``command`` it is, and one line on what it is for."""

    module: str
    help: str


COMMANDS = {
    "run": Entry("interpreter.cli.run_command", "Run a workflow on an input."),
    "validate": Entry("interpreter.cli.validate_command", "Check definitions as AWS does, and beyond."),
    "graph": Entry("interpreter.cli.graph_command", "Draw a workflow."),
    "test-state": Entry("interpreter.cli.test_state_command", "Test one state alone, as AWS's TestState does."),
    "test": Entry("interpreter.cli.test_command", "Run test files and MockConfigFiles."),
    "mocks": Entry("interpreter.cli.mocks_command", "Make mocks and tests of a recorded execution."),
    "replay": Entry("interpreter.cli.replay_command", "Run a changed definition on a recorded execution."),
    "diff": Entry("interpreter.cli.diff_command", "Show what changed between two definitions."),
    "schema": Entry("interpreter.cli.schema_command", "Print a JSON Schema of the language for editors."),
    "serve": Entry("interpreter.cli.serve_command", "Serve the Step Functions API on a local port."),
}


class LazyGroup(TalkingGroup):
    """Knows its commands by name and loads the one that is used."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        entry = COMMANDS.get(name)
        return None if entry is None else _load(entry)

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from asl.validation.hints import nearest

            hint = nearest(args[0], COMMANDS) or f"there are: {', '.join(COMMANDS)}"
            raise click.UsageError(f"there is no command {args[0]!r}; {hint}", context)
        return super().resolve_command(context, args)

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in COMMANDS.items()])


def _load(entry: Entry) -> click.Command:
    command: click.Command = import_module(entry.module).command
    return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="asl-interpreter", prog_name="asl")
def main() -> None:
    """Run, check, draw and serve workflows of the Amazon States Language."""


def run_main() -> Any:
    """``asl-run``, the same as ``asl run``."""
    _load(COMMANDS["run"]).main(prog_name="asl-run")
