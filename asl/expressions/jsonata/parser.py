"""Tokens to a raw tree by operator precedence (Pratt); ``analysis`` then turns dots and brackets into paths."""

from __future__ import annotations

from collections.abc import Callable

from asl.expressions.jsonata.ast import Node, SortTerm
from asl.expressions.jsonata.errors import JsonataError
from asl.expressions.jsonata.signature import Signature
from asl.expressions.jsonata.tokenizer import Token, Tokenizer

_BINARY_POWER = {
    ".": 75, "+": 50, "-": 50, "*": 60, "/": 60, "%": 60, "=": 40, "<": 40, ">": 40, "!=": 40, "<=": 40, ">=": 40,
    "&": 50, "and": 30, "or": 25, "in": 40, "~>": 40,
}  # fmt: skip
_KNOWN_OPERATORS = frozenset((*_BINARY_POWER, *":;,)]}([{^@#?|", "..", ":=", "**"))
_LAMBDA_WORDS = frozenset(("function", "λ"))
_MINUS_POWER = 70
_BIND_POWER = 10


class Parser:
    """Parses one text; ``token`` is the one not yet consumed."""

    def __init__(self, text: str) -> None:
        self._tokens = Tokenizer(text)
        self.token = self._read(after_operand=False)

    def parse(self) -> Node:
        """The whole text as one raw tree."""
        node = self.expression(0)
        if self.token.kind != "end":
            raise JsonataError("S0201", position=self.token.position, token=self.token.value)
        return node

    def _read(self, *, after_operand: bool) -> Token:
        token = self._tokens.next(after_operand=after_operand)
        if token.kind == "operator" and token.value not in _KNOWN_OPERATORS:
            raise JsonataError("S0204", position=token.position, token=token.value)
        return token

    def at(self, symbol: str) -> bool:
        """True when the next token is this symbol."""
        return self.token.value == symbol and self.token.kind in ("operator", "end")

    def advance(self, expected: str | None = None, *, after_operand: bool = False) -> Token:
        """Consume the next token, which must be ``expected`` where that is given."""
        token = self.token
        if expected is not None and not self.at(expected):
            code = "S0203" if token.kind == "end" else "S0202"
            raise JsonataError(code, position=token.position, token=token.value, value=expected)
        self.token = self._read(after_operand=after_operand)
        return token

    def skip(self, symbol: str) -> bool:
        """Consume the symbol if it is next."""
        if not self.at(symbol):
            return False
        self.advance(symbol)
        return True

    def expression(self, power: int) -> Node:
        """An expression whose operators bind tighter than ``power``."""
        left = self._prefix(self.advance(after_operand=True))
        while self.token.kind == "operator" and power < _INFIX_POWER.get(self.token.value, 0):
            token = self.advance()
            left = _INFIX.get(token.value, _binary)(self, token, left)
        return left

    def _prefix(self, token: Token) -> Node:
        if token.kind == "operator":
            parse = _PREFIX.get(token.value)
            if parse is None:
                raise JsonataError("S0211", position=token.position, token=token.value)
            return parse(self, token)
        return Node(token.kind, token.position, token.value)

    def listed(self, closing: str, parse: Callable[[], None]) -> None:
        """Comma-separated things up to a closing symbol, none included."""
        if not self.at(closing):
            parse()
            while self.skip(","):
                parse()


def _word(parser: Parser, token: Token) -> Node:
    return Node("operator", token.position, token.value)


def _minus(parser: Parser, token: Token) -> Node:
    return Node("minus", token.position, token.value, left=parser.expression(_MINUS_POWER))


def _single(kind: str) -> Callable[[Parser, Token], Node]:
    return lambda parser, token: Node(kind, token.position, token.value)


def _block(parser: Parser, token: Token) -> Node:
    node = Node("block", token.position, token.value)
    while not parser.at(")"):
        node.items.append(parser.expression(0))
        if not parser.skip(";"):
            break
    parser.advance(")", after_operand=True)
    return node


def _array(parser: Parser, token: Token) -> Node:
    node = Node("array", token.position, token.value)

    def item() -> None:
        value = parser.expression(0)
        if parser.at(".."):
            dots = parser.advance("..")
            value = Node("range", dots.position, "..", left=value, right=parser.expression(0))
        node.items.append(value)

    parser.listed("]", item)
    parser.advance("]", after_operand=True)
    return node


def _pairs(parser: Parser, node: Node) -> Node:
    def pair() -> None:
        key = parser.expression(0)
        parser.advance(":")
        node.pairs.append((key, parser.expression(0)))

    parser.listed("}", pair)
    parser.advance("}", after_operand=True)
    return node


