"""Reading Terraform's configuration language: text to blocks, attributes and expressions, each with its place.

What an expression is worth is for :mod:`asl.sources.hcl_values`. Left out is what no state machine's definition needs:
legacy index syntax and provider-defined functions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import ClassVar, NoReturn, TypeAlias, TypeVar

from asl.document.text import Text
from asl.sources.found import wrong_at
from asl.types import Json

_SPACE = re.compile(r"(?:[ \t\r]|#[^\n]*|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_SPACE_AND_LINES = re.compile(r"(?:\s|#[^\n]*|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_IDENTIFIER = re.compile(r"[^\W\d][\w-]*")
_NUMBER = re.compile(r"\d+(\.\d+)?([eE][-+]?\d+)?")
_HEREDOC = re.compile(r"<<(-?)([^\W\d][\w-]*)[ \t]*\r?\n")
_OPERATORS: tuple[tuple[str, ...], ...] = (
    ("||",),
    ("&&",),
    ("==", "!="),
    ("<=", ">=", "<", ">"),
    ("+", "-"),
    ("*", "/", "%"),
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_DIRECTIVE = re.compile(r"\s*(if|else|endif|for|endfor)\b")
_MAX_DEPTH = 60
_STOP = re.compile(r"\$?\$\{|%?%\{")
_QUOTED_STOP = re.compile(r'\$?\$\{|%?%\{|["\\\n]')
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Expression:
    start: int


@dataclass(frozen=True, slots=True)
class Literal(Expression):
    value: Json


@dataclass(frozen=True, slots=True)
class Run:
    """Literal characters of a template; ``verbatim`` when they stand in the source as they are."""

    content: str
    start: int
    verbatim: bool = True


@dataclass(frozen=True, slots=True)
class Branching:
    """``%{ if }`` in a template."""

    condition: Expression
    then: tuple[TemplatePart, ...]
    otherwise: tuple[TemplatePart, ...]


@dataclass(frozen=True, slots=True)
class Repetition:
    """``%{ for }`` in a template."""

    names: tuple[str, ...]
    collection: Expression
    body: tuple[TemplatePart, ...]


TemplatePart: TypeAlias = "Run | Expression | Branching | Repetition"


@dataclass(frozen=True, slots=True)
class Template(Expression):
    """A quoted string or heredoc."""

    parts: tuple[TemplatePart, ...]


@dataclass(frozen=True, slots=True)
class Tuple(Expression):
    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Object(Expression):
    """``{ key = value }``; a bare word as a key is a literal."""

    members: tuple[tuple[Expression, Expression], ...]


@dataclass(frozen=True, slots=True)
class Variable(Expression):
    name: str


@dataclass(frozen=True, slots=True)
class Attribute(Expression):
    of: Expression
    name: str


@dataclass(frozen=True, slots=True)
class Index(Expression):
    of: Expression
    key: Expression


@dataclass(frozen=True, slots=True)
class Splat(Expression):
    """``list[*].a.b``: the attributes of every item."""

    of: Expression
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Call(Expression):
    name: str
    arguments: tuple[Expression, ...]
    expands: bool


@dataclass(frozen=True, slots=True)
class Conditional(Expression):
    condition: Expression
    then: Expression
    otherwise: Expression


@dataclass(frozen=True, slots=True)
class Operation(Expression):
    """A binary operation, or with no ``left`` a unary one."""

    operator: str
    left: Expression | None
    right: Expression


@dataclass(frozen=True, slots=True)
class For(Expression):
    """``[for ...]`` or, with a ``key``, ``{for ...}``."""

    names: tuple[str, ...]
    collection: Expression
    key: Expression | None
    value: Expression
    condition: Expression | None


@dataclass(slots=True)
class Block:
    """``type "label" { ... }``; the file itself is a block with neither."""

    type: str
    labels: tuple[str, ...]
    start: int
    text: Text
    attributes: dict[str, Expression] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)

    def of_type(self, type: str) -> Iterator[Block]:
        return (block for block in self.blocks if block.type == type)


def read_hcl(text: Text) -> Block:
    """The body of a .tf or .tfvars file. Raises DefinitionError with the place of what can't be read."""
    return _Reader(text).body(Block("", (), 0, text))


def read_template(text: Text) -> Template:
    """A template file, as ``templatefile`` reads it."""
    reader = _Reader(text)
    return Template(0, reader.template_parts(len(text.content)))


