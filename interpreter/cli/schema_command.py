"""``asl schema``: a JSON Schema of the language, for editors that complete and check while one types."""

from __future__ import annotations

import json
from pathlib import Path

import click

from interpreter.cli.files import write_whole
from interpreter.cli.talk import TalkingCommand


@click.command("schema", cls=TalkingCommand, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write it to a file.")
def command(output: Path | None) -> None:
    """Print a JSON Schema of the Amazon States Language."""
    from asl.schema import json_schema

    text = json.dumps(json_schema(), indent=2) + "\n"
    if output is None:
        click.echo(text, nl=False)
    else:
        write_whole(output, text)
