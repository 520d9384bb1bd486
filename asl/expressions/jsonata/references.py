"""What an expression refers to, found by walking its tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from asl.expressions.jsonata.ast import Node, Stage
from asl.expressions.jsonata.functions.registry import is_library


@dataclass(frozen=True, slots=True)
class Findings:
    """``bound`` are names that the expression binds somewhere, ``free`` those it expects from its surroundings."""

    bound: frozenset[str]
    free: frozenset[str]
    references: frozenset[tuple[str, ...]]
    top_level: tuple[tuple[str, int], ...]


def find(root: Node) -> Findings:
    """Everything that the expression refers to."""
    walk = _Walk()
    walk.visit(root, frozenset(), True)
    return Findings(
        frozenset(_bound_names(root)), frozenset(walk.free), frozenset(walk.references), tuple(walk.top_level)
    )


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below."""
    yield from (child for child in (node.left, node.right, node.third) if child is not None)
    yield from node.items
    for key, value in node.pairs:
        yield key
        yield value
    yield from (term.expression for term in node.terms)
    yield from (stage.expression for stage in (*node.predicates, *node.stages) if stage.expression is not None)
    if node.group is not None:
        for key, value in node.group.pairs:
            yield key
            yield value


def _bound_names(root: Node) -> Iterator[str]:
    pending = [root]
    while pending:
        node = pending.pop()
        yield from _own_names(node)
        pending.extend(children(node))


def _own_names(node: Node) -> Iterator[str]:
    if node.kind == "bind" and node.left is not None:
        yield node.left.value
    if node.kind == "lambda":
        yield from (parameter.value for parameter in node.items)
    yield from (name for name in (node.focus, node.index) if name)
    yield from (stage.name for stage in node.stages if stage.kind == "index")


@dataclass(slots=True)
class _Walk:
    """Visits each node with the names that are bound around it and whether the context there is the input's."""

    free: set[str] = field(default_factory=set)
    references: set[tuple[str, ...]] = field(default_factory=set)
    top_level: list[tuple[str, int]] = field(default_factory=list)

    def visit(self, node: Node, bound: frozenset[str], top: bool) -> None:
        _VISITS.get(node.kind, _Walk._others)(self, node, bound, top)
        if node.kind != "path":
            self._attached(node, bound, top)

    def _attached(self, node: Node, bound: frozenset[str], top: bool) -> None:
        for stage in (*node.predicates, *node.stages):
            self._stage(stage, bound)
        if node.group is not None:
            for pair in node.group.pairs:
                for part in pair:
                    self.visit(part, bound, False)

    def _stage(self, stage: Stage, bound: frozenset[str]) -> None:
        if stage.expression is not None:
            self.visit(stage.expression, bound, False)

    def _others(self, node: Node, bound: frozenset[str], top: bool) -> None:
        parts = [child for child in (node.left, node.right, node.third) if child is not None]
        parts += [item for item in node.items if item.kind != "operator"]
        for key, value in node.pairs:
            parts += [key, value]
        for part in parts:
            self.visit(part, bound, top)
        for term in node.terms:
            self.visit(term.expression, bound, False)

    def _name(self, node: Node, bound: frozenset[str], top: bool) -> None:
        if top:
            self.top_level.append((node.value, node.position))

    def _variable(self, node: Node, bound: frozenset[str], top: bool) -> None:
        self._refer(node, (), bound, top)

    def _refer(self, node: Node, names: tuple[str, ...], bound: frozenset[str], top: bool) -> None:
        name = node.value
        if name == "$" or (name == "" and top):
            self.top_level.append(("$" + name, node.position))
        elif name and name not in bound:
            if not is_library(name):
                self.free.add(name)
            self.references.add((name, *names))

    def _path(self, node: Node, bound: frozenset[str], top: bool) -> None:
        steps = node.items
        names: list[str] = []
        for step in steps[1:]:
            if step.kind != "name":
                break
            names.append(step.value)
        for index, step in enumerate(steps):
            if index == 0 and step.kind == "variable":
                self._refer(step, tuple(names), bound, top)
                self._attached(step, bound, top)
            else:
                self.visit(step, bound, top and index == 0)
            bound = bound | set(_own_names(step)) if step.kind not in ("bind", "lambda") else bound
        self._attached(Node("", 0, group=node.group), bound, top)

    def _block(self, node: Node, bound: frozenset[str], top: bool) -> None:
        for item in node.items:
            self.visit(item, bound, top)
            bound = bound | set(_bindings_at(item))

    def _bind(self, node: Node, bound: frozenset[str], top: bool) -> None:
        assert node.left is not None
        assert node.right is not None
        own = {node.left.value} if node.right.kind == "lambda" else set()
        self.visit(node.right, bound | own, top)

    def _lambda(self, node: Node, bound: frozenset[str], top: bool) -> None:
        assert node.left is not None
        self.visit(node.left, bound | {parameter.value for parameter in node.items}, top)

    def _transform(self, node: Node, bound: frozenset[str], top: bool) -> None:
        for part in (node.left, node.right, node.third):
            if part is not None:
                self.visit(part, bound, False)


def _bindings_at(node: Node) -> Iterator[str]:
    """Names bound in a block's own frame by one of its expressions."""
    if node.kind in ("block", "lambda"):
        return
    yield from (_own_names(node) if node.kind == "bind" else ())
    for child in children(node):
        yield from _bindings_at(child)


_VISITS: dict[str, Callable[[_Walk, Node, frozenset[str], bool], None]] = {
    "path": _Walk._path,
    "block": _Walk._block,
    "lambda": _Walk._lambda,
    "variable": _Walk._variable,
    "name": _Walk._name,
    "transform": _Walk._transform,
    "bind": _Walk._bind,
}
