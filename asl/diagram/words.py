"""The words of a drawing: the small lines inside a state, the labels of arrows, and tooltips."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from asl import labels
from asl.diagram.overlay import StateOverlay
from asl.diagram.wrapping import shortened
from asl.graph import StateNode, TransitionKind
from asl.task_labels import task_label
from asl.types import JsonObject

Tone = Literal["plain", "mark", "error", "catch", "link", "count"]
TOOLTIP_VALUE = 400
"""How many characters of an input or output a tooltip shows."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of small text under a name; ``tone`` says what it is about."""

    text: str
    tone: Tone = "plain"


def state_lines(node: StateNode) -> tuple[Line, ...]:
    """What a state does, then how it copes: retries, time limits."""
    lines = [Line(text) for text in _DOES.get(node.type, _nothing)(node.definition)]
    marks = [mark for mark in (labels.retry_label(node.definition), *labels.timing_labels(node.definition)) if mark]
    if marks:
        lines.append(Line(" · ".join(marks), "mark"))
    return tuple(lines)


def _task(definition: JsonObject) -> Iterator[str]:
    task = task_label(definition)
    first = [str(task)] if task.action or task.subject is None else [f"{task} {task.subject}"]
    second = [task.subject] if task.action and task.subject else []
    (second if second else first).insert(1, task.pattern or "")
    yield from (" · ".join(part for part in line if part) for line in (first, second) if line)


def _wait(definition: JsonObject) -> Iterator[str]:
    if (text := labels.wait_label(definition)) is not None:
        yield text


def _fail(definition: JsonObject) -> Iterator[str]:
    error = definition.get("Error", definition.get("ErrorPath"))
    if isinstance(error, str):
        yield error


def _map(definition: JsonObject) -> Iterator[str]:
    yield " · ".join(("Map", *labels.map_labels(definition)))


def _parallel(definition: JsonObject) -> Iterator[str]:
    yield "Parallel"


def _nothing(definition: JsonObject) -> Iterator[str]:
    return iter(())


_DOES: dict[str, Callable[[JsonObject], Iterator[str]]] = {
    "Task": _task,
    "Wait": _wait,
    "Fail": _fail,
    "Map": _map,
    "Parallel": _parallel,
}


def overlay_lines(state: StateOverlay) -> tuple[Line, ...]:
    """What happened to a state: its error, then counts and time."""
    counts = " · ".join(_counts(state))
    lines = [Line(state.error, "error")] if state.error else []
    lines += [Line(note, "mark") for note in state.notes]
    return tuple([*lines, Line(counts, "count")] if counts else lines)


def _counts(state: StateOverlay) -> Iterator[str]:
    if state.visits > 1:
        yield f"{state.visits} visits" + (f" ({state.failed_visits} failed)" if state.failed_visits else "")
    if state.attempts > max(1, state.visits):
        yield f"{state.attempts} attempts"
    if state.iterations is not None:
        failed = f" ({state.failed_iterations} failed)" if state.failed_iterations else ""
        yield f"{state.iterations} iteration{'' if state.iterations == 1 else 's'}{failed}"
    if state.duration:
        yield f"took {labels.duration_label(state.duration)}" + (" in all" if state.visits > 1 else "")


def transition_label(kind: TransitionKind, entry: JsonObject) -> str:
    """What an arrow says: the condition of its rule, the errors of its catcher, ``default``, or nothing."""
    return _ARROW_LABELS[kind](entry)


_ARROW_LABELS: dict[TransitionKind, Callable[[JsonObject], str]] = {
    "Next": lambda entry: "",
    "Default": lambda entry: "default",
    "Choice": labels.condition_label,
    "Catch": lambda entry: ", ".join(labels.error_names(entry)) or "?",
}


def reference(kind: TransitionKind, labels: tuple[str, ...], target: str, taken: int | None) -> Line:
    """A line inside a state that stands for an arrow which is not drawn."""
    said = " or ".join(text for text in labels if text)
    count = f" ×{taken}" if taken else ""
    return Line(f"{said} → {target}{count}".strip(), "catch" if kind == "Catch" else "link")


def transition_tooltip(kind: TransitionKind, entry: JsonObject) -> str:
    """The whole label, and the comment of the rule or catcher."""
    comment = entry.get("Comment")
    text = f"{kind}: {transition_label(kind, entry)}" if kind in ("Choice", "Catch") else kind
    return f"{text} ({comment})" if isinstance(comment, str) else text


def state_tooltip(node: StateNode, state: StateOverlay | None) -> str:
    """Everything that the box has no room for, one fact a line."""
    return "\n".join((f"{node.name} ({node.type or 'no Type'})", *_facts(node.definition), *_findings(state)))


_FACTS = ("Comment", "Resource", "QueryLanguage", "Cause", "InputPath", "OutputPath", "ResultPath", "ItemsPath")


def _facts(definition: JsonObject) -> Iterator[str]:
    for field in _FACTS:
        if isinstance(value := definition.get(field), str):
            yield f"{field}: {shortened(value, TOOLTIP_VALUE)}"
    yield from labels.timing_labels(definition)
    for retrier in labels.entries(definition, "Retry"):
        yield f"retry on {', '.join(labels.error_names(retrier))}: {labels.retrier_label(retrier)}"
    for catcher in labels.entries(definition, "Catch"):
        yield f"catch {', '.join(labels.error_names(catcher))} → {catcher.get('Next', '?')}"


def _findings(state: StateOverlay | None) -> Iterator[str]:
    if state is None:
        return
    yield " · ".join((state.status, *_counts(state)))
    for word, value in (
        ("error", state.error),
        ("cause", state.cause),
        ("input", state.input),
        ("output", state.output),
    ):
        if value is not None:
            yield f"{word}: {shortened(value, TOOLTIP_VALUE)}"
