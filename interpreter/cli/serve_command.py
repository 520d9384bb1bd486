"""``asl serve``: the Step Functions API on a port, with the flags and variables of Step Functions Local."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from interpreter.api.settings import ServerSettings

_ENDPOINT_FLAGS = {
    "lambda": ("-lambdaEndpoint", "--lambda-endpoint"),
    "batch": ("-batchEndpoint", "--batch-endpoint"),
    "dynamodb": ("-dynamoDBEndpoint", "--dynamodb-endpoint"),
    "ecs": ("-ecsEndpoint", "--ecs-endpoint"),
    "glue": ("-glueEndpoint", "--glue-endpoint"),
    "sagemaker": ("-sageMakerEndpoint", "--sagemaker-endpoint"),
    "sqs": ("-sqsEndpoint", "--sqs-endpoint"),
    "sns": ("-snsEndpoint", "--sns-endpoint"),
    "stepfunctions": ("-stepFunctionsEndpoint", "--step-functions-endpoint"),
    "events": ("-eventBridgeEndpoint", "--eventbridge-endpoint"),
}


def _endpoint_options(command: Any) -> Any:
    for service, flags in _ENDPOINT_FLAGS.items():
        variable = f"endpoint_{service}"
        command = click.option(*flags, variable, metavar="URL", help=f"URL of {service}.")(command)
    return command


@click.command("serve")
@click.argument("definitions", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8083, show_default=True, type=click.IntRange(0, 65535), help="Port; 0: a free one.")
@click.option("--store", default="sqlite:///asl.db", show_default=True, help="'sqlite:///FILE' or 'memory:'.")
@click.option("-account", "--aws-account", "account", envvar="AWS_ACCOUNT_ID", default="123456789012")
@click.option("-region", "--aws-region", "region", envvar="AWS_DEFAULT_REGION", default="us-east-1")
@click.option(
    "-waitTimeScale",
    "--wait-time-scale",
    "wait_scale",
    envvar="WAIT_TIME_SCALE",
    default=1.0,
    type=click.FloatRange(min=0),
    help="Factor of the time of Wait states; 0 skips them.",
)
@_endpoint_options
@click.option(
    "--mock-config",
    envvar="SFN_MOCK_CONFIG",
    type=click.Path(dir_okay=False, path_type=Path),
    help="MockConfigFile; its test cases are chosen with '#TestCase' after a state machine's ARN.",
)
@click.option(
    "--task", "tasks", multiple=True, metavar="PATTERN=MODULE:FUNCTION", help="A function that answers tasks."
)
@click.option("--command", "commands", multiple=True, metavar="PATTERN=PROGRAM", help="A program that answers tasks.")
@click.option("--mock", "mocks", multiple=True, metavar="STATE=JSON", help="What a state is answered with.")
@click.option("--project", type=click.Path(path_type=Path), help="Project file whose state machines are served.")
@click.option("--logs", default=Path("aws/states"), type=click.Path(path_type=Path), help="Folder of execution logs.")
@click.option("--log-level", default="warning", type=click.Choice(["debug", "info", "warning", "error"]))
@click.version_option(None, "-v", "--version", package_name="asl-interpreter", prog_name="asl serve")
@click.option("--trace", is_flag=True, help="Export OpenTelemetry spans (needs the opentelemetry packages).")
def command(definitions: tuple[Path, ...], log_level: str, **options: Any) -> None:
    """Serve the Step Functions API, and the state machines in DEFINITIONS.

    Point any AWS client at http://localhost:8083 with any credentials. Executions are kept in a local file and go on
    after a restart. StartSyncExecution and TestState go to the host "sync-localhost" unless the client is told
    otherwise: AWS_DISABLE_HOST_PREFIX_INJECTION=true tells Python's SDK and the AWS CLI.
    """
    endpoints = {service: options.pop(f"endpoint_{service}") for service in _ENDPOINT_FLAGS}
    given = {service: url for service, url in endpoints.items() if url}
    try:
        from interpreter.api.structured_logs import set_up_logs

        set_up_logs(log_level)
        options["mock_config"] = options["mock_config"] or _usual_mock_config()
        _serve({**options, "definitions": definitions, "endpoints": given, **_answers(options)})
    except ModuleNotFoundError as error:
        if error.name not in ("starlette", "uvicorn", "botocore"):
            raise
        raise click.ClickException("the server needs more packages: pip install 'asl-interpreter[server]'") from error


def _usual_mock_config() -> Path | None:
    """Where Step Functions Local looks for mocks when it is not told."""
    path = Path("MockConfigFile.json")
    return path if path.is_file() else None


def _answers(options: dict[str, Any]) -> dict[str, Any]:
    """``tasks`` and ``mocks`` as the settings have them."""
    return {
        "tasks": _pairs("--task", options["tasks"]),
        "mocks": {name: _json("--mock", text) for name, text in _pairs("--mock", options["mocks"]).items()},
    }


def _pairs(option: str, written: tuple[str, ...]) -> dict[str, str]:
    pairs = {}
    for text in written:
        name, _, value = text.partition("=")
        if not name or not value:
            raise click.BadParameter(f"{text!r} is not of the form NAME=VALUE", param_hint=option)
        pairs[name] = value
    return pairs


def _json(option: str, text: str) -> Any:
    import json

    try:
        return json.loads(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is not JSON: {error}", param_hint=option) from error


def _serve(options: dict[str, Any]) -> None:
    from asl.errors import DefinitionError
    from interpreter.api.application import Application, ServerError, run_until_stopped
    from interpreter.api.settings import ServerSettings
    from interpreter.errors import InterpreterError
    from interpreter.store.port import StoreError
    from interpreter.tasks.command import Command

    try:
        commands = {name: Command(text) for name, text in _pairs("--command", options.pop("commands")).items()}
        settings = ServerSettings(**{**options, "tasks": {**options["tasks"], **commands}})
        _allow_many_connections()
        application = Application(settings)
        run_until_stopped(application, lambda: _announce(settings, application.port))
    except (ServerError, StoreError, InterpreterError, DefinitionError) as error:
        raise click.ClickException(str(error)) from error


def _allow_many_connections() -> None:
    """Raise the limit of open files to what the system allows, where it has one."""
    try:
        import resource
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _announce(settings: ServerSettings, port: int) -> None:
    """The lines that tools wait for, as Step Functions Local prints them."""
    for service, url in settings.endpoints.items():
        click.echo(f"Configure [{service.capitalize()} Endpoint] to [{url}]")
    click.echo(f"Starting server on port {port} with account {settings.account}, region {settings.region}")
