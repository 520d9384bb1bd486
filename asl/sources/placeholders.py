"""``${Name}`` placeholders in a definition, filled from given values or with plausible ones.

A string that is one placeholder takes the value as it is given; inside a longer string, and in keys, its text. Given
values may use placeholders themselves. Comments and the literal results of Pass states keep what nothing is given for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from asl.diagnostics import Diagnostic, Severity
from asl.document.nodes import Node
from asl.document.text import MappedText, Piece
from asl.sources.found import Substitutions, finding, wrong
from asl.sources.plausible import NUMBERS, PSEUDO_PARAMETERS, base_name, bucket_name, by_field, by_name
from asl.types import Json

PLACEHOLDER = re.compile(r"\$\{([A-Za-z_][\w.:\[\]*-]*)\}")

_KEPT = frozenset(("Comment", "Result"))
_BARE_NAME_AFTER = (":", "/", "-", "_", "=")


@dataclass(slots=True)
class Filling:
    """What filling the placeholders of one definition used and made up.

    ``declared`` is False in a plain definition, where nothing says which placeholders there are; a template does, and
    one without a value there is a mistake worth a warning.
    """

    given: Substitutions
    declared: bool = False
    assumed: dict[str, Json] = field(default_factory=dict)
    warnings: list[Diagnostic] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    _resolved: dict[str, Json] = field(default_factory=dict)

    def value_of(self, name: str, node: Node) -> Json:
        """The given value with its own placeholders filled. Raises KeyError for none, DefinitionError for a cycle."""
        if name not in self._resolved:
            self._resolved[name] = self._resolve(name, (), node)
        return self._resolved[name]

    def _resolve(self, name: str, above: tuple[str, ...], node: Node) -> Json:
        if name in above:
            chain = " -> ".join((*above[above.index(name) :], name))
            message = f"The substitutions refer to each other in a circle: {chain}"
            raise wrong("substitutions", message, "Give one of them a value of its own", node=node)
        if name not in self.given:
            return PSEUDO_PARAMETERS[name]
        self.used.add(name)
        value = self.given[name]
        if not isinstance(value, str):
            return value

        def inner(match: re.Match[str]) -> str:
            known = match[1] in self.given or match[1] in PSEUDO_PARAMETERS
            return _as_text(self._resolve(match[1], (*above, name), node)) if known else match[0]

        return PLACEHOLDER.sub(inner, value)

    def assume(self, name: str, value: Json, node: Node) -> Json:
        """Notes that a value was made up."""
        if self.declared and name not in self.assumed:
            message, hint = f"Nothing gives the placeholder ${{{name}}} a value", "Add it to the substitutions"
            self.warnings.append(finding(Severity.WARNING, "MISSING_SUBSTITUTION", message, *node.locate(), hint))
        self.assumed.setdefault(name, value)
        return value


def fill(root: Node, filling: Filling) -> Node:
    """The definition with its placeholders filled; the nodes keep their places in the file."""
    return _Filler(filling).node(root, "", {})


class _Filler:
    def __init__(self, filling: Filling) -> None:
        self._filling = filling

    def node(self, node: Node, name: str, state: Mapping[str, Any]) -> Node:
        """``name`` is that of the field, ``state`` the members of the innermost state that it is in."""
        value = node.value
        if isinstance(value, str):
            return self._string(node, name, state) if "${" in value else node
        if isinstance(value, dict):
            return self._object(node, name, value if "Type" in value or "Resource" in value else state)
        if isinstance(value, list):
            return node.with_value([self.node(item, name, state) for item in value])
        return node

    def _object(self, node: Node, name: str, state: Mapping[str, Any]) -> Node:
        members, keys = {}, {}
        for key, child in node.items():
            key_node = node.keys[key]
            if "${" in key:
                key_node = self._text(key_node, name, {}, kept=False)
            keys[key_node.value] = key_node
            members[key_node.value] = self.node(child, name if name in _KEPT else key_node.value, state)
        return node.with_value(members, keys=keys)

    def _string(self, node: Node, name: str, state: Mapping[str, Any]) -> Node:
        whole = PLACEHOLDER.fullmatch(node.value)
        if whole is None:
            return self._text(node, name, state, kept=name in _KEPT)
        try:
            value = _typed(self._filling.value_of(whole[1], node), node, name)
        except KeyError:
            if name in _KEPT:
                return node
            plausible = by_field(name.removesuffix(".$"), whole[1], _plain_members(state))
            value = self._filling.assume(whole[1], plausible, node)
        return _node_of(value, node)

    def _text(self, node: Node, name: str, state: Mapping[str, Any], *, kept: bool) -> Node:
        """A longer string: each placeholder gives its text, which leads back to the placeholder's place."""
        source, parts, pieces, at, length = node.characters(), [], [], 0, 0
        for match in PLACEHOLDER.finditer(node.value):
            text = self._part(match, node, name, state, kept=kept)
            pieces += [Piece(length, source, at), Piece(length + match.start() - at, source, match.start(), False)]
            parts += [node.value[at : match.start()], text]
            length += match.start() - at + len(text)
            at = match.end()
        pieces.append(Piece(length, source, at))
        content = "".join((*parts, node.value[at:]))
        return Node(content, node.text, node.start, node.end, node.style, mapped=MappedText(content, tuple(pieces)))

    def _part(self, match: re.Match[str], node: Node, name: str, state: Mapping[str, Any], *, kept: bool) -> str:
        try:
            return _as_text(self._filling.value_of(match[1], node))
        except KeyError:
            return match[0] if kept else _as_text(self._filling.assume(match[1], _in_text(match, name, state), node))


def _in_text(match: re.Match[str], name: str, state: Mapping[str, Any]) -> Json:
    """A made-up part of a longer string: a plain name where it continues an ARN or a URL."""
    before, after = match.string[: match.start()], match.string[match.end() :]
    if before.endswith("s3://") or before.endswith(":s3:::"):
        return bucket_name(match[1])
    if not before and after.startswith(":"):
        return by_field(name.removesuffix(".$"), match[1], _plain_members(state))
    value = by_name(match[1])
    is_bare = before.endswith(_BARE_NAME_AFTER) or after.startswith((".", "-", "_"))
    return base_name(match[1]) if is_bare and ":" in value else value


def _typed(value: Json, node: Node, name: str) -> Json:
    """A given value where the placeholder stands alone: unquoted ones are JSON text, quoted ones stay strings."""
    if node.style == "placeholder" and isinstance(value, str):
        return _parsed(value)
    if node.style == "plain" and isinstance(value, str) and name in NUMBERS:
        return _parsed(value)
    if node.style == "json" and not isinstance(value, str) and not isinstance(value, dict | list):
        return value if name in NUMBERS else _as_text(value)
    return value


def _parsed(text: str) -> Json:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _as_text(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _node_of(value: Json, place: Node) -> Node:
    """Plain data as nodes that all stand at one place."""
    if isinstance(value, dict):
        members = {key: _node_of(child, place) for key, child in value.items()}
        return place.with_value(members, keys={key: place.with_value(key) for key in value})
    if isinstance(value, list):
        return place.with_value([_node_of(child, place) for child in value])
    return place.with_value(value)


def _plain_members(state: Mapping[str, Any]) -> dict[str, Json]:
    """The state's Parameters and Arguments as far as their keys, which is what tells one integration from another."""
    return {
        name: dict.fromkeys(node.value)
        for name, node in state.items()
        if name in ("Parameters", "Arguments") and isinstance(node.value, dict)
    }
