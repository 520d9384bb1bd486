"""What exists while an expression runs: budgets, frames of variables, and the things that can be called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any, Protocol, TypeAlias

from asl.expressions.jsonata.errors import (
    DEPTH_EXCEEDED,
    MEMORY_EXCEEDED,
    TIME_EXCEEDED,
    JsonataError,
    limit_error,
)
from asl.expressions.jsonata.limits import AWS_LIMITS, BYTES_PER_CHARACTER, BYTES_PER_ITEM, Limits
from asl.expressions.jsonata.signature import Signature
from asl.expressions.jsonata.values import UNDEFINED, Function, Value

_STEPS_BETWEEN_CLOCK_READS = 128
_RETAINED_SHARE = 3


class Entropy(Protocol):
    """Where random numbers come from."""

    def random(self) -> float:
        """A number in [0, 1)."""
        ...

    def uuid(self) -> str:
        """A version 4 UUID in its usual form."""
        ...


class Frame:
    """Variables of one block, call or row; ``parent`` is the frame around it. The outermost is the runtime."""

    __slots__ = ("parent", "rt", "variables")

    def __init__(self, rt: Runtime, parent: Frame | None, variables: dict[str, Value]) -> None:
        self.rt = rt
        self.parent = parent
        self.variables = variables

    def lookup(self, name: str) -> Value:
        """A variable that the expression binds somewhere, else the caller's or the library's."""
        frame: Frame | None = self
        while frame is not None:
            variables = frame.variables
            if name in variables:
                return variables[name]
            frame = frame.parent
        return self.rt.bindings.get(name, UNDEFINED)


class Runtime(Frame):
    """One evaluation: its surroundings and what is left of its budgets.

    ``has_sequences`` is set when a path collected values, which may then sit anywhere in the result.
    """

    deadline: float | None = None
    depth = 0
    has_sequences = False
    parent = None
    next_check = AWS_LIMITS.steps - _STEPS_BETWEEN_CLOCK_READS
    retained = AWS_LIMITS.items * _RETAINED_SHARE
    started: float | None = None
    steps = AWS_LIMITS.steps

    def __init__(
        self,
        bindings: Mapping[str, Value],
        input_value: Value,
        clock: Callable[[], float],
        entropy: Entropy,
        limits: Limits,
    ) -> None:
        self.rt = self
        self.variables = {}
        self.bindings = bindings
        self.input = input_value
        self.clock = clock
        self.entropy = entropy
        self.limits = limits
        if limits is not AWS_LIMITS:
            self.retained = limits.items * _RETAINED_SHARE
            self.steps = limits.steps
            self.next_check = self.steps - _STEPS_BETWEEN_CLOCK_READS

    def close(self) -> None:
        """Let go of itself, so that nothing waits for the garbage collector."""
        del self.rt

    def now(self) -> float:
        """The instant of the evaluation, the same each time it is asked for, in seconds since 1970."""
        if self.started is None:
            self.started = self.clock()
        return self.started

    def charge(self, steps: int) -> None:
        """Spend steps; now and then look at the clock as well."""
        self.steps -= steps
        if self.steps < self.next_check:
            self.check()

    def check(self) -> None:
        """Raise ``U1001`` if steps or time are spent."""
        now = monotonic()
        if self.deadline is None:
            self.deadline = now + self.limits.seconds
        if self.steps < 0 or now > self.deadline:
            raise limit_error(TIME_EXCEEDED)
        self.next_check = self.steps - _STEPS_BETWEEN_CLOCK_READS

    def array_of(self, length: int) -> None:
        """Account for an array that is about to be made."""
        if length > self.limits.items:
            raise limit_error(MEMORY_EXCEEDED)
        self.charge(length >> 2)

    def string_of(self, length: float) -> None:
        """Account for a string that is about to be made."""
        if length > self.limits.characters:
            raise limit_error(MEMORY_EXCEEDED)
        self.charge(int(length) >> 8)

    def retain(self, value: Value) -> None:
        """Account for a result that a collection keeps: a limited number of collected lists and long strings."""
        if isinstance(value, list):
            self.retained -= len(value)
        elif type(value) is str:
            self.retained -= len(value) * BYTES_PER_CHARACTER // BYTES_PER_ITEM
        if self.retained < 0:
            raise limit_error(MEMORY_EXCEEDED)


Code: TypeAlias = Callable[[Value, Frame], Value]
"""A compiled node: context value and frame in, value out."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where a call is written: what errors inside the function are reported with."""

    token: object
    position: int

    def mark(self, error: JsonataError) -> None:
        """The innermost token stays, the outermost position wins."""
        if error.token is None:
            error.token = self.token
        error.position = self.position


class TailCall:
    """A call in tail position, made by the caller's loop instead of on top of the stack."""

    __slots__ = ("arguments", "context", "function", "site")

    def __init__(self, function: Value, arguments: list[Value], context: Value, site: Site | None) -> None:
        self.function = function
        self.arguments = arguments
        self.context = context
        self.site = site


