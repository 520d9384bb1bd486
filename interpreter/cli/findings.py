"""Diagnostics in the forms that people, programs, code scanning and GitHub Actions read."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from interpreter.cli.source_lines import caret_lines

if TYPE_CHECKING:
    from asl.diagnostics import Diagnostic

_PARSER_LOCATION = "\n at [Source: "
"""How AWS's parser ends a message: with the whole definition, which people see at its line instead."""

_SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def as_text(found: Sequence[Diagnostic], paths: Sequence[Path]) -> str:
    """Each finding with its line, a caret and the hint, then the count."""
    return "".join(f"{line}\n" for line in _text_lines(found, paths))


def _text_lines(found: Sequence[Diagnostic], paths: Sequence[Path]) -> Iterator[str]:
    for each in found:
        yield from finding_lines(each)
    counts = Counter(each.severity for each in found)
    files = "1 file" if len(paths) == 1 else f"{len(paths)} files"
    told = [f"{count} {severity.lower()}{'s' * (count > 1)}" for severity, count in sorted(counts.items())]
    yield f"{files}: {', '.join(told) or 'no findings'}"


def finding_lines(each: Diagnostic) -> Iterator[str]:
    """One finding for people: the place and what is wrong, the line with a caret, and the next step."""
    place = each.source if each.position is None else f"{each.source}:{each.position.line}:{each.position.column}"
    location = f" at {each.location}" if each.location else ""
    message, repeated, _ = each.message.partition(_PARSER_LOCATION)
    yield f"{place}: {each.severity.lower()}: {each.code}: {message}{'' if repeated else location}"
    if each.position is not None:
        yield from caret_lines(each.source, each.position)
    if each.hint:
        yield f"  hint: {each.hint}"


def as_json(found: Sequence[Diagnostic], paths: Sequence[Path]) -> str:
    """One object: ``result`` OK or FAIL as AWS says it, ``files`` checked, and ``diagnostics`` with file and line."""
    has_errors = any(each.severity == "ERROR" for each in found)
    told = {"result": "FAIL" if has_errors else "OK", "files": [str(path) for path in paths]}
    return json.dumps({**told, "diagnostics": [_fields(each) for each in found]}, indent=2, ensure_ascii=False) + "\n"


def _fields(each: Diagnostic) -> dict[str, Any]:
    position = each.position
    fields = {
        "severity": str(each.severity),
        "code": each.code,
        "message": each.message,
        "location": each.location,
        "file": each.source,
        "line": None if position is None else position.line,
        "column": None if position is None else position.column,
        "hint": each.hint,
        "aws": each.aws,
    }
    return {key: value for key, value in fields.items() if value is not None}


def as_sarif(found: Sequence[Diagnostic], paths: Sequence[Path]) -> str:
    """SARIF 2.1.0, which code scanning takes."""
    codes = dict.fromkeys(each.code for each in found)
    driver = {"name": "asl", "rules": [{"id": code} for code in codes]}
    results = [_sarif_result(each) for each in found]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _sarif_result(each: Diagnostic) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": _uri(each.source)}}
    if each.position is not None:
        place["region"] = {"startLine": each.position.line, "startColumn": each.position.column}
    text = f"{each.message.rstrip('.')}. {each.hint[:1].upper()}{each.hint[1:]}" if each.hint else each.message
    location: dict[str, Any] = {"physicalLocation": place}
    if each.location:
        location["logicalLocations"] = [{"fullyQualifiedName": each.location}]
    level = "error" if each.severity == "ERROR" else "warning"
    return {"ruleId": each.code, "level": level, "message": {"text": text}, "locations": [location]}


def _uri(source: str) -> str:
    """The reference of a file: relative as it was given, or absolute with its scheme."""
    path = Path(source)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())


def as_github(found: Sequence[Diagnostic], paths: Sequence[Path]) -> str:
    """Workflow commands that GitHub Actions shows beside the line."""
    return "".join(f"{_github_command(each)}\n" for each in found)


def _github_command(each: Diagnostic) -> str:
    properties = {"file": each.source, "title": each.code}
    if each.position is not None:
        properties |= {"line": str(each.position.line), "col": str(each.position.column)}
    told = ",".join(f"{key}={_escaped(value, ',:')}" for key, value in properties.items())
    text = f"{each.message} ({each.hint})" if each.hint else each.message
    return f"::{each.severity.lower()} {told}::{_escaped(text)}"


def _escaped(text: str, more: str = "") -> str:
    for char in f"%\r\n{more}":
        text = text.replace(char, f"%{ord(char):02X}")
    return text


FORMATS: Mapping[str, Callable[[Sequence[Diagnostic], Sequence[Path]], str]] = {
    "text": as_text,
    "json": as_json,
    "sarif": as_sarif,
    "github": as_github,
}
