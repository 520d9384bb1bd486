"""What a check may know about the place of the value that it looks at."""

from __future__ import annotations

from asl.types import JsonObject, Pointer, QueryLanguage, WorkflowType


class Scope:
    """One ``States`` block while it is being checked."""

    __slots__ = ("assigned", "block", "children", "distributed", "pointer", "targets", "untrusted")

    def __init__(self, block: JsonObject, pointer: Pointer, *, distributed: bool = False) -> None:
        self.block = block
        self.pointer = pointer
        self.distributed = distributed
        self.targets: dict[str, list[tuple[str, Pointer]]] = {}
        """State name to the (target, pointer inside the state) pairs that leave it."""
        self.assigned: list[tuple[str, Pointer, JsonObject]] = []
        """(State name, pointer inside the state, template) of each Assign."""
        self.children: list[Scope] = []
        self.untrusted = False
        """A state's own transitions are wrong, so what follows from them (no end, not reachable) is not told."""


class Context:
    """The state under the hand of the walk. One object serves a whole walk and is refilled for each state."""

    __slots__ = ("assigns", "children", "language", "pairs", "state", "workflow")

    def __init__(self, workflow: WorkflowType, language: QueryLanguage) -> None:
        self.workflow: WorkflowType = workflow
        """EXPRESS inside the processor of a distributed Map of that type, too."""
        self.language: QueryLanguage = language
        self.state: JsonObject = {}
        self.pairs: list[tuple[str, Pointer]] = []
        """Targets that this state names, with the pointer inside it."""
        self.assigns: list[tuple[Pointer, JsonObject]] = []
        self.children: list[tuple[Pointer, JsonObject, WorkflowType, bool]] = []
        """Blocks of states inside this state: pointer inside it, block, type, whether distributed."""
