"""What a test's report says of its workflows: each run explained where the test failed, and the trace as an HTML
file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

    from interpreter.testing.workflow_run import WorkflowRun

_MOST_RUNS = 3


def add_to_report(report: pytest.TestReport, runs: Sequence[WorkflowRun], trace: str, folder: Path) -> None:
    """Explain the last runs of a failed test; write the trace if it is wanted for this outcome."""
    if report.failed:
        report.sections.extend((f"workflow {run.machine.name}", run.explanation) for run in runs[-_MOST_RUNS:])
    if runs and (trace == "on" or (trace == "retain-on-failure" and report.failed)):
        path = write_trace(runs, folder, report.nodeid, report.outcome)
        report.sections.append(("workflow trace", str(path)))


def write_trace(runs: Sequence[WorkflowRun], folder: Path, name: str, outcome: str) -> Path:
    """One self-contained HTML file for all runs of a test."""
    from interpreter.testing.html_trace import trace_page

    path = folder / f"{re.sub(r'[^A-Za-z0-9_.-]+', '-', name).strip('-')}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(trace_page(name, outcome, runs), "utf-8")
    return path
