"""Literals, variables, blocks, bindings and conditions."""

from __future__ import annotations

from asl.expressions.jsonata.ast import Node
from asl.expressions.jsonata.compiler.core import KINDS, TAILS, Compiler
from asl.expressions.jsonata.functions.registry import native
from asl.expressions.jsonata.runtime import Code, Frame
from asl.expressions.jsonata.values import UNDEFINED, Sequence, Value, collapse, truth


def _literal(compiler: Compiler, node: Node, depth: int) -> Code:
    value = node.value
    return lambda context, frame: value


def _regex(compiler: Compiler, node: Node, depth: int) -> Code:
    from asl.expressions.jsonata.regex import Regex

    pattern, flags = node.value
    regex = Regex(pattern, flags, node.position)
    return lambda context, frame: regex


def _variable(compiler: Compiler, node: Node, depth: int) -> Code:
    name = node.value
    if name == "":
        return _context
    if name in compiler.bound:
        return _bound_variable(name)
    if name == "$":
        return lambda context, frame: frame.rt.input
    return free_variable(name)


def _context(context: Value, frame: Frame) -> Value:
    if type(context) is Sequence:
        return context[0] if context.outer_wrapper else collapse(context)
    return context


def _bound_variable(name: str) -> Code:
    library = native(name) or UNDEFINED

    def run(context: Value, frame: Frame) -> Value:
        variables = frame.variables
        value = variables[name] if name in variables else frame.lookup(name)
        return library if value is UNDEFINED else value

    return run


def free_variable(name: str) -> Code:
    """A name that only the caller or the library binds."""
    library = native(name) or UNDEFINED
    return lambda context, frame: frame.rt.bindings.get(name, library)


def _bind(compiler: Compiler, node: Node, depth: int) -> Code:
    assert node.left is not None
    assert node.right is not None
    name = node.left.value
    code = compiler.node(node.right, depth + 1)

    def run(context: Value, frame: Frame) -> Value:
        value = frame.variables[name] = code(context, frame)
        return value

    return run


def _block(compiler: Compiler, node: Node, depth: int) -> Code:
    return _outer(node, _statements([compiler.node(item, depth + 1) for item in node.items], bool(compiler.bound)))


def _outer(node: Node, code: Code) -> Code:
    """A value that passes through another node is collapsed once more: a sequence may hold a sequence."""
    if node.predicates or node.keep_array or node.group is not None:
        return code

    def run(context: Value, frame: Frame) -> Value:
        value = code(context, frame)
        return collapse(value) if type(value) is Sequence else value

    return run if any(_may_nest(item) for item in (*node.items[-1:], node.right, node.third)) else code


def _may_nest(node: Node | None) -> bool:
    if node is None or (node.kind == "binary" and node.value != "~>"):
        return False
    return node.kind in ("call", "block", "condition", "bind", "variable", "binary")


def _tail_block(compiler: Compiler, node: Node, depth: int) -> Code:
    if not node.items:
        return _nothing
    codes = [compiler.node(item, depth + 1) for item in node.items[:-1]]
    return _statements([*codes, compiler.tail(node.items[-1], depth + 1)], bool(compiler.bound))


def _nothing(context: Value, frame: Frame) -> Value:
    return UNDEFINED


def _statements(codes: list[Code], binds: bool) -> Code:
    if not codes:
        return _nothing
    *before, last = codes
    if not before and not binds:
        return last

    def run(context: Value, frame: Frame) -> Value:
        inner = Frame(frame.rt, frame, {}) if binds else frame
        for code in before:
            code(context, inner)
        return last(context, inner)

    return run


def _condition(compiler: Compiler, node: Node, depth: int) -> Code:
    branches = [compiler.node(branch, depth + 1) for branch in (node.right, node.third) if branch is not None]
    return _outer(node, _choose(compiler, node, depth, branches))


def _tail_condition(compiler: Compiler, node: Node, depth: int) -> Code:
    branches = [compiler.tail(branch, depth + 1) for branch in (node.right, node.third) if branch is not None]
    return _choose(compiler, node, depth, branches)


def _choose(compiler: Compiler, node: Node, depth: int, branches: list[Code]) -> Code:
    assert node.left is not None
    condition = compiler.node(node.left, depth + 1)
    yes = branches[0]
    no = branches[1] if len(branches) > 1 else _nothing
    return lambda context, frame: (yes if truth(condition(context, frame)) else no)(context, frame)


KINDS.update(
    {
        **dict.fromkeys(("string", "number", "value"), _literal),
        "regex": _regex, "variable": _variable, "bind": _bind, "block": _block, "condition": _condition,
    }
)  # fmt: skip
TAILS.update({"block": _tail_block, "condition": _tail_condition})
