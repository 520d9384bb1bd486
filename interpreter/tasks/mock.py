"""Mocks answer Tasks by state name: what each invocation of the state returns or throws.

The number of an invocation counts the attempts of that state in the execution, over retries, loops and Map iterations,
as Step Functions Local counts. An invocation that no mock is defined for fails the execution.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asl.types import Json, JsonObject
from interpreter.errors import MockError
from interpreter.tasks.lambda_ import function_error, is_invoke
from interpreter.tasks.port import Answer, Resource, TaskError, TaskRequest

if TYPE_CHECKING:
    from asl.graph import StateGraph


@dataclass(frozen=True, slots=True)
class MockedResponse:
    """One answer: a raw task result, or a failure as error name and cause."""

    result: Json = None
    failure: tuple[str | None, str | None] | None = None


@dataclass(frozen=True, slots=True)
class MockedResponses:
    """The answers of one state. ``last_numbers[i]`` is the last invocation that ``responses[i]`` answers.

    ``endless``: the last response answers every later invocation as well.
    """

    last_numbers: tuple[int, ...]
    responses: tuple[MockedResponse, ...]
    endless: bool = False

    def at(self, number: int) -> MockedResponse | None:
        """The answer to invocation ``number`` (from 0), or None beyond the last."""
        index = bisect_left(self.last_numbers, number)
        if index < len(self.responses):
            return self.responses[index]
        return self.responses[-1] if self.endless else None


class MockHandler:
    """Answers the states that have mocks and leaves the others to the next handler."""

    def __init__(self, mocks: Mapping[str, MockedResponses]) -> None:
        self._mocks = mocks

    def answer_for(self, state_name: str, resource: Resource) -> Answer | None:
        responses = self._mocks.get(state_name)
        if responses is None:
            return None

        def answer(request: TaskRequest) -> Json:
            return _respond(request, responses.at(request.invocation), request.invocation)

        return answer

    def doubts(self, graph: StateGraph) -> Iterator[str]:
        """What is odd about these mocks for that machine: names that are no state, or no Task."""
        from asl.validation.hints import nearest

        for name in self._mocks:
            node = graph.find(name)
            if node is None:
                hint = nearest(name, [each.name for each in graph.states()])
                yield f"there is a mock for {name!r}, but no such state" + (f"; {hint}" if hint else "")
            elif node.type != "Task" and not node.definition.keys() & {"ItemReader", "ResultWriter"}:
                yield f"there is a mock for {name!r}, which is a {node.type} state; only Task states can be mocked"


def inline_mocks(mocks: Mapping[str, object]) -> dict[str, MockedResponses]:
    """Mocks written in place, by state name.

    ``{"Return": value}`` or ``{"Throw": {"Error", "Cause"}}`` answers every invocation; a list of those answers them
    in order and is then used up; ``{"0": ..., "1-2": ...}`` is a MockConfigFile's form; a :class:`TaskError` is thrown;
    any other value is the raw result of every invocation. Raises :class:`MockError`.
    """
    return {name: _inline(name, mock) for name, mock in mocks.items()}


def _inline(name: str, mock: object) -> MockedResponses:
    if isinstance(mock, list) and any(_is_response(entry) for entry in mock):
        responses = [_response(entry, f"mocks[{name!r}][{index}]") for index, entry in enumerate(mock)]
        return MockedResponses(tuple(range(len(responses))), tuple(responses))
    if isinstance(mock, dict) and mock and all(_is_response(entry) for entry in mock.values()):
        return _ranged(name, mock)
    response = _response(mock, f"mocks[{name!r}]") if _is_response(mock) else MockedResponse(result=_plain(name, mock))
    return MockedResponses((0,), (response,), endless=True)


def _is_response(value: object) -> bool:
    return isinstance(value, TaskError) or (
        isinstance(value, dict) and bool(value) and all(key in ("Return", "Throw") for key in value)
    )


def _response(entry: object, place: str) -> MockedResponse:
    if isinstance(entry, TaskError):
        return MockedResponse(failure=(entry.error, entry.cause))
    if not _is_response(entry) or not isinstance(entry, dict) or len(entry) != 1:
        raise MockError(f"{place}: expected exactly one of Return and Throw, found {entry!r:.80}")
    if "Return" in entry:
        return MockedResponse(result=_plain(place, entry["Return"]))
    return _throw(entry["Throw"], place)


def _throw(throw: object, place: str) -> MockedResponse:
    if not isinstance(throw, dict) or not throw.keys() <= {"Error", "Cause"}:
        raise MockError(f"{place}: Throw takes Error and Cause, found {throw!r:.80}")
    error, cause = throw.get("Error"), throw.get("Cause")
    if not all(value is None or isinstance(value, str) for value in (error, cause)):
        raise MockError(f"{place}: Error and Cause of Throw are strings, found {throw!r:.80}")
    return MockedResponse(failure=(error, cause))


def _plain(place: str, value: object) -> Json:
    from interpreter.tasks.json_value import NotJsonError, to_json

    try:
        return to_json(value)
    except NotJsonError as error:
        message = f"the mock {place!r} is not JSON: {error}"
        raise MockError(message, "A function answers a Task through tasks=.") from None


def _ranged(name: str, mock: JsonObject) -> MockedResponses:
    ranges, problems = read_ranges(list(mock))
    if problems:
        raise MockError(f"mocks[{name!r}]: {problems[0][1]}")
    ordered = sorted((last, key) for key, (_, last) in ranges.items())
    responses = tuple(_response(mock[key], f"mocks[{name!r}][{key!r}]") for _, key in ordered)
    return MockedResponses(tuple(last for last, _ in ordered), responses)


def read_ranges(keys: Sequence[str]) -> tuple[dict[str, tuple[int, int]], list[tuple[str, str]]]:
    """Read the invocation numbers ``"N"`` and ``"N-M"``.

    Returns the first and last number by key, and ``(key, problem)`` pairs: a key of another form, or numbers that do
    not run from 0 without gap or overlap.
    """
    ranges: dict[str, tuple[int, int]] = {}
    problems: list[tuple[str, str]] = []
    for key in keys:
        first, dash, last = (part.strip() for part in key.partition("-"))
        if not _is_number(first) or (dash and not _is_number(last)) or (dash and int(last) < int(first)):
            problems.append((key, f"{key!r} is no invocation number; write 0 for the first, 1-3 for the next three"))
        else:
            ranges[key] = (int(first), int(last or first))
    return ranges, problems or list(_gaps(ranges))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _gaps(ranges: Mapping[str, tuple[int, int]]) -> Iterator[tuple[str, str]]:
    expected = 0
    for key, (first, last) in sorted(ranges.items(), key=lambda item: item[1]):
        if first != expected:
            yield key, f"invocation numbers run from 0 without gap or overlap: expected {expected}, found {key!r}"
        expected = last + 1


def _respond(request: TaskRequest, response: MockedResponse | None, number: int) -> Json:
    if response is None:
        raise TaskError(
            "States.Runtime",
            f"No Local mocked response definition for state '{request.state_name}' and invocation number '{number}'",
        )
    if response.failure is not None:
        raise TaskError(*response.failure)
    return lambda_result(request.resource, response.result)


def lambda_result(resource: Resource, result: Json) -> Json:
    """A mocked Invoke response: its FunctionError fails the task, and a function ARN gets the Payload alone."""
    if not isinstance(result, dict) or not (resource.kind == "lambda" or is_invoke(resource)):
        return result
    if "FunctionError" in result and "Payload" in result:
        raise function_error(resource, result["Payload"])
    return result["Payload"] if resource.kind == "lambda" and {"StatusCode", "Payload"} <= result.keys() else result
