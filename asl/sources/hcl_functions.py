"""Terraform's functions, as far as definitions use them."""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asl.document.document import read_text
from asl.document.json_reader import JsonScanner
from asl.document.nodes import Node, plain
from asl.document.text import FileText, joined
from asl.errors import DefinitionError
from asl.sources import hcl
from asl.types import Json

if TYPE_CHECKING:
    from asl.sources.hcl_values import Values

Function = Callable[["Values", hcl.Call, list[Node]], Node]
LazyFunction = Callable[["Values", hcl.Call], Node]


def text_of(node: Node) -> str:
    """A value as a template writes it."""
    value = plain(node)
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _on_plain(function: Callable[..., Json]) -> Function:
    """A function of plain values; its result stands where the call stands."""

    def call(values: Values, expression: hcl.Call, arguments: list[Node]) -> Node:
        return values.of_plain(expression, function(*(plain(argument) for argument in arguments)))

    return call


def _json_encode(values: Values, expression: hcl.Call, arguments: list[Node]) -> Node:
    node = values.made(expression, text_of(arguments[0]))
    if not arguments[0].is_string:
        node.decoded = arguments[0]
    return node


def _json_decode(values: Values, expression: hcl.Call, arguments: list[Node]) -> Node:
    if arguments[0].decoded is not None:
        return arguments[0].decoded
    return JsonScanner(arguments[0].characters()).scan()


def _yaml_decode(values: Values, expression: hcl.Call, arguments: list[Node]) -> Node:
    from asl.document.yaml_reader import read_yaml

    return read_yaml(arguments[0].characters())


def _file_text(values: Values, expression: hcl.Call, name: Node) -> FileText:
    path = Path(values.names.folder) / str(name.value)
    if not path.is_file() and Path(str(name.value)).is_file():
        path = Path(str(name.value))
    if not path.exists():
        raise values.fail(expression, f"The file {name.value!r} is not there", f"Looked for {path}")
    return FileText(str(path), read_text(path))


def _file(values: Values, expression: hcl.Call, arguments: list[Node]) -> Node:
    text = _file_text(values, expression, arguments[0])
    return whole_text(text)


def whole_text(text: FileText) -> Node:
    """A file's text as a string."""
    mapped = joined([(text.content, text, 0, True)])
    return Node(text.content, text, 0, len(text.content), "made", mapped=mapped)


def _template_file(values: Values, expression: hcl.Call, arguments: list[Node]) -> Node:
    text = _file_text(values, expression, arguments[0])
    variables = dict(arguments[1].items()) if len(arguments) > 1 else {}
    return type(values)(text, values.names, variables).render(hcl.read_template(text))


def _merge(values: Values, expression: hcl.Call, arguments: list[Node]) -> Node:
    result = values.made(expression, {})
    for argument in arguments:
        result.keys.update(argument.keys)
        result.value.update(argument.items())
    return result


def _concat(values: Values, expression: hcl.Call, arguments: list[Node]) -> Node:
    return values.made(expression, [item for argument in arguments for item in argument.elements()])


def _lookup(values: Values, expression: hcl.Call, arguments: list[Node]) -> Node:
    found = arguments[0].get(str(arguments[1].value))
    if found is None and len(arguments) < 3:
        raise KeyError(arguments[1].value)
    return found if found is not None else arguments[2]


def _element(values: Values, expression: hcl.Call, arguments: list[Node]) -> Node:
    items: list[Node] = arguments[0].elements()
    return items[int(arguments[1].value) % len(items)]


def _first_of(values: Values, expression: hcl.Call, arguments: list[Node]) -> Node:
    return next(node for node in arguments if node.value not in (None, ""))


def _same(values: Values, expression: hcl.Call, arguments: list[Node]) -> Node:
    return arguments[0]


def _values(values: Values, expression: hcl.Call, arguments: list[Node]) -> Node:
    return values.made(expression, [child for _, child in sorted(arguments[0].items())])


def _flatten(values: Values, expression: hcl.Call, arguments: list[Node]) -> Node:
    def flat(node: Node) -> list[Node]:
        return [leaf for item in node.value for leaf in flat(item)] if node.is_array else [node]

    return values.made(expression, flat(arguments[0]))


def _try(values: Values, expression: hcl.Call) -> Node:
    failure: DefinitionError | None = None
    for argument in expression.arguments:
        try:
            return values.evaluate(argument)
        except DefinitionError as error:
            failure = error
    raise failure or values.fail(expression, "The function try takes at least one argument")


def _can(values: Values, expression: hcl.Call) -> Node:
    try:
        _try(values, expression)
    except DefinitionError:
        return values.made(expression, False)
    return values.made(expression, True)


def _number(value: Json) -> Json:
    return json.loads(value) if isinstance(value, str) else value


