"""JSONata in definitions: the ``{% %}`` marks, syntax, names that AWS does not resolve, and where $states has what."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from asl.types import Json
from asl.validation.context import Context
from asl.validation.findings import SCHEMA, Check, Finding, Findings, gather
from asl.validation.values import wrong_type

INVALID = "INVALID_JSONATA_EXPRESSION"
UNSUPPORTED = "UNSUPPORTED_JSONATA_EXPRESSION"
_SITUATIONAL = ("result", "errorOutput")
"""The members of ``$states`` that only some fields have; ``input`` and ``context`` are everywhere."""


class Analysis(NamedTuple):
    """What a definition's check wants to know of an expression. Offsets count from the start of the string.

    ``message`` says why it can't be parsed, ``offset`` where.
    """

    message: str | None = None
    offset: int = 0
    top_level_names: Sequence[tuple[str, int]] = ()
    states_members: frozenset[str] = frozenset()
    variables: frozenset[str] = frozenset()


def expression_template(members: frozenset[str] = frozenset(), *, must_be_object: bool = False) -> Check:
    """Any JSON whose strings may be expressions; ``members`` are the situational parts of ``$states`` on hand."""

    def check(value: Json, context: Context) -> Findings | None:
        if must_be_object and type(value) is not dict:
            return wrong_type("Object", value)
        return _walk(value, members)

    return check


def expression_or(plain: Check) -> Check:
    """A field that takes one expression, or a literal that ``plain`` accepts."""

    def check(value: Json, context: Context) -> Findings | None:
        if type(value) is str and (value[:2] == "{%" or value[-2:] == "%}"):
            return string_findings(value, frozenset())
        return plain(value, context)

    return check


def _walk(value: Json, members: frozenset[str]) -> Findings | None:
    kind = type(value)
    if kind is str:
        return string_findings(value, members)
    found: Findings | None = None
    if kind is dict:
        for key, inner in value.items():
            if type(inner) in _WALKED:
                found = gather(found, _walk(inner, members), key)
    elif kind is list:
        for index, inner in enumerate(value):
            if type(inner) in _WALKED:
                found = gather(found, _walk(inner, members), index)
    return found


_WALKED = frozenset({str, dict, list})


def string_findings(text: str, members: frozenset[str]) -> Findings | None:
    """What is wrong with one string of a field that takes JSONata; a string without marks is a literal."""
    opens, closes = text[:2] == "{%", text[-2:] == "%}"
    if not opens and not closes:
        return None
    if not (opens and closes and len(text) >= 4):
        hint = "an expression is written '{% expression %}', with nothing around it"
        return [Finding(INVALID, "JSONata expressions must start with '{%' and end with '%}'", hint=hint)]
    analysis = analyse(text)
    if analysis.message is not None:
        return [Finding(INVALID, analysis.message, hint=_marked(text, analysis.offset), offset=analysis.offset)]
    return _name_findings(analysis, members)


def _name_findings(analysis: Analysis, members: frozenset[str]) -> Findings | None:
    found = [
        Finding(
            UNSUPPORTED,
            f"Reference to '{name}' at the top level is not supported.",
            hint=_top_level_hint(name),
            offset=offset,
        )
        for name, offset in analysis.top_level_names
    ]
    found += [
        Finding(SCHEMA, f"Field '$states.{member}' does not exist.", hint=_MEMBER_HINTS[member])
        for member in _SITUATIONAL
        if member in analysis.states_members and member not in members
    ]
    return found or None


_MEMBER_HINTS = {
    "result": "$states.result exists in Output and Assign of Task, Parallel and Map",
    "errorOutput": "$states.errorOutput exists in Output and Assign of a Catcher",
}


def _top_level_hint(name: str) -> str:
    if name.startswith("$"):
        return f"{name} has no value at the top level; the state's input is $states.input"
    return f"read it from the state's input with $states.input.{name}, or from a variable with ${name}"


def _marked(text: str, offset: int) -> str:
    """The part of the expression around ``offset`` on one line, with the place marked by ``-->``."""
    before = " ".join(text[max(0, offset - 30) : offset].split())
    after = " ".join(text[offset : offset + 30].split())
    return f"near: {before} --> {after}"


@lru_cache(maxsize=8_192)
def analyse(text: str) -> Analysis:
    """Parse one marked string."""
    from asl.expressions.jsonata import JsonataError
    from asl.expressions.jsonata_template import compiled, expression_text

    inner = expression_text(text)
    start = text.index(inner, 2) if inner else 2
    try:
        expression = compiled(inner)
    except JsonataError as error:
        return Analysis(error.message, start + _start_of(error.token, inner, error.position or 0))
    members = frozenset(path[1] for path in expression.references if path[0] == "states" and len(path) > 1)
    names = {name: start + _start_of(name, inner, end) for name, end in reversed(expression.top_level_names)}
    return Analysis(None, 0, tuple(reversed(names.items())), members, expression.variables)


def _start_of(token: object, text: str, end: int) -> int:
    """Where a token begins that ends at ``end``, which is what the engine tells."""
    written = str(token).removesuffix(".0")
    return end - len(written) if token is not None and text[:end].endswith(written) else end
