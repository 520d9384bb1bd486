"""A MockConfigFile of Step Functions Local as tests: every TestCase of it is one.

The file says nothing of input and of the end. The input is in ``Machine.TestCase.input.json`` or
``Machine.input.json`` beside the file, else ``{}``. The test passes where the execution succeeds, or fails by an
error that one of the mocks threw or a Fail state names; a ``States.Runtime`` failure, a Task without a mock and a
name of no state make it fail.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asl.types import Json, Pointer
from interpreter.errors import MockError
from interpreter.tasks.mock_config import MockConfig
from interpreter.tasks.port import TaskError
from interpreter.testing.answering import calls_something
from interpreter.testing.cases import Case
from interpreter.testing.explanation import described

if TYPE_CHECKING:
    from asl.document import Document
    from asl.graph import StateGraph
    from asl.state_machine import StateMachine
    from interpreter.tasks.mock import MockedResponse, MockedResponses
    from interpreter.testing.machine_under_test import MachineUnderTest
    from interpreter.testing.mocks import Mock
    from interpreter.testing.schedules import Schedule
    from interpreter.testing.session import Session
    from interpreter.testing.workflow_run import WorkflowRun

FILE_NAME = "MockConfigFile.json"
_SUFFIXES = (".asl.json", ".asl.yaml", ".asl.yml", ".json", ".yaml", ".yml")


def mock_config_cases(path: Path, session: Session) -> Iterator[Case]:
    """Every TestCase of a file. Raises MockError for a file that is wrong or a machine without a definition."""
    from asl.document import load_document

    config, document = MockConfig.load(path), load_document(path)
    machines = {name: session.load(_definition(path, name)) for name in {name for name, _ in config.test_cases()}}
    for machine, name in config.test_cases():
        place: Pointer = ("StateMachines", machine, "TestCases", name)
        _check_names(document, place, machines[machine].graph)
        line = document.locate(place, key=True)[1].line
        yield Case(path, f"{machine}#{name}", line, _Runner(path, config, machines[machine], machine, name, session))


def _check_names(document: Document, place: Pointer, graph: StateGraph) -> None:
    """Raise MockError for a mock of a state that there is not."""
    from asl.validation.hints import nearest

    _, machine, _, case = place
    names = [node.name for node in graph.states()]
    value: Any = document.value
    for state in value["StateMachines"][machine]["TestCases"][case]:
        if state not in names:
            source, position = document.locate((*place, state), key=True)
            raise MockError(f"{source}:{position.line}: {machine} has no state {state!r}", nearest(state, names))


def put_on(machine: MachineUnderTest, responses: Mapping[str, MockedResponses]) -> None:
    """Make mocks of a test case's responses; invocations beyond the last find no answer.

    The format requires an Error and a Cause: an empty one stands for none. As in Step Functions Local, states that are
    no Tasks run as they are.
    """
    tasks = {node.name for node in machine.machine.graph.states() if calls_something(node)}
    for state, mocked in responses.items():
        if state not in tasks:
            continue
        mock: Mock | None = None
        first = 0
        for last, response in zip(mocked.last_numbers, mocked.responses, strict=True):
            mock = _add(machine, mock, state, response, last - first + 1)
            first = last + 1


def _add(machine: MachineUnderTest, mock: Mock | None, state: str, response: MockedResponse, times: int) -> Mock:
    if response.failure is not None:
        error, cause = response.failure
        failure = TaskError(error or None, cause or None)
        if mock is None:
            return machine.mock(state, raises=failure, times=times, mode="NONE")
        return mock.then(raises=failure, times=times)
    if mock is None:
        return machine.mock(state, returns=response.result, times=times, mode="NONE")
    return mock.then(returns=response.result, times=times)


class _Runner:
    def __init__(
        self, path: Path, config: MockConfig, machine: StateMachine, name: str, case: str, session: Session
    ) -> None:
        self._path = path
        self._config = config
        self._machine = machine
        self._name = name
        self._case = case
        self._session = session

    def __call__(self, schedule: Schedule | None) -> tuple[WorkflowRun, list[str]]:
        machine = self._session.machine(self._machine, mode="NONE", schedule=schedule)
        put_on(machine, self._config.mocks(f"{self._name}#{self._case}"))
        run = machine.run(self._input())
        return run, list(self._unexpected(run))

    def _input(self) -> Json:
        for name in (f"{self._name}.{self._case}.input.json", f"{self._name}.input.json"):
            path = self._path.with_name(name)
            if path.is_file():
                return _input_in(path)
        return {}

    def _unexpected(self, run: WorkflowRun) -> Iterator[str]:
        if run.succeeded:
            return
        thrown = {call.answer.error for mock in run.mocks for call in mock.calls if isinstance(call.answer, TaskError)}
        is_meant = run.error in thrown or any(visit.kind == "Fail" and visit.status == "failed" for visit in run.visits)
        if run.error == "States.Runtime" or not is_meant:
            yield f"{self._path}: {self._name}#{self._case} ended {run.status}: {described(run.error, run.cause)}"


def _input_in(path: Path) -> Json:
    text = path.read_text("utf-8")
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise MockError(f"{path}:{error.lineno}: the input is not JSON: {error.msg}") from None


def _definition(path: Path, machine: str) -> Path:
    for folder in (path.parent, *sorted(entry for entry in path.parent.iterdir() if entry.is_dir())):
        for suffix in _SUFFIXES:
            if (folder / (machine + suffix)).is_file():
                return folder / (machine + suffix)
    raise MockError(
        f"{path}: there is no definition of the state machine {machine!r}",
        f"It is looked for as {machine}.asl.json or {machine}.asl.yaml in {path.parent} and the folders in it.",
    )
