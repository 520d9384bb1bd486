"""Test files for people who don't write Python: ``*.asl-test.yaml`` or ``.json`` beside a definition.

Everything that is wrong with a file is told at once, each with its place. The format is in ``asl-test.schema.json``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asl.types import Json, JsonObject, Pointer
from interpreter.errors import MockError
from interpreter.testing.answering import calls_something
from interpreter.testing.expectations import BY_STATE, STATE_LISTS, unmet
from interpreter.testing.matching import accepts, is_jsonata

if TYPE_CHECKING:
    from asl.document.document import Document
    from asl.graph import StateGraph
    from asl.state_machine import StateMachine
    from interpreter.tasks.port import TaskError
    from interpreter.testing.cases import Case
    from interpreter.testing.machine_under_test import MachineUnderTest
    from interpreter.testing.schedules import Schedule
    from interpreter.testing.session import Session
    from interpreter.testing.workflow_run import WorkflowRun

SUFFIXES = (".asl-test.yaml", ".asl-test.yml", ".asl-test.json")
_DEFINITION_SUFFIXES = (".asl.json", ".asl.yaml", ".asl.yml", ".json", ".yaml", ".yml")


class CaseFileError(MockError):
    """A test file that can't be used; ``message`` has one line per mistake, each with its place."""


@lru_cache(maxsize=1)
def schema() -> JsonObject:
    """The JSON Schema of test files, for editors."""
    text = Path(__file__).with_name("asl-test.schema.json").read_text("utf-8")
    loaded: JsonObject = json.loads(text)
    return loaded


