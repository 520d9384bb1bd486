from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from interpreter.errors import TaskTargetError
from interpreter.tasks.command import Command
from interpreter.tasks.port import TaskError, TaskRequest

Build = Callable[..., TaskRequest]
INVOKE = "arn:aws:states:::lambda:invoke"


def python(code: str) -> Command:
    return Command([sys.executable, "-c", code])


def failure(command: Command, request: TaskRequest) -> tuple[str | None, str]:
    with pytest.raises(TaskError) as failed:
        asyncio.run(command(request))
    return failed.value.error, failed.value.cause or ""


def test_input_comes_on_stdin_and_output_goes_to_stdout(request_for: Build) -> None:
    request = request_for({"who": "Zoë"})
    assert asyncio.run(Command("cat")(request)) == {"who": "Zoë"}


def test_a_command_line_is_split_as_a_shell_does(request_for: Build) -> None:
    assert asyncio.run(Command("printf '%s' '\"two words\"'")(request_for({}))) == "two words"


def test_a_command_may_ignore_its_input_and_print_nothing(request_for: Build) -> None:
    assert asyncio.run(Command("true")(request_for("x" * 500_000))) is None


def test_a_command_knows_the_state_the_resource_and_the_token(request_for: Build) -> None:
    code = "import os,json; print(json.dumps([os.environ['ASL_' + n] for n in ('STATE_NAME','RESOURCE','TASK_TOKEN')]))"
    arn = "arn:aws:lambda:us-east-1:123456789012:function:ship"
    assert asyncio.run(python(code)(request_for({}, token="t1"))) == ["Ship", arn, "t1"]


def test_lambda_invoke_wraps_and_unwraps_the_payload(request_for: Build) -> None:
    result: Any = asyncio.run(Command("cat")(request_for({"FunctionName": "f", "Payload": [1]}, INVOKE)))
    assert (result["Payload"], result["StatusCode"]) == ([1], 200)


def test_a_non_zero_exit_is_a_failure_with_what_stderr_says(request_for: Build) -> None:
    command = python("import sys; print('no funds', file=sys.stderr); sys.exit(3)")
    assert failure(command, request_for({})) == ("States.TaskFailed", "no funds")


def test_a_silent_failure_tells_the_exit_code(request_for: Build) -> None:
    error, cause = failure(Command("false"), request_for({}))
    assert (error, cause) == ("States.TaskFailed", "false exited with code 1 and wrote nothing on stderr.")


def test_a_killed_command_tells_the_signal(request_for: Build) -> None:
    command = python("import os; os.kill(os.getpid(), 9)")
    assert "was killed by SIGKILL" in failure(command, request_for({}))[1]


def test_an_error_document_on_stderr_names_the_error(request_for: Build) -> None:
    document = '{"errorType": "Card.Declined", "errorMessage": "no funds"}'
    command = python(f"import sys; sys.exit('''{document}''')")
    assert failure(command, request_for({})) == ("Card.Declined", document)


@pytest.mark.parametrize("printed", ["garbage", "{", '{"a": NaN}', "1 2", "[" * 5_000, "\\xff"])
def test_garbage_on_stdout_is_a_failure(request_for: Build, printed: str) -> None:
    command = python(f"import sys; sys.stdout.buffer.write(b'{printed}')")
    error, cause = failure(command, request_for({}))
    assert error == "States.TaskFailed"
    assert "wrote no JSON on stdout (" in cause
    assert len(cause) < 6_000


def test_endless_output_is_cut_off(request_for: Build) -> None:
    error, cause = failure(Command("yes"), request_for({}))
    assert (error, cause) == ("States.DataLimitExceeded", "yes wrote more than 1048576 bytes.")


def test_a_command_is_killed_with_its_children_when_it_is_given_up(request_for: Build, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    command = Command(["sh", "-c", f"sleep 60 & echo $! > {pids}; wait"])

    async def scenario() -> None:
        attempt = asyncio.ensure_future(command(request_for({})))
        while not pids.exists() or not pids.read_text().strip():
            await asyncio.sleep(0.01)
        attempt.cancel()
        with pytest.raises(asyncio.CancelledError):
            await attempt

    asyncio.run(scenario())
    assert _is_gone(int(pids.read_text()))


def _is_gone(pid: int) -> bool:
    """Whether the process ended; one that its new parent has not collected yet counts as ended."""
    for _ in range(100):
        try:
            os.kill(pid, 0)
            if "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text():
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.01)
    os.kill(pid, signal.SIGKILL)
    return False


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("./no-such-program", "the command './no-such-program' is not there or can't be executed"),
        ("", "the command is empty"),
        ("echo 'open", "can't be read: No closing quotation"),
    ],
)
def test_a_command_that_can_not_be_used_is_told_before_the_run(command: str, message: str) -> None:
    with pytest.raises(TaskTargetError) as refused:
        Command(command)
    assert message in str(refused.value)


def test_a_file_that_is_not_executable_is_told_how_to_be_made_so(tmp_path: Path) -> None:
    program = tmp_path / "prog"
    program.write_text("#!/bin/sh\n")
    with pytest.raises(TaskTargetError, match=r"chmod \+x"):
        Command(str(program))
