"""Mocks as a test writes them: what a Task gives or throws, call after call, and what it was called with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Any, Final, NamedTuple, TypeAlias

from asl.types import Json
from interpreter.errors import MockError
from interpreter.tasks.port import PENDING, After, TaskError, TaskRequest
from interpreter.testing.loop import KitError

__tracebackhide__ = True

UNSET: Final[Any] = object()
"""Stands for an argument that was not given, where None is a value."""

Seconds: TypeAlias = float | timedelta
Respond: TypeAlias = Callable[[TaskRequest], Any]


class Call(NamedTuple):
    """One attempt that a mock answered: the task's effective input, and what came of it.

    ``at`` is in seconds of workflow time since the start. ``answer`` is the raw result, or the TaskError, or None while
    nobody has answered.
    """

    state: str
    input: Json
    number: int
    retry_count: int
    at: float
    answer: Any


@dataclass(frozen=True, slots=True)
class Answer:
    """One entry of a mock's sequence. ``times`` None: it answers from now on. Seconds are those of workflow time."""

    respond: Respond
    shown: str
    times: int | None
    after: float = 0.0
    heartbeats: tuple[float, ...] = ()
    chance: float = 1.0


class ExhaustedMockError(KitError):
    """A mock was called more often than it has answers."""


class Mock:
    """Answers the Task states that it is for: by name, by resource, by a test on the task's input, or all of these.

    ``inputs`` are the effective inputs that it was called with, in order; ``calls`` has more of each call.
    """

    def __init__(
        self,
        state: str | None,
        resource: str | None,
        when: Callable[[Json], bool] | None,
        check: Callable[[Any], None],
    ) -> None:
        self.state = state
        self.resource = resource
        self.calls: list[Call] = []
        self._when = when
        self._check = check
        self._answers: list[Answer] = []
        self._given: dict[str, list[int]] = {}

    @property
    def inputs(self) -> list[Json]:
        return [call.input for call in self.calls]

    def then(
        self,
        *,
        returns: Any = UNSET,
        payload: Any = UNSET,
        raises: TaskError | str | None = None,
        by: Callable[..., Any] | None = None,
        runs: Any = None,
        pending: bool = False,
        times: int | None = None,
        after: Seconds = 0,
        heartbeat_every: Seconds | None = None,
        chance: float = 1.0,
    ) -> Mock:
        """Answer this way once the answers before are used up; an answer before it without ``times`` is used once.

        ``returns`` is the task's raw result (of an Invoke response a function's ARN gets the Payload), ``payload``
        what an invoked Lambda function returns, ``raises`` a failure (:class:`TaskError` or an error name), ``by`` a
        function of the task's input, ``runs`` another state machine whose execution the Task starts; ``pending``
        leaves the attempt to its task token or time limit. ``after`` is how long it takes, ``heartbeat_every`` how
        often it sends a heartbeat meanwhile. With ``chance`` below 1 the answer is given with that probability, and
        otherwise the next one.
        """
        if times is not None and times < 1:
            raise MockError(f"times={times}: a mock answers at least once")
        if not 0 <= chance <= 1:
            raise MockError(f"chance={chance}: a probability is from 0 to 1")
        respond, shown = _respond(self, returns, payload, raises, by, runs, pending)
        if self._answers and self._answers[-1].times is None and self._answers[-1].chance == 1.0:
            self._answers[-1] = _once(self._answers[-1])
        seconds = to_seconds(after)
        beats = () if heartbeat_every is None else tuple(_beats(to_seconds(heartbeat_every), seconds))
        self._answers.append(Answer(respond, shown, times, seconds, beats, chance))
        return self

    @property
    def is_conditional(self) -> bool:
        return self._when is not None

    def matches(self, state: str, arn: str) -> bool:
        """Whether it is for this state and resource; its test on the input is another matter."""
        return (self.state is None or self.state == state) and (self.resource is None or _fits(self.resource, arn))

    def accepts(self, value: Json) -> bool:
        return self._when is None or bool(self._when(value))

    def answer(self, request: TaskRequest, at: float, random: Callable[[], float]) -> Any:
        """What this attempt comes to: a raw result, :class:`After`, an awaitable, or a TaskError raised."""
        number = len(self.calls)
        self.calls.append(Call(request.state_name, request.input, number, request.retry_count, at, None))
        chosen = self._choose(request, random)
        try:
            result = chosen.respond(request)
        except TaskError as failure:
            self._note(number, failure)
            if chosen.after or chosen.heartbeats:
                return After(chosen.after, None, failure, chosen.heartbeats)
            raise
        self._note(number, result)
        if (chosen.after or chosen.heartbeats) and not isinstance(result, After):
            return After(chosen.after, result, None, chosen.heartbeats)
        return result

    def _note(self, number: int, answer: Any) -> None:
        self.calls[number] = self.calls[number]._replace(answer=answer)

    def _choose(self, request: TaskRequest, random: Callable[[], float]) -> Answer:
        given = self._given.setdefault(request.execution_arn, [0] * len(self._answers))
        given.extend([0] * (len(self._answers) - len(given)))
        for index, answer in enumerate(self._answers):
            if answer.times is not None and given[index] >= answer.times:
                continue
            if answer.chance < 1.0 and random() >= answer.chance:
                continue
            given[index] += 1
            return answer
        raise ExhaustedMockError(self._exhausted(request))

    def _exhausted(self, request: TaskRequest) -> str:
        total = sum(answer.times or 0 for answer in self._answers)
        return (
            f"the mock for {request.state_name!r} has {total} answers, and this is call number {total + 1}, "
            f"with the input {request.input!r:.200}\n"
            "Give it another answer with .then(...), or let the last one answer without times=."
        )

    def forget(self, execution_arn: str) -> None:
        """Begin the sequence again: the execution is over."""
        self._given.pop(execution_arn, None)

    def __repr__(self) -> str:
        target = self.state or self.resource or "any Task"
        return f"<Mock {target!r}: {len(self.calls)} calls, {', then '.join(answer.shown for answer in self._answers)}>"


