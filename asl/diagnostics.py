"""What is wrong with a definition, and where: AWS's diagnostic plus the place in the file that a person wrote."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Severity(StrEnum):
    ERROR = "ERROR"
    WARNING = "WARNING"


class Position(NamedTuple):
    """A place in a source file; ``line`` and ``column`` count from 1, columns in characters."""

    line: int
    column: int


class Diagnostic(NamedTuple):
    """One finding.

    ``code``, ``message`` and ``location`` are AWS's (``location`` like ``/States/Pay/Next``, ``None`` where AWS gives
    none). ``source`` and ``position`` say where in which file; ``hint`` is the next step for a person. ``aws`` is
    False for the advice that goes beyond AWS, which can be switched off by code.
    """

    severity: Severity
    code: str
    message: str
    location: str | None = None
    source: str = "definition"
    position: Position | None = None
    hint: str | None = None
    aws: bool = True

    def at(self, source: str, position: Position | None) -> Diagnostic:
        """The same finding, placed in a file."""
        return self._replace(source=source, position=position)

    def __str__(self) -> str:
        place = self.source if self.position is None else f"{self.source}:{self.position.line}:{self.position.column}"
        text = f"{place}: {self.severity.lower()}: {self.code}: {self.message}"
        if self.location:
            text += f" at {self.location}"
        return f"{text}\n  hint: {self.hint}" if self.hint else text
