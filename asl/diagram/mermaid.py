"""Write a drawing as a Mermaid flowchart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from asl.diagram.overlay import Status
from asl.diagram.picture import Arrow, Box, Frame, Panel, Picture
from asl.diagram.theme import Paint, Theme
from asl.diagram.words import Line
from asl.diagram.wrapping import wrapped

_BRACKETS: Mapping[str, tuple[str, str]] = {
    "Task": ("(", ")"),
    "Pass": ("[", "]"),
    "Choice": ("{", "}"),
    "Wait": ("{{", "}}"),
    "Succeed": ("([", "])"),
    "Fail": ("([", "])"),
}
_WIDTH = 30


def mermaid_text(picture: Picture, theme: Theme, direction: str = "TB") -> str:
    """The Mermaid source of a picture."""
    return "\n".join(_Writer(picture, theme).lines(direction)) + "\n"


class _Writer:
    def __init__(self, picture: Picture, theme: Theme) -> None:
        self._picture = picture
        self._theme = theme
        self._ids = {member.key: f"s{number}" for number, member in enumerate(picture.members(), 1)}
        self._styles: list[str] = []
        self._links = 0

    def lines(self, direction: str) -> Iterator[str]:
        yield f"flowchart {direction}"
        root = self._picture.root
        yield from self._panel(root, "  ")
        yield from self._ends(root)
        for arrow in self._picture.arrows:
            if not arrow.hidden:
                yield "  " + self._arrow(arrow)
        yield from (f"  {style}" for style in self._styles)
        yield from self._classes()

    def _panel(self, panel: Panel, indent: str) -> Iterator[str]:
        for member in panel.members:
            yield from self._frame(member, indent) if isinstance(member, Frame) else self._box(member, indent)
        if panel.start is not None:
            yield f"{indent}start{panel.key}(( )):::dot"
            yield f"{indent}{self._link(f'start{panel.key}', '-->', self._ids[panel.start])}"

    def _box(self, box: Box, indent: str) -> Iterator[str]:
        left, right = _BRACKETS.get(box.kind, ("[", "]"))
        shape = f'{left}"{_label(box.name, box.lines)}"{right}'
        yield f"{indent}{self._ids[box.key]}{shape}:::{_class(box.kind, box.status)}"

    def _frame(self, frame: Frame, indent: str) -> Iterator[str]:
        key = self._ids[frame.key]
        yield f'{indent}subgraph {key}["{_label(frame.name, frame.lines)}"]'
        for panel in frame.panels:
            yield f'{indent}  subgraph {key}_{panel.key}[" "]'
            yield from self._panel(panel, indent + "    ")
            yield f"{indent}  end"
            self._styles.append(f"class {key}_{panel.key} panel")
        yield f"{indent}end"
        self._styles.append(f"class {key} {_class(frame.kind, frame.status)}")

    def _ends(self, root: Panel) -> Iterator[str]:
        kinds = {member.key: member.kind for member in root.members}
        tails = [key for key in root.ends if kinds[key] not in ("Succeed", "Fail")]
        if tails:
            yield "  finish((( ))):::dot"
        for tail in tails:
            yield "  " + self._link(self._ids[tail], "-->", "finish")

    def _arrow(self, arrow: Arrow) -> str:
        words = [*(f"or {text}" if number else text for number, text in enumerate(arrow.labels) if text)]
        if arrow.taken and arrow.taken > 1:
            words.append(f"×{arrow.taken}")
        rows = [row for text in words for row in wrapped(text, _WIDTH, 4)]
        line = "-.->" if arrow.kind == "Catch" or arrow.status == "removed" else "==>" if arrow.taken else "-->"
        label = f'|"{"<br/>".join(_escaped(row) for row in rows)}"|' if rows else ""
        if colour := self._colour(arrow):
            self._styles.append(f"linkStyle {self._links} stroke:{colour},color:{colour}")
        return self._link(self._ids[arrow.tail], line + label, self._ids[arrow.head])

    def _link(self, tail: str, line: str, head: str) -> str:
        self._links += 1
        return f"{tail} {line} {head}"

    def _colour(self, arrow: Arrow) -> str | None:
        if arrow.status in ("added", "removed", "changed", "not reached"):
            return self._theme.statuses[arrow.status].line
        return self._theme.catch if arrow.kind == "Catch" else None

    def _classes(self) -> Iterator[str]:
        used = {_class(member.kind, member.status): self._paint(member) for member in self._picture.members()}
        for name, paint in used.items():
            yield f"  classDef {name} fill:{paint.fill},stroke:{paint.line},color:{paint.text}"
        panel, arrow = self._theme.panel, self._theme.arrow
        yield f"  classDef panel fill:{panel.fill},stroke:{panel.line},color:{panel.text}"
        yield f"  classDef dot fill:{arrow},stroke:{arrow},color:{arrow}"

    def _paint(self, member: Box | Frame) -> Paint:
        if member.status is not None:
            return self._theme.statuses[member.status]
        return self._theme.kinds.get(member.kind, self._theme.kinds[""])


def _class(kind: str, status: Status | None) -> str:
    return (status or kind or "untyped").replace(" ", "_").lower()


def _label(name: str, lines: tuple[Line, ...]) -> str:
    small = (f"<small>{_escaped(row)}</small>" for line in lines for row in wrapped(line.text, _WIDTH + 6, 3))
    return "<br/>".join((f"<b>{'<br/>'.join(_escaped(row) for row in wrapped(name, _WIDTH, 5))}</b>", *small))


_ENTITIES = {character: f"#{ord(character)};" for character in '"#<>&`[]{}()|\\;'}


def _escaped(text: str) -> str:
    """Mermaid's own entity codes for what its grammar or its HTML labels would read as syntax."""
    return "".join(_ENTITIES.get(character, character if character.isprintable() else " ") for character in text)
