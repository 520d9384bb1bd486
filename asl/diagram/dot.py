"""Write a drawing as Graphviz DOT text: the same bytes for the same picture.

It is written here and not with the ``graphviz`` package, because DOT text is to need nothing installed; that package
runs ``dot`` where it is on the PATH (see :mod:`asl.diagram.layout`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from html import escape
from typing import Literal

from asl.diagram.overlay import Status
from asl.diagram.picture import Arrow, Box, Frame, Panel, Picture
from asl.diagram.theme import Paint, Theme, mixed
from asl.diagram.wrapping import wrapped

Direction = Literal["TB", "LR"]
Attributes = Mapping[str, str]

FONT = "Helvetica,Arial,DejaVu Sans,sans-serif"
NAME_WIDTH, LINE_WIDTH, LABEL_WIDTH, FRAME_WIDTH = 24, 34, 30, 44
"""Characters a line holds: in a state's name, its small lines, an arrow's label and a frame's name."""
_NAME_WIDTHS = {"Choice": 16, "Wait": 15}

SHOWN_RULES = 6

_SHAPES: Mapping[str, Attributes] = {
    "Task": {"shape": "box", "style": "rounded,filled"},
    "Pass": {"shape": "box", "style": "filled"},
    "Choice": {"shape": "diamond", "style": "filled", "margin": "0,0"},
    "Wait": {"shape": "hexagon", "style": "filled", "margin": "0,0"},
    "Succeed": {"shape": "box", "style": "rounded,filled", "margin": "0.24,0.05"},
    "Fail": {"shape": "box", "style": "rounded,filled", "margin": "0.24,0.05"},
    "Parallel": {"shape": "box", "style": "rounded,filled"},
    "Map": {"shape": "box", "style": "rounded,filled"},
    "Missing": {"shape": "box", "style": "rounded,dashed"},
    "": {"shape": "box", "style": "rounded,filled"},
}
_PLAIN: frozenset[Status] = frozenset({"same", "not reached"})
_DASHED: frozenset[Status | None] = frozenset({"removed"})
_BOLD: frozenset[Status | None] = frozenset({"added", "changed"})


def dot_text(picture: Picture, theme: Theme, direction: Direction = "TB") -> str:
    """The DOT source of a picture."""
    return "\n".join(_Writer(picture, theme, direction).lines()) + "\n"


