"""The services that tasks of a served workflow reach: this server's own, Lambda, and others at their endpoints."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from interpreter.api.integrations.aws import Aws
from interpreter.api.integrations.events import put_events
from interpreter.api.integrations.functions import Functions
from interpreter.api.integrations.http import invoke_api, invoke_http
from interpreter.api.integrations.nested import Nested
from interpreter.api.integrations.own_api import OwnApi
from interpreter.api.service import Service
from interpreter.api.settings import ServerSettings
from interpreter.tasks.port import PENDING, Answer, Resource, TaskError, TaskRequest

if TYPE_CHECKING:
    from asl.types import Json

_CALLBACK = ".waitForTaskToken"


class Integrations:
    """Answers the resources that nobody else answers, by table: a service and its action, or a service as a whole."""

    def __init__(self, service: Service, settings: ServerSettings) -> None:
        aws = Aws(settings)
        functions = Functions(aws)
        own_api = OwnApi(service)
        self._function = functions.invoke_function
        self._aws = aws
        self._answers: dict[tuple[str, str], Answer] = {
            ("lambda", "invoke"): functions.invoke,
            ("states", "startExecution"): Nested(service).start_execution,
            ("events", "putEvents"): lambda request: put_events(aws, request),
            ("apigateway", "invoke"): invoke_api,
            ("http", "invoke"): invoke_http,
        }
        self._services: dict[str, Answer] = {"aws-sdk:sfn": own_api.call}

    def answer_for(self, state_name: str, resource: Resource) -> Answer | None:
        if resource.kind == "lambda":
            return self._function
        if resource.kind != "service":
            return None
        answer = self._answers.get((resource.service, resource.action)) or self._services.get(resource.service)
        if answer is None and resource.pattern.startswith(".sync"):
            return _not_waited_for
        answer = answer or self._aws.call
        return _submitting(answer) if resource.pattern == _CALLBACK else answer


def _submitting(answer: Callable[[TaskRequest], Json]) -> Answer:
    """The request is made now; the task ends when somebody sends its token back."""
    import asyncio
    import inspect

    async def submit(request: TaskRequest) -> Json:
        if inspect.iscoroutinefunction(answer):
            accepted = await answer(request)
        else:
            accepted = await asyncio.to_thread(answer, request)
        request.submitted(accepted)
        return PENDING

    submit.submits = True  # type: ignore[attr-defined]
    return submit


def _not_waited_for(request: TaskRequest) -> Json:
    name = f"{request.resource.service}:{request.resource.name}"
    cause = f"{name}: only nested executions are waited for here. Mock the state or name what answers it with --task."
    raise TaskError("States.Runtime", cause)
