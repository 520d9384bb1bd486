"""Builds the requests that answers are called with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from interpreter.tasks.port import TaskRequest
from interpreter.tasks.resource import parse_resource

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:ship"
EXECUTION = "arn:aws:states:us-east-1:123456789012:execution:order:run-1"


@pytest.fixture
def request_for() -> Callable[..., TaskRequest]:
    """Builds requests, numbered per execution and state as the machine numbers them."""
    counts: Counter[tuple[str, str]] = Counter()

    def build(value: Any = None, resource: str = FUNCTION, state: str = "Ship", **changes: Any) -> TaskRequest:
        fields: dict[str, Any] = {
            "state_name": state,
            "resource": parse_resource(resource),
            "input": value,
            "execution_arn": EXECUTION,
            "execution_name": "run-1",
            "retry_count": 0,
            "invocation": 0,
            "token": None,
            "timeout_seconds": None,
            "heartbeat_seconds": None,
            "heartbeat": lambda: None,
            "submitted": lambda output: None,
            "started": lambda worker: None,
            "context": dict,
        }
        request = TaskRequest(**{**fields, **changes})
        request.invocation = counts[request.execution_arn, request.state_name]
        counts[request.execution_arn, request.state_name] += 1
        return request

    return build
