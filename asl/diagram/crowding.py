"""Which arrows are better told in words inside their states: those that would tangle a picture or make its layout slow.

Ranks are the rows that a layered layout will need, estimated as the longest way from the start without going back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

CROWD = 8
"""A state caught from more places than this gets no arrow from each of them."""
REACH = 12
"""An arrow over more rows than this may be told in words, once all such arrows together cross more than ``BUDGET``."""
BUDGET = 600


class Edge(Protocol):
    @property
    def tail(self) -> str: ...
    @property
    def head(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def taken(self) -> int | None: ...


E = TypeVar("E", bound=Edge)


def told_in_words(arrows: Sequence[E], starts: Iterable[str]) -> dict[str, list[E]]:
    """The arrows not to draw, by the key of their tail; those that an execution took are the last to go."""
    crowded = _crowded(arrows)
    left = [arrow for arrow in arrows if id(arrow) not in crowded]
    hidden = crowded | _too_long(left, ranks(left, starts))
    told: dict[str, list[E]] = {}
    for arrow in arrows:
        if id(arrow) in hidden:
            told.setdefault(arrow.tail, []).append(arrow)
    return told


def _crowded(arrows: Sequence[E]) -> set[int]:
    catches: dict[str, list[E]] = {}
    for arrow in arrows:
        if arrow.kind == "Catch" and not arrow.taken:
            catches.setdefault(arrow.head, []).append(arrow)
    return {id(arrow) for crowd in catches.values() if len(crowd) > CROWD for arrow in crowd}


def _too_long(arrows: Sequence[E], rank: Mapping[str, int]) -> set[int]:
    """The longest arrows, as many as it takes to keep the rows that long arrows cross within the budget."""
    spans = [(abs(rank.get(arrow.head, 0) - rank.get(arrow.tail, 0)), arrow) for arrow in arrows]
    long = sorted((pair for pair in spans if pair[0] > REACH), key=lambda pair: (bool(pair[1].taken), -pair[0]))
    crossed = sum(span for span, _ in long)
    hidden = set()
    for span, arrow in long:
        if crossed <= BUDGET:
            break
        hidden.add(id(arrow))
        crossed -= span
    return hidden


def ranks(arrows: Sequence[Edge], starts: Iterable[str]) -> dict[str, int]:
    """The row of each state: one more than the lowest row that leads to it, arrows that go back left out."""
    leaving: dict[str, list[str]] = {}
    for arrow in arrows:
        leaving.setdefault(arrow.tail, []).append(arrow.head)
    order = _finished_last_first(leaving, [*starts, *leaving])
    place = {key: number for number, key in enumerate(order)}
    rank = dict.fromkeys(order, 0)
    for key in order:
        for head in leaving.get(key, ()):
            if place[head] > place[key]:
                rank[head] = max(rank[head], rank[key] + 1)
    return rank


def _finished_last_first(leaving: Mapping[str, list[str]], roots: Iterable[str]) -> list[str]:
    """Depth first without recursion: a state comes before all that is reached from it, but for loops back to it."""
    finished: list[str] = []
    seen: set[str] = set()
    for root in roots:
        if root in seen:
            continue
        seen.add(root)
        stack = [(root, iter(leaving.get(root, ())))]
        while stack:
            key, heads = stack[-1]
            fresh = next((head for head in heads if head not in seen), None)
            if fresh is None:
                finished.append(key)
                stack.pop()
            else:
                seen.add(fresh)
                stack.append((fresh, iter(leaving.get(fresh, ()))))
    return finished[::-1]