class CaseFile:
    """One test file and its cases."""

    def __init__(self, path: Path, session: Session) -> None:
        self.path = path
        self._session = session
        self._document = _read(path)
        self._refuse(_schema_problems(self._document.value))
        self.value: JsonObject = self._document.value
        self.machine = self._load_machine()
        self._refuse(_name_problems(self.value, self.machine.graph))
        self._mock_config = self._load_mock_config()

    def cases(self) -> Iterator[Case]:
        """Its cases in the order of the file."""
        from interpreter.testing.cases import Case

        for name, spec in self.value["Cases"].items():
            line = self._document.locate(("Cases", name), key=True)[1].line
            yield Case(self.path, name, line, _Runner(self, spec or {}, ("Cases", name)))

    def place(self, pointer: Pointer) -> str:
        """``file:line`` of a key."""
        source, position = self._document.locate(pointer, key=True)
        return f"{source}:{position.line}"

    def _refuse(self, problems: Iterator[tuple[Pointer, str]]) -> None:
        lines = [f"{self.place(pointer)}: {problem}" for pointer, problem in problems]
        if lines:
            raise CaseFileError("\n".join(lines), "The format: asl test --schema")

    def _load_machine(self) -> StateMachine:
        options: dict[str, Any] = {}
        if "Resource" in self.value:
            options["resource"] = self.value["Resource"]
        if "Substitutions" in self.value:
            options["substitutions"] = self.value["Substitutions"]
        return self._session.load(self._definition(), **options)

    def _definition(self) -> Path:
        folder = self.path.parent
        if "Definition" in self.value:
            path: Path = folder / self.value["Definition"]
            if not path.is_file():
                self._refuse(iter([(("Definition",), f"there is no file {self.value['Definition']!r} in {folder}")]))
            return path
        stem = next(self.path.name.removesuffix(end) for end in SUFFIXES if self.path.name.endswith(end))
        found = next((folder / (stem + end) for end in _DEFINITION_SUFFIXES if (folder / (stem + end)).is_file()), None)
        if found is None:
            message = (
                f"there is no {stem}.asl.json or {stem}.asl.yaml beside it, and no Definition says which file to test"
            )
            raise CaseFileError(f"{self.path}:1: {message}")
        return found

    def _load_mock_config(self) -> Any:
        if "MockConfigFile" not in self.value:
            return None
        from interpreter.tasks.mock_config import MockConfig

        path = self.path.parent / self.value["MockConfigFile"]
        if not path.is_file():
            self._refuse(iter([(("MockConfigFile",), f"there is no file {str(path)!r}")]))
        return MockConfig.load(path)

    def machine_for(self, spec: JsonObject, place: Pointer, schedule: Schedule | None) -> MachineUnderTest:
        """The machine with the mocks of one case on it: those of the file, of the named test case, and its own."""
        mode = self.value.get("FieldValidationMode", "STRICT")
        machine = self._session.machine(self.machine, mode=mode, schedule=schedule)
        self._add(machine, self.value.get("Mocks", {}), ("Mocks",))
        if "TestCase" in spec:
            self._add_test_case(machine, spec["TestCase"], place)
        self._add(machine, spec.get("Mocks", {}), (*place, "Mocks"))
        return machine

    def _add_test_case(self, machine: MachineUnderTest, name: str, place: Pointer) -> None:
        if self._mock_config is None:
            self._refuse(iter([((*place, "TestCase"), "TestCase needs a MockConfigFile")]))
        from interpreter.testing.mock_config_cases import put_on

        put_on(machine, self._mock_config.mocks(name, machine.name))

    def _add(self, machine: MachineUnderTest, mocks: JsonObject, place: Pointer) -> None:
        for target, answers in mocks.items():
            try:
                _put_on(machine, target, answers if isinstance(answers, list) else [answers])
            except MockError as error:
                raise CaseFileError(f"{self.place((*place, target))}: {error.message}", error.hint) from None

    def instant(self, text: str, place: Pointer) -> datetime:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            raise CaseFileError(f"{self.place(place)}: {text!r} is no instant like 2030-05-01T12:00:00Z")
        return moment

    def input_of(self, spec: JsonObject, place: Pointer) -> Json:
        if "InputFile" not in spec:
            return spec.get("Input", {})
        path = self.path.parent / spec["InputFile"]
        try:
            return json.loads(path.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise CaseFileError(f"{self.place((*place, 'InputFile'))}: {path}: {error}") from None


class _Runner:
    """Runs one case and says what it expected in vain."""

    def __init__(self, file: CaseFile, spec: JsonObject, place: Pointer) -> None:
        self._file = file
        self._spec = spec
        self._place = place

    def __call__(self, schedule: Schedule | None) -> tuple[WorkflowRun, list[str]]:
        spec, file = self._spec, self._file
        machine = file.machine_for(spec, self._place, schedule)
        options = {name: spec[key] for key, name in _OPTIONS.items() if key in spec}
        if "now" in options:
            options["now"] = file.instant(options["now"], (*self._place, "Now"))
        options["type"] = file.value.get("Type")
        run = machine.run(file.input_of(spec, self._place), **options)
        expect = spec.get("Expect") or {}
        at = (*self._place, "Expect")
        found = [
            f"{file.place((*at, key) if key in expect else at)}: {key}: {text}" for key, text in unmet(run, expect)
        ]
        return run, found


_OPTIONS = {"StartAt": "start_at", "Variables": "variables", "Seed": "seed", "Now": "now"}


def _read(path: Path) -> Document:
    from asl.document import load_document
    from asl.errors import DefinitionError

    try:
        document = load_document(path)
    except DefinitionError as error:
        raise CaseFileError(str(error)) from None
    for duplicate in document.duplicate_keys:
        raise CaseFileError(f"{path}:{duplicate.position.line}: the key {duplicate.key!r} is there twice")
    return document


def _schema_problems(value: Json) -> Iterator[tuple[Pointer, str]]:
    from interpreter.testing.schema_check import check

    return check(schema(), value)


def _name_problems(value: JsonObject, graph: StateGraph) -> Iterator[tuple[Pointer, str]]:
    """Names of states that there are not, everywhere in the file where a state is named."""
    for place, names in _named_states(value):
        for key, name in names:
            if graph.find(name) is None:
                yield (*place, key), _no_such_state(name, graph)
    for place, mocks in _all_mocks(value):
        for target in mocks:
            node = graph.find(target)
            if node is None and not any(sign in target for sign in ":*?"):
                yield (*place, target), _no_such_state(target, graph)
            elif node is not None and not calls_something(node):
                yield (*place, target), f"{target!r} is a {node.type} state; only Task states are answered by mocks"


def _no_such_state(name: str, graph: StateGraph) -> str:
    from asl.validation.hints import nearest

    hint = nearest(name, (node.name for node in graph.states()))
    return f"there is no state {name!r}" + (f"; {hint}" if hint else "")


def _named_states(value: JsonObject) -> Iterator[tuple[Pointer, list[tuple[str | int, str]]]]:
    for case, spec in value["Cases"].items():
        place: Pointer = ("Cases", case)
        if "StartAt" in (spec or {}):
            yield place, [("StartAt", spec["StartAt"])]
        expect = (spec or {}).get("Expect") or {}
        for key in STATE_LISTS:
            yield (*place, "Expect", key), list(enumerate(expect.get(key, ())))
        for key in BY_STATE:
            yield (*place, "Expect", key), [(name, name) for name in expect.get(key, ())]


def _all_mocks(value: JsonObject) -> Iterator[tuple[Pointer, JsonObject]]:
    yield ("Mocks",), value.get("Mocks", {})
    for case, spec in value["Cases"].items():
        yield ("Cases", case, "Mocks"), (spec or {}).get("Mocks", {})


def _put_on(machine: MachineUnderTest, target: str, answers: list[JsonObject]) -> None:
    """One mock for each condition, the answers without one in a mock of their own."""
    conditions: dict[str, list[JsonObject]] = {}
    for answer in answers:
        conditions.setdefault(json.dumps(answer.get("When"), sort_keys=True) if "When" in answer else "", []).append(
            answer
        )
    is_state = machine.machine.graph.find(target) is not None
    for group in reversed(list(conditions.values())):
        when = _condition(group[0]["When"]) if "When" in group[0] else None
        named: dict[str, Any] = {"state": target} if is_state else {"resource": target}
        mock = machine.mock(**named, when=when, **_arguments(group[0]))
        for answer in group[1:]:
            mock.then(**_arguments(answer))


def _condition(pattern: Json) -> Any:
    if is_jsonata(pattern):
        from asl.expressions.jsonata import JsonataError, compile

        try:
            compile(str(pattern)[2:-2].strip())
        except JsonataError as error:
            raise MockError(f"When: {pattern}: {error}") from None
    return lambda value: accepts(pattern, value)


def _arguments(answer: JsonObject) -> dict[str, Any]:
    names = {"Times": "times", "After": "after", "HeartbeatEvery": "heartbeat_every", "Chance": "chance"}
    arguments = {name: answer[key] for key, name in names.items() if key in answer}
    if "Return" in answer:
        return {**arguments, "returns": answer["Return"]}
    if "Payload" in answer:
        return {**arguments, "payload": answer["Payload"]}
    return {**arguments, "pending": True} if "Pending" in answer else {**arguments, "raises": _failure(answer["Throw"])}


def _failure(throw: JsonObject) -> TaskError:
    from interpreter.tasks.port import TaskError

    return TaskError(throw.get("Error"), throw.get("Cause"))
