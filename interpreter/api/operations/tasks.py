"""What workers and callbacks report: success, failure and heartbeat of a task, and the activities' long poll."""

from __future__ import annotations

import asyncio
import base64

from asl.json_text import to_text
from asl.types import JsonObject
from interpreter.api.errors import ApiError, invalid_token
from interpreter.api.json_input import task_output
from interpreter.api.live import Live
from interpreter.api.service import Service
from interpreter.execution import Frame, Phase
from interpreter.messages import TaskFailed, TaskHeartbeat, TaskStarted, TaskSucceeded

POLL_SECONDS = 60.0
SUBMIT_SECONDS = 60.0


async def get_activity_task(service: Service, request: JsonObject) -> JsonObject:
    activity = service.activity(request["activityArn"])
    task = await service.runtime.activities.take(activity.arn, POLL_SECONDS)
    if task is None:
        return {}
    live = service.runtime.live(task.live.arn)
    if live is None:
        return {}
    await service.runtime.deliver(live, TaskStarted(task.frame, task.ticket, request.get("workerName")))
    return {"taskToken": task.token, "input": to_text(task.input)}


async def send_task_success(service: Service, request: JsonObject) -> JsonObject:
    output = task_output(request["output"])
    live, frame = await _claimed(service, request["taskToken"])
    await service.runtime.deliver(live, TaskSucceeded(frame.id, frame.ticket, output))
    return {}


async def send_task_failure(service: Service, request: JsonObject) -> JsonObject:
    live, frame = await _claimed(service, request["taskToken"])
    message = TaskFailed(frame.id, frame.ticket, request.get("error"), request.get("cause"))
    await service.runtime.deliver(live, message)
    return {}


async def send_task_heartbeat(service: Service, request: JsonObject) -> JsonObject:
    live, frame = _waiting(service, request["taskToken"])
    await service.runtime.deliver(live, TaskHeartbeat(frame.id, frame.ticket))
    return {}


async def _claimed(service: Service, token: str) -> tuple[Live, Frame]:
    """The execution and the frame that wait for a token, which nobody else can end any more.

    An answer may be quicker than the response to the request that asked for it; that one comes first in history.
    """
    live, frame = _waiting(service, token)
    asking = live.submitting.get(frame.id)
    if asking is not None:
        await asyncio.wait({asking}, timeout=SUBMIT_SECONDS)
        live, frame = _waiting(service, token)
    live.claimed.add((frame.id, frame.ticket))
    return live, frame


def _waiting(service: Service, token: str) -> tuple[Live, Frame]:
    """The execution and the frame that wait for a token; InvalidToken or TaskTimedOut when there is none."""
    arn, number, ticket = _parts(token)
    live = service.runtime.live(arn)
    frame = None if live is None else live.execution.frames.get(number)
    if live is not None and frame is not None and _fits(frame, ticket, token) and (number, ticket) not in live.claimed:
        return live, frame
    if live is None and service.store.execution(arn) is None:
        raise invalid_token()
    raise ApiError("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'")


def _fits(frame: Frame, ticket: int, token: str) -> bool:
    return frame.phase == Phase.TASK and frame.ticket == ticket and frame.token == token


def _parts(token: str) -> tuple[str, int, int]:
    """Execution ARN, frame and ticket that a token names."""
    try:
        arn, number, ticket, _secret = base64.b64decode(token, validate=True).decode().rsplit("#", 3)
        return arn, int(number), int(ticket)
    except ValueError as error:
        raise invalid_token() from error
