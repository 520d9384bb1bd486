"""Definitions as the API takes them: checked like AWS checks them, and read once for all who share them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from asl.diagnostics import Diagnostic, Severity
from asl.errors import DefinitionError
from asl.types import JsonObject, WorkflowType
from interpreter.api.errors import ApiError
from interpreter.api.variable_references import variable_references as references_of

if TYPE_CHECKING:
    from asl.document import Document


def diagnostics_of(text: str, workflow_type: WorkflowType, severity: str = "ERROR") -> list[Diagnostic]:
    """AWS's findings on a definition's text, in its order; with ``severity`` WARNING the warnings too."""
    from asl.validation import validate

    try:
        definition = parsed_definition(text)
    except DefinitionError as error:
        return list(error.diagnostics)
    return validate(definition, type=workflow_type, severity=severity)


def parsed_definition(text: str) -> Document:
    """The definition in a text; DefinitionError in AWS's words where it is no JSON object."""
    from asl.document.document import parse_document

    document = parse_document(text, syntax="json") if text.strip() else None
    if document is None or not isinstance(document.value, dict):
        message = "Definition must be a valid JSON object"
        raise DefinitionError([Diagnostic(Severity.ERROR, "SCHEMA_VALIDATION_FAILED", message)])
    return document


def check_definition(text: str, workflow_type: WorkflowType) -> None:
    """InvalidDefinition with every error, unless there is none."""
    found = [item for item in diagnostics_of(text, workflow_type) if item.severity is Severity.ERROR]
    if found:
        raise invalid_definition(found)


def invalid_definition(found: Iterable[Diagnostic]) -> ApiError:
    """The refusal of a definition for these findings."""
    reasons = ", ".join(f"{item.code}: {item.message} at {item.location or 'null'}" for item in found)
    return ApiError("InvalidDefinition", f"Invalid State Machine Definition: '{reasons}'")


@lru_cache(maxsize=256)
def parsed(text: str) -> JsonObject:
    """The definition that a checked text holds; shared, so not to be changed."""
    document: JsonObject = json.loads(text)
    return document


@lru_cache(maxsize=256)
def variable_references(text: str) -> dict[str, list[str]]:
    return references_of(parsed(text))
