"""Loads the reference suite's cases and compares answers with them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from math import isclose
from pathlib import Path
from typing import Any

from asl.expressions import jsonata
from asl.expressions.jsonata import UNDEFINED, JsonataError, Limits

SUITE = Path(__file__).resolve().parents[5] / "shared" / "jsonata-suite"
GENEROUS = Limits(depth=500, memory=1 << 31, steps=200_000_000, seconds=30.0)


class FixedEntropy:
    """Randomness without surprises."""

    def random(self) -> float:
        return 0.25

    def uuid(self) -> str:
        return "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True)
class Case:
    """One case; ``name`` is ``group/file.json`` with ``#n`` where the file has several."""

    name: str
    expression: str
    data: Any
    fields: dict[str, Any]


def suite_cases() -> Iterator[Case]:
    """Every case of the reference suite."""
    for file in sorted((SUITE / "groups").glob("*/*.json")):
        content = json.loads(file.read_text("utf-8"))
        for number, fields in enumerate(content if isinstance(content, list) else [content]):
            suffix = f"#{number}" if isinstance(content, list) else ""
            yield Case(f"{file.parent.name}/{file.name}{suffix}", _text(file, fields), _data(fields), fields)


def _text(file: Path, fields: dict[str, Any]) -> str:
    text = fields.get("expr")
    return text if text is not None else (file.parent / fields["expr-file"]).read_text("utf-8")


def _data(fields: dict[str, Any]) -> Any:
    if "data" in fields:
        return fields["data"]
    if fields.get("dataset"):
        return json.loads((SUITE / "datasets" / f"{fields['dataset']}.json").read_text("utf-8"))
    return UNDEFINED


def limits_of(fields: dict[str, Any]) -> Limits:
    """The case's own bounds within generous ones."""
    seconds = fields.get("timelimit", 30_000) / 1000
    return Limits(fields.get("depth", GENEROUS.depth), GENEROUS.memory, GENEROUS.steps, seconds)


def answer(text: str, data: Any, bindings: dict[str, Any], limits: Limits = GENEROUS) -> tuple[str, Any]:
    """``("value", v)``, ``("undefined", None)`` or ``("error", error)``."""
    try:
        value = jsonata.compile(text).evaluate(
            bindings, input=data, clock=lambda: 1_700_000_000.0, entropy=FixedEntropy(), limits=limits
        )
    except JsonataError as error:
        return "error", error
    if value is UNDEFINED:
        return "undefined", None
    return "value", value


def same(left: Any, right: Any, *, unordered: bool = False) -> bool:
    """Equal as JSON, floats to the last bit but one."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return left == right or isclose(left, right, rel_tol=1e-15)
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        if len(left) != len(right):
            return False
        if unordered:
            return all(any(same(a, b) for b in right) for a in left)
        return all(map(same, left, right))
    return type(left) is type(right) and left == right
