"""The plain data that the language works on.

A JSON value is what ``json.loads`` gives: ``dict`` with ``str`` keys, ``list``, ``str``, ``int``, ``float``, ``bool``
and ``None``. Values are shared between states, frames and history and are never changed in place.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

Json: TypeAlias = Any
JsonObject: TypeAlias = dict[str, Any]
Pointer: TypeAlias = tuple[str | int, ...]
"""Where a node sits in a document: keys and indexes from its root, such as ``("States", "Pay", "Catch", 0)``."""

QueryLanguage: TypeAlias = Literal["JSONPath", "JSONata"]
WorkflowType: TypeAlias = Literal["STANDARD", "EXPRESS"]
