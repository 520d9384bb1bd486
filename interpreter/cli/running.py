"""Runs the executions of one ``asl run`` side by side and tells what came of them.

Results go to standard output and nothing else does; all talk goes to standard error.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from asl.types import JsonObject
from interpreter.cli.loading import load_machine
from interpreter.cli.run_settings import RunSettings
from interpreter.cli.talk import EXECUTION_FAILED, INTERRUPTED, OK

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

    from asl.state_machine import StateMachine
    from interpreter.engine import Engine, Run
    from interpreter.inspection import Recorder
    from interpreter.plan import Plan
    from interpreter.result import Result
    from interpreter.tasks.handlers import TaskHandlers

Watch = Callable[[int, JsonObject], None]
"""Told the number of the execution and the event, as it happens."""


@dataclass(slots=True)
class Batch:
    """Executions under way. ``stopped_by`` says why they were stopped before their end, if they were."""

    engine: Engine
    recorders: list[Recorder] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    stopped_by: str | None = None

    def stop(self, why: str) -> None:
        """Abort what still runs."""
        self.stopped_by = why
        for run in self.runs:
            if not run.execution.is_closed:
                self.engine.stop(run, None, why)


class Ended(NamedTuple):
    """What came of the executions, in the order of the inputs. ``waited``: seconds of waiting that were skipped."""

    results: list[Result]
    waited: float
    interrupted: bool


def run_and_tell(settings: RunSettings) -> int:
    """Do what the settings say and return the exit code."""
    from interpreter.cli.reporting import Report

    machine = load_machine(settings)
    report = Report(machine, settings)
    report.warnings()
    doubts: dict[str, None] = {}
    handlers = [_handlers(machine, settings, doubts) for _ in settings.inputs]
    for doubt in doubts:
        report.say(f"warning: {doubt}")
    if settings.test_case is None:
        handlers[0].require_all(machine.graph)
    with _watcher(machine, settings) as watch:
        ended = _finished(_run_all(machine, settings, handlers, watch), settings)
    report.end(ended)
    return _exit_code(ended)


def _finished(work: Coroutine[Any, Any, Ended], settings: RunSettings) -> Ended:
    """Run to the end; on a loop only where something has to be waited for, as loading asyncio is half of a start."""
    if _needs_loop(settings):
        import asyncio

        return asyncio.run(work)
    try:
        while True:
            work.send(None)
    except StopIteration as done:
        ended: Ended = done.value
        return ended


def _needs_loop(settings: RunSettings) -> bool:
    return (
        len(settings.inputs) > 1
        or bool(settings.targets)
        or settings.time_scale is not None
        or settings.timeout is not None
    )


def _exit_code(ended: Ended) -> int:
    if ended.interrupted:
        return INTERRUPTED
    return OK if all(result.succeeded for result in ended.results) else EXECUTION_FAILED


def _handlers(machine: StateMachine, settings: RunSettings, doubts: dict[str, None]) -> TaskHandlers:
    """Handlers of one execution alone, so that executions side by side do what each would do by itself."""
    from interpreter.tasks.handlers import TaskHandlers

    last, threads = [], None
    if settings.auto_mock:
        from interpreter.tasks.auto import AutoMocks

        last.append(AutoMocks(machine.definition))
    if settings.targets:
        from interpreter.tasks.threads import SerialThreads

        threads = SerialThreads()
    return TaskHandlers.build(
        machine,
        tasks=settings.targets,
        mocks=settings.mocks,
        mock_config=settings.mock_config,
        test_case=settings.test_case,
        last=last,
        threads=threads,
        doubt=lambda text: doubts.update({text: None}),
    )


async def _run_all(
    machine: StateMachine, settings: RunSettings, handlers: list[TaskHandlers], watch: Watch | None
) -> Ended:
    from interpreter.engine import Engine

    clock = settings.clock()
    batch = Batch(Engine(clock=clock))
    for number in range(len(settings.inputs)):
        batch.runs.append(_start(batch, machine, settings, number, handlers[number], watch))
    if _needs_loop(settings):
        await _wait_on_loop(batch, settings.timeout)
    else:
        with _interrupts(batch):
            await batch.engine.wait(batch.runs[0])
    skipped = getattr(clock, "skipped", 0.0)
    return Ended(_results(batch), skipped, batch.stopped_by == _INTERRUPTED)


def _results(batch: Batch) -> list[Result]:
    results = [run.result() for run in batch.runs]
    for result, recorder in zip(results, batch.recorders, strict=False):
        result.inspection = recorder.visits(result.rows)
    return results


async def _wait_on_loop(batch: Batch, timeout: float | None) -> None:
    import asyncio

    loop = asyncio.get_running_loop()
    with _interrupts_on_loop(batch, loop):
        if timeout is not None:
            loop.call_later(timeout, batch.stop, f"stopped after {timeout:g} seconds (--timeout)")
        await asyncio.gather(*(batch.engine.wait(run) for run in batch.runs))


def _start(
    batch: Batch,
    machine: StateMachine,
    settings: RunSettings,
    number: int,
    handlers: TaskHandlers,
    watch: Watch | None,
) -> Run:
    given = settings.inputs[number]
    several = len(settings.inputs) > 1
    return batch.engine.start(
        _plan(batch, machine, settings),
        given.value,
        input_text=given.text,
        name=f"{settings.name}-{number + 1}" if settings.name and several else settings.name,
        type=settings.type or machine.document.type or "STANDARD",
        seed=None if settings.seed is None else settings.seed + number,
        handler=handlers,
        observe=None if watch is None else lambda event: watch(number, event),
    )


def _plan(batch: Batch, machine: StateMachine, settings: RunSettings) -> Plan:
    """The machine's plan, or one that reports to a recorder of its own."""
    if not settings.inspect:
        from interpreter.running import plan_of

        return plan_of(machine)
    from interpreter.inspection import Recorder

    recorder = Recorder()
    batch.recorders.append(recorder)
    return recorder.plan_for(machine)


_INTERRUPTED = "interrupted"
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def _interrupt(batch: Batch) -> None:
    """The first Ctrl-C aborts the executions, so that their commands are killed; the second one ends the program."""
    if batch.stopped_by == _INTERRUPTED:
        raise KeyboardInterrupt
    batch.stop(_INTERRUPTED)


@contextmanager
def _interrupts(batch: Batch) -> Iterator[None]:
    """While nothing runs but this thread, a signal's handler may act at once."""
    try:
        before = [(number, signal.signal(number, lambda *_: _interrupt(batch))) for number in _SIGNALS]
    except ValueError:
        before = []  # not the main thread: whoever called looks after signals
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)


@contextmanager
def _interrupts_on_loop(batch: Batch, loop: AbstractEventLoop) -> Iterator[None]:
    """The loop hears of signals even where the system gives them to another thread."""
    try:
        for number in _SIGNALS:
            loop.add_signal_handler(number, _interrupt, batch)
    except (ValueError, RuntimeError):
        yield  # not the main thread: whoever called looks after signals
        return
    try:
        yield
    finally:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)


@contextmanager
def _watcher(machine: StateMachine, settings: RunSettings) -> Iterator[Watch | None]:
    """What follows the run: a trace of events, a live tree on a terminal, or nothing."""
    if settings.trace:
        from interpreter.cli.tracing import Trace

        yield Trace(len(settings.inputs)).event
    elif settings.quiet or not _is_terminal():
        yield None
    else:
        from interpreter.cli.progress import live_tree

        with live_tree(machine.graph, len(settings.inputs)) as watch:
            yield watch


def _is_terminal() -> bool:
    import os

    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
