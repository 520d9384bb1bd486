"""Reading YAML as people mean it in AWS files: YAML 1.2 scalars, CloudFormation's short tags, places for everything.

PyYAML only finds the events; what a scalar means, merge keys, aliases and their bounds are decided here, since PyYAML
reads ``yes`` and ``NO`` as booleans, ``012`` as 10, ``1:30`` as 90 and dates as dates.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NoReturn

from asl.document.json_reader import TOO_DEEP, refuse
from asl.document.json_values import MAX_DEPTH
from asl.document.nodes import Node, Style
from asl.document.text import Text
from asl.types import Json

MAX_ALIASED_NODES = 100_000
"""How many values the aliases of a document may stand for in all; an "alias bomb" is refused, not expanded."""

_CORE = "tag:yaml.org,2002:"
_STYLES: dict[str | None, Style] = {'"': "double", "'": "single", "|": "block", ">": "block"}
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)$")
_RADIX = re.compile(r"0(?:x[0-9a-fA-F]+|o[0-7]+)$")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")
_CONSTANTS: dict[str, Json] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_FUNCTION_TAGS = (
    "And Base64 Cidr Equals FindInMap ForEach GetAZs If ImportValue Join Length Not Or Select Split Sub ToJsonString "
    "Transform"
)
_SHORT_TAGS = {f"!{name}": f"Fn::{name}" for name in _FUNCTION_TAGS.split()} | {
    "!Ref": "Ref",
    "!Condition": "Condition",
    "!GetAtt": "Fn::GetAtt",
}


def resolve_plain(text: str) -> Json:
    """What an unquoted YAML scalar means: null, true, false, a number as YAML 1.2 writes it, else the string itself.

    A number with leading zeros stays a string, since account ids and versions are meant so.
    """
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INTEGER.match(text):
        return int(text)
    if _RADIX.match(text):
        return int(text, 0)
    if _FLOAT.match(text):
        number = float(text)
        return text if number in (float("inf"), float("-inf")) else number
    return text


def read_yaml(text: Text) -> Node:
    """The one document of a YAML text as positioned nodes.

    Raises DefinitionError for what YAML refuses, for unknown tags, for more than one document, for nesting deeper than
    MAX_DEPTH and for aliases that stand for more than MAX_ALIASED_NODES values or for themselves.
    """
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    builder = _Builder(text)
    try:
        for event in yaml.parse(text.content, Loader=loader):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = " ".join(part for part in (error.context, error.problem) if part)
        refuse(text, mark.index if mark else 0, f"Invalid YAML: {problem}", _hint_for(problem, text.content, mark))
    except yaml.YAMLError as error:
        refuse(text, getattr(error, "position", 0) or 0, f"Invalid YAML: {getattr(error, 'reason', error)}")
    return builder.root or Node(None, text, 0, 0)


def _hint_for(problem: str, content: str, mark: Any) -> str | None:
    if mark is None:
        return None
    line = content[content.rfind("\n", 0, mark.index) + 1 :].split("\n", 1)[0]
    if "\t" in line and ("cannot start any token" in problem or "tab" in problem):
        return "YAML indents with spaces; replace the tab"
    if "mapping values are not allowed" in problem:
        return "Check the indentation, and quote values that contain a colon"
    if "did not find expected key" in problem or "block end" in problem:
        return "Check the indentation of this line against the lines above it"
    return None


class _Builder:
    """Makes nodes from PyYAML's events, with a stack of its own in place of recursion."""

    def __init__(self, text: Text) -> None:
        self.text = text
        self.root: Node | None = None
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._pending: set[str] = set()
        self._aliased = 0
        self._take: dict[str, Callable[[Any], None]] = {
            "ScalarEvent": self._scalar,
            "MappingStartEvent": self._start,
            "SequenceStartEvent": self._start,
            "MappingEndEvent": self._end,
            "SequenceEndEvent": self._end,
            "AliasEvent": self._alias,
            "DocumentStartEvent": self._document,
        }

    def take(self, event: Any) -> None:
        handler = self._take.get(type(event).__name__)
        if handler is not None:
            handler(event)

    def _document(self, event: Any) -> None:
        if self.root is not None:
            hint = "Keep one document in the file; remove what follows the --- line"
            refuse(self.text, event.start_mark.index, "The file holds more than one YAML document", hint)

    def _scalar(self, event: Any) -> None:
        start, end = event.start_mark.index, event.end_mark.index
        style = _STYLES.get(event.style, "plain")
        value: Json = event.value
        if (event.tag is None and style == "plain") or (event.tag or "").startswith(_CORE):
            value = self._resolved(event)
        node = Node(value, self.text, start, end, style if isinstance(value, str) else "literal")
        self._add(self._tagged(node, event.tag), event.anchor, 1, raw=event.value)

    def _resolved(self, event: Any) -> Json:
        kind = (event.tag or "").removeprefix(_CORE)
        if kind in ("str", "timestamp", "binary"):
            return event.value
        value = resolve_plain(event.value)
        expected = {"int": int, "float": (int, float), "bool": bool, "null": type(None)}.get(kind)
        if kind and expected is None:
            self._unknown_tag(event.tag, event.start_mark.index)
        if expected is not None and not isinstance(value, expected):  # type: ignore[arg-type]
            refuse(self.text, event.start_mark.index, f"{event.value!r} is no {kind}, as its tag !!{kind} says")
        return float(value) if kind == "float" else value

    def _start(self, event: Any) -> None:
        if len(self._open) == MAX_DEPTH:
            hint = "Split it into smaller parts"
            refuse(self.text, event.start_mark.index, TOO_DEEP, hint, code="TOO_DEEPLY_NESTED")
        is_object = type(event).__name__ == "MappingStartEvent"
        node = Node({} if is_object else [], self.text, event.start_mark.index, event.end_mark.index, "container")
        if event.anchor:
            self._pending.add(event.anchor)
        self._open.append(_Open(node, event.tag, event.anchor))

    def _end(self, event: Any) -> None:
        done = self._open.pop()
        done.node.end = event.start_mark.index
        if done.merges:
            self._merge(done)
        self._pending.discard(done.anchor or "")
        self._add(self._tagged(done.node, done.tag), done.anchor, done.size)

    def _alias(self, event: Any) -> None:
        if event.anchor in self._pending:
            refuse(self.text, event.start_mark.index, f"The alias *{event.anchor} contains itself")
        if event.anchor not in self._anchors:
            refuse(self.text, event.start_mark.index, f"The alias *{event.anchor} has no anchor before it")
        node, size = self._anchors[event.anchor]
        self._aliased += size
        if self._aliased > MAX_ALIASED_NODES:
            message = f"The YAML aliases stand for more than {MAX_ALIASED_NODES:,} values"
            refuse(self.text, event.start_mark.index, message, "Write the repeated parts out, or repeat less")
        self._add(node, None, size)

    def _add(self, node: Node, anchor: str | None, size: int, raw: str | None = None) -> None:
        if anchor:
            self._anchors[anchor] = node, size
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        parent.size += size
        if parent.node.is_array:
            parent.node.value.append(node)
        elif parent.key is None:
            parent.key = self._key(node, raw)
        else:
            self._member(parent, parent.key, node)
            parent.key = None

    def _key(self, node: Node, raw: str | None) -> Node:
        if isinstance(node.value, dict | list):
            refuse(self.text, node.start, "A key can't be an object or array", "Quote it if it is text")
        key = node.value if isinstance(node.value, str) else raw
        return Node(str(node.value) if key is None else key, node.text, node.start, node.end, node.style)

    def _member(self, parent: _Open, key: Node, node: Node) -> None:
        if key.value == "<<" and key.style == "plain":
            parent.merges.append(node)
            return
        if key.value in parent.node.value:
            parent.node.repeated += (key,)
        parent.node.keys[key.value] = key
        parent.node.value[key.value] = node

    def _merge(self, done: _Open) -> None:
        """``<<``: the members of other mappings, where the mapping has none of its own."""
        for merged in (part for node in done.merges for part in (node.elements() or [node])):
            if not merged.is_object:
                refuse(self.text, merged.start, "A merge key << takes an object or a list of objects")
            for key, value in merged.items():
                if key not in done.node.value:
                    done.node.keys[key] = merged.keys[key]
                    done.node.value[key] = value

    def _tagged(self, node: Node, tag: str | None) -> Node:
        """CloudFormation's short form as its long one: ``!Sub x`` is ``{"Fn::Sub": x}``."""
        if tag is None or tag == "!" or tag in (_CORE + "map", _CORE + "seq", _CORE + "omap"):
            return node
        if tag.startswith(_CORE) and not node.is_object and not node.is_array:
            return node
        name = _SHORT_TAGS.get(tag)
        if name is None:
            self._unknown_tag(tag, node.start)
        if tag == "!GetAtt" and node.is_string:
            node = node.with_value([node.with_value(part) for part in node.value.split(".", 1)])
        key = Node(name, self.text, node.start, node.start, "made")
        return Node({name: node}, self.text, node.start, node.end, "container", {name: key})

    def _unknown_tag(self, tag: str, offset: int) -> NoReturn:
        shown = tag.replace(_CORE, "!!")
        known = ", ".join(sorted(_SHORT_TAGS))
        refuse(self.text, offset, f"Unknown YAML tag {shown}", f"Remove it, or use one of CloudFormation's: {known}")


class _Open:
    """A mapping or sequence that is still being read."""

    __slots__ = ("anchor", "key", "merges", "node", "size", "tag")

    def __init__(self, node: Node, tag: str | None, anchor: str | None) -> None:
        self.node = node
        self.tag = tag
        self.anchor = anchor
        self.size = 1
        self.key: Node | None = None
        self.merges: list[Node] = []
