"""What a check answers, and the words that AWS uses for it.

A check is given one value and answers ``None`` or its findings. Their pointers are relative to that value; whoever
called the check puts its own part in front. So a sound definition costs no pointer, no location and no position.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from asl.diagnostics import Severity
from asl.types import Json, Pointer

if TYPE_CHECKING:
    from asl.validation.context import Context

SCHEMA = "SCHEMA_VALIDATION_FAILED"
UNKNOWN_FIELD = "UNKNOWN_FIELD"
"""Not a code of AWS: marks a ``Field 'X' is not supported`` so that a run can let it pass; shown as SCHEMA."""


class Finding(NamedTuple):
    """One thing that is wrong.

    ``pointer`` leads to the offending node and is where the caret goes. AWS's location is the same place less the last
    ``above`` parts (AWS often names the object that holds the field), or none at all when ``located`` is False.
    ``offset`` is the character of a string value that is at fault.
    """

    code: str
    message: str
    pointer: Pointer = ()
    above: int = 0
    hint: str | None = None
    severity: Severity = Severity.ERROR
    aws: bool = True
    located: bool = True
    at_key: bool = False
    offset: int | None = None

    def within(self, *parts: str | int) -> Finding:
        """The same finding, seen from an object further out."""
        return self._replace(pointer=(*parts, *self.pointer))

    @property
    def location(self) -> str | None:
        """AWS's location, such as ``/States/C/Choices[0]/Next``."""
        if not self.located:
            return None
        return location_of(self.pointer[: len(self.pointer) - self.above])


Findings: TypeAlias = list[Finding]
Check: TypeAlias = "Callable[[Json, Context], Findings | None]"


def location_of(pointer: Pointer) -> str:
    """A pointer in AWS's form: names joined by ``/``, indexes in brackets, ``/`` alone for the whole definition."""
    return "".join(f"[{part}]" if isinstance(part, int) else f"/{part}" for part in pointer) or "/"


def wrong(
    message: str, *pointer: str | int, hint: str | None = None, above: int = 0, offset: int | None = None
) -> Findings:
    """A failed schema check, located at ``pointer`` less the last ``above`` parts."""
    return [Finding(SCHEMA, message, pointer, above, hint, offset=offset)]


def unsupported(field: str, hint: str | None = None) -> Finding:
    """A field that the object holding it does not know. AWS locates the object."""
    return Finding(UNKNOWN_FIELD, f"Field '{field}' is not supported", (field,), above=1, hint=hint, at_key=True)


def missing(fields: Iterable[str], *pointer: str | int, hint: str | None = None) -> Findings:
    """Required fields that are absent from the object at ``pointer``."""
    return wrong(f"These fields are required: [{', '.join(fields)}]", *pointer, hint=hint)


def only_one_of(fields: Iterable[str], *pointer: str | int) -> Findings:
    """Several fields of which only one may be given."""
    return wrong(f"There should only be one of the following fields: [{', '.join(fields)}]", *pointer)


def gather(into: Findings | None, more: Findings | None, *parts: str | int) -> Findings | None:
    """Add ``more``, seen from further out, to ``into``; stays ``None`` while there is nothing to tell."""
    if more is None:
        return into
    outer = [finding.within(*parts) for finding in more]
    return outer if into is None else [*into, *outer]
