"""LoggingConfiguration honoured to files: the records that AWS sends to CloudWatch, one JSON object a line.

The file of an execution is ``<folder>/<log group>/<execution ARN>.log``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from asl.types import JsonObject
from interpreter.history import Row, event
from interpreter.store.port import ExecutionRecord

_FATAL = frozenset({"ExecutionAborted", "ExecutionFailed", "ExecutionTimedOut"})
_ERROR_ENDINGS = ("Aborted", "Failed", "TimedOut")
_DATA = frozenset({"input", "inputDetails", "output", "outputDetails", "parameters", "assignedVariables",
                   "assignedVariablesDetails"})  # fmt: skip
_UNSAFE = str.maketrans({"/": "_", "\\": "_", "\0": "_"})


class ExecutionLogs:
    """Appends to the files under ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, record: ExecutionRecord, first: int, rows: list[Row]) -> None:
        """Log what the execution's configuration wants of new history rows; the first is number ``first``."""
        logging = record.details.get("logging") or {}
        level = logging.get("level", "OFF")
        if level == "OFF" or not rows:
            return
        with_data = bool(logging.get("includeExecutionData"))
        wanted = [
            _line(record, number, row, with_data) for number, row in enumerate(rows, first) if _is_wanted(level, row[0])
        ]
        if wanted:
            self._append(record, logging, wanted)

    def _append(self, record: ExecutionRecord, logging: JsonObject, lines: list[str]) -> None:
        arn = logging["destinations"][0]["cloudWatchLogsLogGroup"]["logGroupArn"]
        group = arn.partition(":log-group:")[2].removesuffix(":*")
        parts = [part for part in group.split("/") if part not in ("", ".", "..")]
        folder = self._folder.joinpath(*(part.translate(_UNSAFE) for part in parts))
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / f"{record.arn.translate(_UNSAFE)}.log").open("a", encoding="utf-8") as file:
            file.write("".join(lines))


def _is_wanted(level: str, event_type: str) -> bool:
    if level == "ALL":
        return True
    if level == "FATAL":
        return event_type in _FATAL
    return event_type.endswith(_ERROR_ENDINGS) or event_type == "FailStateEntered"


def _line(record: ExecutionRecord, number: int, row: Row, with_data: bool) -> str:
    shown = event(number, row)
    details: dict[str, Any] = next((value for key, value in shown.items() if key.endswith("EventDetails")), {})
    if not with_data:
        details = {key: value for key, value in details.items() if key not in _DATA}
    written = {
        "id": str(number),
        "type": row[0],
        "details": details,
        "previous_event_id": str(row[1]),
        "event_timestamp": str(int(row[2] * 1000)),
        "execution_arn": record.arn,
        "redrive_count": str(record.redrive_count),
    }
    return json.dumps(written, separators=(",", ":"), ensure_ascii=False) + "\n"
