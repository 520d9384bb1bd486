"""Decides who answers which Task: mocks first, then what is named after the state, then what matches its resource."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from os import PathLike
from typing import TYPE_CHECKING, Any, TypeAlias

from asl.types import Json
from interpreter.errors import MockError, UnansweredTask, UnansweredTasksError
from interpreter.tasks.lambda_ import invoked_function, is_invoke
from interpreter.tasks.port import Answer, Resource, TaskError, TaskHandler, TaskRequest
from interpreter.tasks.resource import function_name, parse_resource

if TYPE_CHECKING:
    from asl.graph import StateGraph, StateNode
    from asl.state_machine import StateMachine
    from interpreter.tasks.command import Command
    from interpreter.tasks.mock import MockHandler
    from interpreter.tasks.threads import SerialThreads

Target: TypeAlias = "Callable[..., Any] | str | Command"
"""What answers a Task: a callable, its ``"module:function"``, or a :class:`Command`."""


class TaskHandlers:
    """The handlers of one run.

    ``tasks`` maps state names and resource patterns to targets. A pattern is matched with ``*``, ``?`` and ``[...]``
    against the state's name, and against the resource or any tail of it that begins after a colon, with or without a
    function's qualifier: ``arn:aws:lambda:*:function:ship``, ``function:ship``, ``ship``, ``sqs:sendMessage``. For
    ``lambda:invoke`` the function that ``FunctionName`` names is matched as well. An exact state name wins, then the
    first pattern that matches. ``first`` are asked before the tasks and ``last`` after them. Raises
    :class:`TaskTargetError` for a target that can't be used.
    """

    def __init__(
        self,
        tasks: Mapping[str, Target] | None = None,
        *,
        first: Sequence[TaskHandler] = (),
        last: Sequence[TaskHandler] = (),
        threads: SerialThreads | None = None,
    ) -> None:
        self._answers = {pattern: _answer(target, threads) for pattern, target in (tasks or {}).items()}
        self._first = tuple(first)
        self._last = tuple(last)
        self._found: dict[tuple[str, str], Answer | None] = {}

    @classmethod
    def build(
        cls,
        machine: StateMachine,
        *,
        tasks: Mapping[str, Target] | None = None,
        mocks: Mapping[str, object] | None = None,
        mock_config: str | PathLike[str] | None = None,
        test_case: str | None = None,
        last: Sequence[TaskHandler] = (),
        threads: SerialThreads | None = None,
        doubt: Callable[[str], None] = warnings.warn,
    ) -> TaskHandlers:
        """The handlers for runs of one machine: inline mocks first, then a MockConfigFile's test case, then ``tasks``.

        ``doubt`` is told of mocks that fit no Task state. Raises :class:`MockError` and :class:`TaskTargetError`.
        """
        first = list(_mock_handlers(machine.name, mocks, mock_config, test_case))
        for handler in first:
            for text in handler.doubts(machine.graph):
                doubt(text)
        return cls(tasks, first=first, last=last, threads=threads)

    def answer_for(self, state_name: str, resource: Resource) -> Answer | None:
        """What answers the state, looked for once: matching patterns takes longer than many a task."""
        key = state_name, resource.arn
        if key not in self._found:
            self._found[key] = self._find(state_name, resource)
        return self._found[key]

    def _find(self, state_name: str, resource: Resource) -> Answer | None:
        return (
            self._named(state_name, resource)
            or self._by_function(state_name, resource)
            or _ask(self._last, state_name, resource)
        )

    def unanswered(self, graph: StateGraph) -> list[UnansweredTask]:
        """Every Task state of a machine that nothing answers, in the order of the definition."""
        return list(self._unanswered(graph))

    def require_all(self, graph: StateGraph) -> None:
        """Raise :class:`UnansweredTasksError` if there are unanswered Task states."""
        if missing := self.unanswered(graph):
            raise UnansweredTasksError(missing)

    def _unanswered(self, graph: StateGraph) -> Iterator[UnansweredTask]:
        for node, resource in _calls(graph):
            if self.answer_for(node.name, resource) is None or self._function_is_missing(node, resource):
                yield UnansweredTask(node.name, _shown(node, resource))

    def _function_is_missing(self, node: StateNode, resource: Resource) -> bool:
        """Whether only the function's name can decide, is known beforehand, and matches nothing."""
        function = _written_function(node)
        if not is_invoke(resource) or function is None or self._named(node.name, resource):
            return False
        return self._for_function(function) is None and _ask(self._last, node.name, resource) is None

    def _named(self, state_name: str, resource: Resource) -> Answer | None:
        return (
            _ask(self._first, state_name, resource)
            or self._answers.get(state_name)
            or self._matching(lambda pattern: _fits(pattern, state_name, resource.arn))
        )

    def _matching(self, matcher: Callable[[str], bool]) -> Answer | None:
        return next((answer for pattern, answer in self._answers.items() if matcher(pattern)), None)

    def _for_function(self, function: str) -> Answer | None:
        return self._matching(lambda pattern: matches(pattern, function) or function_name(function) == pattern)

    def _by_function(self, state_name: str, resource: Resource) -> Answer | None:
        if not self._answers or not is_invoke(resource):
            return None
        fallback = _ask(self._last, state_name, resource)

        def answer(request: TaskRequest) -> Any:
            function = invoked_function(request)
            chosen = self._for_function(function) or fallback
            if chosen is None:
                raise _no_such_function(function)
            return chosen(request)

        return answer


