"""What Terraform expressions are worth: positioned nodes, so that a definition written in HCL keeps its lines."""

from __future__ import annotations

import difflib
import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from asl.document.nodes import Node, plain
from asl.document.text import Text, joined
from asl.errors import DefinitionError
from asl.sources import hcl
from asl.sources.found import wrong_at
from asl.sources.hcl_functions import FUNCTIONS, LAZY_FUNCTIONS, text_of
from asl.types import Json

_OPERATIONS: dict[str, Callable[[Any, Any], Json]] = {
    "||": lambda left, right: left or right,
    "&&": lambda left, right: left and right,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "%": math.fmod,
}


class Names(Protocol):
    """What a module's names stand for."""

    @property
    def folder(self) -> str: ...

    def lookup(self, path: tuple[str, ...], place: Node) -> Node:
        """The value of a name with its attributes, such as ``("local", "name")``."""
        ...


@dataclass(frozen=True, slots=True)
class Values:
    """Evaluates the expressions of one text. ``variables`` are those of ``for`` and of template files."""

    text: Text
    names: Names
    variables: Mapping[str, Node]

    def evaluate(self, expression: hcl.Expression) -> Node:
        """The value. Raises DefinitionError for an unknown function or variable and for operands that don't fit."""
        return self._EVALUATE[type(expression)](self, expression)

    def within(self, variables: Mapping[str, Node]) -> Values:
        return Values(self.text, self.names, {**self.variables, **variables})

    def made(self, expression: hcl.Expression, value: Any) -> Node:
        """A value that stands where the expression starts."""
        style = "container" if isinstance(value, dict | list) else "made"
        return Node(value, self.text, expression.start, expression.start, style)  # type: ignore[arg-type]

    def of_plain(self, expression: hcl.Expression, value: Json) -> Node:
        """Plain data as nodes that all stand where the expression starts."""
        return nodes_of(value, self.made(expression, None))

    def fail(self, expression: hcl.Expression, message: str, hint: str | None = None) -> DefinitionError:
        return wrong_at(self.text, expression.start, message, hint)

    def render(self, template: hcl.Template) -> Node:
        """A template as text whose characters lead back to the source."""
        content = joined(self._run_parts(template.parts))
        return Node(content.content, self.text, template.start, template.start, "made", mapped=content)

    def _run_parts(self, parts: tuple[hcl.TemplatePart, ...]) -> list[tuple[str, Text, int, bool]]:
        rendered: list[tuple[str, Text, int, bool]] = []
        for part in parts:
            if isinstance(part, hcl.Run):
                rendered.append((part.content, self.text, part.start, part.verbatim))
            elif isinstance(part, hcl.Branching):
                chosen = part.then if self.truth(part.condition) else part.otherwise
                rendered += self._run_parts(chosen)
            elif isinstance(part, hcl.Repetition):
                for key, item in entries(self.evaluate(part.collection)):
                    rendered += self.within(_named(part.names, key, item))._run_parts(part.body)
            else:
                rendered.append((text_of(self.evaluate(part)), self.text, part.start, False))
        return rendered

    def truth(self, expression: hcl.Expression) -> bool:
        value = self.evaluate(expression).value
        return value if isinstance(value, bool) else value == "true"

    def _literal(self, expression: hcl.Literal) -> Node:
        return self.made(expression, expression.value)

    def _template(self, expression: hcl.Template) -> Node:
        if len(expression.parts) == 1 and isinstance(expression.parts[0], hcl.Expression):
            return self.evaluate(expression.parts[0])
        return self.render(expression)

    def _tuple(self, expression: hcl.Tuple) -> Node:
        return self.made(expression, [self.evaluate(item) for item in expression.items])

    def _object(self, expression: hcl.Object) -> Node:
        node = self.made(expression, {})
        for key, value in expression.members:
            key_node = self.evaluate(key)
            name = text_of(key_node)
            node.keys[name] = self.made(key, name)
            node.value[name] = self.evaluate(value)
        return node

    def _variable(self, expression: hcl.Variable) -> Node:
        return self._path(expression, (expression.name,))

    def _attribute(self, expression: hcl.Attribute) -> Node:
        """A chain of attributes is looked up as one name; on a value it gives members."""
        names: list[str] = [expression.name]
        base = expression.of
        while not isinstance(base, hcl.Variable):
            if isinstance(base, hcl.Attribute):
                names.insert(0, base.name)
            elif not (isinstance(base, hcl.Index) and _is_resource(base.of)):
                return self._members(expression, self.evaluate(base), names)
            base = base.of
        return self._path(expression, (base.name, *names))

    def _path(self, expression: hcl.Expression, path: tuple[str, ...]) -> Node:
        if path[0] in self.variables:
            return self._used(expression, self._members(expression, self.variables[path[0]], path[1:]))
        return self._used(expression, self.names.lookup(path, self.made(expression, None)))

    def _used(self, expression: hcl.Expression, found: Node) -> Node:
        """A single value stands where it is used; what may hold a definition stands where it is written."""
        holds_more = found.is_object or found.is_array or (found.is_string and "{" in found.value)
        return found if holds_more else self.made(expression, found.value)

    def _members(self, expression: hcl.Expression, node: Node, names: list[str] | tuple[str, ...]) -> Node:
        for name in names:
            found = node.get(name)
            if found is None:
                known = ", ".join(key for key, _ in node.items()) or "none"
                raise self.fail(expression, f"There is no attribute {name!r} here", f"Known attributes: {known}")
            node = found
        return node

    def _index(self, expression: hcl.Index) -> Node:
        if _is_resource(expression.of):
            return self.evaluate(expression.of)
        of, key = self.evaluate(expression.of), self.evaluate(expression.key).value
        if of.is_array and str(key).isdigit() and int(key) < len(of.value):
            item: Node = of.value[int(key)]
            return item
        return self._members(expression, of, [str(key)])

    def _splat(self, expression: hcl.Splat) -> Node:
        if _is_resource(expression.of):
            inner = expression.of
            for name in expression.names:
                inner = hcl.Attribute(expression.start, inner, name)
            return self.made(expression, [self.evaluate(inner)])
        of = self.evaluate(expression.of)
        items = of.value if of.is_array else [of]
        return self.made(expression, [self._members(expression, item, expression.names) for item in items])

    def _call(self, expression: hcl.Call) -> Node:
        name = expression.name.removeprefix("core::")
        if name in LAZY_FUNCTIONS:
            return LAZY_FUNCTIONS[name](self, expression)
        function = FUNCTIONS.get(name)
        if function is None:
            near = difflib.get_close_matches(name, [*FUNCTIONS, *LAZY_FUNCTIONS], 1)
            hint = f"Did you mean {near[0]}?" if near else "Put the value in a variable and give it with a substitution"
            raise self.fail(expression, f"Unknown function {name}", hint)
        arguments = [self.evaluate(argument) for argument in expression.arguments]
        if expression.expands and arguments:
            arguments[-1:] = arguments[-1].elements()
        try:
            return function(self, expression, arguments)
        except (ValueError, TypeError, IndexError, KeyError, AttributeError) as error:
            raise self.fail(expression, f"The function {name} does not fit its arguments: {error}") from None

    def _conditional(self, expression: hcl.Conditional) -> Node:
        return self.evaluate(expression.then if self.truth(expression.condition) else expression.otherwise)

    def _operation(self, expression: hcl.Operation) -> Node:
        right: Any = plain(self.evaluate(expression.right))
        try:
            if expression.left is None:
                return self.made(expression, not right if expression.operator == "!" else -right)
            left: Any = plain(self.evaluate(expression.left))
            value = _OPERATIONS[expression.operator](left, right)
        except (TypeError, ZeroDivisionError):
            raise self.fail(expression, f"The operator {expression.operator} does not fit its operands") from None
        return self.made(expression, int(value) if isinstance(value, float) and value.is_integer() else value)

    def _for(self, expression: hcl.For) -> Node:
        result = self.made(expression, [] if expression.key is None else {})
        for key, item in entries(self.evaluate(expression.collection)):
            inner = self.within(_named(expression.names, key, item))
            if expression.condition is not None and not inner.truth(expression.condition):
                continue
            value = inner.evaluate(expression.value)
            if expression.key is None:
                result.value.append(value)
            else:
                key_node = inner.evaluate(expression.key)
                result.keys[text_of(key_node)] = key_node
                result.value[text_of(key_node)] = value
        return result

    _EVALUATE: ClassVar[dict[type, Callable[[Values, Any], Node]]] = {
        hcl.Literal: _literal,
        hcl.Template: _template,
        hcl.Tuple: _tuple,
        hcl.Object: _object,
        hcl.Variable: _variable,
        hcl.Attribute: _attribute,
        hcl.Index: _index,
        hcl.Splat: _splat,
        hcl.Call: _call,
        hcl.Conditional: _conditional,
        hcl.Operation: _operation,
        hcl.For: _for,
    }


