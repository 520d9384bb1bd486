"""The second pass of the parser: dots become paths, brackets predicates, and each ``%`` finds the step it refers to."""

from __future__ import annotations

from collections.abc import Callable

from asl.expressions.jsonata.ast import Ancestor, Grouping, Node, SortTerm, Stage
from asl.expressions.jsonata.errors import JsonataError


def analyse(raw: Node) -> Node:
    """The tree to compile."""
    node = _Analysis().process(raw)
    if node.kind == "parent" or node.seeking:
        raise JsonataError("S0217", position=None if node.kind == "parent" else node.position, token=node.kind)
    return node


class _Analysis:
    def __init__(self) -> None:
        self._labels = 0

    def process(self, node: Node) -> Node:
        keep = node.keep_array
        result = _PROCESS[node.kind](self, node)
        result.keep_array = result.keep_array or keep
        return result

    def _child(self, owner: Node, raw: Node) -> Node:
        node = self.process(raw)
        _seek_further(owner, node)
        return node

    def leaf(self, node: Node) -> Node:
        return node

    def name(self, node: Node) -> Node:
        path = Node("path", node.position, items=[node])
        path.keep_singleton = node.keep_array
        return path

    def word(self, node: Node) -> Node:
        if node.value not in ("and", "or", "in"):
            raise JsonataError("S0201", position=node.position, token=node.value)
        node.kind = "name"
        return self.name(node)

    def end(self, node: Node) -> Node:
        raise JsonataError("S0207", position=node.position, token=node.value)

    def parent(self, node: Node) -> Node:
        node.slot = Ancestor(f"!{self._labels}")
        self._labels += 1
        return node

    def minus(self, node: Node) -> Node:
        assert node.left is not None
        operand = self.process(node.left)
        if operand.kind == "number":
            operand.value = -operand.value
            return operand
        node.left = operand
        _seek_further(node, operand)
        return node

    def binary(self, node: Node) -> Node:
        if node.value == ".":
            return self._path(node)
        self.children(node)
        if node.value == "~>" and node.left is not None and node.right is not None:
            node.keep_array = node.left.keep_array or node.right.keep_array
        return node

    def children(self, node: Node) -> Node:
        if node.left is not None:
            node.left = self._child(node, node.left)
        if node.right is not None:
            node.right = self._child(node, node.right)
        if node.third is not None:
            node.third = self._child(node, node.third)
        node.items = [self._child(node, item) for item in node.items]
        node.pairs = [(self._child(node, key), self._child(node, value)) for key, value in node.pairs]
        return node

    def bind(self, node: Node) -> Node:
        assert node.right is not None
        node.right = self._child(node, node.right)
        return node

    def block(self, node: Node) -> Node:
        node.items = [self._child(node, item) for item in node.items]
        if node.items:
            last = node.items[-1]
            node.cons_array = last.cons_array or (last.kind == "path" and last.items[0].cons_array)
        return node

    def function(self, node: Node) -> Node:
        node.items = [
            item if item.kind == "operator" and item.value == "?" else self._child(node, item) for item in node.items
        ]
        assert node.left is not None
        node.left = self.process(node.left)
        return node

    def lambda_(self, node: Node) -> Node:
        assert node.left is not None
        node.left = self.process(node.left)
        return node

    def transform(self, node: Node) -> Node:
        assert node.left is not None
        assert node.right is not None
        node.left = self.process(node.left)
        node.right = self.process(node.right)
        node.third = self.process(node.third) if node.third is not None else None
        return node

    def _path(self, node: Node) -> Node:
        assert node.left is not None
        assert node.right is not None
        left, right = self.process(node.left), self.process(node.right)
        path = left if left.kind == "path" else Node("path", node.position, items=[left])
        if left.kind == "parent":
            assert left.slot is not None
            path.seeking = [left.slot]
        if right.kind == "path":
            path.items.extend(right.items)
        else:
            if right.predicates:
                right.stages, right.predicates = right.predicates, []
            path.items.append(right)
        _check_steps(path)
        _resolve_ancestry(path)
        return path

    def bracket(self, node: Node) -> Node:
        assert node.left is not None
        assert node.right is not None
        result = self.process(node.left)
        step = result.items[-1] if result.kind == "path" else result
        if step.group is not None or (result.kind == "path" and result.group is not None):
            raise JsonataError("S0209", position=node.position)
        predicate = self.process(node.right)
        for slot in predicate.seeking:
            if slot.level == 1:
                _seek_parent(step, slot)
            else:
                slot.level -= 1
        if predicate.seeking:
            _seek_further(step, predicate)
        stage = Stage("filter", node.position, predicate)
        (step.stages if result.kind == "path" else step.predicates).append(stage)
        return result

    def group(self, node: Node) -> Node:
        assert node.left is not None
        result = self.process(node.left)
        if result.group is not None:
            raise JsonataError("S0210", position=node.position)
        pairs = [(self.process(key), self.process(value)) for key, value in node.pairs]
        result.group = Grouping(pairs, node.position)
        return result

    def order(self, node: Node) -> Node:
        assert node.left is not None
        result = self.process(node.left)
        path = result if result.kind == "path" else Node("path", result.position, items=[result])
        step = Node("sort", node.position)
        for term in node.terms:
            step.terms.append(SortTerm(self._child(step, term.expression), term.descending))
        path.items.append(step)
        _resolve_ancestry(path)
        return path

    def focus(self, node: Node) -> Node:
        assert node.left is not None
        assert node.right is not None
        result = self.process(node.left)
        step = result.items[-1] if result.kind == "path" else result
        if step.stages or step.predicates:
            raise JsonataError("S0215", position=node.position)
        if step.kind == "sort":
            raise JsonataError("S0216", position=node.position)
        step.keep_array = step.keep_array or node.keep_array
        step.focus = node.right.value
        step.is_tuple = True
        return result

    def index(self, node: Node) -> Node:
        assert node.left is not None
        assert node.right is not None
        result = self.process(node.left)
        if result.kind != "path":
            path = Node("path", result.position, items=[result])
            if result.predicates:
                result.stages, result.predicates = result.predicates, []
            result = path
        step = result.items[-1]
        if step.stages:
            step.stages.append(Stage("index", node.position, name=node.right.value))
        else:
            step.index = node.right.value
        step.is_tuple = True
        return result


