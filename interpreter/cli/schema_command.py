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
    from asl.states.machine import StateMachineModel

    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **StateMachineModel.model_json_schema(by_alias=True),
        "title": "Amazon States Language",
    }
    text = json.dumps(schema, indent=2) + "\n"
    if output is None:
        click.echo(text, nl=False)
    else:
        write_whole(output, text)
