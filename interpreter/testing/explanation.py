"""A run in words, for a person whose test failed: the tree of states, the data flow of the failure, the calls of the
mocks.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from asl.types import Json
from interpreter.tasks.port import After, Resource, TaskError, TaskRequest

if TYPE_CHECKING:
    from interpreter.inspection import StateInspection
    from interpreter.testing.mocks import Mock
    from interpreter.testing.visits import Attempt, Visit
    from interpreter.testing.workflow_run import WorkflowRun

_SIGNS = {"succeeded": "+", "caught": "~", "failed": "x", "aborted": "-", "running": ">"}
_MOST_ITERATIONS = 20
_MOST_LINES = 200


def explain(run: WorkflowRun) -> str:
    """Everything about a run that a failed test wants to know, as plain text."""
    lines = [_heading(run), *_shortened(list(tree(run)))]
    if flow := list(data_flow(run)):
        lines += ["", *flow]
    if calls := list(mock_calls(run.mocks)):
        lines += ["", "what the mocks received", *calls]
    return "\n".join(lines)


def _shortened(lines: list[str]) -> list[str]:
    """Of a long run the beginning and the end."""
    if len(lines) <= _MOST_LINES:
        return lines
    half = _MOST_LINES // 2
    return [*lines[:half], f"  ... {len(lines) - 2 * half} lines more", *lines[-half:]]


def _heading(run: WorkflowRun) -> str:
    ending = f"{run.machine.name}: {run.status} after {seconds(run.duration.total_seconds())}"
    failure = described(run.execution.error, run.execution.cause)
    return f"{ending}, seed {run.seed}" + (f"\n  {failure}" if failure else "")


def described(error: str | None, cause: str | None, width: int = 300) -> str:
    """An error with its cause on one line."""
    if error is None and cause is None:
        return ""
    return f"{error}: {shown(cause, width)}" if cause else str(error)


def tree(run: WorkflowRun) -> Iterator[str]:
    """One line a visit, indented by Map and Parallel, with attempts, workflow time and errors."""
    yield from _branch([visit for visit in run.visits if visit.parent is None], run.started_at, "  ")


def _branch(visits: Iterable[Visit], origin: float, indent: str) -> Iterator[str]:
    for visit in visits:
        took = "" if visit.ended is None else f"  {seconds(visit.ended - visit.started)}"
        failure = described(visit.error, visit.cause, 160)
        place = "" if visit.index is None else f"[{visit.index}] "
        line = f"{indent}{_SIGNS[visit.status]} {place}{visit.state} ({visit.kind}){took}"
        yield f"{line}  {failure}" if failure else line
        if len(visit.attempts) > 1:
            yield from (f"{indent}    {_attempt(attempt, origin)}" for attempt in visit.attempts)
        yield from _inner(visit, origin, indent + "    ")


def _inner(visit: Visit, origin: float, indent: str) -> Iterator[str]:
    """What ran inside of a Map or Parallel, by attempt and index; of many iterations that succeeded the number."""
    for number in sorted({inner.in_attempt for inner in visit.inner}):
        if len(visit.attempts) > 1:
            yield f"{indent}in attempt {number + 1}:"
        inner = [each for each in visit.inner if each.in_attempt == number]
        inner.sort(key=lambda each: each.index or 0)
        troubled = {each.index for each in inner if each.status != "succeeded"}
        hidden = {each.index for each in inner if (each.index or 0) >= _MOST_ITERATIONS and each.index not in troubled}
        yield from _branch((each for each in inner if each.index not in hidden), origin, indent)
        if hidden:
            yield f"{indent}... {len(hidden)} more that succeeded"


def _attempt(attempt: Attempt, origin: float) -> str:
    took = "" if attempt.ended is None else f" after {seconds(attempt.ended - attempt.started)}"
    failure = described(attempt.error, attempt.cause, 120)
    text = f"attempt {attempt.number + 1} at {seconds(attempt.started - origin)} {attempt.outcome}{took}"
    return f"{text}: {failure}" if failure else text


def failed_visit(run: WorkflowRun) -> Visit | None:
    """The innermost visit that failed the run."""
    failed = [visit for visit in run.visits if visit.status == "failed"]
    return failed[-1] if failed else None


def place_of(run: WorkflowRun, state: str) -> str:
    """``file:line`` of a state."""
    node = run.machine.machine.graph.find(state)
    source, position = run.machine.machine.document.locate(node.pointer if node is not None else (), key=True)
    return f"{source}:{position.line}"


def data_flow(run: WorkflowRun) -> Iterator[str]:
    """What the state that failed saw, step by step."""
    visit = failed_visit(run)
    if visit is None:
        return
    place = (visit.state, visit.entered)
    found = next((each for each in inspected(run) if (each.name, each.entered) == place), None)
    yield f"data flow of {visit.state!r} ({place_of(run, visit.state)})"
    yield f"  input             {shown(visit.input)}"
    if found is None:
        return
    if found.variables:
        yield f"  variables         {shown(found.variables)}"
    for name, value in found.steps.items():
        yield f"  {name:<17} {shown(value)}"
    yield f"  failed            {described(visit.error, visit.cause, 600)}"


def inspected(run: WorkflowRun) -> list[StateInspection]:
    """Every visit's data flow: the run is repeated with the answers that it got, on a plan that reports each step.

    Empty for a run that a test had its hands in, which can't be repeated.
    """
    if not run.is_repeatable:
        return []
    from interpreter.clock import VirtualClock
    from interpreter.engine import Engine
    from interpreter.inspection import Recorder
    from interpreter.plan import compile_plan
    from interpreter.testing.loop import drive

    recorder, machine = Recorder(), run.machine.machine

    def observe(scope: Any, name: str, value: Json) -> None:
        if scope.execution is again.execution:
            recorder.observe(scope, name, value)

    plan = run.begun_like(compile_plan(machine.graph, machine.definition, machine.name, observe))
    engine = Engine(clock=VirtualClock(run.started_at), handler=Repeating(run.outcomes))
    again = engine.start(plan, run.input, seed=run.seed, name=run.name)
    if run.machine.schedule is not None:
        run.machine.schedule.repeat().take_over(again)
    drive(_settled(engine, again))
    return recorder.visits([*again.rows, *again.execution.events])


async def _settled(engine: Any, run: Any) -> None:
    await engine.settle()
    while not run.execution.is_closed and (timer := engine.next_timer) is not None:
        engine.skip_to(timer)
        await engine.settle()


class Repeating:
    """Answers one request after the other as they were answered before."""

    def __init__(self, outcomes: Iterable[Any]) -> None:
        self._outcomes = iter(outcomes)

    def answer_for(self, state_name: str, resource: Resource) -> Any:
        return self._answer

    def _answer(self, request: TaskRequest) -> Json | After:
        outcome = next(self._outcomes, None)
        if isinstance(outcome, TaskError):
            raise outcome
        return outcome


def mock_calls(mocks: Iterable[Mock]) -> Iterator[str]:
    """What each mock was called with, and what it answered."""
    for mock in mocks:
        yield f"  {mock.state or mock.resource or 'any Task'}: {counted(len(mock.calls), 'call')}"
        for call in mock.calls[:_MOST_ITERATIONS]:
            answer = (
                f"raised {call.answer}" if isinstance(call.answer, TaskError) else f"gave {shown(call.answer, 100)}"
            )
            yield f"    {call.number + 1}. at {seconds(call.at)} {shown(call.input, 160)} {answer}"


def shown(value: Any, width: int = 400) -> str:
    """A value as JSON on one line, cut short."""
    if isinstance(value, str):
        text = value
    else:
        try:
            text = json.dumps(value, ensure_ascii=False)
        except (TypeError, ValueError):
            text = repr(value)
    text = text.replace("\n", "\\n")
    return text if len(text) <= width else text[: width - 3] + "..."


def counted(number: int, noun: str) -> str:
    """``1 call``, ``3 calls``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def seconds(value: float) -> str:
    """Workflow time as people say it: ``250 ms``, ``3 s``, ``2 h 5 min``, ``3 d``."""
    if value < 1:
        return f"{value * 1000:.0f} ms" if value else "0 s"
    days, rest = divmod(value, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, rest = divmod(rest, 60)
    parts = [f"{days:.0f} d"] * (days > 0) + [f"{hours:.0f} h"] * (hours > 0) + [f"{minutes:.0f} min"] * (minutes > 0)
    return " ".join([*parts, *([f"{rest:.3f}".rstrip("0").rstrip(".") + " s"] if rest else [])][:2])
