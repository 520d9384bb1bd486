"""Reads a recorded history, as ``aws stepfunctions get-execution-history`` prints it: one page, pages one after the
other, or a list of events, in either order. What can't be used is said with the line that it is on."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asl.types import Json, JsonObject
from interpreter.errors import InterpreterError
from interpreter.history import Row

if TYPE_CHECKING:
    from asl.graph import StateGraph

_ENDS = frozenset({"ExecutionSucceeded", "ExecutionFailed", "ExecutionTimedOut", "ExecutionAborted"})


class HistoryError(InterpreterError):
    """What was given is no history that can be used; the message says where and why."""


class RecordedHistory:
    """The rows of a recorded execution, as this program's own history has them; ``places`` says where each stands."""

    def __init__(self, rows: list[Row], places: list[str]) -> None:
        self.rows = rows
        self.places = places

    @classmethod
    def load(cls, path: Path) -> RecordedHistory:
        """Read a file. Raises HistoryError for anything that is not a whole history with its data."""
        try:
            text = path.read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise HistoryError(f"{path}: {error}") from None
        return cls.parse(text, str(path))

    @classmethod
    def parse(cls, text: str, source: str = "history") -> RecordedHistory:
        events = sorted(_events(text, source), key=lambda found: int(found[1]["id"]))
        _check_whole(events, source)
        return cls.of([event for _, event in events], source, [line for line, _ in events])

    @classmethod
    def of(cls, events: list[JsonObject], source: str = "history", lines: list[int] | None = None) -> RecordedHistory:
        """From events in order; payloads are JSON text."""
        if lines is not None:
            places = [f"{source}:{line}" for line in lines]
        else:
            places = [f"{source}: event {event.get('id')}" for event in events]
        return cls([_row(event, place) for event, place in zip(events, places, strict=True)], places)

    def check_machine(self, graph: StateGraph) -> None:
        """Raise HistoryError where the history entered a state that the definition does not have."""
        from asl.validation.hints import nearest

        names = [node.name for node in graph.states()]
        for (event_type, _, _, details), place in zip(self.rows, self.places, strict=True):
            if event_type.endswith("StateEntered") and details[0] not in names:
                hint = nearest(details[0], names) or f"Its states are {', '.join(names)}."
                message = f"{place}: this is the history of another state machine: this one has no state {details[0]!r}"
                raise HistoryError(message, hint)


def _events(text: str, source: str) -> Iterator[tuple[int, JsonObject]]:
    """Each event with its line, over all pages."""
    decoder, at = json.JSONDecoder(), _skip(text, 0)
    if at == len(text):
        raise HistoryError(f"{source}:1: the file is empty")
    last: Any = None
    while at < len(text):
        try:
            last, end = decoder.raw_decode(text, at)
        except ValueError as error:
            line = getattr(error, "lineno", text.count("\n", 0, at) + 1)
            raise HistoryError(f"{source}:{line}: this is not JSON: {error}", "Was the file cut short?") from None
        yield from _of_page(last, text, at, source)
        at = _skip(text, end)
    if isinstance(last, dict) and (last.get("nextToken") or last.get("NextToken")):
        message = f"{source}:{_line_of_token(text)}: the history is cut short: its last page has a nextToken"
        raise HistoryError(message, "Let the AWS CLI fetch all pages: leave out --max-items and --no-paginate.")


def _line_of_token(text: str) -> int:
    return text.count("\n", 0, text.casefold().rfind('"nexttoken"')) + 1


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n,":
        at += 1
    return at


def _of_page(page: Any, text: str, at: int, source: str) -> Iterator[tuple[int, JsonObject]]:
    listed = page.get("events") if isinstance(page, dict) else page
    if not isinstance(listed, list):
        line = text.count("\n", 0, at) + 1
        message = f"{source}:{line}: expected the output of get-execution-history, an object with events"
        raise HistoryError(message)
    for event in listed:
        if isinstance(event, dict) and "events" in event:
            yield from _of_page(event, text, at, source)
            continue
        at, line = _find_event(event, text, at)
        if not isinstance(event, dict) or type(event.get("id")) is not int or not isinstance(event.get("type"), str):
            raise HistoryError(f"{source}:{line}: this is no event with an id and a type: {event!r:.80}")
        before = event.get("previousEventId", 0)
        if type(before) is not int or not 0 <= before < event["id"]:
            message = f"{source}:{line}: event {event['id']} can't follow the event {before!r} (its previousEventId)"
            raise HistoryError(message)
        yield line, event


def _find_event(event: Any, text: str, at: int) -> tuple[int, int]:
    """Where an event stands, by its id; good enough for a message."""
    number = event.get("id") if isinstance(event, dict) else None
    found = re.compile(rf'"id":\s*{number}\b').search(text, at) if isinstance(number, int) else None
    place = at if found is None else found.start()
    return place, text.count("\n", 0, place) + 1


