"""The HTTP side: AWS's JSON 1.0 protocol on ``/``, and what an operator looks at on ``/health`` and ``/metrics``."""

from __future__ import annotations

import asyncio
import json
import logging
import time
import uuid
from collections.abc import Awaitable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from asl.types import Json, JsonObject
from interpreter.api.errors import ApiError, store_unavailable
from interpreter.api.metrics import Metrics
from interpreter.api.operations import OPERATIONS
from interpreter.api.service import Service
from interpreter.api.shapes import TARGET_PREFIX, operation
from interpreter.store.port import StoreError

REQUEST_LIMIT = 1_048_576
"""Bytes of a request, headers included (AWS quota)."""

DISCARD_LIMIT = 16 * REQUEST_LIMIT
"""Bytes of a request up to which a client that sends too much is heard out: cut off while it sends, many see a broken
connection in place of the answer."""

BODY_SECONDS = 30.0
"""How long a client may take to send its request."""

LONG_POLLS = frozenset({"GetActivityTask"})
CONTENT_TYPE = "application/x-amz-json-1.0"
log = logging.getLogger("interpreter.api")
_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


class Endpoint:
    """Answers requests for one service."""

    def __init__(self, service: Service, metrics: Metrics) -> None:
        self._service = service
        self._metrics = metrics

    def app(self) -> Starlette:
        """The ASGI application."""
        return Starlette(
            routes=[
                Route("/", self.answer, methods=["POST"]),
                Route("/health", self.health, methods=["GET"]),
                Route("/metrics", self.metrics, methods=["GET"]),
            ]
        )

    async def answer(self, request: Request) -> Response:
        """One call of one operation."""
        began = time.perf_counter()
        target = request.headers.get("x-amz-target", "")
        name = target.removeprefix(TARGET_PREFIX)
        status, body = await self._outcome(name if target.startswith(TARGET_PREFIX) else "", request)
        self._metrics.count_call(name if name in OPERATIONS else "unknown", status, time.perf_counter() - began)
        request_id = str(uuid.uuid4())
        log.debug("%s %s", name, status, extra={"operation": name, "status": status, "request_id": request_id})
        return Response(_content(body), status, {"x-amzn-RequestId": request_id}, CONTENT_TYPE)

    async def _outcome(self, name: str, request: Request) -> tuple[int, JsonObject]:
        try:
            handler = OPERATIONS.get(name)
            body = await _body_of(request)
            if handler is None:
                raise ApiError("UnknownOperationException", f"There is no operation {name!r:.100}.")
            checked = operation(name).checked(_parsed(body))
            answer = handler(self._service, checked)
            response = await (_while_connected(request, answer) if name in LONG_POLLS else answer)
            return 200, operation(name).shaped(response)
        except ApiError as error:
            return error.status, error.body()
        except StoreError as error:
            log.error("%s: %s", name, error)
            refusal = store_unavailable(str(error))
            return refusal.status, refusal.body()
        except Exception:
            log.exception("%s failed", name)
            return 500, {"__type": "InternalFailure", "message": "The server failed; its log says why."}

    async def health(self, request: Request) -> Response:
        document = {"status": "ok", **self._service.runtime.summary()}
        return Response(_encode(document), media_type="application/json")

    async def metrics(self, request: Request) -> Response:
        gauges = {**self._service.runtime.summary(), "store_backlog": self._service.store.backlog}
        return PlainTextResponse(self._metrics.text(gauges), media_type="text/plain; version=0.0.4")


def _content(body: JsonObject) -> bytes:
    try:
        return _encode(body).encode()
    except UnicodeEncodeError:  # a lone surrogate, which JSON can only escape
        return json.dumps(body, separators=(",", ":")).encode()


async def _while_connected(request: Request, work: Awaitable[JsonObject]) -> JsonObject:
    """The answer, unless the client goes away before: then nothing may be handed out to it."""
    answer = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(_gone(request))
    await asyncio.wait({answer, gone}, return_when=asyncio.FIRST_COMPLETED)
    gone.cancel()
    if not answer.done():
        answer.cancel()
        raise ApiError("RequestTimeout", "The client went away.", 408)
    return answer.result()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _body_of(request: Request) -> bytes:
    """The whole body, unless it is too large or takes too long."""
    size = sum(len(name) + len(value) for name, value in request.headers.raw)
    _check_size(size + int(_digits(request.headers.get("content-length"))), DISCARD_LIMIT)
    chunks: list[bytes] = []
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                size += len(chunk)
                _check_size(size, DISCARD_LIMIT)
                if size <= REQUEST_LIMIT:
                    chunks.append(chunk)
    except TimeoutError as error:
        raise ApiError("RequestTimeout", "The request took too long to arrive.", 408) from error
    except ClientDisconnect as error:
        raise ApiError("RequestTimeout", "The client went away.", 408) from error
    _check_size(size, REQUEST_LIMIT)
    return b"".join(chunks)


def _digits(text: str | None) -> str:
    return text if text is not None and text.isdigit() else "0"


def _check_size(size: int, limit: int) -> None:
    if size > limit:
        raise ApiError("RequestEntityTooLarge", "The request is larger than 1 MB.", 413)


def _parsed(body: bytes) -> Json:
    try:
        parsed = json.loads(body.decode("utf-8"), parse_constant=_no_constant) if body else {}
    except (ValueError, RecursionError) as error:
        raise ApiError("SerializationException", "The request is not JSON.") from error
    if not isinstance(parsed, dict):
        raise ApiError("SerializationException", "The request is not a JSON object.")
    return parsed


def _no_constant(name: str) -> Any:
    raise ValueError(name)
