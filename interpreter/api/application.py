"""A server from its settings to its end: opens the store, takes up what was left, listens, and stops without loss."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from interpreter.api.answers import Answers
from interpreter.api.arn import Names
from interpreter.api.connections import patient_protocol
from interpreter.api.execution_logs import ExecutionLogs
from interpreter.api.metrics import Metrics
from interpreter.api.plans import Plans
from interpreter.api.preloading import Preloader, definitions_of
from interpreter.api.registry import Registry
from interpreter.api.runtime import Runtime
from interpreter.api.service import Service
from interpreter.api.settings import ServerSettings
from interpreter.clock import SystemClock
from interpreter.history import Row
from interpreter.saved import VERSION
from interpreter.store import open_store
from interpreter.store.port import ExecutionRecord, RecordChange, Store, StoreError

if TYPE_CHECKING:
    import uvicorn
    from starlette.applications import Starlette

GRACE_SECONDS = 10
"""How long requests and tasks in flight may take to end after the server was told to stop."""

BACKLOG = 2048
META = "meta"
"""The kind of the records that the server keeps about its own data."""

RETENTION_SECONDS = 90 * 86_400
"""How long closed executions are kept, and their names taken (AWS quota)."""

FORGET_EVERY_SECONDS = 3600.0
KEEP_ALIVE_SECONDS = 75
LOOK_SECONDS = 0.05
CONNECTIONS_LIMIT = 10_000
"""Connections and requests at a time; more are refused with status 503."""

TASK_THREADS = 64
"""Tasks that may block at a time: calls of services, functions and commands."""

log = logging.getLogger("interpreter.api")


class Application:
    """One server. ``port`` is the one that it really listens on."""

    def __init__(self, settings: ServerSettings) -> None:
        self.settings = settings
        self.store: Store = open_store(settings.store)
        try:
            self._socket = _listen(settings.host, settings.port)
        except BaseException:
            self.store.close()
            raise
        self.port: int = self._socket.getsockname()[1]
        self._stopping = threading.Event()

    async def run(self, ready: Callable[[], None]) -> None:
        """Serve until :meth:`stop`, SIGTERM or SIGINT; ``ready`` is called when requests are answered."""
        try:
            await self._run(ready)
        finally:
            self._socket.close()
            self.store.close()

    async def _run(self, ready: Callable[[], None]) -> None:
        from interpreter.api.server import Endpoint

        await _check_form(self.store)
        metrics = Metrics()
        service, preloader = self._service(metrics)
        server = _http_server(Endpoint(service, metrics).app())
        self._stop_on_signals()
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(TASK_THREADS, "task"))
        await preloader.load_all()
        service.runtime.take_up()
        background = (self._watch(server, service), preloader.watch(), self._forget_old_executions(service))
        watchers = [asyncio.create_task(work) for work in background]
        try:
            ready()
            await server.serve([self._socket])
        finally:
            for watcher in watchers:
                watcher.cancel()
            await service.runtime.stop(GRACE_SECONDS)

    def _service(self, metrics: Metrics) -> tuple[Service, Preloader]:
        settings = self.settings
        registry = Registry(self.store)
        names = Names(settings.account, settings.region)
        answers = Answers(settings)
        clock = SystemClock(settings.time_scale)
        runtime = Runtime(
            self.store,
            metrics,
            plan_of=Plans(registry),
            handler_of=answers.handler_of,
            on_events=self._observers(),
            clock=clock,
            wait_scale=settings.wait_scale,
            activity_exists=registry.activities.__contains__,
        )
        service = Service(names, self.store, registry, runtime, clock.now)
        answers.serve(service)
        return service, Preloader(service, answers, self._definitions())

    def _definitions(self) -> list[Path]:
        project = self.settings.project
        return [*self.settings.definitions, *(() if project is None else definitions_of(project))]

    def _observers(self) -> Callable[[ExecutionRecord, int, list[Row]], None]:
        logs = ExecutionLogs(self.settings.logs).write
        if not self.settings.trace:
            return logs
        from interpreter.api.tracing import Spans

        spans = Spans(self.store).write

        def observe(record: ExecutionRecord, first: int, rows: list[Row]) -> None:
            logs(record, first, rows)
            spans(record, first, rows)

        return observe

    def _stop_on_signals(self) -> None:
        """SIGTERM and SIGINT end the server in order; uvicorn's own handling would end the process before that."""
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: self.stop())

    async def _watch(self, server: uvicorn.Server, service: Service) -> None:
        """Pass on that the server is told to stop: to uvicorn, and to the long polls that it would wait for."""
        while not self._stopping.is_set():
            await asyncio.sleep(LOOK_SECONDS)
        server.should_exit = True
        service.runtime.end_polls()

    async def _forget_old_executions(self, service: Service) -> None:
        """Drop what AWS would not show any more either."""
        while True:
            try:
                await self.store.forget(service.now() - RETENTION_SECONDS)
            except StoreError as error:
                log.error("old executions are kept: %s", error)
            await asyncio.sleep(FORGET_EVERY_SECONDS)

    def stop(self) -> None:
        """Have the server stop; may be called from any thread."""
        self._stopping.set()


async def _check_form(store: Store) -> None:
    """Refuse open executions in a form that this program does not read, before anything is done to them."""
    form = dict(store.records(META)).get("form")
    if form is None:
        await store.commit((), [RecordChange(META, "form", VERSION)])
    elif form != VERSION:
        raise StoreError(
            f"the store holds executions in form {form!r}, and this program reads form {VERSION}: "
            "go on with it in the version of the program that wrote it, or name another one with --store"
        )


def _http_server(app: Starlette) -> uvicorn.Server:
    import uvicorn

    config = uvicorn.Config(
        app,
        http=patient_protocol(),
        log_config=None,
        access_log=False,
        lifespan="off",
        limit_concurrency=CONNECTIONS_LIMIT,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign,assignment]
    return server


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise ServerError(f"can't listen on {host}:{port}: {error.strerror}; name another one with --port") from error
    return listening


class ServerError(Exception):
    """The server can't start; the text is a sentence for a person."""


def run_until_stopped(application: Application, ready: Callable[[], None]) -> None:
    """Serve on a loop of its own, with uvloop where it is installed."""
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(application.run(ready))


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory
