"""A command answers a Task: input as JSON on its standard input, output as JSON from its standard output.

A non-zero exit is a failure with what the command wrote on standard error as the cause. The error name is
``States.TaskFailed``, or ``errorType`` where standard error holds Lambda's error document. The command and what it
started are killed when the attempt is cancelled or times out.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from asl.document.json_values import strict_json
from asl.types import Json, JsonObject
from interpreter.errors import TaskTargetError
from interpreter.tasks.lambda_ import event_of, function_error, result_for
from interpreter.tasks.port import TaskError, TaskRequest

if TYPE_CHECKING:
    from asyncio import StreamReader
    from asyncio.subprocess import Process

_OUTPUT_LIMIT = 1 << 20
"""Bytes that are read from a command; AWS takes no result of more than 256 KiB anyway."""

_CAUSE_LIMIT = 32_768
"""Characters of a cause (AWS quota)."""

_PATIENCE = 1.0
"""Seconds to wait for a killed command's pipes to close; a grandchild that escaped may hold them."""


class Command:
    """The answer that a program gives.

    ``command`` is a program with its arguments, as a list or as one text with the shell's quoting; no shell runs. The
    program finds the state's name, the resource and the task token in ``ASL_STATE_NAME``, ``ASL_RESOURCE`` and
    ``ASL_TASK_TOKEN``. Raises :class:`TaskTargetError` where there is no such program.
    """

    def __init__(self, command: str | Sequence[str]) -> None:
        self._arguments = _split(command)
        program = self._arguments[0]
        if shutil.which(program) is None:
            raise TaskTargetError(f"the command {program!r} is not there or can't be executed", _next_step(program))

    async def __call__(self, request: TaskRequest) -> Json:
        status, output, errors = await self._run(request)
        if status != 0:
            raise self._exit_failure(request, status, errors)
        return result_for(request, self._decoded(output), 0)

    async def _run(self, request: TaskRequest) -> tuple[int, bytes, bytes]:
        import asyncio

        process = await self._start(request)
        try:
            _, output, errors = await asyncio.gather(
                _feed(process, json.dumps(event_of(request), ensure_ascii=False).encode("utf-8", "surrogatepass")),
                _read(process, process.stdout),
                _read(process, process.stderr),
            )
            status = await process.wait()
        finally:
            await _end(process)
        if len(output) > _OUTPUT_LIMIT:
            raise TaskError("States.DataLimitExceeded", f"{self} wrote more than {_OUTPUT_LIMIT} bytes.")
        return status, output, errors

    async def _start(self, request: TaskRequest) -> Process:
        import asyncio

        surroundings = {
            **os.environ,
            "ASL_STATE_NAME": request.state_name,
            "ASL_RESOURCE": request.resource.arn,
            "ASL_TASK_TOKEN": request.token or "",
        }
        pipe = asyncio.subprocess.PIPE
        try:
            return await asyncio.create_subprocess_exec(
                *self._arguments, stdin=pipe, stdout=pipe, stderr=pipe, env=surroundings, start_new_session=True
            )
        except OSError as error:
            raise TaskError("States.TaskFailed", f"{self} could not be started: {error.strerror or error}") from error

    def _decoded(self, output: bytes) -> Json:
        try:
            text = output.decode("utf-8").strip()
            return strict_json(text) if text else None
        except ValueError as error:
            shown = repr(output[:200])[1:]
            raise TaskError("States.TaskFailed", f"{self} wrote no JSON on stdout ({error}): {shown}") from None

    def _exit_failure(self, request: TaskRequest, status: int, errors: bytes) -> TaskError:
        text = errors.decode("utf-8", "replace").strip()
        if document := _error_document(text):
            return function_error(request.resource, document)
        how = f"was killed by {signal.Signals(-status).name}" if status < 0 else f"exited with code {status}"
        return TaskError("States.TaskFailed", text[-_CAUSE_LIMIT:] or f"{self} {how} and wrote nothing on stderr.")

    def __str__(self) -> str:
        return shlex.join(self._arguments)


def _split(command: str | Sequence[str]) -> list[str]:
    try:
        arguments = shlex.split(command) if isinstance(command, str) else list(command)
    except ValueError as error:
        raise TaskTargetError(f"the command {command!r} can't be read: {error}") from None
    if not arguments:
        raise TaskTargetError("the command is empty")
    return arguments


def _next_step(program: str) -> str:
    if os.path.isfile(program):
        return f"Make it executable: chmod +x {shlex.quote(program)}"
    return "Write the path of a program (./program for one in this directory) or the name of one on the PATH."


def _error_document(text: str) -> JsonObject | None:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) and isinstance(document.get("errorType"), str) else None


async def _feed(process: Process, data: bytes) -> None:
    stream = process.stdin
    assert stream is not None
    try:
        stream.write(data)
        await stream.drain()
    except (BrokenPipeError, ConnectionResetError):
        return  # the command did not want its input, which is its own business
    finally:
        stream.close()


async def _read(process: Process, stream: StreamReader | None) -> bytes:
    """All that the command writes; one that writes too much is killed, and the rest of it dropped."""
    assert stream is not None
    pieces = bytearray()
    while piece := await stream.read(65536):
        if len(pieces) <= _OUTPUT_LIMIT:
            pieces += piece
        else:
            _kill(process)
    return bytes(pieces)


async def _end(process: Process) -> None:
    """Kill what still runs and let go of its pipes, without which asyncio never takes it for ended.

    A loop that is being shut down cancels this once more; it goes on, as it takes only moments after the kill.
    """
    import asyncio

    cancelled = None
    while process.returncode is None:
        _kill(process)
        try:
            await asyncio.wait_for(process.communicate(), _PATIENCE)
        except TimeoutError:
            break
        except asyncio.CancelledError as again:
            cancelled = again
    if cancelled is not None:
        raise cancelled


def _kill(process: Process) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
