"""What AWS would say of a definition: ValidateStateMachineDefinition's diagnostics, each with its place in the file."""

from __future__ import annotations

from functools import reduce
from operator import getitem

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
    document = definition if isinstance(definition, Document) else None
    value = definition if document is None else document.value
    try:
        found = _findings(value, type, severity == "WARNING", advice)
        found += _repeated(document, severity == "WARNING")
    except RecursionError:
        found = [Finding("TOO_DEEPLY_NESTED", "The states are too deeply nested", located=False)]
    return [_diagnostic(finding, document, unknown_fields) for finding in found]


def _findings(value: Json, workflow: WorkflowType, warnings: bool, advice: bool) -> list[Finding]:
    """AWS's errors, then as asked AWS's warnings and our advice."""
    if not isinstance(value, dict):
        return [Finding(SCHEMA, "Definition must be a valid JSON object", located=False)]
    from asl.validation.walk import Walk

    walk = Walk(value, workflow)
    found = walk.findings()
    if warnings or advice:
        from asl.validation.flow import Flow

        flow = Flow(walk.scopes, walk.language)
        if warnings:
            from asl.validation.warnings import findings_of as warnings_of

            found += warnings_of(flow)
        if advice:
            from asl.validation.advice import findings_of as advice_of

            found += advice_of(flow)
    return found


def _repeated(document: Document | None, warnings: bool) -> list[Finding]:
    """Keys that stand twice in one object: AWS refuses two states of one name, of anything else the last one counts."""
    found = []
    for twice in document.duplicate_keys if document is not None else ():
        message = f"The key '{twice.key}' is there twice; the last one counts"
        if twice.pointer[-2:-1] == ("States",):
            found.append(
                Finding("DUPLICATE_STATE_NAME", f"Duplicate State name: {twice.key}", twice.pointer, at_key=True)
            )
        elif warnings:
            found.append(
                Finding("DUPLICATE_KEY", message, twice.pointer, severity=Severity.WARNING, aws=False, at_key=True)
            )
    return found


def _diagnostic(finding: Finding, document: Document | None, unknown_fields: Severity) -> Diagnostic:
    unknown = finding.code == UNKNOWN_FIELD
    diagnostic = Diagnostic(
        unknown_fields if unknown else finding.severity,
        SCHEMA if unknown else finding.code,
        finding.message,
        finding.location,
        hint=_made_up(finding, document) or finding.hint,
        aws=finding.aws,
    )
    if document is None:
        return diagnostic
    return document.placed(diagnostic, finding.pointer, key=finding.at_key, offset=finding.offset)


def _made_up(finding: Finding, document: Document | None) -> str | None:
    """The hint for a value that a placeholder without one was given, which is then what is wrong."""
    if document is None or not document.assumed or finding.at_key:
        return None
    try:
        value = reduce(getitem, finding.pointer, document.value)
    except (LookupError, TypeError):
        return None
    if not isinstance(value, str):
        return None
    name = next((name for name, assumed in document.assumed.items() if assumed == value), None)
    return name and f"nothing gives ${{{name}}} a value, so {value!r} was made up; set {name} with --set or a file"
