"""Draw a definition: Graphviz DOT, SVG, PNG, PDF, Mermaid and text for a terminal, each with an optional overlay.

>>> dot = to_dot(StateGraph(definition))
>>> svg = render(StateGraph(definition), format="svg", theme="dark", direction="LR", overlay=overlay)
"""

from __future__ import annotations

from typing import Literal, get_args

from asl.diagram.dot import Direction, dot_text
from asl.diagram.layout import LayoutError, LayoutUnavailableError, PictureFormat, lay_out
from asl.diagram.mermaid import mermaid_text
from asl.diagram.outline import outline_text
from asl.diagram.overlay import Overlay, StateOverlay, Status, TransitionOverlay
from asl.diagram.picture import picture_of
from asl.diagram.theme import THEMES, ThemeName
from asl.graph import StateGraph

__all__ = [
    "Direction",
    "Format",
    "LayoutError",
    "LayoutUnavailableError",
    "Overlay",
    "StateOverlay",
    "Status",
    "ThemeName",
    "TransitionOverlay",
    "render",
    "to_dot",
    "to_mermaid",
    "to_text",
]

Format = Literal["svg", "png", "pdf", "dot", "mmd"]
FORMATS: tuple[Format, ...] = get_args(Format)


def to_dot(
    graph: StateGraph, *, theme: ThemeName = "light", direction: Direction = "TB", overlay: Overlay | None = None
) -> str:
    """The drawing as Graphviz DOT; the same text for the same input, and no package needed."""
    return dot_text(picture_of(graph, overlay), THEMES[theme], direction)


def to_mermaid(
    graph: StateGraph, *, theme: ThemeName = "light", direction: Direction = "TB", overlay: Overlay | None = None
) -> str:
    """The drawing as a Mermaid flowchart, for Markdown that renders it."""
    return mermaid_text(picture_of(graph, overlay), THEMES[theme], direction)


def to_text(graph: StateGraph, *, overlay: Overlay | None = None, colour: bool = False) -> str:
    """The drawing as an indented outline for a terminal; ``colour`` adds ANSI escapes."""
    return outline_text(picture_of(graph, overlay), colour)


def render(
    graph: StateGraph,
    *,
    format: Format,
    theme: ThemeName = "light",
    direction: Direction = "TB",
    overlay: Overlay | None = None,
    title: str | None = None,
) -> bytes | str:
    """Draw in any format: text for ``dot`` and ``mmd``, bytes for the others.

    ``title`` names an SVG for screen readers. Raises LayoutUnavailableError where SVG, PNG or PDF is asked for and no
    Graphviz is installed, LayoutError where Graphviz fails.
    """
    if format == "mmd":
        return to_mermaid(graph, theme=theme, direction=direction, overlay=overlay)
    dot = to_dot(graph, theme=theme, direction=direction, overlay=overlay)
    if format == "dot":
        return dot
    return _laid_out(dot, format, sum(1 for _ in graph.states()), title)


def _laid_out(dot: str, format: PictureFormat, size: int, title: str | None) -> bytes:
    if format == "svg":
        from asl.diagram.svg import finished

        return finished(lay_out(dot, "svg"), title)
    return lay_out(dot, format, dpi=_resolution(size) if format == "png" else None)


def _resolution(size: int) -> int:
    """Sharp for documents, coarser for machines of hundreds of states, whose bitmap would be huge."""
    return 144 if size <= 60 else 96 if size <= 150 else 72
