"""What one ``asl run`` was asked to do: its options and the project file's settings, read and joined."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click
from click.core import ParameterSource

from asl.document.json_values import strict_json
from asl.types import Json, WorkflowType
from interpreter.cli.inputs import EMPTY, ExecutionInput, read_input
from interpreter.project import TABLES, find_project

if TYPE_CHECKING:
    from interpreter.clock import Clock
    from interpreter.tasks.handlers import Target


class RunSettings(NamedTuple):
    """``mocks`` is by state name, ``targets`` by state name or resource pattern. Times are in seconds.

    ``time_scale`` is None where waiting is skipped. ``type`` is None where the definition's source decides.
    """

    definition: Path
    inputs: tuple[ExecutionInput, ...]
    mocks: Mapping[str, Json]
    mock_config: str | None
    test_case: str | None
    targets: Mapping[str, Target]
    auto_mock: bool
    type: WorkflowType | None
    name: str | None
    seed: int | None
    time_scale: float | None
    timeout: float | None
    history: Path | None
    graph: Path | None
    trace: bool
    inspect: bool
    as_json: bool
    quiet: bool
    resource: str | None
    substitutions: Mapping[str, Json]

    def clock(self) -> Clock:
        """A clock that skips waiting, or real time where that was asked for."""
        from interpreter.clock import SEEDED_START, SystemClock, VirtualClock

        if self.time_scale is not None:
            return SystemClock(self.time_scale)
        return VirtualClock(None if self.seed is None else SEEDED_START)


def read_settings(context: click.Context, definition: Path, options: dict[str, Any]) -> RunSettings:
    """Join the options of the command line with the project file's settings; an option that was written wins."""
    project = _project_settings(definition)
    for name in project.keys() - TABLES:
        parameter = name.replace("-", "_")
        if parameter in options and context.get_parameter_source(parameter) is not ParameterSource.COMMANDLINE:
            options[parameter] = project[name]
    real_time = options["real_time"] or options["time_scale"] is not None
    return RunSettings(
        definition=definition,
        inputs=_inputs(options["inputs"], project.get("input")),
        mocks={**project.get("mocks", {}), **_mocks(options["mocks"])},
        mock_config=options["mock_config"],
        test_case=options["test_case"],
        targets=_targets(options, project),
        auto_mock=options["auto_mock"],
        type=options["type"],
        name=_checked_name(options["name"]),
        seed=options["seed"],
        time_scale=(options["time_scale"] or 1.0) if real_time else None,
        timeout=options["timeout"],
        history=_path(options["history"]),
        graph=_drawable(options["graph"]),
        trace=options["trace"],
        inspect=options["inspect"],
        as_json=options["json"],
        quiet=options["quiet"],
        resource=options["resource"],
        substitutions=_substitutions(options, project),
    )


def _project_settings(definition: Path) -> dict[str, Any]:
    project = find_project(definition)
    return {} if project is None else project.settings_for(definition)


def _inputs(written: Iterable[str], project: Any) -> tuple[ExecutionInput, ...]:
    if inputs := tuple(read_input(given) for given in written):
        return inputs
    if isinstance(project, dict):
        return (read_input(json.dumps(project, default=str)),)
    return tuple(read_input(given) for given in project or ()) or (EMPTY,)


def _path(text: str | None) -> Path | None:
    return None if text is None else Path(text)


def _drawable(text: str | None) -> Path | None:
    """A path whose name says a format that can be drawn; better told now than after the run."""
    path = _path(text)
    if path is not None:
        from interpreter.cli.graph_command import format_of

        format_of(path)
    return path


def _pairs(option: str, texts: Iterable[str], form: str) -> dict[str, str]:
    pairs = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise click.UsageError(f"{option} wants {form}, not {text!r}")
        pairs[name] = value
    return pairs


def _mocks(texts: Iterable[str]) -> dict[str, Json]:
    mocks = {}
    for state, text in _pairs("--mock", texts, "STATE=JSON").items():
        try:
            mocks[state] = strict_json(text)
        except ValueError as error:
            form = '\'{"Return": {...}}\', \'{"Throw": {"Error": ..., "Cause": ...}}\' or a list of those'
            raise click.UsageError(f"--mock {state!r}: {text!r:.100} is not JSON: {error}; write {form}") from None
    return mocks


def _targets(options: Mapping[str, Any], project: Mapping[str, Any]) -> dict[str, Target]:
    functions = _pairs("--task", options["tasks"], "PATTERN=module:function")
    commands = _pairs("--command", options["commands"], "PATTERN='./program'")
    written = {**functions, **_commands(commands)}
    settled = {**project.get("tasks", {}), **_commands(project.get("commands", {}))}
    return {**written, **{pattern: target for pattern, target in settled.items() if pattern not in written}}


def _commands(texts: Mapping[str, str]) -> dict[str, Target]:
    if not texts:
        return {}
    from interpreter.tasks.command import Command

    return {pattern: Command(text) for pattern, text in texts.items()}


def _substitutions(options: Mapping[str, Any], project: Mapping[str, Any]) -> dict[str, Json]:
    written = read_substitutions(options["substitutions_file"], options["settings"])
    return {**project.get("substitutions", {}), **written}


def read_substitutions(path: Path | None, settings: Iterable[str]) -> dict[str, Json]:
    """The values of placeholders: those of a file, and over them those of ``--set NAME=VALUE``."""
    return {**_substitution_file(path), **_pairs("--set", settings, "NAME=VALUE")}


def _substitution_file(path: Path | None) -> dict[str, Json]:
    if path is None:
        return {}
    from asl.document import load_document

    value = load_document(path).value
    if not isinstance(value, dict):
        raise click.UsageError(f"{path}: substitutions are an object of names and values")
    return value


def _checked_name(name: str | None) -> str | None:
    if name is not None and (not 1 <= len(name) <= 80 or any(_is_refused(char) for char in name)):
        message = 'AWS takes 1 to 80 characters, none of them a space, a control character or <>{}[]?*"#%\\^|~`$&,;:/'
        raise click.UsageError(f"--name {name!r:.100}: {message}")
    return name


def _is_refused(char: str) -> bool:
    return char in ' <>{}[]?*"#%\\^|~`$&,;:/' or ord(char) < 32 or 127 <= ord(char) < 160
