"""CloudFormation's intrinsic functions, worked out as far as a template alone tells.

Resolving turns positioned nodes into positioned nodes: a string that Fn::Sub or Fn::Join puts together still leads each
of its characters back to the template.
"""

from __future__ import annotations

import base64
import ipaddress
import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from asl.document.nodes import Node, plain
from asl.document.text import MappedText, Piece
from asl.sources.found import wrong
from asl.sources.plausible import REGION, by_name
from asl.types import Json

if TYPE_CHECKING:
    from asl.sources.resolver import Resolver

_VARIABLE = re.compile(r"\$\{(!?)([^${}]*)\}")


def _ref(resolver: Resolver, node: Node, argument: Node) -> Node:
    return _made(node, resolver.reference(_string(argument, "Ref", node), argument))


def _get_att(resolver: Resolver, node: Node, argument: Node) -> Node:
    parts = [resolver.text(part) for part in argument.elements()] or _string(argument, "Fn::GetAtt", node).split(".", 1)
    if len(parts) < 2:
        raise _malformed("Fn::GetAtt", "a resource and an attribute", node)
    return _made(node, resolver.attribute(parts[0], ".".join(parts[1:]), argument))


def _sub(resolver: Resolver, node: Node, argument: Node) -> Node:
    template, variables = argument, dict[str, Node]()
    if argument.is_array:
        if len(argument.value) != 2 or not argument.value[1].is_object:
            raise _malformed("Fn::Sub", "a string, or a string and an object of variables", node)
        template, variables = argument.value[0], argument.value[1].value
    _string(template, "Fn::Sub", node)
    source, parts, at = template.characters(), list[tuple[str, int, bool]](), 0
    for match in _VARIABLE.finditer(template.value):
        parts += [(template.value[at : match.start()], at, True)]
        parts += [(_variable(resolver, match, variables, template), match.start(), False)]
        at = match.end()
    parts.append((template.value[at:], at, True))
    pieces, length = [], 0
    for content, offset, verbatim in parts:
        pieces.append(Piece(length, source, offset, verbatim))
        length += len(content)
    content = "".join(part for part, _, _ in parts)
    return Node(content, template.text, template.start, template.end, "made", mapped=MappedText(content, tuple(pieces)))


def _variable(resolver: Resolver, match: re.Match[str], variables: dict[str, Node], node: Node) -> str:
    name = match[2].strip()
    if match[1]:
        return f"${{{name}}}"
    if name in variables:
        return resolver.text(variables[name])
    if "." in name:
        resource, attribute = name.split(".", 1)
        return scalar_text(resolver.attribute(resource, attribute, node))
    return scalar_text(resolver.reference(name, node))


def _join(resolver: Resolver, node: Node, argument: Node) -> Node:
    if len(argument.elements()) != 2:
        raise _malformed("Fn::Join", "a delimiter and a list", node)
    delimiter, items = resolver.text(argument.value[0]), resolver.resolve(argument.value[1])
    parts: list[tuple[Node, str]] = []
    for item in items.elements():
        if parts and delimiter:
            parts.append((item, delimiter))
        parts.append((item, text_of(item)))
    pieces, length = [], 0
    for item, content in parts:
        whole = item.is_string and content == item.value
        pieces.append(Piece(length, item.characters() if whole else item.text, 0 if whole else item.start, whole))
        length += len(content)
    content = "".join(text for _, text in parts)
    mapped = MappedText(content, tuple(pieces)) if pieces else None
    return Node(content, node.text, node.start, node.end, "made", mapped=mapped)


def _if(resolver: Resolver, node: Node, argument: Node) -> Node:
    if len(argument.elements()) != 3:
        raise _malformed("Fn::If", "a condition and two values", node)
    name, then, otherwise = argument.value
    return resolver.resolve(then if resolver.condition(_string(name, "Fn::If", node), name) else otherwise)


def _find_in_map(resolver: Resolver, node: Node, argument: Node) -> Node:
    parts = argument.elements()
    if len(parts) < 3:
        raise _malformed("Fn::FindInMap", "a map and two keys", node)
    names = [resolver.text(part) for part in parts[:3]]
    found: Node | None = resolver.template.get("Mappings")
    for name in names:
        found = found.get(name) if found is not None else None
    if found is None and len(parts) == 4 and parts[3].get("DefaultValue"):
        found = parts[3].value["DefaultValue"]
    if found is None:
        raise wrong("", f"The template's Mappings have no {' / '.join(names)}", "Add it under Mappings", node=node)
    return resolver.resolve(found)


def _select(resolver: Resolver, node: Node, argument: Node) -> Node:
    if len(argument.elements()) != 2:
        raise _malformed("Fn::Select", "an index and a list", node)
    index, items = resolver.text(argument.value[0]), resolver.resolve(argument.value[1]).elements()
    if not index.isdigit() or int(index) >= len(items):
        raise wrong("", f"Fn::Select has no item {index} in a list of {len(items)}", "Check the index", node=node)
    item: Node = items[int(index)]
    return item


