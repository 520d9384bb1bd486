"""A server inside a Python program, for its tests above all."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from interpreter.api.application import Application

START_SECONDS = 30.0
NO_HOST_PREFIX = "AWS_DISABLE_HOST_PREFIX_INJECTION"


@dataclass(frozen=True, slots=True)
class RunningServer:
    """``url`` is what a client takes as its endpoint."""

    url: str
    port: int
    account: str
    region: str


@contextmanager
def serve(
    port: int = 0,
    *,
    host: str = "127.0.0.1",
    store: str = "memory:",
    tasks: Mapping[str, Any] | None = None,
    **settings: Any,
) -> Iterator[RunningServer]:
    """Serve the Step Functions API on a thread of its own for as long as the block runs.

    ``port`` 0 takes a free one. ``tasks`` maps state names or resource patterns to what answers them, as in ``run``;
    ``settings`` are further fields of :class:`interpreter.api.settings.ServerSettings`. ::

        with interpreter.serve() as server:
            client = boto3.client("stepfunctions", endpoint_url=server.url)
    """
    application = _application(host=host, port=port, store=store, tasks=tasks or {}, **settings)
    ready = threading.Event()
    failures: list[BaseException] = []
    thread = threading.Thread(target=_run, args=(application, ready, failures), name="asl-serve", daemon=True)
    thread.start()
    ready.wait(START_SECONDS)
    if failures:
        raise failures[0]
    known = application.settings
    try:
        with _without_host_prefix():
            yield RunningServer(f"http://{host}:{application.port}", application.port, known.account, known.region)
    finally:
        application.stop()
        thread.join()


@contextmanager
def _without_host_prefix() -> Iterator[None]:
    """Clients made meanwhile do not put ``sync-`` before the host, which only AWS's own hosts have."""
    before = os.environ.get(NO_HOST_PREFIX)
    os.environ[NO_HOST_PREFIX] = "true"
    try:
        yield
    finally:
        os.environ.pop(NO_HOST_PREFIX, None)
        if before is not None:
            os.environ[NO_HOST_PREFIX] = before


def _application(**settings: Any) -> Application:
    from interpreter.api.application import Application
    from interpreter.api.settings import ServerSettings

    return Application(ServerSettings(**settings))


def _run(application: Application, ready: threading.Event, failures: list[BaseException]) -> None:
    from interpreter.api.application import run_until_stopped

    try:
        run_until_stopped(application, ready.set)
    except BaseException as error:
        failures.append(error)
    finally:
        ready.set()
