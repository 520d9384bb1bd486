"""Run one workflow: the whole public way in, from whatever holds the definition to a :class:`Result`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from asl.garbage import uncollected
from asl.types import Json, JsonObject, WorkflowType
from interpreter.clock import SEEDED_START, Clock, VirtualClock
from interpreter.result import Result

if TYPE_CHECKING:
    from asl.state_machine import StateMachine
    from interpreter.plan import Plan
    from interpreter.tasks.port import TaskHandler

Definition: TypeAlias = "StateMachine | str | PathLike[str] | JsonObject"
Tasks: TypeAlias = "Mapping[str, Callable[..., Any] | str]"


def run(
    definition: Definition,
    input: Json = None,
    *,
    tasks: Tasks | None = None,
    mocks: Mapping[str, Any] | None = None,
    mock_config: str | PathLike[str] | None = None,
    test_case: str | None = None,
    handler: TaskHandler | None = None,
    type: WorkflowType | None = None,
    name: str | None = None,
    seed: int | None = None,
    clock: Clock | None = None,
    observe: Callable[[JsonObject], None] | None = None,
    inspect: bool = False,
) -> Result:
    """Run a workflow to its end and return what it came to.

    ``definition`` is a :class:`asl.StateMachine`, the path of a file, or a definition as a dict. ``input`` is a JSON
    value; none means ``{}``. ``tasks`` says who answers a Task, by state name or by a pattern of its resource: a
    function, or ``"module:function"``. ``mocks`` maps state names to answers one after the other; ``mock_config`` and
    ``test_case`` take them from a MockConfigFile. ``type`` is by default what the definition's template says, else
    STANDARD. With ``seed`` the run is the same every time. ``clock`` skips waiting unless it is a
    :class:`SystemClock`. ``inspect`` records every state's data flow in ``result.inspection``.

    Raises :class:`asl.DefinitionError` for a wrong definition and :class:`interpreter.errors.InterpreterError` where
    the run can't start. A workflow that fails is no exception: look at ``result.status``.
    """
    import asyncio

    return asyncio.run(
        run_async(
            definition, input, tasks=tasks, mocks=mocks, mock_config=mock_config, test_case=test_case, handler=handler,
            type=type, name=name, seed=seed, clock=clock, observe=observe, inspect=inspect,
        )
    )  # fmt: skip


async def run_async(
    definition: Definition,
    input: Json = None,
    *,
    tasks: Tasks | None = None,
    mocks: Mapping[str, Any] | None = None,
    mock_config: str | PathLike[str] | None = None,
    test_case: str | None = None,
    handler: TaskHandler | None = None,
    type: WorkflowType | None = None,
    name: str | None = None,
    seed: int | None = None,
    clock: Clock | None = None,
    observe: Callable[[JsonObject], None] | None = None,
    inspect: bool = False,
) -> Result:
    """The same as :func:`run` on the running loop."""
    from interpreter.engine import Engine

    machine = to_machine(definition, type)
    if clock is None:
        clock = VirtualClock(None if seed is None else SEEDED_START)
    if handler is None:
        handler = _handler(machine, tasks, mocks, mock_config, test_case)
    plan, recorder = plan_of(machine), None
    if inspect:
        from interpreter.inspection import Recorder

        recorder = Recorder()
        plan = recorder.plan_for(machine)
    engine = Engine(clock=clock, handler=handler)
    result = await engine.run(
        plan, {} if input is None else admitted(input), name=name, type=type or machine.type, seed=seed, observe=observe
    )
    if recorder is not None:
        result.inspection = recorder.visits(result.rows)
    return result


def admitted(value: Json) -> Json:
    """An execution's own copy of its input, which the caller may go on changing.

    Raises :class:`interpreter.errors.InputError` for what is not JSON or is larger than AWS takes.
    """
    import marshal

    from asl.json_text import PAYLOAD_LIMIT, byte_bound
    from interpreter.errors import InputError
    from interpreter.tasks.json_value import NotJsonError, to_json

    try:
        copy = marshal.loads(marshal.dumps(to_json(value)))
    except NotJsonError as error:
        raise InputError(f"the input is not JSON: {error}") from None
    if (size := byte_bound(copy)) > PAYLOAD_LIMIT:
        raise InputError(f"the input has {size:,} bytes; AWS takes at most {PAYLOAD_LIMIT:,}")
    return copy


def to_machine(definition: Definition, type: WorkflowType | None = None) -> StateMachine:
    """Whatever holds a definition as a :class:`asl.StateMachine`, checked for its ``type``, which a template may say
    itself; raises :class:`asl.DefinitionError`."""
    from asl.state_machine import StateMachine

    if isinstance(definition, StateMachine):
        return definition
    if isinstance(definition, dict):
        return StateMachine.parse(definition, type=type or "STANDARD")
    return StateMachine.load(Path(definition), type=type)


def plan_of(machine: StateMachine) -> Plan:
    """The machine's plan, compiled once and kept with it."""
    from interpreter.plan import compile_plan

    plan: Plan | None = machine.__dict__.get("_plan")
    if plan is None:
        with uncollected():
            plan = compile_plan(machine.graph, machine.definition, machine.name)
        machine.__dict__["_plan"] = plan
    return plan


def _handler(
    machine: StateMachine,
    tasks: Tasks | None,
    mocks: Mapping[str, Any] | None,
    mock_config: str | PathLike[str] | None,
    test_case: str | None,
) -> TaskHandler:
    from interpreter.tasks.handlers import TaskHandlers

    handlers = TaskHandlers.build(machine, tasks=tasks, mocks=mocks, mock_config=mock_config, test_case=test_case)
    if test_case is None:  # a test case names the states on its own path; one off it is told of when it is reached
        handlers.require_all(machine.graph)
    return handlers
