"""Which workflow variables a definition's states refer to, as the describe operations list them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from asl.graph import StateGraph
from asl.types import Json, JsonObject

_NESTED = frozenset({"Branches", "ItemProcessor", "Iterator", "States"})
_TEXTS_IN_PATHS = re.compile(r"'(?:\\.|[^'\\])*'")
_VARIABLE_IN_PATH = re.compile(r"(?<![\w$])\$([A-Za-z_]\w*)")
_JSONATA = re.compile(r"\{%(.*)%\}", re.DOTALL)
_TEXTS_IN_JSONATA = re.compile(r"""/\*.*?\*/|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`""", re.DOTALL)
_VARIABLE_IN_JSONATA = re.compile(r"(?<![\w$])\$([A-Za-z_]\w*)(?!\w)(?!\s*\()")
_LOCAL_IN_JSONATA = re.compile(r"\$([A-Za-z_]\w*)\s*:=|(?:function|λ)\s*\(([^)]*)\)")


def variable_references(definition: JsonObject) -> dict[str, list[str]]:
    """State names to the sorted names of the variables that the state's own fields read; only states that read any."""
    default = str(definition.get("QueryLanguage", "JSONPath"))
    found = {}
    for state in StateGraph(definition).states():
        is_jsonata = state.definition.get("QueryLanguage", default) == "JSONata"
        own = {key: value for key, value in state.definition.items() if key not in _NESTED}
        names = _in_jsonata(own) if is_jsonata else _in_jsonpath(own)
        if referred := sorted(set(names)):
            found[state.name] = referred
    return found


def _in_jsonpath(value: Json) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, str) and (key.endswith((".$", "Path")) or key == "Variable"):
                yield from _VARIABLE_IN_PATH.findall(_TEXTS_IN_PATHS.sub("", item))
            else:
                yield from _in_jsonpath(item)
    elif isinstance(value, list):
        for item in value:
            yield from _in_jsonpath(item)


def _in_jsonata(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        if expression := _JSONATA.fullmatch(value):
            yield from _in_expression(_TEXTS_IN_JSONATA.sub(" ", expression[1]))
    elif isinstance(value, dict):
        for item in value.values():
            yield from _in_jsonata(item)
    elif isinstance(value, list):
        for item in value:
            yield from _in_jsonata(item)


def _in_expression(code: str) -> Iterator[str]:
    local = {"states"}
    for bound, parameters in _LOCAL_IN_JSONATA.findall(code):
        local.update([bound] if bound else re.findall(r"\$(\w+)", parameters))
    yield from (name for name in _VARIABLE_IN_JSONATA.findall(code) if name not in local)
