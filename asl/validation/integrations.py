"""Parameters of service integrations, held against the services' own models where botocore is installed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from asl.diagnostics import Severity
from asl.graph import StateNode
from asl.validation.findings import Finding
from asl.validation.hints import nearest

_OWN_PARAMETERS = {("states", "startExecution"): {"Input", "Name", "StateMachineArn", "TraceHeader"}}
_NOT_APIS = frozenset({"http", "apigateway", "eks"})


def parameter_findings(node: StateNode, language: str) -> Iterator[Finding]:
    """Parameters that the API does not have or that it requires; nothing where the API is not known."""
    field = "Arguments" if language == "JSONata" else "Parameters"
    parameters = node.definition.get(field)
    members = _members(str(node.definition.get("Resource", "")))
    if members is None or not isinstance(parameters, dict):
        return
    known, required = members
    for key in parameters:
        name = key.removesuffix(".$")
        if name not in known and name != "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID":
            message = f"The API of this integration has no parameter '{name}'"
            yield _advice("UNKNOWN_PARAMETER", message, (*node.pointer, field, key), nearest(name, known))
    given = {key.removesuffix(".$") for key in parameters}
    for name in sorted(required - given):
        yield _advice("MISSING_PARAMETER", f"The API requires the parameter '{name}'", (*node.pointer, field), None)


@lru_cache(maxsize=512)
def _members(resource: str) -> tuple[frozenset[str], frozenset[str]] | None:
    parts = resource.split(":")
    if len(parts) < 7 or parts[2] != "states" or parts[5] in _NOT_APIS:
        return None
    service, action = (parts[6], parts[7]) if parts[5] == "aws-sdk" and len(parts) > 7 else (parts[5], parts[6])
    action = action.split(".")[0]
    shape = _input_shape(service, action)
    if shape is None:
        return None
    known = frozenset(_pascal(name) for name in shape.members) | frozenset(_OWN_PARAMETERS.get((service, action), ()))
    return known, frozenset(_pascal(name) for name in shape.required_members)


def _input_shape(service: str, action: str) -> Any:
    try:
        from botocore.loaders import Loader
        from botocore.model import ServiceModel
    except ModuleNotFoundError:
        return None
    loader = Loader()
    name = _BOTOCORE.get(service, service)
    if name not in _service_names():
        return None
    model = ServiceModel(loader.load_service_model(name, "service-2"), name)
    operation = _pascal(action)
    return model.operation_model(operation).input_shape if operation in model.operation_names else None


@lru_cache(maxsize=1)
def _service_names() -> frozenset[str]:
    from botocore.loaders import Loader

    return frozenset(Loader().list_available_services("service-2"))


def _pascal(name: str) -> str:
    return name[:1].upper() + name[1:]


_BOTOCORE = {
    "states": "stepfunctions",
    "sfn": "stepfunctions",
    "eventbridge": "events",
    "elasticmapreduce": "emr",
    "cloudwatchlogs": "logs",
}


def _advice(code: str, message: str, pointer: tuple[str | int, ...], hint: str | None) -> Finding:
    return Finding(code, message, pointer, hint=hint, severity=Severity.WARNING, aws=False)
