"""A state machine that a file holds: what it is called, and how its definition is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, NamedTuple

from asl.diagnostics import Diagnostic, Position, Severity
from asl.errors import DefinitionError
from asl.types import Json, WorkflowType

if TYPE_CHECKING:
    from asl.document import Document
    from asl.document.nodes import Node
    from asl.document.text import Text

Substitutions = Mapping[str, Json]


class FoundDefinition(NamedTuple):
    """A state machine in a file. ``name`` is what ``resource`` asks for; ``aliases`` are accepted for it too.

    ``kind`` is the type of resource that it is, ``source`` and ``position`` are where it is declared.
    """

    name: str
    kind: str
    type: WorkflowType
    source: str
    position: Position | None
    load: Callable[[Substitutions], Document] = field(repr=False, compare=False)
    aliases: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.name} ({self.kind}, {self.type})"


def choose(found: Sequence[FoundDefinition], resource: str | None, source: str) -> FoundDefinition:
    """The one that ``resource`` names, or the only one. Raises DefinitionError with the list when that is not clear."""
    if resource is None:
        if len(found) == 1:
            return found[0]
        raise wrong(source, f"The file holds {len(found)} state machines", f"Choose one by its name: {_list(found)}")
    matches = [one for one in found if one.name == resource] or [one for one in found if resource in one.aliases]
    if len(matches) == 1:
        return matches[0]
    if matches:
        raise wrong(source, f"{len(matches)} state machines are called {resource!r}", f"Say which: {_list(matches)}")
    raise wrong(source, f"There is no state machine {resource!r} here", _nearest(resource, found))


def _list(found: Sequence[FoundDefinition]) -> str:
    return ", ".join(str(one) for one in found)


def _nearest(resource: str, found: Sequence[FoundDefinition]) -> str:
    import difflib

    near = difflib.get_close_matches(resource, [one.name for one in found], 1)
    return "".join(f"Did you mean {name!r}? " for name in near) + f"The file holds: {_list(found)}"


def no_state_machine(source: str, looked_for: str) -> DefinitionError:
    """The error for a file that holds no state machine."""
    return wrong(source, "The file holds no state machine", f"Looked for {looked_for}; give the file that has it")


def wrong(source: str, message: str, hint: str | None = None, *, node: Node | None = None) -> DefinitionError:
    """An error about a file, or about the place of ``node`` in it."""
    where, position = node.locate() if node is not None else (source, None)
    return DefinitionError([finding(Severity.ERROR, "INVALID_SOURCE", message, where, position, hint)])


def wrong_at(text: Text, offset: int, message: str, hint: str | None = None) -> DefinitionError:
    """An error about the place at ``offset`` of a text."""
    return DefinitionError([finding(Severity.ERROR, "INVALID_SOURCE", message, *text.locate(offset), hint)])


def finding(
    severity: Severity, code: str, message: str, source: str, position: Position | None, hint: str | None
) -> Diagnostic:
    """A finding of this package, which AWS does not have."""
    return Diagnostic(severity, code, message, None, source, position, hint, aws=False)
