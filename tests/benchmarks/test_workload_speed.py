"""The benchmarks run, give the right results, and are not wildly slow; ``-m benchmark`` measures them in earnest.

They run in a process of their own, so that what other tests left behind is not measured.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
SHARED = HERE.parents[2] / "shared" / "benchmarks"
GENEROUS = 25
"""Times the limit: what no machine's mood explains."""
MEASURES_ITS_INPUT = "200 KB through 50 states"
"""Given as a value, the input is walked once to know whether it is too large; the hand-written code never looks."""

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the workloads of ../shared/benchmarks are not there")


def _table(tmp_path: Path, *arguments: str) -> list[dict[str, Any]]:
    file = tmp_path / "table.json"
    command = [sys.executable, str(HERE / "run.py"), "--json", str(file), *arguments]
    ran = subprocess.run(command, check=False, capture_output=True, text=True, timeout=600)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    print(ran.stdout)
    return json.loads(file.read_text())  # type: ignore[no-any-return]


def test_every_workload_gives_its_expected_result_in_reasonable_time(tmp_path: Path) -> None:
    table = _table(tmp_path, "--quick")
    assert [row["workload"] for row in table] == [
        "W1", "W2", "W3", "W4a", "W4b", "W5", "W6", "W7", "W8", "W9", "W12", "W12", "W10", "W11",
    ]  # fmt: skip
    slow = [row for row in table if row["ratio"] > GENEROUS * row["limit"]]
    assert not [row for row in slow if row["title"] != MEASURES_ITS_INPUT]


@pytest.mark.benchmark
def test_every_workload_is_within_its_limit(tmp_path: Path) -> None:
    missed = [row for row in _table(tmp_path) if not row["within"]]
    assert not missed, json.dumps(missed, indent=1)
