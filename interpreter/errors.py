"""What the person who uses this program got wrong, with the next step to take.

* :class:`UnansweredTasksError` - Task states that nothing answers.
* :class:`TaskTargetError` - a function or command that is to answer a Task can't be found or called.
* :class:`MockError` - a MockConfigFile or an inline mock is wrong.
* :class:`SettingsError` - a project file or an option is wrong.
* :class:`InputError` - an execution's input can't be used.

A definition that is wrong is an :class:`asl.errors.DefinitionError`; a Task that fails is a
:class:`interpreter.tasks.port.TaskError`. Anything else that escapes is a bug in this program.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class InterpreterError(Exception):
    """Base of the family. ``message`` says what is wrong and where, ``hint`` what to do next."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        self.message = message
        self.hint = hint
        super().__init__(f"{message}\n{hint}" if hint else message)


class UnansweredTask(NamedTuple):
    """A Task state that nothing answers."""

    state: str
    resource: str


class UnansweredTasksError(InterpreterError):
    """Nothing answers these Task states; ``tasks`` has all of them."""

    def __init__(self, tasks: Sequence[UnansweredTask]) -> None:
        self.tasks = tuple(tasks)
        super().__init__(_unanswered_message(self.tasks), _three_ways(self.tasks[0].state))


class TaskTargetError(InterpreterError):
    """A function or command that is to answer Tasks can't be found, imported or called."""


class MockError(InterpreterError):
    """A mock can't be used; for a file, ``message`` has one line per mistake, each with its place."""


class SettingsError(InterpreterError):
    """A project file or an option holds something that can't be used."""


class InputError(InterpreterError):
    """The input of an execution can't be read or is refused by AWS."""


def _unanswered_message(tasks: Sequence[UnansweredTask]) -> str:
    width = max(len(repr(task.state)) for task in tasks)
    lines = [f"  {task.state!r:<{width}}  {task.resource}" for task in tasks]
    count = "a Task state" if len(tasks) == 1 else f"{len(tasks)} Task states"
    return "\n".join([f"nothing answers {count}:", *lines])


def _three_ways(state: str) -> str:
    return (
        "Answer each in one of three ways, by state name or by resource pattern:\n"
        f'  a mock:     --mock \'{state}={{"Return": {{}}}}\'      mocks={{{state!r}: {{"Return": {{}}}}}}\n'
        f"  a function: --task '{state}=module:function'      tasks={{{state!r}: function}}\n"
        f"  a command:  --command '{state}=./program'         tasks={{{state!r}: Command(\"./program\")}}\n"
        "or let --auto-mock answer all of them with plausible values."
    )