def _fits(pattern: str, arn: str) -> bool:
    from interpreter.tasks.handlers import matches

    return matches(pattern, arn) or fnmatchcase(arn, pattern)


def _once(answer: Answer) -> Answer:
    from dataclasses import replace

    return replace(answer, times=1)


def to_seconds(value: Seconds) -> float:
    seconds = value.total_seconds() if isinstance(value, timedelta) else value
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not 0 <= seconds < float("inf"):
        raise MockError(f"{value!r} is no time that an answer may take", "Give seconds or a timedelta, from 0.")
    return float(seconds)


def _beats(every: float, until: float) -> Iterable[float]:
    return (every * number for number in range(1, int(until / every) + 1) if every * number < until)


def _respond(
    mock: Mock, returns: Any, payload: Any, raises: Any, by: Callable[..., Any] | None, runs: Any, pending: bool
) -> tuple[Respond, str]:
    """The one way of answering that was asked for; a TypeError where there is none or more than one."""
    given = {"returns": returns, "payload": payload, "raises": raises, "by": by, "runs": runs, "pending": pending}
    empty = {"returns": UNSET, "payload": UNSET, "raises": None, "by": None, "runs": None, "pending": False}
    chosen = [name for name, value in given.items() if value is not empty[name]]
    if len(chosen) != 1:
        raise TypeError(f"a mock's answer is exactly one of {', '.join(given)}; got {' and '.join(chosen) or 'none'}")
    return _WAYS[chosen[0]](mock, given[chosen[0]])


def _returns(mock: Mock, value: Any) -> tuple[Respond, str]:
    result = plain_json(value)
    mock._check(result)
    return lambda request: _raw(request, result), f"returns {result!r:.60}"


def _payload(mock: Mock, value: Any) -> tuple[Respond, str]:
    from interpreter.tasks.lambda_ import result_for

    result = plain_json(value)
    return lambda request: result_for(request, result, len(mock.calls)), f"returns the payload {result!r:.60}"


def _raises(_mock: Mock, failure: Any) -> tuple[Respond, str]:
    if isinstance(failure, str):
        failure = TaskError(failure)
    if not isinstance(failure, TaskError):
        raise TypeError(f"raises= takes a TaskError or the name of an error, not {failure!r:.80}")

    def respond(_request: TaskRequest) -> Any:
        raise TaskError(failure.error, failure.cause)

    return respond, f"raises {failure}"


def _by(mock: Mock, function: Callable[..., Any]) -> tuple[Respond, str]:
    if not callable(function):
        raise TypeError(f"by= takes a function of the task's input, not {function!r:.80}")

    def respond(request: TaskRequest) -> Any:
        import copy
        import inspect

        result = function(copy.deepcopy(request.input))
        if inspect.isawaitable(result) or isinstance(result, After):
            return result
        value = plain_json(result)
        mock._check(value)
        return _raw(request, value)

    return respond, f"calls {getattr(function, '__name__', 'a function')}"


def _runs(_mock: Mock, machine: Any) -> tuple[Respond, str]:
    from interpreter.testing.nested import nested_answer

    return nested_answer(machine), f"runs {machine.name}"


def _pending(_mock: Mock, _value: Any) -> tuple[Respond, str]:
    return lambda _request: PENDING, "waits"


_WAYS: Mapping[str, Callable[[Mock, Any], tuple[Respond, str]]] = {
    "returns": _returns,
    "payload": _payload,
    "raises": _raises,
    "by": _by,
    "runs": _runs,
    "pending": _pending,
}


def _raw(request: TaskRequest, value: Json) -> Json:
    from interpreter.tasks.mock import lambda_result

    return lambda_result(request.resource, value)


def plain_json(value: Any, what: str = "a mock's result") -> Json:
    from interpreter.tasks.json_value import NotJsonError, to_json

    try:
        return to_json(value)
    except NotJsonError as error:
        raise TypeError(f"{what} is JSON: {error}") from None