class _Writer:
    def __init__(self, picture: Picture, theme: Theme, direction: Direction) -> None:
        self._picture = picture
        self._theme = theme
        self._direction = direction
        self._labelled = any(_arrow_label(arrow) for arrow in picture.arrows if not arrow.hidden)
        self._statuses = {member.key: member.status for member in picture.members()}
        self._frames = {member.key: member for member in picture.members() if isinstance(member, Frame)}

    def lines(self) -> Iterator[str]:
        yield "digraph workflow {"
        label = f", label={self._heading()}" if self._picture.unmarked else ""
        yield f"  graph [{_attributes(self._graph())}{label}]"
        yield f"  node [{_attributes({'fontname': FONT, 'fontsize': '12', 'margin': '0.18,0.08', 'height': '0.4'})}]"
        yield f"  edge [{_attributes({'fontname': FONT, 'fontsize': '10', 'arrowsize': '0.7'})}]"
        yield from self._panel(self._picture.root, "  ")
        yield from self._ends()
        drawn = [arrow for arrow in self._picture.arrows if not arrow.hidden]
        yield from (f"  {self._arrow(arrow)}" for arrow in drawn)
        yield from self._placements({arrow.head for arrow in drawn})
        yield "}"

    def _graph(self) -> Attributes:
        common = {
            "rankdir": self._direction,
            "bgcolor": self._theme.background,
            "fontname": FONT,
            "fontcolor": self._theme.text,
            "compound": "true",
            "nodesep": "0.35",
            "ranksep": "0.4",
            "pad": "0.2",
        }
        return {**common, "labelloc": "t", "fontsize": "13"}

    def _heading(self) -> str:
        """The line over an overlay, and what its colours mean."""
        present = {member.status for member in self._picture.members()}
        shown = [status for status in self._theme.statuses if status in present and status not in _PLAIN]
        marks = [f'<font color="{self._theme.statuses[status].line}">■</font> {status}' for status in shown]
        rows = [_html(self._picture.heading)] if self._picture.heading else []
        rows += [f'<font point-size="10">{"   ".join(marks)}</font>'] if marks else []
        return _table(rows)

    def _panel(self, panel: Panel, indent: str) -> Iterator[str]:
        if panel.start is not None:
            dot = {"shape": "circle", "style": "filled", "fillcolor": self._theme.arrow, "color": self._theme.arrow}
            size = "0.16" if panel is self._picture.root else "0.1"
            yield indent + _node(_start(panel), {**dot, "width": size, "height": size, "label": "", "tooltip": "start"})
        for member in panel.members:
            yield from self._frame(member, indent) if isinstance(member, Frame) else self._box(member, indent)
        if panel.start is not None:
            stroke = self._stroke(self._passage(_start(panel), panel.start, panel.start))
            yield indent + self._edge(_start(panel), panel.start, {**stroke, "weight": "40", "tooltip": "start"})

    def _box(self, box: Box, indent: str) -> Iterator[str]:
        paint = self._paint(box.kind, box.status)
        look = {**_SHAPES.get(box.kind, _SHAPES[""]), **self._outline(paint, box.status)}
        width = _NAME_WIDTHS.get(box.kind, NAME_WIDTH)
        if box.kind == "Choice" and len(box.name) <= width and not box.lines:
            look["height"] = "0.75"
        if box.status in _DASHED:
            look["style"] += ",dashed"
        label = self._label(box, paint, width)
        yield indent + _node(box.key, {**look, "tooltip": box.tooltip or box.name}, label)

    def _frame(self, frame: Frame, indent: str) -> Iterator[str]:
        paint = self._paint(frame.kind, frame.status)
        if frame.status is not None:
            paint = replace(paint, fill=mixed(paint.fill, self._theme.background))
        look = {"style": "rounded,filled", **self._outline(paint, frame.status), "margin": "12"}
        if frame.status in _DASHED:
            look["style"] += ",dashed"
        look["tooltip"] = frame.tooltip
        inner = indent + "  "
        yield f"{indent}subgraph {quoted('cluster ' + frame.key)} {{"
        label = self._label(frame, paint, FRAME_WIDTH)
        yield f"{inner}graph [{_attributes(look)}, label={label}]"
        yield from self._gates(frame, inner)
        for panel in self._ordered(frame):
            yield f"{inner}subgraph {quoted(f'cluster● {panel.key}')} {{"
            yield f"{inner}  graph [{_attributes(self._panel_look(panel))}]"
            yield from self._panel(panel, inner + "  ")
            yield inner + "}"
        yield indent + "}"

    def _gates(self, frame: Frame, indent: str) -> Iterator[str]:
        """Invisible points to tie a frame's arrows to, where no single state inside can stand for the whole."""
        point = {"style": "invis", "shape": "point", "width": "0.01", "height": "0.01", "label": ""}
        hidden = {"style": "invis"}
        tight = {**hidden, "weight": "2"}
        if self._single_entry(frame) is None:
            yield indent + _node(_in(frame), point)
            for panel in self._ordered(frame):
                if panel.start is not None:
                    yield indent + self._edge(_in(frame), _start(panel), tight)
        if self._single_exit(frame) is None:
            yield indent + _node(_out(frame), point)
            for tail in [self._exit(end) for panel in frame.panels for end in panel.ends] or [self._entry(frame.key)]:
                yield indent + self._edge(tail, _out(frame), {**hidden, "weight": "1"})

    def _ordered(self, frame: Frame) -> tuple[Panel, ...]:
        """Graphviz piles ranks up from the bottom when it draws left to right: the first branch is to be on top."""
        return frame.panels if self._direction == "TB" else frame.panels[::-1]

    def _single_entry(self, frame: Frame) -> str | None:
        only = frame.panels[0] if len(frame.panels) == 1 else None
        return _start(only) if only is not None and only.start is not None else None

    def _single_exit(self, frame: Frame) -> str | None:
        ends = frame.panels[0].ends if len(frame.panels) == 1 else ()
        return self._exit(ends[0]) if len(ends) == 1 else None

    def _entry(self, key: str) -> str:
        frame = self._frames.get(key)
        return key if frame is None else self._single_entry(frame) or _in(frame)

    def _exit(self, key: str) -> str:
        frame = self._frames.get(key)
        return key if frame is None else self._single_exit(frame) or _out(frame)

    def _edge(self, tail: str, head: str, attributes: Attributes) -> str:
        """An edge between nodes or whole frames; a frame's edge stops at its border and needs room between its rows.

        Graphviz doubles the rows of a drawing with labels by itself.
        """
        ends = {"ltail": tail, "lhead": head} if tail != head else {}
        clipped = {side: f"cluster {key}" for side, key in ends.items() if key in self._frames}
        room = {"minlen": "2"} if clipped and not self._labelled else {}
        listed = _attributes({**attributes, **clipped, **room})
        return f"{quoted(self._exit(tail))} -> {quoted(self._entry(head))} [{listed}]"

    def _ends(self) -> Iterator[str]:
        kinds = {member.key: member for member in self._picture.root.members}
        tails = [key for key in self._picture.root.ends if kinds[key].kind not in ("Succeed", "Fail")]
        if tails:
            ring = {
                "shape": "doublecircle",
                "style": "filled",
                "fillcolor": self._theme.arrow,
                "color": self._theme.arrow,
            }
            yield "  " + _node(_END, {**ring, "width": "0.12", "height": "0.12", "label": "", "tooltip": "end"})
        for tail in tails:
            yield "  " + self._edge(
                tail, _END, {**self._stroke(self._passage(tail, _END, tail)), "weight": "2", "tooltip": "end"}
            )

    def _passage(self, tail: str, head: str, state: str) -> Arrow:
        """The arrow from a start or to an end, taken if its state was, and left by its end."""
        passed = ("succeeded", "retried") if head == _END else ("succeeded", "retried", "running", "caught", "failed")
        taken = self._statuses[state] in passed
        return Arrow(tail, head, "Next", taken=int(taken), status="succeeded" if taken else self._picture.unmarked)

    def _placements(self, reached: set[str]) -> Iterator[str]:
        """An invisible edge to each state that no drawn arrow leads to, so that it stands below where it comes from."""
        hidden = {arrow.head: arrow for arrow in self._picture.arrows if arrow.hidden and arrow.head not in reached}
        for arrow in hidden.values():
            yield "  " + self._edge(arrow.tail, arrow.head, {"style": "invis", "weight": "0"})

    def _arrow(self, arrow: Arrow) -> str:
        look = {**self._stroke(arrow), **_WEIGHTS[arrow.kind]}
        label = _arrow_label(arrow)
        if label:
            look.update(label=label, labeltooltip=arrow.tooltip)
        return self._edge(arrow.tail, arrow.head, {**look, "tooltip": arrow.tooltip or "Next"})

    def _stroke(self, arrow: Arrow) -> Attributes:
        theme = self._theme
        colour = theme.catch if arrow.kind == "Catch" else theme.arrow
        look = {
            "color": colour,
            "fontcolor": {"Catch": theme.catch, "Default": theme.faint}.get(arrow.kind, theme.label),
        }
        if arrow.kind == "Catch":
            look["style"] = "dashed"
        return {**look, **self._marked(arrow)} if self._picture.unmarked else look

    def _marked(self, arrow: Arrow) -> Attributes:
        if arrow.status == "not reached":
            return {"color": self._theme.statuses["not reached"].line, "fontcolor": self._theme.faint}
        if arrow.status == "same":
            return {"color": self._theme.arrow, "fontcolor": self._theme.label}
        if arrow.status in ("added", "changed", "removed"):
            colour = self._theme.statuses[arrow.status].line
            style = {"style": "dashed"} if arrow.status in _DASHED else {}
            return {"color": colour, "fontcolor": colour, "penwidth": "2", **style}
        return {"penwidth": "2.4"} if arrow.taken else {}

    def _paint(self, kind: str, status: Status | None) -> Paint:
        if status is not None:
            return self._theme.statuses[status]
        return self._theme.kinds.get(kind, self._theme.kinds[""])

    def _outline(self, paint: Paint, status: Status | None) -> dict[str, str]:
        width = "2" if status in _BOLD else "1.4"
        return {"fillcolor": paint.fill, "color": paint.line, "fontcolor": paint.text, "penwidth": width}

    def _panel_look(self, panel: Panel) -> Attributes:
        paint = self._theme.panel
        colours = {"fillcolor": paint.fill, "color": paint.line, "penwidth": "1.4"}
        return {"style": "rounded,filled", **colours, "label": "", "margin": "10", "tooltip": panel.caption}

    def _label(self, member: Box | Frame, paint: Paint, width: int) -> str:
        """The name in bold over small lines, one font to a line so that every line can be centred."""
        small = width + 6 if width < NAME_WIDTH else max(width, LINE_WIDTH)
        rows = [f'<b><font color="{paint.text}">{_html(row)}</font></b>' for row in wrapped(member.name, width, 5)]
        for line in member.lines:
            colour = paint.text if member.status == "not reached" else self._theme.tones[line.tone]
            font = f'<font point-size="10" color="{colour}">'
            rows += [f"{font}{_html(row)}</font>" for row in wrapped(line.text, small, 2)]
        return _table(rows)


