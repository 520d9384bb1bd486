"""The error families of the language, which never mix.

* :class:`DefinitionError` - the definition is wrong: every diagnostic, each with its place.
* :class:`ExpressionSyntaxError` - one expression can't be parsed: the reason and the offset in its text.
* :class:`PathError` - a path met data that it does not fit, in the words of AWS's JSONPath library.
* :class:`StateError` - the running state failed: the error name and cause that Retry and Catch see.

Anything else that escapes is a bug in this program.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asl.diagnostics import Diagnostic


class AslError(Exception):
    """Base of every error that this package raises on purpose."""


class DefinitionError(AslError):
    """A definition that can't be loaded or that AWS would refuse; ``diagnostics`` has every reason, never empty."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n".join(str(diagnostic) for diagnostic in self.diagnostics))


class ExpressionSyntaxError(AslError):
    """An expression that can't be parsed. ``position`` counts characters from the start of the expression."""

    def __init__(self, message: str, position: int = 0) -> None:
        self.message = message
        self.position = position
        super().__init__(message)


class PathError(AslError):
    """A definite path that found nothing; ``detail`` is worded as AWS words it, such as ``No results for path:
    $['a']``."""

    def __init__(self, detail: str) -> None:
        self.detail = detail
        super().__init__(detail)


class StateError(AslError):
    """The running state failed.

    ``error`` and ``cause`` are what history shows and what Retry and Catch see (``None`` where AWS has none).
    ``located`` asks for AWS's prefix (``An error occurred while executing the state ...``) in front of the cause.
    ``field`` is the place of a failed JSONata expression, such as ``Output/total``, for the EvaluationFailed event.
    """

    def __init__(
        self, error: str | None, cause: str | None, *, located: bool = False, field: str | None = None
    ) -> None:
        self.error = error
        self.cause = cause
        self.located = located
        self.field = field

    def __str__(self) -> str:
        return f"{self.error}: {self.cause}"
