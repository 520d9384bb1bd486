"""Write a drawing as an indented outline for a terminal: states in the order of the walk, each with where it goes."""

from __future__ import annotations

from collections.abc import Iterator

from asl.diagram.overlay import Status
from asl.diagram.picture import Arrow, Box, Frame, Panel, Picture
from asl.diagram.wrapping import shortened

_GLYPHS = {
    "Task": "■", "Pass": "□", "Choice": "◆", "Wait": "◷", "Succeed": "✓", "Fail": "✗", "Parallel": "║", "Map": "≡",
    "Missing": "?",
}  # fmt: skip
_BOLD, _DIM, _RED, _GREEN, _YELLOW, _BLUE, _MAGENTA, _CYAN = "1", "2", "31", "32", "33", "34", "35", "36"
_KIND_COLOURS = {
    "Task": _BLUE, "Choice": _YELLOW, "Wait": _CYAN, "Succeed": _GREEN, "Fail": _RED, "Parallel": _MAGENTA,
    "Map": _MAGENTA, "Missing": _RED,
}  # fmt: skip
_STATUS_COLOURS: dict[Status, str] = {
    "succeeded": _GREEN, "running": _BLUE, "retried": _YELLOW, "caught": "38;5;208", "failed": _RED, "aborted": _DIM,
    "not reached": _DIM, "added": _GREEN, "removed": _RED, "changed": _YELLOW, "same": "0",
}  # fmt: skip
_STATUS_MARKS: dict[Status, str] = {"added": "+ ", "removed": "- ", "changed": "~ "}
LABEL = 70


def outline_text(picture: Picture, colour: bool = False) -> str:
    """The outline, one state a line with its transitions under it; ANSI colours only where asked for."""
    return "\n".join(_Outline(picture, colour).lines()) + "\n"


class _Outline:
    def __init__(self, picture: Picture, colour: bool) -> None:
        self._picture = picture
        self._colour = colour
        self._leaving: dict[str, list[Arrow]] = {}
        for arrow in picture.arrows:
            self._leaving.setdefault(arrow.tail, []).append(arrow)

    def lines(self) -> Iterator[str]:
        if self._picture.heading:
            yield self._picture.heading
        yield from self._panel(self._picture.root, "")

    def _panel(self, panel: Panel, indent: str) -> Iterator[str]:
        members = {member.key: member for member in panel.members}
        order = self._walk(panel, members)
        for position, key in enumerate(order):
            following = order[position + 1] if position + 1 < len(order) else None
            yield from self._member(members[key], indent, following, key in panel.ends)

    def _walk(self, panel: Panel, members: dict[str, Box | Frame]) -> list[str]:
        """Depth first along the arrows from the start, catches last; then whatever can't be reached."""
        found: dict[str, None] = {}
        waiting = [*reversed(members)]
        if panel.start is not None:
            waiting.append(panel.start)
        while waiting:
            key = waiting.pop()
            if key in found or key not in members:
                continue
            found[key] = None
            arrows = sorted(self._leaving.get(key, ()), key=lambda arrow: arrow.kind == "Catch")
            waiting += [arrow.head for arrow in reversed(arrows)]
        return list(found)

    def _member(self, member: Box | Frame, indent: str, following: str | None, ends: bool) -> Iterator[str]:
        yield indent + self._title(member)
        for panel in member.panels if isinstance(member, Frame) else ():
            if panel.caption.startswith("branch"):
                yield f"{indent}  {self._painted(panel.caption, _DIM)}"
            yield from self._panel(panel, indent + "  │ ")
        arrows = self._leaving.get(member.key, ())
        for arrow in arrows:
            if arrow.kind != "Next" or arrow.head != following or arrow.status in _STATUS_MARKS:
                yield f"{indent}    {self._arrow(arrow)}"
        if ends and member.kind not in ("Succeed", "Fail"):
            yield f"{indent}    {self._painted('→ end', _DIM)}"

    def _title(self, member: Box | Frame) -> str:
        colour = _STATUS_COLOURS[member.status] if member.status else _KIND_COLOURS.get(member.kind, "0")
        mark = _STATUS_MARKS.get(member.status, "") if member.status else ""
        glyph = self._painted(mark + _GLYPHS.get(member.kind, "■"), colour)
        shown = [line.text for line in member.lines if line.tone not in ("catch", "link")]
        if member.kind not in ("Map", "Parallel"):
            shown.insert(0, member.kind or "no Type")
        if member.status in _STATUS_COLOURS and member.status not in ("same", None):
            shown.append(str(member.status))
        return f"{glyph} {self._painted(member.name, _BOLD)}  {self._painted(' · '.join(shown), _DIM)}"

    def _arrow(self, arrow: Arrow) -> str:
        mark = _STATUS_MARKS.get(arrow.status, "") if arrow.status else ""
        count = f" ×{arrow.taken}" if arrow.taken else ""
        caught = arrow.kind == "Catch"
        words = shortened((", " if caught else " or ").join(text for text in arrow.labels if text), LABEL)
        if caught:
            words = f"catch {words}"
        text = f"{mark}{words} → {arrow.head}{count}".lstrip()
        return self._painted(text, _RED) if caught else self._marked(text, arrow)

    def _marked(self, text: str, arrow: Arrow) -> str:
        if arrow.status is None or arrow.status == "same":
            return text
        return self._painted(text, _STATUS_COLOURS[arrow.status])

    def _painted(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._colour and code != "0" else text