_END = "◉"
_WEIGHTS: Mapping[str, Attributes] = {
    "Next": {"weight": "8"},
    "Choice": {"weight": "3"},
    "Default": {"weight": "3"},
    "Catch": {"weight": "1"},
}


def _start(panel: Panel) -> str:
    return f"● {panel.key}"


def _in(frame: Frame) -> str:
    return f"▷ {frame.key}"


def _out(frame: Frame) -> str:
    return f"◁ {frame.key}"


def _arrow_label(arrow: Arrow) -> str:
    rows = [row for number, text in enumerate(arrow.labels[:SHOWN_RULES]) for row in _rule_rows(arrow, number, text)]
    if len(arrow.labels) > SHOWN_RULES:
        rows.append(f"… {len(arrow.labels) - SHOWN_RULES} more")
    if arrow.taken and arrow.taken > 1:
        rows.append(f"×{arrow.taken}")
    return "\n".join(f" {row} " for row in rows if row)


def _rule_rows(arrow: Arrow, number: int, text: str) -> tuple[str, ...]:
    joined = f"or {text}" if number and arrow.kind == "Choice" else text
    return wrapped(joined, LABEL_WIDTH, 4)


def _node(key: str, attributes: Attributes, label: str | None = None) -> str:
    listed = _attributes(attributes)
    return f"{quoted(key)} [{listed}, label={label}]" if label is not None else f"{quoted(key)} [{listed}]"


def _table(rows: list[str]) -> str:
    """An HTML label of one centred line to a row."""
    cells = "".join(f"<tr><td>{row}</td></tr>" for row in rows or [" "])
    return f'<<table border="0" cellborder="0" cellspacing="0" cellpadding="1">{cells}</table>>'


_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def _html(text: str) -> str:
    return escape(_UNPRINTABLE.sub(" ", text)) or " "


def quoted(text: str) -> str:
    """A DOT string that shows the text as it is; newlines are kept as line breaks."""
    clean = _UNPRINTABLE.sub(" ", text).replace("\\", "\\\\").replace('"', '\\"')
    return '"' + clean.replace("\n", "\\n") + '"'


def _attributes(attributes: Attributes) -> str:
    return ", ".join(f"{name}={quoted(value)}" for name, value in attributes.items())