class _Reader:
    def __init__(self, text: Text) -> None:
        self.text = text
        self.content = text.content
        self.at = 1 if self.content.startswith("\ufeff") else 0
        self._brackets = 0
        self._depth = 0

    def body(self, block: Block) -> Block:
        """Attributes and blocks up to a closing brace or the end of the file."""
        while True:
            self._skip(lines=True)
            if self.at >= len(self.content) or self.content[self.at] == "}":
                if (self.at < len(self.content)) != bool(block.type):
                    self._fail("A block is not closed" if block.type else "A closing brace has no block")
                return block
            self._definition(block)

    def _definition(self, block: Block) -> None:
        start = self.at
        name = self._identifier("an attribute or block")
        self._skip()
        if self._peek("=") and not self._peek("=="):
            self.at += 1
            block.attributes[name] = self.expression()
            return
        labels = []
        while not self._take("{"):
            labels.append(self._label())
            self._skip()
        inner = Block(name, tuple(labels), start, self.text)
        brackets, self._brackets = self._brackets, 0
        block.blocks.append(self.body(inner))
        self._brackets = brackets
        self._expect("}")

    def _label(self) -> str:
        if self._peek('"'):
            end = self.content.find('"', self.at + 1)
            if end < 0:
                self._fail("A string is not closed")
            label, self.at = self.content[self.at + 1 : end], end + 1
            return label
        return self._identifier("'=' or '{'")

    def expression(self) -> Expression:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            self._fail(f"The expression is nested more than {_MAX_DEPTH} levels deep")
        self._skip()
        start, condition = self.at, self._binary(0)
        self._skip()
        if self._take("?"):
            then = self.expression()
            self._expect(":")
            condition = Conditional(start, condition, then, self.expression())
        self._depth -= 1
        return condition

    def _binary(self, level: int) -> Expression:
        if level == len(_OPERATORS):
            return self._unary()
        start, left = self.at, self._binary(level + 1)
        while True:
            self._skip()
            operator = next((sign for sign in _OPERATORS[level] if self._peek(sign)), None)
            if operator is None:
                return left
            self.at += len(operator)
            self._skip()
            left = Operation(start, operator, left, self._binary(level + 1))

    def _unary(self) -> Expression:
        start = self.at
        for sign in ("-", "!"):
            if self._take(sign):
                self._skip()
                return Operation(start, sign, None, self._unary())
        return self._postfix(self._primary())

    def _postfix(self, expression: Expression) -> Expression:
        while True:
            start = expression.start
            self._skip()
            if self._take("[*]") or self._take(".*"):
                expression = Splat(start, expression, tuple(self._attribute_names()))
            elif self._peek(".") and not self._peek("..."):
                self.at += 1
                expression = self._attribute(expression)
            elif self._peek("["):
                with_key = self._bracketed("[", "]", self.expression)
                expression = Index(start, expression, with_key)
            else:
                return expression

    def _attribute_names(self) -> Iterator[str]:
        while self._peek(".") and not self._peek("..."):
            self.at += 1
            yield self._identifier("an attribute's name")

    def _attribute(self, of: Expression) -> Expression:
        if match := re.compile(r"\d+").match(self.content, self.at):
            self.at = match.end()
            return Index(of.start, of, Literal(match.start(), int(match[0])))
        return Attribute(of.start, of, self._identifier("an attribute's name"))

    def _primary(self) -> Expression:
        start = self.at
        char = self.content[start : start + 1]
        reader = self._PRIMARIES.get(char)
        if reader is not None:
            return reader(self)
        if match := _NUMBER.match(self.content, start):
            self.at = match.end()
            return Literal(start, float(match[0]) if match[1] or match[2] else int(match[0]))
        return self._named()

    def _named(self) -> Expression:
        start = self.at
        name = self._identifier("a value")
        if name in ("true", "false", "null"):
            return Literal(start, {"true": True, "false": False, "null": None}[name])
        while self._peek("::"):
            self.at += 2
            name = f"{name}::{self._identifier('a function')}"
        self._skip()
        if not self._peek("("):
            return Variable(start, name)
        arguments, expands = self._bracketed("(", ")", self._arguments)
        return Call(start, name, arguments, expands)

    def _arguments(self) -> tuple[tuple[Expression, ...], bool]:
        arguments, expands = [], False
        self._skip()
        while not self._peek(")"):
            arguments.append(self.expression())
            self._skip()
            expands = self._take("...")
            self._skip()
            if not self._take(","):
                break
            self._skip()
        return tuple(arguments), expands

    def _parenthesis(self) -> Expression:
        return self._bracketed("(", ")", self.expression)

    def _tuple(self) -> Expression:
        return self._bracketed("[", "]", lambda: self._items(self.at - 1))

    def _items(self, start: int) -> Expression:
        self._skip()
        if self._word("for"):
            return self._for(start, is_object=False)
        items = []
        while not self._peek("]"):
            items.append(self.expression())
            self._skip()
            if not self._take(","):
                break
            self._skip()
        return Tuple(start, tuple(items))

    def _object(self) -> Expression:
        return self._bracketed("{", "}", lambda: self._members(self.at - 1))

    def _members(self, start: int) -> Expression:
        self._skip()
        if self._word("for"):
            return self._for(start, is_object=True)
        members = []
        while not self._peek("}"):
            key = self._key()
            self._skip()
            if not self._take("="):
                self._expect(":")
            members.append((key, self._member_value()))
            self._skip()
            self._take(",")
            self._skip()
        return Object(start, tuple(members))

    def _key(self) -> Expression:
        self._skip()
        start = self.at
        if match := _IDENTIFIER.match(self.content, start):
            after = _SPACE.match(self.content, match.end())
            if self.content[after.end() if after else match.end() :][:1] in ("=", ":"):
                self.at = match.end()
                return Literal(start, match[0])
        return self.expression()

    def _member_value(self) -> Expression:
        """A member's value ends at a line break, although other line breaks inside brackets don't count."""
        self._skip()
        brackets, self._brackets = self._brackets, 0
        value = self.expression()
        self._brackets = brackets
        return value

    def _for(self, start: int, *, is_object: bool) -> Expression:
        names, collection = self._for_header()
        self._expect(":")
        key = None
        value = self.expression()
        if is_object:
            self._skip()
            self._expect("=>")
            key, value = value, self.expression()
            self._skip()
            self._take("...")
        self._skip()
        condition = self.expression() if self._word("if") else None
        return For(start, names, collection, key, value, condition)

    def _for_header(self) -> tuple[tuple[str, ...], Expression]:
        self._skip()
        names = [self._identifier("a name")]
        self._skip()
        while self._take(","):
            self._skip()
            names.append(self._identifier("a name"))
            self._skip()
        if not self._word("in"):
            self._fail("Expected 'in'")
        collection = self.expression()
        self._skip()
        return tuple(names), collection

    def _quoted(self) -> Expression:
        start = self.at
        self.at += 1
        parts = self.template_parts(len(self.content), quoted=True)
        self._expect('"')
        return Template(start, parts)

    def _heredoc(self) -> Expression:
        start, match = self.at, _HEREDOC.match(self.content, self.at)
        if match is None:
            self._fail("Expected a value")
        closing = re.compile(rf"^[ \t]*{re.escape(match[2])}[ \t]*\r?$", re.MULTILINE).search(self.content, match.end())
        if closing is None:
            self._fail(f"The heredoc is not closed: there is no line {match[2]}")
        self.at = match.end()
        parts = self.template_parts(closing.start())
        self.at = closing.end()
        return Template(start, _unindented(parts) if match[1] else parts)

    def template_parts(self, end: int, *, quoted: bool = False) -> tuple[TemplatePart, ...]:
        parts: list[TemplatePart] = []
        while (part := self._part(end, quoted=quoted)) is not None:
            parts.append(part)
        return tuple(parts)

    def _part(self, end: int, *, quoted: bool) -> TemplatePart | None:
        """The next part; ``None`` before the end and before a directive that closes the surrounding one."""
        content, start = self.content, self.at
        if start >= end or (quoted and content[start] == '"'):
            return None
        if content.startswith(("$${", "%%{"), start):
            self.at += 3
            return Run(content[start + 1 : start + 3], start, verbatim=False)
        if content.startswith("${", start):
            return self._interpolation()
        if content.startswith("%{", start):
            return self._directive(end, quoted=quoted)
        if quoted and content[start] == "\\":
            return self._escape()
        stop = (_QUOTED_STOP if quoted else _STOP).search(content, start + 1, end)
        self.at = stop.start() if stop else end
        if quoted and (self.at >= end or content[self.at] == "\n"):
            self.at = start - 1
            self._fail("A string is not closed")
        return Run(content[start : self.at], start)

    def _escape(self) -> Run:
        start, char = self.at, self.content[self.at + 1 : self.at + 2]
        width = {"u": 4, "U": 8}.get(char, 0)
        digits = self.content[start + 2 : start + 2 + width]
        if width and re.fullmatch(rf"[0-9a-fA-F]{{{width}}}", digits) and int(digits, 16) <= 0x10FFFF:
            self.at += 2 + width
            return Run(chr(int(digits, 16)), start, verbatim=False)
        if char not in _ESCAPES:
            self._fail(f"Unknown escape \\{char} in a string")
        self.at += 2
        return Run(_ESCAPES[char], start, verbatim=False)

    def _interpolation(self) -> Expression:
        self.at += 2
        self._take("~")
        value = self._inner(self.expression)
        self._take("~")
        self._expect("}")
        return value

    def _directive(self, end: int, *, quoted: bool) -> TemplatePart | None:
        start = self.at
        match = _DIRECTIVE.match(self.content, start + 2 + self.content.startswith("~", start + 2))
        if match is None:
            self._fail("Unknown template directive")
        if match[1] not in ("if", "for"):
            return None
        self.at = match.end()
        if match[1] == "for":
            names, collection = self._inner(self._for_header)
            self._close_directive()
            body = self.template_parts(end, quoted=quoted)
            self._keyword("endfor")
            return Repetition(names, collection, body)
        condition = self._inner(self.expression)
        self._close_directive()
        then, otherwise = self.template_parts(end, quoted=quoted), tuple[TemplatePart, ...]()
        if self._keyword("else", optional=True):
            otherwise = self.template_parts(end, quoted=quoted)
        self._keyword("endif")
        return Branching(condition, then, otherwise)

    def _keyword(self, word: str, *, optional: bool = False) -> bool:
        match = re.compile(rf"%\{{~?\s*{word}\b").match(self.content, self.at)
        if match is None:
            if not optional:
                self._fail(f"Expected %{{ {word} }}")
            return False
        self.at = match.end()
        self._close_directive()
        return True

    def _close_directive(self) -> None:
        self._skip(lines=True)
        trims = self._take("~")
        self._expect("}")
        if trims and (match := re.compile(r"[ \t]*\r?\n?").match(self.content, self.at)):
            self.at = match.end()

    def _inner(self, read: Callable[[], _T]) -> _T:
        """Reads where line breaks don't count."""
        self._brackets += 1
        result = read()
        self._skip()
        self._brackets -= 1
        return result

    def _bracketed(self, opener: str, closer: str, read: Callable[[], _T]) -> _T:
        self._expect(opener)
        result = self._inner(read)
        self._expect(closer)
        return result

    def _skip(self, *, lines: bool = False) -> None:
        pattern = _SPACE_AND_LINES if lines or self._brackets else _SPACE
        match = pattern.match(self.content, self.at)
        self.at = match.end() if match else self.at

    def _peek(self, token: str) -> bool:
        return self.content.startswith(token, self.at)

    def _take(self, token: str) -> bool:
        if not self._peek(token):
            return False
        self.at += len(token)
        return True

    def _word(self, word: str) -> bool:
        match = _IDENTIFIER.match(self.content, self.at)
        if match is None or match[0] != word:
            return False
        self.at = match.end()
        return True

    def _expect(self, token: str) -> None:
        if not self._take(token):
            self._fail(f"Expected {token!r}")

    def _identifier(self, expected: str) -> str:
        match = _IDENTIFIER.match(self.content, self.at)
        if match is None:
            self._fail(f"Expected {expected}")
        self.at = match.end()
        return match[0]

    def _fail(self, message: str) -> NoReturn:
        found = self.content[self.at : self.at + 1]
        shown = f", found {found!r}" if found and message.startswith("Expected") else ""
        raise wrong_at(self.text, self.at, f"{message}{shown}", "`terraform validate` explains Terraform's syntax")

    _PRIMARIES: ClassVar[dict[str, Callable[[_Reader], Expression]]] = {
        '"': _quoted,
        "<": _heredoc,
        "[": _tuple,
        "{": _object,
        "(": _parenthesis,
    }


def _unindented(parts: tuple[TemplatePart, ...]) -> tuple[TemplatePart, ...]:
    """``<<-``: without the indentation that all lines have in common."""
    texts = "".join(part.content if isinstance(part, Run) else "x" for part in parts)
    indents = [len(line) - len(line.lstrip(" \t")) for line in texts.splitlines() if line.strip()]
    width = min(indents, default=0)
    result: list[TemplatePart] = []
    at_line_start = True
    for part in parts:
        if isinstance(part, Run):
            result.extend(_lines_of(part, width, at_line_start))
            at_line_start = part.content.endswith("\n")
        else:
            result.append(part)
            at_line_start = False
    return tuple(result)


def _lines_of(run: Run, width: int, at_line_start: bool) -> Iterator[Run]:
    offset = run.start
    for line in run.content.splitlines(keepends=True):
        cut = min(width, len(line) - len(line.lstrip(" \t"))) if at_line_start else 0
        yield Run(line[cut:], offset + cut, run.verbatim)
        offset += len(line)
        at_line_start = True