class Unit:
    """An expression or a lambda's body: code that is entered at one depth; ``height`` says how deep it can get.

    ``guarded`` is the same code with a check at each node, for when the limit on depth comes near.
    """

    __slots__ = ("_compile_guarded", "_guarded", "code", "height")

    def __init__(self, code: Code, height: int, compile_guarded: Callable[[], Code]) -> None:
        self.code = code
        self.height = height
        self._compile_guarded = compile_guarded
        self._guarded: Code | None = None

    def run(self, context: Value, frame: Frame) -> Value:
        """Evaluate at the depth where the runtime is."""
        rt = frame.rt
        if rt.depth + self.height <= rt.limits.depth:
            return self.code(context, frame)
        if rt.depth >= rt.limits.depth:
            raise limit_error(DEPTH_EXCEEDED)
        if self._guarded is None:
            self._guarded = self._compile_guarded()
        return self._guarded(context, frame)


class Lambda(Function):
    """A function written in the expression, with the surroundings in which it was made."""

    __slots__ = ("context", "frame", "parameters", "signature", "unit")

    def __init__(
        self, parameters: tuple[str, ...], unit: Unit, context: Value, frame: Frame, signature: Signature | None
    ) -> None:
        self.parameters = parameters
        self.unit = unit
        self.context = context
        self.frame = frame
        self.signature = signature

    @property
    def arity(self) -> int:
        """How many arguments higher-order functions pass."""
        return len(self.parameters)


class Native(Function):
    """A library function. ``takes_runtime`` ones get the :class:`Runtime` in front of their arguments."""

    __slots__ = ("arity", "function", "name", "signature", "takes_runtime")

    def __init__(
        self, name: str, function: Callable[..., Any], signature: Signature | None, arity: int, takes_runtime: bool
    ) -> None:
        self.name = name
        self.function = function
        self.signature = signature
        self.arity = arity
        self.takes_runtime = takes_runtime


class Applied(Function):
    """A function with some arguments fixed; ``arguments`` has :data:`PLACEHOLDER` where one is still open."""

    __slots__ = ("arguments", "arity", "function")

    def __init__(self, function: Function, arguments: list[Value]) -> None:
        self.function = function
        self.arguments = arguments
        self.arity = sum(argument is PLACEHOLDER for argument in arguments)


class Composed(Function):
    """``f ~> g``."""

    __slots__ = ("first", "second")

    arity = 1

    def __init__(self, first: Function, second: Function) -> None:
        self.first = first
        self.second = second


class Transformer(Function):
    """``|pattern|update|``, made with the surroundings in which it was written."""

    __slots__ = ("frame", "run")

    arity = 1

    def __init__(self, run: Callable[[Value, Frame], Value], frame: Frame) -> None:
        self.run = run
        self.frame = frame


PLACEHOLDER = object()


def call(
    rt: Runtime, function: Value, arguments: list[Value], context: Value = UNDEFINED, site: Site | None = None
) -> Value:
    """Call anything; tail calls run here in a loop. The result may be an uncollapsed sequence."""
    while True:
        try:
            result = _CALLS.get(type(function), _call_other)(rt, function, arguments, context)
        except JsonataError as error:
            if site is not None and isinstance(function, Function):
                site.mark(error)
            elif error.token is None and isinstance(function, Native):
                error.token = function.name
            raise
        if type(result) is not TailCall:
            return result
        function, arguments, context, site = result.function, result.arguments, result.context, result.site


def _call_lambda(rt: Runtime, function: Lambda, arguments: list[Value], context: Value) -> Value:
    rt.steps -= 1
    if rt.steps < rt.next_check:
        rt.check()
    if function.signature is not None:
        arguments = function.signature.apply(arguments, context)
    names = function.parameters
    if len(arguments) < len(names):
        arguments = [*arguments, *[UNDEFINED] * (len(names) - len(arguments))]
    frame = Frame(rt, function.frame, dict(zip(names, arguments)))  # noqa: B905 - extra arguments are dropped
    base = rt.depth
    result = function.unit.run(function.context, frame)
    rt.depth = base
    return result


def _call_native(rt: Runtime, function: Native, arguments: list[Value], context: Value) -> Value:
    """Call a library function."""
    rt.steps -= 1
    if rt.steps < rt.next_check:
        rt.check()
    if function.signature is not None:
        arguments = function.signature.apply(arguments, context)
    if function.takes_runtime:
        return function.function(rt, *arguments)
    return function.function(*arguments)


def _call_applied(rt: Runtime, function: Applied, arguments: list[Value], context: Value) -> Value:
    given = iter(arguments)
    filled = [next(given, UNDEFINED) if fixed is PLACEHOLDER else fixed for fixed in function.arguments]
    return call(rt, function.function, filled, context)


def _call_composed(rt: Runtime, function: Composed, arguments: list[Value], context: Value) -> Value:
    return TailCall(function.second, [call(rt, function.first, arguments, context)], UNDEFINED, None)


def _call_transformer(rt: Runtime, function: Transformer, arguments: list[Value], context: Value) -> Value:
    rt.charge(1)
    return function.run(arguments[0] if arguments else UNDEFINED, function.frame)


def _call_other(rt: Runtime, function: Value, arguments: list[Value], context: Value) -> Value:
    if isinstance(function, Function):
        return function(rt, arguments)  # type: ignore[operator]  # regexes and what they return
    raise JsonataError("T1006")


_CALLS: dict[type, Callable[..., Value]] = {
    Lambda: _call_lambda,
    Native: _call_native,
    Applied: _call_applied,
    Composed: _call_composed,
    Transformer: _call_transformer,
}
