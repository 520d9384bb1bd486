"""The ``context`` argument of a Lambda handler."""

from __future__ import annotations

import time

from interpreter.tasks.lambda_ import EXECUTED_VERSION, invoked_function, request_id_for, short_name
from interpreter.tasks.port import TaskRequest

_LONGEST_FUNCTION = 900.0
"""Seconds that AWS lets a function run."""


class LambdaContext:
    """What Lambda's Python runtime passes as ``context``; the names are Lambda's.

    ``task`` is the :class:`TaskRequest` itself, which Lambda does not have: a handler that runs only here may use its
    ``heartbeat()`` and ``token``.
    """

    function_version = EXECUTED_VERSION
    memory_limit_in_mb = "128"
    identity = None
    client_context = None

    def __init__(self, task: TaskRequest, number: int) -> None:
        self.task = task
        self.function_name = short_name(task)
        self.invoked_function_arn = _function_arn(task, self.function_name)
        self.aws_request_id = request_id_for(task, number)
        self.log_group_name = f"/aws/lambda/{self.function_name}"
        self.log_stream_name = f"local/[{EXECUTED_VERSION}]{self.aws_request_id.replace('-', '')}"
        self._ends = time.monotonic() + min(task.timeout_seconds or _LONGEST_FUNCTION, _LONGEST_FUNCTION)

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds of real time left before the task's time limit, at most Lambda's 15 minutes."""
        return max(0, int((self._ends - time.monotonic()) * 1000))

    def log(self, message: object) -> None:
        """Write to standard error, where the interpreter's own talk goes."""
        import sys

        print(message, file=sys.stderr)


def _function_arn(task: TaskRequest, name: str) -> str:
    written = invoked_function(task)
    if written.startswith("arn:"):
        return written
    parts = task.execution_arn.split(":")
    region, account = (parts[3], parts[4]) if len(parts) > 5 else ("us-east-1", "123456789012")
    return f"arn:aws:lambda:{region}:{account}:function:{name}"
