"""ValidateStateMachineDefinition."""

from __future__ import annotations

from asl.diagnostics import Diagnostic, Severity
from asl.types import JsonObject
from interpreter.api.definitions import diagnostics_of
from interpreter.api.service import Service

DEFAULT_RESULTS = 100


async def validate_state_machine_definition(service: Service, request: JsonObject) -> JsonObject:
    severity = request.get("severity", "ERROR")
    found = diagnostics_of(request["definition"], request.get("type", "STANDARD"), severity)
    errors = any(diagnostic.severity is Severity.ERROR for diagnostic in found)
    limit = request.get("maxResults") or DEFAULT_RESULTS
    return {
        "result": "FAIL" if errors else "OK",
        "diagnostics": [_face(diagnostic) for diagnostic in found[:limit]],
        "truncated": len(found) > limit,
    }


def _face(diagnostic: Diagnostic) -> JsonObject:
    return {
        "severity": str(diagnostic.severity),
        "code": diagnostic.code,
        "message": diagnostic.message,
        "location": diagnostic.location,
    }