def _check_steps(path: Node) -> None:
    for step in path.items:
        if step.kind in ("number", "value"):
            raise JsonataError("S0213", position=step.position, value=step.value)
        if step.kind == "string":
            step.kind = "name"
    if any(step.keep_array for step in path.items):
        path.keep_singleton = True
    for step in (path.items[0], path.items[-1]):
        if step.kind == "array":
            step.cons_array = True


def _seek_further(owner: Node, node: Node) -> None:
    slots = list(node.seeking)
    if node.kind == "parent":
        assert node.slot is not None
        slots.append(node.slot)
    if slots:
        owner.seeking = [*owner.seeking, *slots]


def _resolve_ancestry(path: Node) -> None:
    last = path.items[-1]
    slots = list(last.seeking)
    if last.kind == "parent":
        assert last.slot is not None
        slots.append(last.slot)
    for slot in slots:
        _climb(path, slot)


def _climb(path: Node, slot: Ancestor) -> None:
    steps = path.items
    index = len(steps) - 2
    while slot.level > 0:
        if index < 0:
            path.seeking = [*path.seeking, slot]
            return
        step = steps[index]
        index -= 1
        while index >= 0 and step.focus and steps[index].focus:
            step = steps[index]
            index -= 1
        _seek_parent(step, slot)


def _seek_parent(node: Node, slot: Ancestor) -> None:
    """Let the step that yields the parent bind it; the slot's level says how far up it still is."""
    if node.kind in ("name", "wildcard"):
        slot.level -= 1
        if slot.level == 0:
            if node.ancestor is not None:
                slot.label = node.ancestor.label
            node.ancestor = slot
            node.is_tuple = True
    elif node.kind == "parent":
        slot.level += 1
    elif node.kind == "block":
        if node.items:
            node.is_tuple = True
            _seek_parent(node.items[-1], slot)
    elif node.kind == "path":
        node.is_tuple = True
        for step in reversed(node.items):
            _seek_parent(step, slot)
            if slot.level <= 0:
                break
    else:
        raise JsonataError("S0217", position=node.position, token=node.kind)


_PROCESS: dict[str, Callable[[_Analysis, Node], Node]] = {
    **dict.fromkeys(("string", "number", "value", "wildcard", "descendant", "variable", "regex"), _Analysis.leaf),
    **dict.fromkeys(("array", "object", "range", "condition"), _Analysis.children),
    "name": _Analysis.name,
    "end": _Analysis.end,
    "operator": _Analysis.word,
    "parent": _Analysis.parent,
    "minus": _Analysis.minus,
    "binary": _Analysis.binary,
    "bind": _Analysis.bind,
    "block": _Analysis.block,
    "call": _Analysis.function,
    "partial": _Analysis.function,
    "lambda": _Analysis.lambda_,
    "transform": _Analysis.transform,
    "bracket": _Analysis.bracket,
    "group": _Analysis.group,
    "order": _Analysis.order,
    "focus": _Analysis.focus,
    "index": _Analysis.index,
}
