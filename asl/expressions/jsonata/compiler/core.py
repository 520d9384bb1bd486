"""Tree to closures: the dispatch over node kinds and what every node shares.

Each node becomes ``code(context, frame) -> value``. What would be checked at run time on every node is decided here
once: whether there are predicates, groupings or ``[]``, and how deep a node sits within its unit.
"""

from __future__ import annotations

from collections.abc import Callable

from asl.expressions.jsonata.ast import Node
from asl.expressions.jsonata.errors import DEPTH_EXCEEDED, limit_error
from asl.expressions.jsonata.runtime import Code, Frame, Unit
from asl.expressions.jsonata.values import Sequence, Value, collapse


class Compiler:
    """Compiles one unit; ``bound`` has every name that the whole expression binds somewhere."""

    def __init__(self, bound: frozenset[str], *, guarded: bool = False) -> None:
        self.bound = bound
        self.guarded = guarded
        self.height = 0

    def unit(self, node: Node, *, is_body: bool = False) -> Unit:
        """A separately entered piece of code: the whole expression or a lambda's body."""
        code, height = self._compile_unit(node, is_body, guarded=False)
        return Unit(code, height, lambda: self._compile_unit(node, is_body, guarded=True)[0])

    def _compile_unit(self, node: Node, is_body: bool, *, guarded: bool) -> tuple[Code, int]:
        compiler = Compiler(self.bound, guarded=guarded)
        code = compiler.tail(node, 1) if is_body else compiler.node(node, 1)
        return code, compiler.height

    def node(self, node: Node, depth: int) -> Code:
        """The code of a node that sits ``depth`` levels deep in its unit."""
        return self._guard(self._decorate(node, KINDS[node.kind](self, node, depth), depth), depth)

    def tail(self, node: Node, depth: int) -> Code:
        """The same for a node whose value is the unit's: calls there don't nest."""
        compile_tail = TAILS.get(node.kind)
        if compile_tail is None or node.predicates or (node.group is not None and node.kind != "call"):
            return self.node(node, depth)
        return self._guard(compile_tail(self, node, depth), depth)

    def _decorate(self, node: Node, code: Code, depth: int) -> Code:
        if node.kind == "path":
            return code
        for stage in node.predicates:
            code = DECORATORS["predicate"](self, code, stage, depth)
        if node.group is not None:
            code = DECORATORS["group"](self, code, node.group, depth)
        if node.keep_array:
            code = _keeping(code)
        return _collapsing(code) if node.predicates or node.keep_array else code

    def _guard(self, code: Code, depth: int) -> Code:
        self.height = max(self.height, depth)
        if not self.guarded:
            return code

        def guarded(context: Value, frame: Frame) -> Value:
            rt = frame.rt
            if rt.depth + depth > rt.limits.depth:
                raise limit_error(DEPTH_EXCEEDED)
            return code(context, frame)

        return guarded


def _keeping(code: Code) -> Code:
    def keep(context: Value, frame: Frame) -> Value:
        value = code(context, frame)
        if type(value) is Sequence:
            value.keep_singleton = True
        return value

    return keep


def _collapsing(code: Code) -> Code:
    return lambda context, frame: collapse(code(context, frame))


KINDS: dict[str, Callable[[Compiler, Node, int], Code]] = {}
TAILS: dict[str, Callable[[Compiler, Node, int], Code]] = {}
DECORATORS: dict[str, Callable[..., Code]] = {}
