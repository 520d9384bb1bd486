"""``asl run``, which is also ``asl-run``: run a workflow and print what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from interpreter.cli.talk import TalkingCommand

_EPILOG = """\b
Exit codes: 0 all executions succeeded; 1 the run could not start (bad definition, bad input,
a Task that nothing answers); 2 an execution failed; 130 interrupted.
\b
Examples:
  asl-run order.asl.json --input order.json --mock 'Charge={"Return": {"id": 1}}'
  asl-run order.asl.json --input '{"id": 7}' --task 'charge=shop.handlers:charge'
  asl-run order.asl.json --mock-config MockConfigFile.json --test-case HappyPath --json
"""


@click.command("run", cls=TalkingCommand, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("definition", type=click.Path(path_type=Path))
@click.option(
    "-i",
    "--input",
    "inputs",
    multiple=True,
    metavar="FILE|-|JSON",
    help="Input of an execution; none is {}. Several run side by side, one result each, in order.",
)
@click.option("--mock-config", metavar="FILE", help="MockConfigFile of Step Functions Local; needs --test-case.")
@click.option("--test-case", metavar="NAME", help="Test case of the mock configuration, or MACHINE#NAME.")
@click.option("--mock", "mocks", multiple=True, metavar="STATE=JSON", help="What a Task returns or throws.")
@click.option("--task", "tasks", multiple=True, metavar="PATTERN=MODULE:FUNCTION", help="A function answers Tasks.")
@click.option("--command", "commands", multiple=True, metavar="PATTERN=PROGRAM", help="A program answers Tasks.")
@click.option("--auto-mock", is_flag=True, help="Answer every other Task with a plausible value.")
@click.option("--type", type=click.Choice(["STANDARD", "EXPRESS"], case_sensitive=False), help="Workflow type.")
@click.option("--name", metavar="NAME", help="Name of the execution.")
@click.option("--seed", type=int, metavar="N", help="Make the run the same every time.")
@click.option("--real-time", is_flag=True, help="Wait as long as the workflow says; without it waiting is skipped.")
@click.option("--time-scale", type=click.FloatRange(min=0, min_open=True), help="Real time, times this factor.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="Abort what still runs after so many real seconds.",
)
@click.option("--history", metavar="FILE", help="Write every event, as GetExecutionHistory gives them.")
@click.option("--graph", metavar="FILE", help="Draw the workflow, coloured by the run: .svg .png .pdf .dot .mmd")
@click.option("--trace", is_flag=True, help="Print every event as it happens.")
@click.option("--inspect", is_flag=True, help="Record what each state's data-flow fields made of its data.")
@click.option("--json", is_flag=True, help="Print one JSON object for each execution.")
@click.option("-q", "--quiet", is_flag=True, help="No talk on stderr but errors.")
@click.option("--resource", metavar="NAME", help="The state machine to take from a template with several.")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="Value of a ${NAME} placeholder.")
@click.option(
    "--substitutions",
    "substitutions_file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Values of placeholders, as JSON or YAML.",
)
@click.pass_context
def command(context: click.Context, /, definition: Path, **options: Any) -> int:
    """Run the workflow in DEFINITION and print its output.

    DEFINITION is JSON or YAML, or a SAM, CloudFormation, CDK, Terraform or Serverless file that holds one. PATTERN is
    a state's name or fits the resource: function:ship, sqs:sendMessage, 'arn:aws:lambda:*'. Settings may stand in
    asl.toml or under [tool.asl] in pyproject.toml.
    """
    from interpreter.cli.run_settings import read_settings
    from interpreter.cli.running import run_and_tell

    return run_and_tell(read_settings(context, definition, options))