def entries(node: Node) -> list[tuple[Node, Node]]:
    """The keys and items of an object, the indexes and items of a list."""
    if node.is_object:
        return [(node.keys.get(key) or node.with_value(key), item) for key, item in node.items()]
    return [(node.with_value(index), item) for index, item in enumerate(node.elements())]


def nodes_of(value: Json, place: Node) -> Node:
    """Plain data as nodes that all stand at one place."""
    if isinstance(value, dict):
        keys = {key: place.with_value(key, keys={}) for key in value}
        return place.with_value({key: nodes_of(child, place) for key, child in value.items()}, keys=keys)
    if isinstance(value, list):
        return place.with_value([nodes_of(child, place) for child in value], keys={})
    return place.with_value(value, keys={})


def _named(names: tuple[str, ...], key: Node, item: Node) -> dict[str, Node]:
    return {names[0]: item} if len(names) == 1 else {names[0]: key, names[1]: item}


def _is_resource(expression: hcl.Expression) -> bool:
    """Whether this names a resource, data source or module, whose instances are all alike here."""
    names = []
    while isinstance(expression, hcl.Attribute):
        names.append(expression.name)
        expression = expression.of
    if not isinstance(expression, hcl.Variable):
        return False
    first = expression.name
    return (
        (first == "module" and len(names) == 1)
        or (first == "data" and len(names) == 2)
        or (len(names) == 1 and "_" in first)
    )
