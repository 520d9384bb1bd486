"""Reads the inputs of executions: from files, from standard input, or written on the command line."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import NamedTuple, NoReturn

from asl.document.json_values import NestedTooDeeplyError, strict_json
from asl.json_text import PAYLOAD_LIMIT
from asl.types import Json
from interpreter.errors import InputError

_JSON_BEGINNINGS = ("{", "[", '"')


class ExecutionInput(NamedTuple):
    """An input as value and as the text that history repeats. ``source`` names where it came from."""

    value: Json
    text: str
    source: str


EMPTY = ExecutionInput({}, "{}", "no --input")


def read_input(given: str) -> ExecutionInput:
    """The input that ``--input`` names: ``-`` is standard input, else JSON itself or the path of a file.

    Raises :class:`InputError` for what is not there, no JSON or larger than AWS takes.
    """
    if given == "-":
        return _decoded(_text(sys.stdin.buffer.read(), "standard input"), "standard input")
    if given.lstrip().startswith(_JSON_BEGINNINGS):
        return _decoded(given, "--input")
    if os.path.isfile(given):
        return _decoded(_file_text(given), given)
    try:
        return ExecutionInput(strict_json(given), given, "--input")
    except ValueError:
        hint = "Give a file, - for standard input, or JSON such as '{\"orderId\": 7}'."
        raise InputError(f"--input {given!r:.200}: there is no such file, and it is no JSON", hint) from None


def _file_text(path: str) -> str:
    try:
        return _text(Path(path).read_bytes(), path)
    except OSError as error:
        raise InputError(f"{path}: the input can't be read: {error.strerror}") from None


def _text(data: bytes, source: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{source}: the input is no text in UTF-8 (byte {error.start})") from None


def _decoded(text: str, source: str) -> ExecutionInput:
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > PAYLOAD_LIMIT:
        raise InputError(
            f"{source}: the input has {size} bytes; AWS takes at most {PAYLOAD_LIMIT}",
            "Keep large data in a store such as S3 and pass its key.",
        )
    try:
        return ExecutionInput(strict_json(text), text.strip(), source)
    except json.JSONDecodeError as error:
        _no_json(source, text, error)
    except NestedTooDeeplyError:
        raise InputError(f"{source}: the input is nested too deeply") from None
    except ValueError as error:
        raise InputError(f"{source}: the input is not JSON: {error}") from None


def _no_json(source: str, text: str, error: json.JSONDecodeError) -> NoReturn:
    if not text.strip():
        raise InputError(f"{source}: the input is empty", "For an empty object write {}.")
    lines = text.splitlines()
    line = lines[error.lineno - 1] if error.lineno <= len(lines) else ""
    start = max(0, error.colno - 60)
    caret = " " * (error.colno - 1 - start) + "^"
    message = f"{source}:{error.lineno}:{error.colno}: the input is not JSON: {error.msg}"
    raise InputError(f"{message}\n  {line[start : start + 100]}\n  {caret}")
