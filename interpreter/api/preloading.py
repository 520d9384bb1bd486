"""State machines that are served from files, with the project's settings for them, and taken over again when saved."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asl.errors import DefinitionError
from asl.types import JsonObject
from interpreter.api.errors import ApiError
from interpreter.errors import InterpreterError

if TYPE_CHECKING:
    from asl.document import Document
    from interpreter.api.answers import Answers
    from interpreter.api.service import Service
    from interpreter.tasks.handlers import TaskHandlers

LOOK_SECONDS = 0.5
"""How often the files are looked at."""

SUFFIXES = (".asl.json", ".asl.yaml", ".asl.yml")
log = logging.getLogger("interpreter.api")


@dataclass(frozen=True, slots=True)
class _Loaded:
    """One state machine of a file, ready to be created or updated."""

    name: str
    type: str
    definition: str
    tasks: TaskHandlers


class Preloader:
    """Serves the state machines in ``paths``."""

    def __init__(self, service: Service, answers: Answers, paths: Sequence[Path]) -> None:
        self._service = service
        self._answers = answers
        self._stamps: dict[Path, tuple[float, int] | None] = dict.fromkeys(paths)

    async def load_all(self) -> None:
        """Take over every file; InterpreterError or DefinitionError for the first one that is wrong."""
        for path in self._stamps:
            self._stamps[path] = _stamp(path)
            await self._take_over(path)

    async def watch(self) -> None:
        """Take over files whenever they were saved; one that is wrong is reported and the old one served on."""
        while self._stamps:
            await asyncio.sleep(LOOK_SECONDS)
            for path, seen in self._stamps.items():
                stamp = _stamp(path)
                if stamp in (None, seen):
                    continue
                self._stamps[path] = stamp
                try:
                    await self._take_over(path)
                    log.info("%s was taken over", path)
                except (DefinitionError, InterpreterError, ApiError, OSError) as error:
                    log.error("%s is served as it was: %s", path, error)

    async def _take_over(self, path: Path) -> None:
        for loaded in _load(path):
            self._answers.by_machine[loaded.name] = loaded.tasks
            await self._put(path, loaded)

    async def _put(self, path: Path, loaded: _Loaded) -> None:
        from interpreter.api.operations.state_machines import create_state_machine, update_state_machine

        names = self._service.names
        arn = names.state_machine(loaded.name)
        try:
            if arn in self._service.registry.state_machines:
                await update_state_machine(self._service, {"stateMachineArn": arn, "definition": loaded.definition})
            else:
                role = f"arn:{names.partition}:iam::{names.account}:role/StepFunctionsRole"
                request: JsonObject = {"name": loaded.name, "type": loaded.type, "roleArn": role}
                await create_state_machine(self._service, request | {"definition": loaded.definition})
        except ApiError as error:
            raise InterpreterError(f"{path}: {error.message}") from error


def definitions_of(project: Path) -> list[Path]:
    """The definitions of a project: those its project file names, else every ``*.asl.json`` or YAML in its folder."""
    folder = project if project.is_dir() else project.parent
    named = [path for pattern in _patterns(project) for path in sorted(folder.glob(pattern))]
    if named:
        return named
    return sorted(path for path in folder.rglob("*") if path.name.endswith(SUFFIXES))


def _patterns(project: Path) -> Sequence[str]:
    import tomllib

    path = project / "asl.toml" if project.is_dir() else project
    if not path.is_file():
        return ()
    try:
        settings: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise InterpreterError(f"{path}: this is not TOML: {error}") from error
    if path.name == "pyproject.toml":
        settings = settings.get("tool", {}).get("asl", {})
    return list(settings.get("definitions", {}))


def _stamp(path: Path) -> tuple[float, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime, status.st_size


def _load(path: Path) -> Iterator[_Loaded]:
    """The state machines in a file, with the project's settings for it."""
    from interpreter.project import find_project

    project = find_project(path)
    settings = {} if project is None else project.settings_for(path)
    tasks = _tasks(settings)
    for name, workflow_type, document in _documents(path, settings.get("substitutions", {})):
        named, typed = settings.get("name", name), settings.get("type", workflow_type)
        yield _Loaded(named, typed, _text(document), tasks)


def _documents(path: Path, given: JsonObject) -> Iterator[tuple[str, str, Document]]:
    """Name, type and definition of the state machines in a template, or of the file's one definition."""
    from asl.sources import list_definitions, load_definition
    from asl.state_machine import name_of

    try:
        found = list_definitions(path)
    except DefinitionError:
        document = load_definition(path, substitutions=given)
        yield document.name or name_of(path), document.type or "STANDARD", document
        return
    for one in found:
        yield one.name, one.type, one.load(given)


def _text(document: Document) -> str:
    text = document.definition
    return text if _is_json(text) else json.dumps(document.value, indent=2, ensure_ascii=False)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _tasks(settings: dict[str, Any]) -> TaskHandlers:
    from interpreter.tasks.command import Command
    from interpreter.tasks.handlers import TaskHandlers
    from interpreter.tasks.mock import MockHandler, inline_mocks

    commands = {name: Command(text) for name, text in settings.get("commands", {}).items()}
    mocks = settings.get("mocks")
    first = [MockHandler(inline_mocks(mocks))] if mocks else []
    return TaskHandlers({**settings.get("tasks", {}), **commands}, first=first)
