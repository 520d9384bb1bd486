"""Definitions as the API takes them: checked like AWS checks them, and read once for all who share them."""

from __future__ import annotations

import json
from functools import lru_cache

from asl.diagnostics import Diagnostic, Severity
from asl.types import JsonObject
from interpreter.api.errors import ApiError
from interpreter.api.variable_references import variable_references as references_of


def diagnostics_of(text: str, workflow_type: str) -> list[Diagnostic]:
    """AWS's findings on a definition's text, in its order, warnings too."""
    try:
        from asl.validation import validate_text
    except ImportError:
        return []

    return [diagnostic for diagnostic in validate_text(text, workflow_type) if diagnostic.aws]


def check_definition(text: str, workflow_type: str) -> None:
    """InvalidDefinition with every error, unless there is none."""
    found = [item for item in diagnostics_of(text, workflow_type) if item.severity is Severity.ERROR]
    if found:
        raise ApiError("InvalidDefinition", f"Invalid State Machine Definition: '{', '.join(map(_worded, found))}'")


def _worded(diagnostic: Diagnostic) -> str:
    place = f" at {diagnostic.location}" if diagnostic.location else ""
    return f"{diagnostic.code}: {diagnostic.message}{place}"


@lru_cache(maxsize=256)
def parsed(text: str) -> JsonObject:
    """The definition that a checked text holds; shared, so not to be changed."""
    document: JsonObject = json.loads(text)
    return document


@lru_cache(maxsize=256)
def variable_references(text: str) -> dict[str, list[str]]:
    return references_of(parsed(text))
