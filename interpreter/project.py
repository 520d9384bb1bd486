"""The project file: ``asl.toml``, or ``[tool.asl]`` in ``pyproject.toml``, with the settings of ``asl run``.

Keys are the options' names, at the top for every definition and under ``[definitions."order.asl.json"]`` for one
(a path from the project file, which may have ``*`` and ``?``). Paths in it are relative to the project file. What the
command line says wins over both.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from interpreter.errors import SettingsError

PROJECT_FILE = "asl.toml"
_PYPROJECT = "pyproject.toml"


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_texts(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(entry, str) for entry in value.values())


def _is_input(value: object) -> bool:
    return isinstance(value, (str, dict)) or (isinstance(value, list) and all(isinstance(each, str) for each in value))


_TEXT = (lambda value: isinstance(value, str), "a text")
_SWITCH = (lambda value: isinstance(value, bool), "true or false")
_NUMBER = (lambda value: _is_number(value) and value > 0, "a number above 0")
_TABLE = (lambda value: isinstance(value, dict), "a table")
_TEXTS = (_is_texts, "a table of texts")

SETTINGS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "input": (_is_input, "a text, a list of texts or a table"),
    "mock-config": _TEXT,
    "test-case": _TEXT,
    "mocks": _TABLE,
    "tasks": _TEXTS,
    "commands": _TEXTS,
    "auto-mock": _SWITCH,
    "type": (lambda value: value in ("STANDARD", "EXPRESS"), '"STANDARD" or "EXPRESS"'),
    "name": _TEXT,
    "seed": (lambda value: isinstance(value, int) and not isinstance(value, bool), "a whole number"),
    "real-time": _SWITCH,
    "time-scale": _NUMBER,
    "timeout": _NUMBER,
    "history": _TEXT,
    "graph": _TEXT,
    "trace": _SWITCH,
    "inspect": _SWITCH,
    "json": _SWITCH,
    "quiet": _SWITCH,
    "resource": _TEXT,
    "substitutions": _TABLE,
}
"""Every setting with the check of its value and the words for it."""

PATHS = frozenset({"mock-config", "history", "graph"})
TABLES = frozenset({"mocks", "tasks", "commands", "substitutions"})


class Project:
    """The settings of one project file, checked. ``folder`` is where it stands."""

    def __init__(self, settings: Mapping[str, Any], source: str, folder: Path, text: str = "") -> None:
        self.source = source
        self.folder = folder
        self._common = {key: value for key, value in settings.items() if key != "definitions"}
        self._definitions: Mapping[str, Any] = settings.get("definitions", {})
        problems = list(self._problems())
        if problems:
            raise SettingsError("\n".join(f"{source}:{_line_of(text, key)}: {message}" for key, message in problems))

    def settings_for(self, definition: Path) -> dict[str, Any]:
        """The settings for a definition by option name (with ``-``): its own over those for all, tables joined."""
        own = [values for pattern, values in self._definitions.items() if self._fits(pattern, definition)]
        merged: dict[str, Any] = {}
        for values in (self._common, *own):
            for key, value in values.items():
                name = key.replace("_", "-")
                merged[name] = {**merged.get(name, {}), **value} if name in TABLES else self._placed(name, value)
        return merged

    def _placed(self, name: str, value: Any) -> Any:
        """A relative path leads from the project file, however the command was started."""
        if name in PATHS:
            return str(self.folder / value)
        if name == "input" and not isinstance(value, dict):
            texts = [value] if isinstance(value, str) else value
            return [str(self.folder / text) if (self.folder / text).is_file() else text for text in texts]
        return value

    def _fits(self, pattern: str, definition: Path) -> bool:
        path = os.path.relpath(definition.absolute(), self.folder.absolute())
        return fnmatchcase(path, pattern)

    def _problems(self) -> Iterator[tuple[str, str]]:
        yield from _check(self._common)
        if not isinstance(self._definitions, dict):
            yield "definitions", 'definitions is a table: [definitions."order.asl.json"]'
            return
        for pattern, values in self._definitions.items():
            if isinstance(values, dict):
                yield from _check(values)
            else:
                yield pattern, f"definitions.{pattern!r} is a table of settings"


def find_project(definition: Path) -> Project | None:
    """The project file in a definition's folder or the nearest one above. Raises :class:`SettingsError`."""
    folder = definition.absolute().parent
    for place in (folder, *folder.parents):
        for name, section in ((PROJECT_FILE, ()), (_PYPROJECT, ("tool", "asl"))):
            project = _read(place / name, section)
            if project is not None:
                return project
    return None


def _read(path: Path, section: tuple[str, ...]) -> Project | None:
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}") from None
    if section and b"tool.asl" not in data:
        return None
    text = data.decode("utf-8", "replace")
    settings = _decoded(text, path)
    for key in section:
        settings = settings.get(key, {})
    if section and not settings:
        return None
    return Project(settings, _shown(path), path.parent, text)


def _decoded(text: str, path: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{_shown(path)}: this is not TOML: {error}") from None


def _check(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, value in values.items():
        rule = SETTINGS.get(key.replace("_", "-"))
        if rule is None:
            yield key, _unknown(key)
        elif not rule[0](value):
            yield key, f"{key} takes {rule[1]}, not {value!r:.60}"


def _unknown(key: str) -> str:
    from asl.validation.hints import nearest

    hint = nearest(key, [*SETTINGS, "definitions"])
    return f"there is no setting {key!r}; {hint or 'there are: ' + ', '.join(SETTINGS)}"


def _line_of(text: str, key: str) -> int:
    """The line where a key is written, 1 if it can't be told."""
    for number, line in enumerate(text.splitlines(), 1):
        start = line.split("=")[0]
        if key in start and (start != line or start.lstrip().startswith("[")):
            return number
    return 1


def _shown(path: Path) -> str:
    """The path as short as it can be written from here."""
    relative = os.path.relpath(path)
    return relative if not relative.startswith("..") else str(path)
