"""Checking takes a few times as long as reading the JSON, however big the definition."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from time import process_time

import pytest

from asl import validate
from asl.document import parse_document

SHARED = Path(__file__).parents[4] / "shared"
BIG = SHARED / "benchmarks" / "W11.asl.json"


@pytest.mark.skipif(not BIG.is_file(), reason="the workloads (../shared/benchmarks) are not on this machine")
def test_checking_five_thousand_states_takes_a_few_times_as_long_as_reading_their_json() -> None:
    text = BIG.read_text("utf-8")
    document = parse_document(text, source=BIG.name)
    reading = _fastest(lambda: json.loads(text))
    assert _fastest(lambda: validate(document)) < 6 * reading
    assert _fastest(lambda: validate(document, severity="WARNING", advice=True)) < 25 * reading


def _fastest(work: Callable[[], object]) -> float:
    """Processor seconds of the fastest of a few runs, which other programs disturb least."""
    times = []
    for _ in range(5):
        begun = process_time()
        work()
        times.append(process_time() - begun)
    return min(times)
