"""What a state reads: the strings of its own fields that are evaluated, and the variables in them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from asl.graph import StateNode
from asl.types import Json, Pointer

_BLOCKS = frozenset({"Branches", "ItemProcessor", "Iterator"})
_NEVER_READ = _BLOCKS | {"Type", "Comment", "Next", "End", "Default", "Resource", "Retry", "ResultPath", "Result"}
_NAMES_A_VARIABLE = re.compile(r"\$[^\W\d]")


def evaluated(node: StateNode, language: str) -> Iterator[tuple[Pointer, str]]:
    """The expressions of a state with their pointers inside it; those of its branches or processor are not its own."""
    is_evaluated = _jsonata_string if language == "JSONata" else _jsonpath_string
    pending: list[tuple[Pointer, Json]] = [
        ((key,), value) for key, value in node.definition.items() if key not in _BLOCKS
    ]
    while pending:
        pointer, value = pending.pop()
        if type(value) is dict:
            pending.extend(((*pointer, key), inner) for key, inner in value.items())
        elif type(value) is list:
            pending.extend(((*pointer, index), inner) for index, inner in enumerate(value))
        elif type(value) is str and is_evaluated(pointer[-1], value):
            yield pointer, value


def may_read_variables(node: StateNode) -> bool:
    """Whether any string of a state's own fields could name a variable: quick, and never wrongly False."""
    return any(_may_name(value) for key, value in node.definition.items() if key not in _NEVER_READ)


def _may_name(value: Json) -> bool:
    if type(value) is str:
        return "$" in value and _NAMES_A_VARIABLE.search(value) is not None
    for inner in value.values() if type(value) is dict else value if type(value) is list else ():
        if _may_name(inner):
            return True
    return False


def _jsonpath_string(key: str | int, value: str) -> bool:
    return type(key) is str and (key[-2:] == ".$" or (key[-4:] == "Path" and key != "ResultPath") or key == "Variable")


def _jsonata_string(key: str | int, value: str) -> bool:
    return value[:2] == "{%" and value[-2:] == "%}" and len(value) >= 4


def variables_in(text: str, language: str) -> frozenset[str]:
    """The variables that an expression reads; none for one that can't be parsed."""
    if not _NAMES_A_VARIABLE.search(text):
        return frozenset()
    if language == "JSONata":
        from asl.validation.jsonata import analyse

        return analyse(text).variables - {"states"}
    from asl.expressions.jsonpath.variables import variables_read_by

    return variables_read_by(text)