def _object(parser: Parser, token: Token) -> Node:
    return _pairs(parser, Node("object", token.position, token.value))


def _transform(parser: Parser, token: Token) -> Node:
    node = Node("transform", token.position, token.value)
    node.left = parser.expression(0)
    parser.advance("|")
    node.right = parser.expression(0)
    if parser.skip(","):
        node.third = parser.expression(0)
    parser.advance("|")
    return node


def _binary(parser: Parser, token: Token, left: Node) -> Node:
    right = parser.expression(_BINARY_POWER[token.value])
    return Node("binary", token.position, token.value, left=left, right=right)


def _call(parser: Parser, token: Token, left: Node) -> Node:
    node = Node("call", token.position, token.value, left=left)

    def argument() -> None:
        if parser.at("?"):
            node.kind = "partial"
            mark = parser.advance("?")
            node.items.append(Node("operator", mark.position, mark.value))
        else:
            node.items.append(parser.expression(0))

    parser.listed(")", argument)
    parser.advance(")", after_operand=True)
    return _lambda(parser, node) if left.kind == "name" and left.value in _LAMBDA_WORDS else node


def _lambda(parser: Parser, node: Node) -> Node:
    for number, parameter in enumerate(node.items, 1):
        if parameter.kind != "variable":
            raise JsonataError("S0208", position=parameter.position, token=parameter.value, value=number)
    node.kind = "lambda"
    if parser.at("<"):
        node.signature = _signature(parser)
    parser.advance("{")
    node.left = parser.expression(0)
    parser.advance("}")
    return node


def _signature(parser: Parser) -> Signature:
    depth, text = 1, "<"
    while depth > 0 and parser.token.kind != "end" and not parser.at("{"):
        parser.advance()
        depth += parser.at("<") - parser.at(">")
        text += str(parser.token.value)
    parser.advance(">")
    return Signature(text)


def _bracket(parser: Parser, token: Token, left: Node) -> Node:
    if parser.at("]"):
        step: Node = left
        while step.kind == "bracket" and step.left is not None:
            step = step.left
        step.keep_array = True
        parser.advance("]")
        return left
    node = Node("bracket", token.position, token.value, left=left, right=parser.expression(0))
    parser.advance("]", after_operand=True)
    return node


def _order_by(parser: Parser, token: Token, left: Node) -> Node:
    node = Node("order", token.position, token.value, left=left)

    def term() -> None:
        descending = parser.skip(">")
        if not descending:
            parser.skip("<")
        node.terms.append(SortTerm(parser.expression(0), descending))

    parser.advance("(")
    term()
    while parser.skip(","):
        term()
    parser.advance(")")
    return node


def _group(parser: Parser, token: Token, left: Node) -> Node:
    return _pairs(parser, Node("group", token.position, token.value, left=left))


def _bind(parser: Parser, token: Token, left: Node) -> Node:
    if left.kind != "variable":
        raise JsonataError("S0212", position=left.position, token=left.value)
    return Node("bind", token.position, token.value, left=left, right=parser.expression(_BIND_POWER - 1))


def _binding(kind: str) -> Callable[[Parser, Token, Node], Node]:
    def parse(parser: Parser, token: Token, left: Node) -> Node:
        right = parser.expression(_INFIX_POWER[token.value])
        if right.kind != "variable":
            raise JsonataError("S0214", position=right.position, token=token.value)
        return Node(kind, token.position, token.value, left=left, right=right)

    return parse


def _condition(parser: Parser, token: Token, left: Node) -> Node:
    node = Node("condition", token.position, token.value, left=left, right=parser.expression(0))
    if parser.skip(":"):
        node.third = parser.expression(0)
    return node


_PREFIX: dict[str, Callable[[Parser, Token], Node]] = {
    "and": _word, "or": _word, "in": _word,
    "-": _minus, "*": _single("wildcard"), "**": _single("descendant"), "%": _single("parent"),
    "(": _block, "[": _array, "{": _object, "|": _transform,
}  # fmt: skip
_INFIX_POWER = {**_BINARY_POWER, "(": 80, "[": 80, "^": 40, "{": 70, ":=": _BIND_POWER, "@": 80, "#": 80, "?": 20}
_INFIX: dict[str, Callable[[Parser, Token, Node], Node]] = {
    "(": _call, "[": _bracket, "^": _order_by, "{": _group, ":=": _bind,
    "@": _binding("focus"), "#": _binding("index"), "?": _condition,
}  # fmt: skip
