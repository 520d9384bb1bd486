"""Counts of what the server did, as Prometheus reads them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""Upper bounds of the latency histogram in seconds."""


class Metrics:
    """Calls by operation and status with their latency, and executions by how they ended."""

    def __init__(self) -> None:
        self._calls: dict[tuple[str, int], int] = defaultdict(int)
        self._buckets = [0] * (len(BUCKETS) + 1)
        self._seconds = 0.0
        self._ended: dict[str, int] = defaultdict(int)

    def count_call(self, operation: str, status: int, seconds: float) -> None:
        self._calls[operation, status] += 1
        self._seconds += seconds
        place = next((index for index, bound in enumerate(BUCKETS) if seconds <= bound), len(BUCKETS))
        self._buckets[place] += 1

    def count_end(self, status: str) -> None:
        self._ended[status] += 1

    def text(self, gauges: Mapping[str, float | str]) -> str:
        """Everything in Prometheus' text format; ``gauges`` are what the caller measured just now."""
        lines = ["# TYPE asl_requests_total counter"]
        for (operation, status), count in sorted(self._calls.items()):
            lines.append(f'asl_requests_total{{operation="{operation}",status="{status}"}} {count}')
        lines += self._histogram()
        lines.append("# TYPE asl_executions_ended_total counter")
        lines += [f'asl_executions_ended_total{{status="{status}"}} {n}' for status, n in sorted(self._ended.items())]
        for name, value in gauges.items():
            if not isinstance(value, str):
                lines += [f"# TYPE asl_{name} gauge", f"asl_{name} {value}"]
        return "\n".join(lines) + "\n"

    def _histogram(self) -> list[str]:
        lines, total = ["# TYPE asl_request_seconds histogram"], 0
        for bound, count in zip((*map(str, BUCKETS), "+Inf"), self._buckets, strict=True):
            total += count
            lines.append(f'asl_request_seconds_bucket{{le="{bound}"}} {total}')
        return [*lines, f"asl_request_seconds_sum {self._seconds:.6f}", f"asl_request_seconds_count {total}"]