def _check_whole(events: list[tuple[int, JsonObject]], source: str) -> None:
    if not events:
        raise HistoryError(f"{source}:1: there are no events in it")
    for number, (line, event) in enumerate(events, 1):
        if event["id"] != number:
            message = f"{source}:{line}: the history is cut short: expected event {number}, found {event['id']}"
            raise HistoryError(message, "Let the AWS CLI fetch all pages.")
    if events[0][1]["type"] != "ExecutionStarted":
        raise HistoryError(f"{source}:{events[0][0]}: a history begins with ExecutionStarted")
    if events[-1][1]["type"] not in _ENDS:
        line, last = events[-1]
        message = f"{source}:{line}: the history ends with {last['type']}"
        raise HistoryError(message, "It was cut short, or is of an execution that still runs.")


def _row(event: JsonObject, place: str) -> Row:
    event_type: str = event["type"]
    details = next(
        (value for key, value in event.items() if key.endswith("EventDetails") and isinstance(value, dict)), {}
    )
    read = _Details(details, place)
    take = next((take for ends, take in _TAKEN if event_type.endswith(ends)), None)
    return (
        event_type,
        event.get("previousEventId", 0),
        _instant(event.get("timestamp")),
        take(read) if take else (),
    )


class _Details:
    def __init__(self, details: JsonObject, place: str) -> None:
        self._details = details
        self._place = place

    def text(self, key: str) -> Any:
        return self._details.get(key)

    def name(self) -> str:
        """The state's name. Raises HistoryError for an event without one."""
        name = self._details.get("name")
        if not isinstance(name, str):
            raise HistoryError(f"{self._place}: the event has no name of a state")
        return name

    def payload(self, key: str) -> Json:
        """A payload's value. Raises HistoryError for one that was left out or cut."""
        note = self._details.get(f"{key}Details")
        if isinstance(note, dict) and note.get("truncated"):
            raise HistoryError(f"{self._place}: the {key} was cut because it is too large for the history")
        if key not in self._details:
            hint = "Ask for it: aws stepfunctions get-execution-history --include-execution-data"
            raise HistoryError(f"{self._place}: the event has no {key}", hint)
        value = self._details[key]
        try:
            return json.loads(value) if isinstance(value, str) else value
        except ValueError:
            raise HistoryError(f"{self._place}: the {key} is not JSON: {value!r:.80}") from None

    def optional(self, key: str) -> Json:
        return self.payload(key) if key in self._details else None


def _instant(value: Any) -> float:
    if isinstance(value, (int, float)):
        return float(value)
    if isinstance(value, datetime):
        return value.timestamp()
    try:
        return datetime.fromisoformat(str(value)).timestamp()
    except ValueError:
        return 0.0


_Take = Callable[[_Details], tuple[Any, ...]]
_SERVICE: _Take = lambda read: (read.text("resourceType"), read.text("resource"))  # noqa: E731
_FAILURE: _Take = lambda read: (read.text("error"), read.text("cause"))  # noqa: E731
_TAKEN: tuple[tuple[str, _Take], ...] = (
    ("ExecutionStarted", lambda read: (read.payload("input"), read.text("roleArn"))),
    ("ExecutionSucceeded", lambda read: (read.payload("output"),)),
    ("StateEntered", lambda read: (read.name(), read.payload("input"))),
    ("StateExited", lambda read: (read.name(), read.payload("output"), read.text("assignedVariables"))),
    ("TaskScheduled", lambda read: (*_SERVICE(read), read.text("region") or "", read.payload("parameters"))),
    ("LambdaFunctionScheduled", lambda read: (read.text("resource"), read.optional("input"))),
    ("ActivityScheduled", lambda read: (read.text("resource"), read.optional("input"))),
    ("ActivityStarted", lambda read: (read.text("workerName"),)),
    ("TaskSubmitted", lambda read: (*_SERVICE(read), read.optional("output"))),
    ("TaskSucceeded", lambda read: (*_SERVICE(read), read.payload("output"))),
    ("LambdaFunctionSucceeded", lambda read: (read.payload("output"),)),
    ("ActivitySucceeded", lambda read: (read.payload("output"),)),
    ("EvaluationFailed", lambda read: (read.text("state"), *_FAILURE(read), read.text("location"))),
    ("MapStateStarted", lambda read: (read.text("length"),)),
    ("MapIterationStarted", lambda read: (read.text("name"), read.text("index"))),
    ("MapIterationSucceeded", lambda read: (read.text("name"), read.text("index"))),
    ("MapIterationFailed", lambda read: (read.text("name"), read.text("index"))),
    ("MapIterationAborted", lambda read: (read.text("name"), read.text("index"))),
    ("StateFailed", lambda read: ()),
    ("Failed", _FAILURE),
    ("TimedOut", _FAILURE),
    ("ExecutionAborted", _FAILURE),
)
"""The end of an event's type to what its row keeps, the first that fits."""
