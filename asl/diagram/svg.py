"""Finish an SVG that Graphviz made: hover texts, centred lines, fonts and names for scripts and screen readers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

_SVG = "{http://www.w3.org/2000/svg}"
_TOOLTIP = "{http://www.w3.org/1999/xlink}title"
FONTS = "Helvetica, Arial, 'DejaVu Sans', 'Liberation Sans', sans-serif"


def finished(svg: bytes, title: str | None = None) -> bytes:
    """The same drawing with ``<title>`` tooltips instead of links, and text that stays centred in any font."""
    ElementTree.register_namespace("", "http://www.w3.org/2000/svg")
    ElementTree.register_namespace("xlink", "http://www.w3.org/1999/xlink")
    root = ElementTree.fromstring(svg)
    root.set("role", "img")
    for group in root.iter(f"{_SVG}g"):
        if group.get("class") in ("node", "edge", "cluster"):
            _finish_group(group)
    for text in root.iter(f"{_SVG}text"):
        text.set("font-family", FONTS)
    _name(root, title)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'.encode()


def _name(root: Element, title: str | None) -> None:
    graph = root.find(f"{_SVG}g/{_SVG}title")
    if graph is not None:
        graph.text = title or "workflow"


def _finish_group(group: Element) -> None:
    title = group.find(f"{_SVG}title")
    tooltip = next((link.get(_TOOLTIP) for link in group.iter(f"{_SVG}a") if link.get(_TOOLTIP)), None)
    shapes = list(_without_links(group))
    if title is not None:
        key = (title.text or "").removeprefix("cluster ").replace("\xa0", " ").replace("\\\\", "\\")
        if group.get("class") != "edge" and key[:1] not in _HELPERS and not key.startswith("cluster"):
            group.set("data-state", key)
        title.text = tooltip or key
    group[:] = [title, *shapes] if title is not None else shapes
    if group.get("class") != "edge":
        _centre(group)


def _without_links(group: Element) -> Iterator[Element]:
    for child in group:
        if child.tag in (f"{_SVG}a", f"{_SVG}g"):
            yield from _without_links(child)
        elif child.tag != f"{_SVG}title":
            child.tail = "\n"
            yield child


_HELPERS = frozenset("●▷◁◉")
"""What the keys of nodes that are no states start with."""
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def _centre(group: Element) -> None:
    """Graphviz places table text by its own font's width: anchor it in the middle of its shape instead."""
    outline = next((child for child in group if child.tag in (f"{_SVG}path", f"{_SVG}polygon")), None)
    if outline is None:
        return
    numbers = [float(number) for number in _NUMBER.findall(outline.get("d") or outline.get("points") or "")]
    middle = (min(numbers[::2]) + max(numbers[::2])) / 2
    for text in group.iter(f"{_SVG}text"):
        text.set("text-anchor", "middle")
        text.set("x", f"{middle:.2f}")
