"""Reads a MockConfigFile, the format of Step Functions Local: test cases that say which state gives which responses.

Everything that is wrong with a file is told at once, each with line, column and JSON path.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from asl.types import Json, JsonObject, Pointer
from interpreter.errors import MockError
from interpreter.tasks.mock import MockedResponse, MockedResponses, read_ranges

if TYPE_CHECKING:
    from asl.document.nodes import Node

Problem: TypeAlias = tuple[Pointer, str]

_SHAPE = 'A MockConfigFile looks like {"StateMachines": {NAME: {"TestCases": {CASE: {STATE: RESPONSE}}}}, ' + (
    '"MockedResponses": {RESPONSE: {"0": {"Return": ...}, "1-2": {"Throw": {"Error": ..., "Cause": ...}}}}}'
)


class MockConfig:
    """A MockConfigFile that was found right. ``source`` names it in messages."""

    def __init__(self, document: JsonObject, source: str) -> None:
        self.source = source
        self._machines: JsonObject = document["StateMachines"]
        self._responses = {name: _responses(ranges) for name, ranges in document["MockedResponses"].items()}

    @classmethod
    def load(cls, path: str | PathLike[str]) -> MockConfig:
        """Read and check a file. Raises :class:`MockError` with every mistake."""
        text = _read(Path(path))
        return cls.parse(text, str(path))

    @classmethod
    def parse(cls, text: str, source: str = "mock configuration") -> MockConfig:
        """Check the text of a file. Raises :class:`MockError` with every mistake."""
        document = _decode(text, source)
        problems = list(_check(document))
        if problems:
            raise MockError("\n".join(_placed(text, source, problems)), _SHAPE)
        return cls(document, source)

    def test_cases(self) -> list[tuple[str, str]]:
        """Every (state machine name, test case name), in the order of the file."""
        return [(machine, case) for machine, entry in self._machines.items() for case in entry["TestCases"]]

    def mocks(self, test_case: str, machine: str | None = None) -> dict[str, MockedResponses]:
        """The mocks of a test case by state name.

        ``test_case`` may be ``Machine#Case``, as in the ARN that Step Functions Local takes. Without a machine the case
        is looked for in the one called ``machine``, then in all. Raises :class:`MockError` where there is not just one.
        """
        name, hash_sign, case = test_case.rpartition("#")
        found = [pair for pair in self.test_cases() if pair[1] == case and (not hash_sign or pair[0] == name)]
        preferred = [pair for pair in found if pair[0] == machine] or found
        if len(preferred) != 1:
            raise self._no_such_case(test_case, preferred)
        owner, case = preferred[0]
        states: Mapping[str, str] = self._machines[owner]["TestCases"][case]
        return {state: self._responses[response] for state, response in states.items()}

    def _no_such_case(self, test_case: str, found: list[tuple[str, str]]) -> MockError:
        if found:
            message = f"{self.source}: several state machines have a test case {test_case!r}"
            return MockError(message, f"Name one: {_names(found)}")
        message = f"{self.source}: there is no test case {test_case!r}"
        return MockError(message, f"There are: {_names(self.test_cases()) or 'none'}")


def _names(cases: list[tuple[str, str]]) -> str:
    return ", ".join(f"{machine}#{case}" for machine, case in cases)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise MockError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise MockError(f"{path}: this is not a text file in UTF-8") from None


def _decode(text: str, source: str) -> Json:
    import json

    from asl.document.json_values import DuplicatesSeen

    duplicates = DuplicatesSeen()
    try:
        document = json.loads(text, object_pairs_hook=duplicates)
    except json.JSONDecodeError as error:
        raise MockError(f"{source}:{error.lineno}:{error.colno}: this is not JSON: {error.msg}") from None
    except RecursionError:
        raise MockError(f"{source}: this is nested too deeply") from None
    if duplicates.any:
        raise MockError("\n".join(_twice(text, source)), "The last one would win; leave one of them out.")
    return document


def _twice(text: str, source: str) -> Iterator[str]:
    from asl.document.nodes import walk

    for _, node in walk(_scan(text, source)):
        for key in node.repeated:
            position = key.locate()[1]
            yield f"{source}:{position.line}:{position.column}: the key {key.value!r} is there twice"


def _scan(text: str, source: str) -> Node:
    from asl.document.json_reader import JsonScanner
    from asl.document.text import FileText

    return JsonScanner(FileText(source, text)).scan()


def _responses(ranges: JsonObject) -> MockedResponses:
    numbers, _ = read_ranges(list(ranges))
    ordered = sorted((last, key) for key, (_, last) in numbers.items())
    return MockedResponses(tuple(last for last, _ in ordered), tuple(_response(ranges[key]) for _, key in ordered))


def _response(entry: JsonObject) -> MockedResponse:
    if "Return" in entry:
        return MockedResponse(result=entry["Return"])
    return MockedResponse(failure=(entry["Throw"]["Error"], entry["Throw"]["Cause"]))


def _check(document: Json) -> Iterator[Problem]:
    if not isinstance(document, dict):
        yield (), "expected an object"
        return
    yield from _check_keys(document, (), {"StateMachines", "MockedResponses"})
    responses = document.get("MockedResponses")
    names = responses if isinstance(responses, dict) else {}
    for pointer, machine in _objects(document.get("StateMachines"), ("StateMachines",)):
        yield from _check_machine(machine, pointer, names)
    for pointer, ranges in _objects(responses, ("MockedResponses",)):
        yield from _check_ranges(ranges, pointer)
    for key in ("StateMachines", "MockedResponses"):
        if not isinstance(document.get(key, {}), dict):
            yield (key,), f"{key} is an object"


def _check_keys(value: JsonObject, pointer: Pointer, names: set[str]) -> Iterator[Problem]:
    from asl.validation.hints import nearest

    for key in value.keys() - names:
        hint = nearest(key, names)
        yield (*pointer, key), f"unknown key {key!r}" + (f"; {hint}" if hint else f"; known are {sorted(names)}")
    for key in sorted(names - value.keys()):
        yield pointer, f"{key} is missing"


def _check_machine(machine: Json, pointer: Pointer, responses: Mapping[str, Any]) -> Iterator[Problem]:
    if not isinstance(machine, dict):
        yield pointer, "expected an object with TestCases"
        return
    yield from _check_keys(machine, pointer, {"TestCases"})
    cases = machine.get("TestCases", {})
    if not isinstance(cases, dict):
        yield (*pointer, "TestCases"), "TestCases is an object"
    for place, case in _objects(cases, (*pointer, "TestCases")):
        yield from _check_case(case, place, responses)


def _check_case(case: Json, pointer: Pointer, responses: Mapping[str, Any]) -> Iterator[Problem]:
    from asl.validation.hints import nearest

    if not isinstance(case, dict):
        yield pointer, "a test case is an object of state names and response names"
        return
    for state, response in case.items():
        if not isinstance(response, str):
            yield (*pointer, state), "expected the name of one of the MockedResponses"
        elif response not in responses:
            message, hint = f"there is no response {response!r} in MockedResponses", nearest(response, responses)
            yield (*pointer, state), f"{message}; {hint}" if hint else message


def _check_ranges(ranges: Json, pointer: Pointer) -> Iterator[Problem]:
    if not isinstance(ranges, dict) or not ranges:
        yield pointer, 'expected invocation numbers, such as {"0": {"Return": ...}}'
        return
    for key, message in read_ranges(list(ranges))[1]:
        yield (*pointer, key), message
    for key, entry in ranges.items():
        yield from _check_response(entry, (*pointer, key))


def _check_response(entry: Json, pointer: Pointer) -> Iterator[Problem]:
    if not isinstance(entry, dict) or len(entry) != 1 or not entry.keys() <= {"Return", "Throw"}:
        yield pointer, "expected exactly one of Return and Throw"
    elif "Throw" in entry:
        yield from _check_throw(entry["Throw"], (*pointer, "Throw"))


def _check_throw(throw: Json, pointer: Pointer) -> Iterator[Problem]:
    if not isinstance(throw, dict):
        yield pointer, "Throw is an object with Error and Cause"
        return
    yield from _check_keys(throw, pointer, {"Error", "Cause"})
    for key in ("Error", "Cause"):
        if not isinstance(throw.get(key, ""), str):
            yield (*pointer, key), f"{key} is a string"


def _objects(value: Json, pointer: Pointer) -> Iterator[tuple[Pointer, Json]]:
    if isinstance(value, dict):
        for key, entry in value.items():
            yield (*pointer, key), entry


def _placed(text: str, source: str, problems: list[Problem]) -> Iterator[str]:
    from asl.document.nodes import find

    root = _scan(text, source)
    for pointer, message in problems:
        position = find(root, pointer, key=True)[0].locate()[1]
        yield f"{source}:{position.line}:{position.column}: {message} (at /{'/'.join(map(str, pointer))})"
