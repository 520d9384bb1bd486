"""Items and hits as lines and arcs: the form in which coverage.py counts, and so every report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from interpreter.testing.coverage_items import Exit, Hit, Item, Listing

Arc: TypeAlias = tuple[int, int]


@dataclass(slots=True)
class Line:
    """A line of a file with what stands on it. A line of several things has no exits: it is covered when all are."""

    number: int
    items: list[Item] = field(default_factory=list)

    @property
    def exits(self) -> list[Exit]:
        return self.items[0].exits if len(self.items) == 1 else []

    def is_hit(self, hits: set[Hit]) -> bool:
        if len(self.items) == 1:
            return self.items[0].hit in hits
        return all(hit in hits for item in self.items for hit in _all_of(item))

    def missing(self, hits: set[Hit]) -> list[str]:
        """What of this line no test reached, in words."""
        texts = [item.text for item in self.items if item.hit not in hits]
        reached = (item for item in self.items if item.hit in hits)
        return texts + [each.text for item in reached for each in item.exits if each.hit not in hits]


def _all_of(item: Item) -> Iterable[Hit]:
    yield item.hit
    yield from (each.hit for each in item.exits)


def lines_of(listings: Iterable[Listing]) -> dict[int, Line]:
    """The lines of one file, over all of its state machines."""
    lines: dict[int, Line] = {}
    for listing in listings:
        for item in listing.items:
            lines.setdefault(item.line, Line(item.line)).items.append(item)
    return dict(sorted(lines.items()))


def possible_arcs(lines: dict[int, Line]) -> dict[Arc, Exit]:
    """Every exit that counts as a branch."""
    return {(line.number, each.target): each for line in lines.values() for each in line.exits}


def executed_arcs(lines: dict[int, Line], hits: set[Hit]) -> set[Arc]:
    """What happened, as it is recorded: an arc into each line that was reached, and one for each exit that was taken.

    coverage.py takes every line that an arc names for executed, but a line of several things may be reached and not be
    covered. So exits are recorded with a target that is no line; :func:`as_lines` and :func:`as_arcs` read it back.
    """
    reached = {(-1, line.number) for line in lines.values() if line.is_hit(hits)}
    taken = (arc for arc, each in possible_arcs(lines).items() if each.hit in hits)
    return reached | {(start, end + _EXIT if end > 0 else end) for start, end in taken}


_EXIT = 1_000_000_000


def as_lines(recorded: Iterable[int]) -> set[int]:
    return {number for number in recorded if number < _EXIT}


def as_arcs(recorded: Iterable[Arc]) -> set[Arc]:
    return {(start, end - _EXIT if end > _EXIT else end) for start, end in recorded}


def executed_lines(lines: dict[int, Line], hits: set[Hit]) -> set[int]:
    return {line.number for line in lines.values() if line.is_hit(hits)}
