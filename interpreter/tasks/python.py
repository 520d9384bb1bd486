"""A Python callable answers a Task: a plain function of the input, or a Lambda handler.

The function is looked at once. ``f()`` and ``f(input)`` get the input alone; ``f(event, context)`` is called as Lambda
calls a handler. A coroutine function runs on the engine's loop. A plain function runs on it as well unless there are
``threads`` for it, where a call that hangs can be given up.
"""

from __future__ import annotations

import importlib
import inspect
import os
import sys
from collections.abc import Awaitable, Callable
from itertools import count
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeAlias

from asl.types import Json
from interpreter.errors import TaskTargetError
from interpreter.tasks.json_value import NotJsonError, own_copy, to_json
from interpreter.tasks.lambda_ import event_of, function_error, is_invoke, request_id_for, result_for
from interpreter.tasks.lambda_context import LambdaContext
from interpreter.tasks.port import After, Answer, TaskError, TaskRequest

if TYPE_CHECKING:
    from interpreter.tasks.threads import SerialThreads

Call: TypeAlias = Callable[[Json, TaskRequest, int], Any]
"""The user's function behind its calling convention: event, request and number of the call to whatever it returns."""


def python_answer(target: Callable[..., Any] | str, *, threads: SerialThreads | None = None) -> Answer:
    """The answer that a callable, or the one that ``"module:function"`` names, gives.

    A result is made JSON, an exception becomes the failure that Lambda would report; :class:`TaskError` passes through.
    Raises :class:`TaskTargetError` where the target can't be imported or called.
    """
    function = import_target(target) if isinstance(target, str) else target
    answer = _PythonAnswer(_by_signature(function))
    if threads is None or _is_async(function):
        return answer
    return threads.wrap(answer)


def import_target(target: str) -> Callable[..., Any]:
    """Import ``module:function``, the current directory first; the function may be dotted (``module:Class.method``)."""
    module_name, separator, name = target.partition(":")
    if not separator or not module_name or not name:
        raise TaskTargetError(f"{target!r} is not of the form module:function", "Write for example shop.handlers:ship.")
    found = _import_module(module_name, target)
    for part in name.split("."):
        found = _attribute(found, part, target)
    if not callable(found):
        raise TaskTargetError(f"{target}: {name} is a {type(found).__name__}, not a function")
    return found  # type: ignore[no-any-return]


def _import_module(name: str, target: str) -> Any:
    here = os.getcwd()
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and (name == error.name or name.startswith(error.name + ".")):
            raise TaskTargetError(
                f"{target}: there is no module {error.name!r}", f"It is looked for in {here} and on Python's path."
            ) from error
        raise TaskTargetError(f"{target}: importing {name} failed: {type(error).__name__}: {error}") from error
    except Exception as error:
        raise TaskTargetError(f"{target}: importing {name} failed: {type(error).__name__}: {error}") from error


def _attribute(holder: Any, name: str, target: str) -> Any:
    try:
        return getattr(holder, name)
    except AttributeError:
        from asl.validation.hints import nearest

        public = [entry for entry in dir(holder) if not entry.startswith("_")]
        raise TaskTargetError(f"{target}: there is no {name!r} in it", nearest(name, public)) from None


def _by_signature(function: Callable[..., Any]) -> Call:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return lambda event, request, number: function(event)
    positional = [each for each in parameters if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)]
    required = [each for each in positional if each.default is each.empty]
    named = [each for each in parameters if each.kind is each.KEYWORD_ONLY and each.default is each.empty]
    if len(required) > 2 or named:
        raise TaskTargetError(
            f"{_name_of(function)} needs {', '.join(each.name for each in [*required, *named])}",
            "A Task calls it as f(input) or, like a Lambda handler, as f(event, context).",
        )
    if len(required) == 2 or (len(positional) > 1 and positional[1].name == "context"):
        return lambda event, request, number: function(event, LambdaContext(request, number))
    if not positional and not any(each.kind is each.VAR_POSITIONAL for each in parameters):
        return lambda event, request, number: function()
    return lambda event, request, number: function(event)


def _is_async(function: Callable[..., Any]) -> bool:
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(getattr(function, "__call__", None))  # noqa: B004


def _name_of(function: Callable[..., Any]) -> str:
    return str(getattr(function, "__qualname__", None) or repr(function))


_AT_ONCE = frozenset({dict, list, str, int, float, bool, type(None)})
"""Types that are no coroutine, which is dear to find out."""


class _PythonAnswer:
    """Turns what the function does into what the task's attempt does."""

    blocking = True

    def __init__(self, call: Call) -> None:
        self._call = call
        self._numbers = count()

    def __call__(self, request: TaskRequest) -> Json | Awaitable[Json]:
        number = next(self._numbers)
        try:
            result = self._call(own_copy(event_of(request)), request, number)
        except TaskError:
            raise
        except (Exception, SystemExit) as error:
            raise _failure(request, number, error) from error
        if type(result) not in _AT_ONCE and inspect.isawaitable(result):
            return _awaited(request, number, result)
        return _result(request, number, result)


async def _awaited(request: TaskRequest, number: int, pending: Awaitable[Any]) -> Json:
    try:
        result = await pending
    except TaskError:
        raise
    except (Exception, SystemExit) as error:
        raise _failure(request, number, error) from error
    return _result(request, number, result)


def _result(request: TaskRequest, number: int, result: object) -> Json:
    if isinstance(result, After):
        return result if result.result is None else result._replace(result=_result(request, number, result.result))
    try:
        value = to_json(result)
    except NotJsonError as error:
        message = f"Unable to marshal response: {error}"
        raise _error(request, number, "Runtime.MarshalError", message, []) from None
    return result_for(request, value, number) if is_invoke(request.resource) else value


def _failure(request: TaskRequest, number: int, error: BaseException) -> TaskError:
    if isinstance(error, SystemExit):
        return _error(request, number, "Runtime.ExitError", f"Runtime exited with error: exit status {error.code}", [])
    return _error(request, number, type(error).__name__, str(error), stack_trace(error.__traceback__))


def _error(request: TaskRequest, number: int, kind: str, message: str, trace: list[str]) -> TaskError:
    document = {
        "errorMessage": message,
        "errorType": kind,
        "requestId": request_id_for(request, number),
        "stackTrace": trace,
    }
    return function_error(request.resource, document)


def stack_trace(trace: TracebackType | None) -> list[str]:
    """The frames of the user's code as Lambda lists them, one text with newline each, outermost first."""
    import traceback

    frames = traceback.extract_tb(trace)
    return [
        f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}\n    {frame.line}\n'
        for frame in frames
        if frame.filename != __file__
    ]
