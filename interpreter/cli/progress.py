"""The live tree of states on a terminal: status, visits, attempts, and how far each Map is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asl.types import JsonObject

if TYPE_CHECKING:
    from rich.tree import Tree

    from asl.graph import GraphScope, StateGraph, StateNode

_BAR = 20
_SIGNS = {
    "waiting": ("·", "dim"),
    "running": ("●", "cyan"),
    "done": ("✓", "green"),
    "failed": ("✗", "red"),
    "retried": ("↻", "yellow"),
}
_FAILURES = ("Failed", "TimedOut", "Aborted")


@dataclass(slots=True)
class StateProgress:
    """What has happened in a state so far, over all executions."""

    entered: int = 0
    exited: int = 0
    attempts: int = 0
    failures: int = 0
    items: int = 0
    items_done: int = 0
    is_failing: bool = False

    @property
    def status(self) -> str:
        if not self.entered:
            return "waiting"
        if self.is_failing:
            return "failed"
        if self.exited < self.entered:
            return "running"
        return "retried" if self.failures else "done"


class Progress:
    """Follows events and draws the tree."""

    def __init__(self, graph: StateGraph, executions: int) -> None:
        self._graph = graph
        self._executions = executions
        self._ended = 0
        self._failed = 0
        self.states = {node.name: StateProgress() for node in graph.states()}
        self._owners: dict[tuple[int, int], str] = {}

    def event(self, number: int, event: JsonObject) -> None:
        """Take in one history event of execution ``number``."""
        kind: str = event["type"]
        name = _named(event) or self._owners.get((number, event["previousEventId"]))
        if kind.startswith("Execution"):
            self._end(kind, name)
        elif name is not None:
            self._owners[number, event["id"]] = name
            self._count(self.states[name], kind, event)

    def _end(self, kind: str, name: str | None) -> None:
        self._ended += kind not in ("ExecutionStarted", "ExecutionRedriven")
        if kind in ("ExecutionFailed", "ExecutionTimedOut", "ExecutionAborted"):
            self._failed += 1
            if name is not None:
                self.states[name].is_failing = True

    def _count(self, state: StateProgress, kind: str, event: JsonObject) -> None:
        if kind.endswith("StateEntered"):
            state.entered += 1
            state.is_failing = kind == "FailStateEntered"
        elif kind.endswith("StateExited") or kind.endswith("StateSucceeded"):
            state.exited += kind.endswith("StateExited")
            state.is_failing = False
        elif kind.endswith("Scheduled"):
            state.attempts += 1
            state.is_failing = False
        elif kind == "MapStateStarted":
            state.items += event["mapStateStartedEventDetails"]["length"]
        elif kind == "MapIterationSucceeded":
            state.items_done += 1
        elif kind.endswith(_FAILURES):
            state.failures += 1
            state.is_failing = True

    def tree(self) -> Tree:
        """The tree as rich draws it."""
        from rich.tree import Tree

        tree = Tree(self._title(), guide_style="dim")
        self._add_scope(tree, self._graph.scopes[0])
        return tree

    def _title(self) -> str:
        running = self._executions - self._ended
        parts = [f"{running} running" if running else "", f"{self._failed} failed" if self._failed else ""]
        succeeded = self._ended - self._failed
        parts.append(f"{succeeded} succeeded" if succeeded else "")
        return ", ".join(part for part in parts if part)

    def _add_scope(self, tree: Tree, scope: GraphScope) -> None:
        for node in scope.states.values():
            branch = tree.add(self._line(node))
            for child in self._graph.scopes_of(node):
                self._add_scope(branch, child)

    def _line(self, node: StateNode) -> str:
        from rich.markup import escape

        state = self.states[node.name]
        sign, style = _SIGNS[state.status]
        details = "  ".join(_details(node, state))
        return f"[{style}]{sign} {escape(node.name)}[/] [dim]{node.type}  {details}[/]"


def _named(event: JsonObject) -> str | None:
    for key in ("stateEnteredEventDetails", "stateExitedEventDetails"):
        if key in event:
            return str(event[key]["name"])
    if event["type"].startswith("MapIteration"):
        details = next(value for key, value in event.items() if key.endswith("EventDetails"))
        return str(details["name"])
    return None


def _details(node: StateNode, state: StateProgress) -> Iterator[str]:
    if state.entered > 1:
        yield f"{state.entered} visits"
    if state.attempts > state.entered:
        yield f"{state.attempts} attempts"
    if node.type == "Map" and state.items:
        filled = _BAR * min(state.items_done, state.items) // state.items
        yield f"{'━' * filled}{'╌' * (_BAR - filled)} {state.items_done}/{state.items} items"


@contextmanager
def live_tree(graph: StateGraph, executions: int) -> Iterator[Callable[[int, JsonObject], None]]:
    """Shows the tree on standard error while the block runs and leaves its last state there."""
    from rich.console import Console
    from rich.live import Live

    progress = Progress(graph, executions)
    console = Console(stderr=True)
    with Live(get_renderable=progress.tree, console=console, refresh_per_second=8):
        yield progress.event
