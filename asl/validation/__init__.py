"""What AWS would say of a definition: ValidateStateMachineDefinition's diagnostics, each with its place in the file."""

from __future__ import annotations

from asl.diagnostics import Diagnostic, Severity
from asl.document import Document
from asl.types import Json, WorkflowType
from asl.validation.findings import SCHEMA, UNKNOWN_FIELD, Finding

__all__ = ["validate"]


def validate(
    definition: Document | Json,
    *,
    type: WorkflowType = "STANDARD",
    severity: str = "ERROR",
    advice: bool = False,
    unknown_fields: Severity = Severity.ERROR,
) -> list[Diagnostic]:
    """Every diagnostic of a definition (a document, or plain data without places), errors first as AWS orders them.

    ``severity`` WARNING adds AWS's warnings, ``advice`` what goes beyond AWS. ``unknown_fields`` is how severe a
    field is that this program does not know: AWS refuses it, a run only warns of it.
    """
    from asl.validation.walk import findings_of

    document = definition if isinstance(definition, Document) else None
    value = definition if document is None else document.value
    found = findings_of(value, type)
    if severity == "WARNING":
        found = [*found, *_warnings(value)]
    if advice:
        found = [*found, *_advice(value, type)]
    return [_diagnostic(finding, document, unknown_fields) for finding in found]


def _warnings(value: Json) -> list[Finding]:
    from asl.validation.warnings import findings_of

    return findings_of(value)


def _advice(value: Json, type: WorkflowType) -> list[Finding]:
    from asl.validation.advice import findings_of

    return findings_of(value, type)


def _diagnostic(finding: Finding, document: Document | None, unknown_fields: Severity) -> Diagnostic:
    unknown = finding.code == UNKNOWN_FIELD
    diagnostic = Diagnostic(
        unknown_fields if unknown else finding.severity,
        SCHEMA if unknown else finding.code,
        finding.message,
        finding.location,
        hint=finding.hint,
        aws=finding.aws,
    )
    if document is None:
        return diagnostic
    return document.placed(diagnostic, finding.pointer, key=finding.at_key)
