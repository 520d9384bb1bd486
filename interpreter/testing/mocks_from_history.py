"""Writes a recorded execution as a MockConfigFile, as a test file, or as a pytest file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from asl.types import Json, JsonObject
from interpreter.testing.recording import Recording, TaskCall

CASE_NAME = "recorded"


def mock_config(recording: Recording, machine: str, case: str = CASE_NAME) -> JsonObject:
    """A MockConfigFile with one test case.

    The format knows no attempt without an end: one that was aborted beside a failure returns ``{}``; a time-out is
    thrown as ``States.Timeout``. A missing cause is written as an empty one, which the format requires.
    """
    names = {state: _response_name(state) for state in recording.calls}
    responses = {names[state]: dict(_ranges(calls)) for state, calls in recording.calls.items()}
    return {"StateMachines": {machine: {"TestCases": {case: names}}}, "MockedResponses": responses}


def _response_name(state: str) -> str:
    return f"Recorded {state}"


def _ranges(calls: list[TaskCall]) -> Iterator[tuple[str, JsonObject]]:
    first = 0
    for response, group in groupby(_response(call) for call in calls):
        last = first + len(list(group)) - 1
        yield str(first) if first == last else f"{first}-{last}", response
        first = last + 1


def _response(call: TaskCall) -> JsonObject:
    if call.outcome in ("failed", "timed out"):
        return {"Throw": {"Error": call.error or "", "Cause": call.cause or ""}}
    return {"Return": call.output if call.outcome == "succeeded" else {}}


def case_file(recording: Recording, definition: str, case: str = CASE_NAME) -> JsonObject:
    """A test file with one case, which expects the recorded end."""
    spec = {"Input": recording.input, "Mocks": dict(_mocks(recording)), "Expect": _expected(recording)}
    return {"Definition": definition, "FieldValidationMode": "NONE", "Cases": {case: spec}}


def _mocks(recording: Recording) -> Iterator[tuple[str, Json]]:
    for state, calls in recording.calls.items():
        answers = list(_answers(calls))
        yield state, answers[0] if len(answers) == 1 and "Times" not in answers[0] else answers


def _answers(calls: list[TaskCall]) -> Iterator[JsonObject]:
    """Equal answers in a row as one; by input where attempts ran side by side with different inputs."""
    by_input = _differ_by_input(calls)
    answers = [_answer(call, by_input) for call in calls]
    if by_input:
        answers.sort(key=lambda answer: json.dumps(answer["When"], sort_keys=True))
    for answer, group in groupby(answers):
        times = len(list(group))
        yield answer if times == len(calls) == 1 else {**answer, "Times": times}


def _differ_by_input(calls: list[TaskCall]) -> bool:
    inputs = {json.dumps(call.input, sort_keys=True) for call in calls}
    return len(inputs) > 1 and all(call.overlaps for call in calls)


def _answer(call: TaskCall, by_input: bool) -> JsonObject:
    answer: JsonObject = {"When": call.input} if by_input else {}
    if call.outcome == "succeeded":
        answer["Return"] = call.output
    elif call.outcome == "failed" or (call.outcome == "timed out" and call.worker is not None):
        answer["Throw"] = {"Error": call.error, "Cause": call.cause}
    else:
        answer["Pending"] = True
    if call.overlaps and call.seconds and call.outcome in ("succeeded", "failed"):
        answer["After"] = call.seconds
    return answer


def _expected(recording: Recording) -> JsonObject:
    expected: JsonObject = {"Status": recording.status}
    if recording.status == "SUCCEEDED":
        expected["Output"] = recording.output
    expected |= {
        key: value for key, value in (("Error", recording.error), ("Cause", recording.cause)) if value is not None
    }
    if recording.is_sequential:
        expected["Path"] = recording.path
    return expected


def case_file_text(recording: Recording, definition: str, suffix: str, case: str = CASE_NAME) -> str:
    """The test file as JSON, or as YAML for any other suffix."""
    written = case_file(recording, definition, case)
    if suffix == ".json":
        return json.dumps(written, indent=2, ensure_ascii=False) + "\n"
    import yaml

    return str(yaml.safe_dump(written, sort_keys=False, allow_unicode=True, width=120))


def pytest_file(recording: Recording, definition: str, machine: str) -> str:
    """A Python test that mocks every Task as it was recorded and expects the recorded end."""
    variable = re.sub(r"\W+", "_", machine.lower()).strip("_") or "machine"
    lines = ["from interpreter.testing import TaskError", "", "", f"def test_{variable}_as_recorded(state_machine):"]
    lines.append(f"    {variable} = state_machine({definition!r}, mode='NONE')")
    for state, calls in recording.calls.items():
        lines += [f"    {line}" for line in _mock_lines(variable, state, calls)]
    lines += [f"    run = {variable}.run({recording.input!r})", f"    assert run.status == {recording.status!r}"]
    if recording.status == "SUCCEEDED":
        lines.append(f"    assert run.output == {recording.output!r}")
    else:
        lines.append(f"    assert (run.error, run.cause) == ({recording.error!r}, {recording.cause!r})")
    if recording.is_sequential:
        lines.append(f"    assert run.path == {recording.path!r}")
    needs_errors = any("TaskError(" in line for line in lines[1:])
    return "\n".join(lines if needs_errors else lines[3:]) + "\n"


def _mock_lines(variable: str, state: str, calls: list[TaskCall]) -> Iterator[str]:
    for when, group in groupby(_answers(calls), key=lambda answer: answer.get("When", _ALWAYS)):
        first, *rest = (_arguments(answer) for answer in group)
        condition = "" if when is _ALWAYS else f"when=lambda given: given == {when!r}, "
        yield f"{variable}.mock({state!r}, {condition}{first})" + "".join(f".then({each})" for each in rest)


_ALWAYS: Any = object()


def _arguments(answer: JsonObject) -> str:
    if "Return" in answer:
        written = f"returns={answer['Return']!r}"
    elif "Throw" in answer:
        written = f"raises=TaskError({answer['Throw']['Error']!r}, {answer['Throw']['Cause']!r})"
    else:
        written = "pending=True"
    times = f", times={answer['Times']}" if "Times" in answer else ""
    after = f", after={answer['After']}" if "After" in answer else ""
    return written + times + after


def definition_beside(output: Path | None, definition: Path) -> str:
    """The definition's place as a file at ``output`` names it."""
    if output is None:
        return str(definition)
    import os

    return os.path.relpath(definition.resolve(), output.resolve().parent)
