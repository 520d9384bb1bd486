"""How JSON values read inside strings and messages: AWS's compact JSON, and the Java text that some messages use."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from asl.types import Json

json_text = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
"""A value as compact JSON, non-ASCII characters kept."""


def java_text(value: Json) -> str:
    """A value as Java prints it: strings bare, objects as ``{a=1, b=[x, y]}``, scalars as in JSON."""
    write = _WRITERS.get(value.__class__)
    return json_text(value) if write is None else write(value)


_WRITERS: dict[type, Callable[[Any], str]] = {
    str: str,
    int: str,
    dict: lambda value: "{" + ", ".join(f"{key}={java_text(item)}" for key, item in value.items()) + "}",
    list: lambda value: "[" + ", ".join(map(java_text, value)) + "]",
}
