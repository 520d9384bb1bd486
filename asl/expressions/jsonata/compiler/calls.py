"""Calls, lambdas, partial application and the ``~>`` operator."""

from __future__ import annotations

from collections.abc import Callable

from asl.expressions.jsonata.ast import Node
from asl.expressions.jsonata.compiler.core import KINDS, TAILS, Compiler
from asl.expressions.jsonata.errors import JsonataError
from asl.expressions.jsonata.functions.registry import is_library, native
from asl.expressions.jsonata.runtime import (
    PLACEHOLDER,
    Applied,
    Code,
    Composed,
    Frame,
    Lambda,
    Native,
    Site,
    TailCall,
    call,
)
from asl.expressions.jsonata.values import UNDEFINED, Function, Sequence, Value, collapse


def _call(compiler: Compiler, node: Node, depth: int) -> Code:
    return _call_with(compiler, node, depth, None)


def _call_with(compiler: Compiler, node: Node, depth: int, first: Code | None) -> Code:
    """A call; ``first`` gives an argument in front of those written, for ``x ~> $f(y)``."""
    assert node.left is not None
    procedure = compiler.node(node.left, depth + 1)
    codes = [compiler.node(item, depth + 1) for item in node.items]
    if first is not None:
        codes.insert(0, first)
    site = Site(_callee(node.left), node.position)
    suggestion = _suggestion(node.left)
    raw = first is not None or node.keep_array or bool(node.predicates) or node.group is not None
    known = native(node.left.value) if node.left.kind == "variable" else None

    def run(context: Value, frame: Frame) -> Value:
        function = procedure(context, frame)
        if function is UNDEFINED:
            _refuse_unknown(suggestion, "T1005", node, frame)
        arguments = [code(context, frame) for code in codes]
        rt = frame.rt
        base = rt.depth
        rt.depth = base + depth
        try:
            result = call(rt, function, arguments, context, site)
        except JsonataError as error:
            if error.position is None:
                site.mark(error)
            raise
        rt.depth = base
        return result if raw or type(result) is not Sequence else collapse(result)

    if known is None or known.name in compiler.bound or compiler.guarded or node.left.predicates:
        return run
    return _library_call(known, codes, site, depth, raw, run)


def _library_call(callee: Native, codes: list[Code], site: Site, depth: int, raw: bool, other: Code) -> Code:
    """A call of a library function by its name, unless the caller has a variable of that name."""
    name, function, signature, takes_runtime = callee.name, callee.function, callee.signature, callee.takes_runtime
    only = codes[0] if len(codes) == 1 else None

    def run(context: Value, frame: Frame) -> Value:
        rt = frame.rt
        if name in rt.bindings:
            return other(context, frame)
        arguments = [only(context, frame)] if only is not None else [code(context, frame) for code in codes]
        rt.steps -= 1
        if rt.steps < rt.next_check:
            rt.check()
        try:
            if signature is not None:
                arguments = signature.apply(arguments, context)
            if takes_runtime:
                rt.depth += depth
                result = function(rt, *arguments)
                rt.depth -= depth
            else:
                result = function(*arguments)
        except JsonataError as error:
            site.mark(error)
            raise
        return result if raw or type(result) is not Sequence else collapse(result)

    return run


def _callee(procedure: Node) -> object:
    """The name that errors call a function by."""
    if procedure.kind == "path":
        return procedure.items[0].value
    return procedure.value if procedure.kind in ("variable", "string", "number", "value") else None


def _suggestion(procedure: Node) -> str | None:
    if procedure.kind != "path" or procedure.items[0].kind != "name":
        return None
    name: str = procedure.items[0].value
    return name


def _refuse_unknown(name: str | None, code: str, node: Node, frame: Frame) -> None:
    """``sum(x)`` instead of ``$sum(x)`` gets its own error."""
    if name is not None and (is_library(name) or frame.lookup(name) is not UNDEFINED):
        raise JsonataError(code, position=node.position, token=name)


def _tail_call(compiler: Compiler, node: Node, depth: int) -> Code:
    assert node.left is not None
    procedure = compiler.node(node.left, 1)
    codes = [compiler.node(item, 1) for item in node.items]
    site = Site(_callee(node.left), node.position)

    def run(context: Value, frame: Frame) -> Value:
        function = procedure(context, frame)
        return TailCall(function, [code(context, frame) for code in codes], context, site)

    return run


def _lambda(compiler: Compiler, node: Node, depth: int) -> Code:
    assert node.left is not None
    unit = compiler.unit(node.left, is_body=True)
    parameters = tuple(parameter.value for parameter in node.items)
    signature = node.signature
    return lambda context, frame: Lambda(parameters, unit, context, frame, signature)


def _partial(compiler: Compiler, node: Node, depth: int) -> Code:
    assert node.left is not None
    procedure = compiler.node(node.left, depth + 1)
    codes = [
        None if item.kind == "operator" and item.value == "?" else compiler.node(item, depth + 1) for item in node.items
    ]
    token, suggestion = _callee(node.left), _suggestion(node.left)

    def run(context: Value, frame: Frame) -> Value:
        arguments = [PLACEHOLDER if code is None else code(context, frame) for code in codes]
        function = procedure(context, frame)
        if function is UNDEFINED:
            _refuse_unknown(suggestion, "T1007", node, frame)
        if not isinstance(function, Function):
            raise JsonataError("T1008", position=node.position, token=token)
        return Applied(function, arguments)

    return run


def _apply(compiler: Compiler, node: Node, depth: int) -> Code:
    assert node.left is not None
    assert node.right is not None
    left = compiler.node(node.left, depth + 1)
    if node.right.kind == "call":
        return _collapsed(_call_with(compiler, node.right, depth, left), node)
    right = compiler.node(node.right, depth + 1)

    def run(context: Value, frame: Frame) -> Value:
        value = left(context, frame)
        function = right(context, frame)
        if not isinstance(function, Function):
            raise JsonataError("T2006", position=node.position, value=function)
        if isinstance(value, Function):
            return Composed(value, function)
        rt = frame.rt
        base = rt.depth
        rt.depth = base + depth
        try:
            result = call(rt, function, [value])
        except JsonataError as error:
            error.position = error.position or node.position
            raise
        rt.depth = base
        return result

    return _collapsed(run, node)


def _collapsed(code: Code, node: Node) -> Code:
    raw = node.keep_array or node.predicates or node.group is not None
    return code if raw else lambda context, frame: collapse(code(context, frame))


_KINDS: dict[str, Callable[[Compiler, Node, int], Code]] = {
    "call": _call, "lambda": _lambda, "partial": _partial, "apply": _apply,
}  # fmt: skip
KINDS.update(_KINDS)
TAILS["call"] = _tail_call
