"""W10 and W11: from nothing to a result, and from text to a plan."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from timing import Measured
from workloads import ROOT, SHARED

START_LIMIT = 2
START_ALLOWANCE = 0.060
LOAD_LIMIT = 15


def started(rounds: int) -> Measured:
    """W10: the wall time of ``asl-run`` on a one-state workflow beside that of a Python that does nothing."""
    files = [str(SHARED / "W10.asl.json"), "--input", str(SHARED / "W10.input.json")]
    command = [str(Path(sys.executable).with_name("asl-run")), *files, "--quiet"]
    assert json.loads(_finished(command)) == json.loads((SHARED / "W10.expected.json").read_text())
    bare = [sys.executable, "-c", "pass"]
    taken = [(_wall(bare), _wall(command)) for _ in range(rounds)]
    return Measured(*(median(side) for side in zip(*taken, strict=True)))


def _finished(command: list[str]) -> str:
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=60).stdout


def _wall(command: list[str]) -> float:
    begun = perf_counter()
    _finished(command)
    return perf_counter() - begun


def loaded(rounds: int) -> Measured:
    """W11: parse, check and compile 5,000 states beside ``json.loads`` of the same text."""
    from asl import StateMachine
    from interpreter.running import plan_of

    text = (SHARED / "W11.asl.json").read_text()

    def compiled() -> None:
        assert len(plan_of(StateMachine.parse(text)).scopes[0].states) == 5000

    taken = [(_cpu(lambda: json.loads(text)), _cpu(compiled)) for _ in range(rounds)]
    return Measured(*(median(side) for side in zip(*taken, strict=True)))


def _cpu(work: Callable[[], object]) -> float:
    gc.collect()
    begun = process_time()
    work()
    return process_time() - begun