def _replace(text: str, old: str, new: str) -> str:
    if len(old) > 1 and old.startswith("/") and old.endswith("/"):
        return re.sub(old[1:-1], re.sub(r"\$\{?(\w+)\}?", r"\\g<\1>", new), text)
    return text.replace(old, new)


def _substring(text: str, start: int, length: int) -> str:
    begin = start if start >= 0 else len(text) + start
    return text[begin:] if length < 0 else text[begin : begin + length]


def _format(form: str, *arguments: Json) -> str:
    shown = iter(arguments)

    def one(match: re.Match[str]) -> str:
        if match[2] == "%":
            return "%"
        value: Any = next(shown)
        if match[2] == "q":
            return json.dumps(value)
        if match[2] in "sv":
            return f"%{match[1]}s" % (value if isinstance(value, str) else json.dumps(value))
        return str(f"%{match[1]}{match[2]}" % value)

    return re.sub(r"%([-+ 0#]*\d*(?:\.\d+)?)([%a-zA-Z])", one, form)


def _indent(width: int, text: str) -> str:
    return text.replace("\n", "\n" + " " * width)


def _distinct(items: list[Json]) -> list[Json]:
    return [item for at, item in enumerate(items) if item not in items[:at]]


FUNCTIONS: dict[str, Function] = {
    "jsonencode": _json_encode,
    "jsondecode": _json_decode,
    "yamldecode": _yaml_decode,
    "file": _file,
    "templatefile": _template_file,
    "merge": _merge,
    "concat": _concat,
    "lookup": _lookup,
    "element": _element,
    "coalesce": _first_of,
    "coalescelist": lambda values, expression, arguments: next(node for node in arguments if node.value),
    "values": _values,
    "flatten": _flatten,
    **dict.fromkeys(("tolist", "toset", "tomap", "sensitive", "nonsensitive"), _same),
    "tostring": _on_plain(lambda value: value if isinstance(value, str) or value is None else json.dumps(value)),
    "tonumber": _on_plain(_number),
    "tobool": _on_plain(lambda value: value in (True, "true")),
    "join": _on_plain(lambda separator, items: separator.join(str(item) for item in items)),
    "split": _on_plain(lambda separator, text: text.split(separator)),
    "format": _on_plain(_format),
    "formatlist": _on_plain(lambda form, *lists: [_format(form, *row) for row in zip(*lists, strict=True)]),
    "length": _on_plain(len),
    "keys": _on_plain(sorted),
    "contains": _on_plain(lambda items, item: item in items),
    "distinct": _on_plain(_distinct),
    "compact": _on_plain(lambda items: [item for item in items if item not in (None, "")]),
    "sort": _on_plain(sorted),
    "reverse": _on_plain(lambda items: items[::-1]),
    "range": _on_plain(lambda *bounds: list(range(*bounds))),
    "slice": _on_plain(lambda items, start, end: items[start:end]),
    "zipmap": _on_plain(lambda keys, items: dict(zip(keys, items, strict=True))),
    "one": _on_plain(lambda items: items[0] if items else None),
    "upper": _on_plain(str.upper),
    "lower": _on_plain(str.lower),
    "title": _on_plain(str.title),
    "trimspace": _on_plain(str.strip),
    "chomp": _on_plain(lambda text: text.rstrip("\r\n")),
    "trim": _on_plain(str.strip),
    "trimprefix": _on_plain(str.removeprefix),
    "trimsuffix": _on_plain(str.removesuffix),
    "startswith": _on_plain(str.startswith),
    "endswith": _on_plain(str.endswith),
    "strcontains": _on_plain(lambda text, part: part in text),
    "replace": _on_plain(_replace),
    "substr": _on_plain(_substring),
    "indent": _on_plain(_indent),
    "abs": _on_plain(abs),
    "ceil": _on_plain(math.ceil),
    "floor": _on_plain(math.floor),
    "max": _on_plain(max),
    "min": _on_plain(min),
    "parseint": _on_plain(int),
    "abspath": _on_plain(lambda path: path),
    "basename": _on_plain(lambda path: Path(path).name),
    "dirname": _on_plain(lambda path: str(Path(path).parent)),
    "base64encode": _on_plain(lambda text: base64.b64encode(text.encode()).decode()),
    "md5": _on_plain(lambda text: hashlib.md5(text.encode()).hexdigest()),
    "sha256": _on_plain(lambda text: hashlib.sha256(text.encode()).hexdigest()),
    "yamlencode": _on_plain(json.dumps),
    "fileexists": lambda values, expression, arguments: values.made(
        expression, (Path(values.names.folder) / str(arguments[0].value)).is_file()
    ),
}
"""Each takes the evaluation, the call and the arguments' values."""

LAZY_FUNCTIONS: dict[str, LazyFunction] = {"try": _try, "can": _can}
"""Functions that evaluate their own arguments."""
