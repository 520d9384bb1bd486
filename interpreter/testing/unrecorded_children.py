"""What the Tasks of a distributed Map's child executions answered, as far as the parent's history tells.

Children have histories of their own, which are not in their parent's. But where a child is a single Task that hands on
its result as it is, and the Map hands on its children's results as they are, the Map's output is what the Tasks
answered. Nothing is told of anything else: of attempts that failed before, of children that failed, of results that
the Map dropped or changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from asl.types import Json, JsonObject
from interpreter.testing.visits import Visit

if TYPE_CHECKING:
    from asl.graph import StateGraph, StateNode

_CHANGES_A_RESULT = frozenset({"ResultSelector", "ResultPath", "OutputPath", "Output", "Assign"})
_CHANGES_WHAT_A_MAP_COLLECTS = frozenset({
    "ResultSelector", "OutputPath", "Output", "ItemBatcher", "ResultWriter", "ToleratedFailureCount",
    "ToleratedFailureCountPath", "ToleratedFailurePercentage", "ToleratedFailurePercentagePath",
})  # fmt: skip


def results_of_children(graph: StateGraph, visits: list[Visit]) -> Iterator[tuple[Visit, str, list[Json]]]:
    """Each visit of such a Map with the name of its children's Task and the results in the order of the items."""
    for visit in visits:
        node = graph.find(visit.state) if visit.kind == "Map" else None
        task = None if node is None else _only_task(node.definition)
        if node is None or task is None or visit.status != "succeeded" or len(visit.attempts) != 1:
            continue
        results = _collected(node, visit.output)
        if isinstance(results, list) and len(results) == visit.items:
            yield visit, task, results


def _only_task(state: JsonObject) -> str | None:
    """The Task that alone makes up each child of a distributed Map, if its result is the child's output."""
    processor = state.get("ItemProcessor") or {}
    is_distributed = (processor.get("ProcessorConfig") or {}).get("Mode") == "DISTRIBUTED"
    states: JsonObject = processor.get("States") or {}
    if not is_distributed or len(states) != 1:
        return None
    [(name, child)] = states.items()
    return name if child.get("Type") == "Task" and not child.keys() & _CHANGES_A_RESULT else None


def _collected(node: StateNode, output: Any) -> Any:
    """What a Map's ResultPath put into its output; None where it can't be told."""
    if node.definition.keys() & _CHANGES_WHAT_A_MAP_COLLECTS:
        return None
    path = node.definition.get("ResultPath", "$")
    if path is None:
        return None
    from asl.expressions.reference_path import compile_reference_path

    for key in compile_reference_path(path).segments:
        try:
            output = output[key]
        except (KeyError, IndexError, TypeError):
            return None
    return output