def _mock_handlers(
    machine: str, mocks: Mapping[str, object] | None, config: str | PathLike[str] | None, test_case: str | None
) -> Iterator[MockHandler]:
    if test_case is not None and config is None:
        raise MockError(f"there is no mock configuration file to take the test case {test_case!r} from")
    if not mocks and config is None:
        return
    from interpreter.tasks.mock import MockHandler, inline_mocks

    if mocks:
        yield MockHandler(inline_mocks(mocks))
    if config is not None:
        from interpreter.tasks.mock_config import MockConfig

        yield MockHandler(MockConfig.load(config).mocks(_test_case(test_case, config), machine))


def _test_case(test_case: str | None, config: str | PathLike[str]) -> str:
    if test_case is None:
        from interpreter.tasks.mock_config import MockConfig

        cases = ", ".join(f"{machine}#{case}" for machine, case in MockConfig.load(config).test_cases())
        raise MockError(f"{config}: which test case?", f"There are: {cases or 'none'}")
    return test_case


@lru_cache(maxsize=16_384)
def _fits(pattern: str, state_name: str, arn: str) -> bool:
    """Kept, because each run of a machine asks the same for each of its states again."""
    return fnmatchcase(state_name, pattern) or matches(pattern, arn)


def matches(pattern: str, arn: str) -> bool:
    """Whether a pattern fits an ARN or a tail of it after a colon; a function's qualifier may be left out."""
    texts = dict.fromkeys((arn, _unqualified(arn)))
    return any(fnmatchcase(text, pattern) or fnmatchcase(text, f"*:{pattern}") for text in texts)


def _unqualified(arn: str) -> str:
    parts = arn.split(":")
    return ":".join(parts[:7]) if len(parts) == 8 and parts[5] == "function" else arn


def _answer(target: Target, threads: SerialThreads | None) -> Answer:
    from interpreter.tasks.command import Command
    from interpreter.tasks.python import python_answer

    return target if isinstance(target, Command) else python_answer(target, threads=threads)


@lru_cache(maxsize=64)
def _calls(graph: StateGraph) -> tuple[tuple[StateNode, Resource], ...]:
    """The states of a machine that call something, each with what it calls."""
    return tuple((node, resource) for node in graph.states() for resource in _resources(node))


def _resources(node: StateNode) -> Iterator[Resource]:
    """What a state calls: the resource of a Task, and those that a Map reads items from and writes results to."""
    state = node.definition
    callers: dict[str, list[Json]] = {"Task": [state], "Map": [state.get("ItemReader"), state.get("ResultWriter")]}
    for caller in callers.get(node.type, ()):
        if isinstance(caller, dict) and isinstance(arn := caller.get("Resource"), str):
            yield parse_resource(arn)


def _ask(handlers: Sequence[TaskHandler], state_name: str, resource: Resource) -> Answer | None:
    return next((found for handler in handlers if (found := handler.answer_for(state_name, resource))), None)


def _written_function(node: StateNode) -> str | None:
    for field in ("Parameters", "Arguments"):
        parameters = node.definition.get(field)
        name: Json = parameters.get("FunctionName") if isinstance(parameters, dict) else None
        if isinstance(name, str) and not name.startswith("{%"):
            return name
    return None


def _shown(node: StateNode, resource: Resource) -> str:
    function = _written_function(node) if is_invoke(resource) else None
    return f"{resource.arn} ({function})" if function else resource.arn


def _no_such_function(function: str) -> TaskError:
    name = function_name(function)
    cause = f"Function not found: {function}. Nothing answers it here: name it with --task '{name}=module:function'."
    return TaskError("Lambda.ResourceNotFoundException", cause)
