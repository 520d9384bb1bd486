"""Measures every workload beside hand-written code and prints one table.

``python tests/benchmarks/run.py [--quick] [--json FILE] [W1 W2 ...]``. Exits with 1 where a result is wrong; a limit
that is missed is shown, not punished.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from loading import LOAD_LIMIT, START_ALLOWANCE, START_LIMIT, loaded, started
from timing import Measured, measured
from workloads import SHARED, WORKLOADS

Row = dict[str, Any]


def rows(names: list[str], quick: bool) -> Iterator[Row]:
    """One row per workload, as it is measured; those of ``names`` alone, if there are any."""
    for workload in WORKLOADS:
        if not names or workload.name in names:
            found = asyncio.run(measured(workload, 0.05 if quick else 2.0))
            yield _row(workload.name, workload.title, found, workload.limit)
    if not names or "W10" in names:
        found = started(3 if quick else 21)
        yield _row("W10", "process start to result", found, START_LIMIT + START_ALLOWANCE / found.hand_written)
    if not names or "W11" in names:
        yield _row("W11", "load 5,000 states", loaded(1 if quick else 9), LOAD_LIMIT)


def _row(name: str, title: str, found: Measured, limit: float) -> Row:
    return {
        "workload": name,
        "title": title,
        "hand_written_us": round(found.hand_written * 1e6, 1),
        "ours_us": round(found.ours * 1e6, 1),
        "ratio": round(found.ratio, 2),
        "limit": round(limit, 2),
        "within": found.ratio <= limit,
    }


def _line(row: Row) -> str:
    name, verdict = f"{row['workload']} {row['title']}", "yes" if row["within"] else "MISSED"
    return (
        f"{name:38}{row['hand_written_us']:>14,.1f}{row['ours_us']:>14,.1f}"
        f"{row['ratio']:>9.2f}{row['limit']:>8g}  {verdict}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workloads", nargs="*", help="names such as W1; all by default")
    parser.add_argument("--quick", action="store_true", help="few samples: shows that it runs, not how fast")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the table there as JSON")
    options = parser.parse_args()
    if not SHARED.is_dir():
        print(f"There are no workloads at {SHARED}", file=sys.stderr)
        return 2
    print(f"{'CPU microseconds an execution':38}{'hand-written':>14}{'ours':>14}{'ratio':>9}{'limit':>8}  within")
    table = []
    for row in rows(options.workloads, options.quick):
        table.append(row)
        print(_line(row), flush=True)
    if options.json is not None:
        options.json.write_text(json.dumps(table, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
