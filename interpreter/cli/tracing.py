"""``--trace``: every history event as a line on standard error while it happens."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Any

from asl.types import JsonObject

_SHOWN = ("name", "index", "length", "resource", "resourceType", "error", "cause", "input", "parameters", "output")
_WIDTH = 160


class Trace:
    """Prints events; with several executions each line begins with the number of its own."""

    def __init__(self, executions: int) -> None:
        self._executions = executions
        self._started: dict[int, datetime] = {}

    def event(self, number: int, event: JsonObject) -> None:
        """Print one event of execution ``number`` (from 0): id, workflow time since its start, type, details."""
        started = self._started.setdefault(number, event["timestamp"])
        seconds = (event["timestamp"] - started).total_seconds()
        prefix = f"[{number + 1}] " if self._executions > 1 else ""
        line = f"{prefix}{event['id']:>5} {seconds:>+10.3f}s  {event['type']:<26} {_details(event)}"
        print(line.rstrip(), file=sys.stderr)


def _details(event: JsonObject) -> str:
    details: dict[str, Any] = next((value for key, value in event.items() if key.endswith("EventDetails")), {})
    texts = (f"{key}={_cut(str(details[key]))}" for key in _SHOWN if key in details)
    return "  ".join(texts)


def _cut(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _WIDTH else flat[: _WIDTH - 1] + "…"
