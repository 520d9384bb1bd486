"""What a server is told: where it listens, whose account it plays, where its data and its answers come from."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from interpreter.tasks.port import TaskHandler

DEFAULT_PORT = 8083
DEFAULT_STORE = "sqlite:///asl.db"
LOCAL_ENDPOINTS = {
    "lambda": "LAMBDA_ENDPOINT",
    "batch": "BATCH_ENDPOINT",
    "dynamodb": "DYNAMODB_ENDPOINT",
    "ecs": "ECS_ENDPOINT",
    "glue": "GLUE_ENDPOINT",
    "sagemaker": "SAGE_MAKER_ENDPOINT",
    "sqs": "SQS_ENDPOINT",
    "sns": "SNS_ENDPOINT",
    "stepfunctions": "STEP_FUNCTIONS_ENDPOINT",
    "events": "EVENTBRIDGE_ENDPOINT",
}
"""Services to the variables of Step Functions Local that name their endpoints."""


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """``endpoints`` maps services, as botocore names them, to URLs. ``tasks`` maps state names or resource patterns to
    callables or commands, ``mocks`` state names to answers; ``handler`` is asked before them.

    ``wait_scale`` multiplies the time of Wait states only; 0 skips them. ``time_scale`` below 1 makes all time pass
    quicker than it does. ``logs`` is the folder of execution logs.
    """

    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    account: str = "123456789012"
    region: str = "us-east-1"
    store: str = DEFAULT_STORE
    wait_scale: float = 1.0
    endpoints: Mapping[str, str] = field(default_factory=dict)
    mock_config: Path | None = None
    definitions: tuple[Path, ...] = ()
    project: Path | None = None
    tasks: Mapping[str, Any] = field(default_factory=dict)
    mocks: Mapping[str, Any] = field(default_factory=dict)
    handler: TaskHandler | None = None
    logs: Path = Path("aws/states")
    trace: bool = False
    time_scale: float = 1.0

    def endpoint(self, service: str) -> str | None:
        """The URL that is set for a service: by a flag, by AWS's own variables, or None for AWS itself."""
        name = service.upper().replace("-", "_")
        return (
            self.endpoints.get(service)
            or os.environ.get(LOCAL_ENDPOINTS.get(service, ""))
            or os.environ.get(f"AWS_ENDPOINT_URL_{name}")
            or os.environ.get("AWS_ENDPOINT_URL")
        )
