"""How every command ends: what people read on standard error, and the exit codes.

0 all is well, 1 the command could not do its work (bad options, definition or input), 2 an execution failed,
130 interrupted. Errors of this program's families are sentences, never tracebacks.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from io import TextIOWrapper
from typing import Any

import click

OK = 0
COULD_NOT_START = 1
EXECUTION_FAILED = 2
INTERRUPTED = 130


class TalkingCommand(click.Command):
    """A command that ends in words."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run the command line and exit the process with its code."""
        sys.exit(_code_of(super().main, args, extra))


class TalkingGroup(click.Group):
    """A group of commands that ends in words."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run the command line and exit the process with its code."""
        sys.exit(_code_of(super().main, args, extra))


def _code_of(main: Callable[..., Any], args: tuple[Any, ...], extra: dict[str, Any]) -> int:
    _write_every_character()
    try:
        code = main(*args, **{**extra, "standalone_mode": False})
    except click.ClickException as error:
        error.show()
        return COULD_NOT_START
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        return INTERRUPTED
    except Exception as error:
        words = _words_for(error)
        if words is None:
            raise
        click.echo(words, err=True)
        return COULD_NOT_START
    return code if isinstance(code, int) else OK


def _write_every_character() -> None:
    """Escape what the terminal's encoding does not have, such as half a surrogate pair, instead of failing over it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _words_for(error: Exception) -> str | None:
    """What to say of an error of this program's families; None for anything else, which is a bug."""
    from asl.errors import DefinitionError
    from interpreter.errors import InterpreterError

    if isinstance(error, DefinitionError):
        from interpreter.cli.findings import finding_lines

        return "\n".join(line for diagnostic in error.diagnostics for line in finding_lines(diagnostic))
    return f"Error: {error}" if isinstance(error, InterpreterError) else None
