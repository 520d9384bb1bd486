"""``asl test-state``: one state alone, with AWS's TestState answer; for people the data flow as steps."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from asl.document.json_values import strict_json
from asl.types import Json, JsonObject
from interpreter.cli.talk import EXECUTION_FAILED, OK, TalkingCommand

LEVELS = ("INFO", "DEBUG", "TRACE")


@click.command("test-state", cls=TalkingCommand, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("definition", type=click.Path(path_type=Path))
@click.option("--state", "state_name", metavar="NAME", help="The state to test; not needed for a file with one state.")
@click.option("-i", "--input", "input_text", metavar="FILE|-|JSON", help="The state's input; none is {}.")
@click.option("--inspection-level", type=click.Choice(LEVELS, case_sensitive=False), default="DEBUG", show_default=True)
@click.option("--mock", "mock_text", metavar="JSON", help='The work\'s result, or {"errorOutput": {"error", "cause"}}.')
@click.option("--validation", type=click.Choice(("STRICT", "PRESENT", "NONE")), default="STRICT", show_default=True)
@click.option("--variables", metavar="JSON", help="Workflow variables, by name.")
@click.option("--context", "context_text", metavar="JSON", help="The context object.")
@click.option("--retries", type=click.IntRange(0), default=0, help="Retries that have been made already.")
@click.option("--failed-iterations", type=click.IntRange(0), help="Iterations of a Map that have failed.")
@click.option("--items", metavar="JSON", help="What the ItemReader of a Map reads.")
@click.option("--task", "target", metavar="MODULE:FUNCTION", help="A function that answers the Task.")
@click.option("--role-arn", default=None, help="The role; a Task without a mock needs one on AWS, not here.")
@click.option("--resource", metavar="NAME", help="The state machine to take from a template with several.")
@click.option("--json", "as_json", is_flag=True, help="Print TestState's response; the default in a pipe.")
def command(definition: Path, state_name: str | None, as_json: bool, **options: Any) -> int:
    """Test one state of DEFINITION: a workflow, a template that holds one, or a single state.

    Exit code 0 when the state succeeds or its error is caught, 2 when it fails or would be retried.
    """
    response = _respond(definition, state_name, options)
    if as_json or not sys.stdout.isatty():
        click.echo(json.dumps(response, indent=2, ensure_ascii=False))
    else:
        for line in told(response):
            click.echo(line)
    return OK if response["status"] in ("SUCCEEDED", "CAUGHT_ERROR") else EXECUTION_FAILED


def _respond(definition: Path, state_name: str | None, options: dict[str, Any]) -> JsonObject:
    from asl.sources import load_definition
    from interpreter.cli.inputs import EMPTY, read_input
    from interpreter.test_state import inspect_state

    document = load_definition(definition, resource=options["resource"])
    given = EMPTY if options["input_text"] is None else read_input(options["input_text"])
    target = options["target"]
    return inspect_state(
        document.value,
        given.value,
        state_name=state_name,
        role_arn=options["role_arn"]
        or (None if target is None else "arn:aws:iam::123456789012:role/StepFunctionsRole"),
        inspection_level=options["inspection_level"].upper(),
        mock=_mock(options["mock_text"], options["validation"]),
        variables=_object("--variables", options["variables"]),
        context=_object("--context", options["context_text"]),
        state_configuration=_configuration(options),
        handler=None if target is None else _handler(target),
    )


def _mock(text: str | None, mode: str) -> JsonObject | None:
    if text is None:
        return None
    given = _json("--mock", text)
    if isinstance(given, dict) and set(given) == {"errorOutput"} and isinstance(given["errorOutput"], dict):
        return {**given, "fieldValidationMode": mode}
    return {"result": text, "fieldValidationMode": mode}


def _configuration(options: dict[str, Any]) -> JsonObject:
    given = {
        "retrierRetryCount": options["retries"],
        "mapIterationFailureCount": options["failed_iterations"],
        "mapItemReaderData": options["items"],
    }
    return {key: value for key, value in given.items() if value is not None}


def _handler(target: str) -> Any:
    from interpreter.tasks.python import python_answer

    class OneFunction:
        def answer_for(self, _state_name: str, _resource: Any) -> Any:
            return python_answer(target)

    return OneFunction()


def _object(option: str, text: str | None) -> JsonObject | None:
    from interpreter.errors import InputError

    value = _json(option, text)
    if text is None:
        return None
    if isinstance(value, dict):
        return value
    raise InputError(f"{option} must be a JSON object, not {text!r:.100}")


def _json(option: str, text: str | None) -> Json:
    from interpreter.errors import InputError

    if text is None:
        return None
    try:
        return strict_json(text)
    except ValueError as error:
        raise InputError(f"{option} is not JSON: {error}") from None


def told(response: JsonObject) -> Iterator[str]:
    """The response for people: each step of the data flow that changed something, then how it ended."""
    shown = None
    data = response.get("inspectionData", {})
    for name, value in data.items():
        if name in ("errorDetails", "variables"):
            continue
        mark = " (unchanged)" if value == shown else f" {value}"
        yield f"{click.style(name, fg='cyan'):<34}{mark}"
        shown = value
    if "variables" in data:
        yield f"{click.style('variables', fg='cyan'):<34} {data['variables']}"
    colour = "green" if response["status"] == "SUCCEEDED" else "yellow" if "output" in response else "red"
    yield click.style(response["status"], fg=colour, bold=True) + _ending(response, data.get("errorDetails", {}))


def _ending(response: JsonObject, details: JsonObject) -> str:
    parts = [f"output {response['output']}"] if "output" in response else []
    parts += [f"{response.get('error')}: {response.get('cause')}"] if "error" in response or "cause" in response else []
    parts += (
        [f"retrier {details['retryIndex']} waits {details['retryBackoffIntervalSeconds']} s"]
        if ("retryBackoffIntervalSeconds" in details)
        else []
    )
    parts += [f"next {response['nextState']}"] if "nextState" in response else []
    return "".join(f"\n  {part}" for part in parts)
