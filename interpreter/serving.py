"""A server inside a Python program, for its tests above all."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from interpreter.api.application import Application

START_SECONDS = 30.0
NO_HOST_PREFIX = "AWS_DISABLE_HOST_PREFIX_INJECTION"
ANY_CREDENTIALS = {"AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any"}


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
        with _for_clients(known.region):
            yield RunningServer(f"http://{host}:{application.port}", application.port, known.account, known.region)
    finally:
        application.stop()
        thread.join()


@contextmanager
def _for_clients(region: str) -> Iterator[None]:
    """What clients made meanwhile need: no ``sync-`` before the host, and where the machine has none, a region and
    credentials (any will do)."""
    wanted = {NO_HOST_PREFIX: "true", **({} if _has_credentials() else ANY_CREDENTIALS)}
    if not (_is_set("AWS_DEFAULT_REGION", "AWS_REGION") or _is_file("AWS_CONFIG_FILE", "config")):
        wanted["AWS_DEFAULT_REGION"] = region
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def _has_credentials() -> bool:
    names = (
        "AWS_ACCESS_KEY_ID",
        "AWS_PROFILE",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    )
    return (
        _is_set(*names)
        or _is_file("AWS_SHARED_CREDENTIALS_FILE", "credentials")
        or _is_file("AWS_CONFIG_FILE", "config")
    )


def _is_set(*names: str) -> bool:
    return any(os.environ.get(name) for name in names)


def _is_file(variable: str, usual: str) -> bool:
    return Path(os.environ.get(variable) or Path.home() / ".aws" / usual).is_file()


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