def _split(resolver: Resolver, node: Node, argument: Node) -> Node:
    if len(argument.elements()) != 2:
        raise _malformed("Fn::Split", "a delimiter and a string", node)
    delimiter, text = resolver.text(argument.value[0]), resolver.text(argument.value[1])
    return _made(node, text.split(delimiter) if delimiter else [text])


def _import_value(resolver: Resolver, node: Node, argument: Node) -> Node:
    name = resolver.text(argument)
    return _made(node, resolver.given.get(name, resolver.assume(name, by_name(name))))


def _base64(resolver: Resolver, node: Node, argument: Node) -> Node:
    return _made(node, base64.b64encode(resolver.text(argument).encode()).decode())


def _cidr(resolver: Resolver, node: Node, argument: Node) -> Node:
    parts = [resolver.text(part) for part in argument.elements()]
    try:
        network = ipaddress.ip_network(parts[0], strict=False)
        bits = int(parts[2]) if len(parts) > 2 else 8
        blocks = network.subnets(new_prefix=network.max_prefixlen - bits)
        return _made(node, [str(block) for _, block in zip(range(int(parts[1])), blocks, strict=False)])
    except (ValueError, IndexError):
        raise _malformed("Fn::Cidr", "an address block, a count and a number of bits", node) from None


def _get_azs(resolver: Resolver, node: Node, argument: Node) -> Node:
    region = resolver.text(argument) or REGION
    return _made(node, [f"{region}{zone}" for zone in "abc"])


def _transform(resolver: Resolver, node: Node, argument: Node) -> Node:
    name = argument.get("Name")
    if name is None or name.value != "AWS::Include":
        raise wrong("", "Only the transform AWS::Include can be worked out here", "Run the macro first", node=node)
    parameters = argument.get("Parameters")
    location = parameters.get("Location") if parameters else None
    if location is None:
        raise _malformed("Fn::Transform AWS::Include", "a Location", node)
    from asl.sources.local_files import load_beside

    return resolver.resolve(load_beside(resolver.template.text.file.source, resolver.text(location), location).root)


def _to_json_string(resolver: Resolver, node: Node, argument: Node) -> Node:
    return _made(node, json.dumps(plain(resolver.resolve(argument)), separators=(",", ":"), ensure_ascii=False))


def _length(resolver: Resolver, node: Node, argument: Node) -> Node:
    return _made(node, len(resolver.resolve(argument).elements()))


def _equals(resolver: Resolver, node: Node, argument: Node) -> bool:
    if len(argument.elements()) != 2:
        raise _malformed("Fn::Equals", "two values", node)
    return resolver.text(argument.value[0]) == resolver.text(argument.value[1])


FUNCTIONS: dict[str, Callable[[Resolver, Node, Node], Node]] = {
    "Ref": _ref,
    "Fn::GetAtt": _get_att,
    "Fn::Sub": _sub,
    "Fn::Join": _join,
    "Fn::If": _if,
    "Fn::FindInMap": _find_in_map,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::ImportValue": _import_value,
    "Fn::Base64": _base64,
    "Fn::Cidr": _cidr,
    "Fn::GetAZs": _get_azs,
    "Fn::Transform": _transform,
    "Fn::ToJsonString": _to_json_string,
    "Fn::Length": _length,
}
"""Each takes the resolver, the object with the function and the function's argument."""

CONDITIONS: dict[str, Callable[[Resolver, Node, Node], bool]] = {
    "Fn::Equals": _equals,
    "Fn::Not": lambda resolver, _, argument: not resolver.truth((argument.elements() or [argument])[0]),
    "Fn::And": lambda resolver, _, argument: all(resolver.truth(part) for part in argument.elements()),
    "Fn::Or": lambda resolver, _, argument: any(resolver.truth(part) for part in argument.elements()),
    "Condition": lambda resolver, node, argument: resolver.condition(_string(argument, "Condition", node), argument),
}


def _made(place: Node, value: Any) -> Node:
    if isinstance(value, list):
        return place.with_value([place.with_value(item) for item in value], keys={})
    return Node(value, place.text, place.start, place.end, "made")


def _string(node: Node, function: str, place: Node) -> str:
    if not node.is_string:
        raise _malformed(function, "a string", place)
    return str(node.value)


def _malformed(function: str, expected: str, node: Node) -> Exception:
    return wrong("", f"{function} takes {expected}", "See CloudFormation's reference of intrinsic functions", node=node)


def text_of(node: Node) -> str:
    """A resolved value as Fn::Sub and Fn::Join write it."""
    return scalar_text(plain(node))


def scalar_text(value: Json) -> str:
    """Plain data as text: lists with commas, numbers and booleans as JSON."""
    if isinstance(value, list):
        return ",".join(scalar_text(item) for item in value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
