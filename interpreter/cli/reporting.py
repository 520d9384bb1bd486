"""Tells what came of the executions: results on standard output, the rest on standard error, files where asked for."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from asl.types import Json, JsonObject

if TYPE_CHECKING:
    from asl.state_machine import StateMachine
    from interpreter.cli.run_settings import RunSettings
    from interpreter.cli.running import Ended
    from interpreter.inspection import StateInspection
    from interpreter.result import Result

_BRIEF = 500


class Report:
    """The words of one ``asl run``."""

    def __init__(self, machine: StateMachine, settings: RunSettings) -> None:
        self._machine = machine
        self._settings = settings

    def say(self, text: str) -> None:
        """A line on standard error, unless quiet."""
        if not self._settings.quiet:
            click.echo(text, err=True)

    def warnings(self) -> None:
        """What the definition's source was read generously for."""
        if self._machine.warnings:
            from interpreter.cli.findings import finding_lines

            for diagnostic in self._machine.warnings:
                self.say("\n".join(finding_lines(diagnostic)))
        document = self._machine.document
        for twice in document.duplicate_keys:
            place = f"{document.source}:{twice.position.line}:{twice.position.column}"
            self.say(f"{place}: warning: the key {twice.key!r} is there twice; the last one counts")

    def end(self, ended: Ended) -> None:
        """Files first, then words, then the results."""
        for number, result in enumerate(ended.results):
            self._write_files(number, result)
        for number, result in enumerate(ended.results):
            if result.inspection is not None and not self._settings.as_json:
                self._inspection(result.inspection)
            if not result.succeeded:
                self._failure(number, result)
        if ended.waited >= 1:
            self.say(f"skipped {_duration(ended.waited)} of waiting (--real-time waits)")
        for result in ended.results:
            self._result(result)

    def _result(self, result: Result) -> None:
        if self._settings.as_json:
            _print_json(summary(result))
        elif result.succeeded:
            _print_json(result.output)
        elif len(self._settings.inputs) > 1:
            _print_json({"Error": result.error, "Cause": result.cause})

    def _failure(self, number: int, result: Result) -> None:
        from interpreter.cli.failure import explain

        several = len(self._settings.inputs) > 1
        if several:
            click.echo(f"input {number + 1} ({self._settings.inputs[number].source}):", err=True)
        click.echo(explain(self._machine, result), err=True)

    def _inspection(self, visits: list[StateInspection]) -> None:
        """Every visit with the steps of its data flow, those that changed nothing left out."""
        for visit in visits:
            fields = visit.to_json()
            click.echo(f"{fields.pop('state')} ({fields.pop('type')})", err=True)
            fields.pop("enteredEventId")
            shown = None
            for name, value in fields.items():
                if (text := _brief(value)) != shown or name in ("input", "output"):
                    click.echo(f"  {name:<20} {text}", err=True)
                shown = text

    def _write_files(self, number: int, result: Result) -> None:
        settings = self._settings
        if settings.history is None and settings.graph is None:
            return
        from interpreter.cli.files import write_whole

        if settings.history is not None:
            events = {"events": result.history}
            text = json.dumps(events, indent=2, ensure_ascii=False, default=_timestamp)
            write_whole(self._numbered(settings.history, number), text + "\n")
        if settings.graph is not None:
            from interpreter.cli.drawing import draw_run

            write_whole(self._numbered(settings.graph, number), draw_run(self._machine, result, settings.graph))

    def _numbered(self, path: Path, number: int) -> Path:
        """A file for each execution: ``h.json``, or ``h-1.json``, ``h-2.json`` for several."""
        return path if len(self._settings.inputs) == 1 else path.with_stem(f"{path.stem}-{number + 1}")


def summary(result: Result) -> JsonObject:
    """What ``--json`` prints for one execution.

    ``output`` is there where it succeeded, ``error`` and ``cause`` where AWS gives them, ``inspection`` with
    ``--inspect``. ``seconds`` is workflow time from start to end.
    """
    told: JsonObject = {"name": result.name, "executionArn": result.execution_arn, "status": str(result.status)}
    if result.succeeded:
        told["output"] = result.output
    told.update({key: text for key in ("error", "cause") if (text := getattr(result, key)) is not None})
    if result.inspection is not None:
        told["inspection"] = [visit.to_json() for visit in result.inspection]
    told.update(path=result.path, seconds=round(result.duration, 3), events=len(result.history))
    return told


def _print_json(value: Json) -> None:
    """JSON on standard output: a line for programs, indented for people."""
    indent = 2 if sys.stdout.isatty() else None
    separators = None if indent else (",", ":")
    click.echo(_encodable(json.dumps(value, indent=indent, separators=separators, ensure_ascii=False), value, indent))


def _encodable(text: str, value: Json, indent: int | None) -> str:
    """The text, with escapes where standard output can't take its characters."""
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return json.dumps(value, indent=indent)
    return text


def _brief(value: Json) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _BRIEF else f"{text[:_BRIEF]} …"


def _timestamp(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"no JSON: {value!r}")


def _duration(seconds: float) -> str:
    """Such as ``1 d 2 h``, ``3 min 20 s``, ``5 s``: the two largest units."""
    units = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))
    rest, parts = int(seconds), []
    for unit, length in units:
        count, rest = divmod(rest, length)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2])
