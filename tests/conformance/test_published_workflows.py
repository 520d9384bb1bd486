"""Definitions as people published them: every one loads, compiles, draws, and runs to an end with automatic mocks."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from replay import SHARED

from asl import Severity, StateMachine, validate
from asl.diagram import render
from asl.sources import load_definition
from interpreter.clock import VirtualClock
from interpreter.engine import Engine
from interpreter.running import plan_of
from interpreter.tasks.auto import AutoMocks

DEFINITIONS = SHARED / "workflows" / "definitions"
pytestmark = pytest.mark.skipif(
    not DEFINITIONS.is_dir(), reason="the published definitions (../shared/workflows) are not on this machine"
)
PATHS = sorted(DEFINITIONS.glob("*"))
ENDS = frozenset({"SUCCEEDED", "FAILED", "TIMED_OUT"})


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_a_published_definition_has_no_false_error(path: Path) -> None:
    found = validate(load_definition(path), severity="WARNING", advice=True)
    assert [str(each) for each in found if each.severity is Severity.ERROR] == []


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_a_published_definition_draws(path: Path) -> None:
    drawn = render(StateMachine.load(path).graph, format="dot")
    assert str(drawn).startswith("digraph")


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_a_published_definition_runs_to_an_end_with_automatic_mocks(path: Path) -> None:
    machine = StateMachine.load(path)
    mocks = AutoMocks(machine.definition)

    async def run() -> Any:
        engine = Engine(clock=VirtualClock(), handler=mocks)
        return await engine.run(plan_of(machine), mocks.input, type=machine.type, seed=1)

    result = asyncio.run(asyncio.wait_for(run(), 20))
    assert result.status in ENDS
    assert result.path
