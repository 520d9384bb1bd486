"""Parameters of service integrations, held against the services' own models where botocore is installed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from asl.graph import StateNode
from asl.service_names import BOTOCORE_NAMES, pascal
from asl.validation.findings import Finding
from asl.validation.hints import nearest

if TYPE_CHECKING:
    from botocore.loaders import Loader

_NO_API = frozenset({"http", "apigateway", "eks"})
"""Integrations whose parameters are Step Functions' own."""


@dataclass(frozen=True, slots=True)
class ApiParameters:
    """The parameters of an API call as Step Functions writes them."""

    known: frozenset[str]
    required: frozenset[str]


def parameter_findings(node: StateNode, language: str) -> Iterator[Finding]:
    """Parameters that the API does not have or that it requires; nothing where the API is not known."""
    field = "Arguments" if language == "JSONata" else "Parameters"
    yield from _action_findings(node)
    parameters = node.definition.get(field, {})
    resource = node.definition.get("Resource")
    if type(resource) is not str or ":states:::" not in resource or type(parameters) is not dict:
        return
    api = api_parameters(resource)
    if api is None:
        return
    from asl.validation.advice import advise

    folded = {name.casefold() for name in api.known}
    given = {key.removesuffix(".$").casefold() for key in parameters}
    pointer = (*node.pointer, field) if field in node.definition else node.pointer
    for key in parameters:
        name = key.removesuffix(".$")
        if name.casefold() not in folded:
            message = f"The API of this integration has no parameter '{name}'"
            yield advise("UNKNOWN_PARAMETER", message, (*pointer, key), nearest(name, api.known), at_key=True)
    for name in sorted(api.required):
        if name.casefold() not in given:
            yield advise("MISSING_PARAMETER", f"The API requires the parameter '{name}'", pointer, at_key=True)


def _action_findings(node: StateNode) -> Iterator[Finding]:
    """An SDK integration with an action that its service does not have."""
    from asl.validation.advice import advise

    resource = node.definition.get("Resource")
    if type(resource) is not str or ":states:::aws-sdk:" not in resource or "${" in resource:
        return
    service, _, action = resource.split(":states:::aws-sdk:", 1)[1].partition(":")
    name = action.partition(".")[0]
    known = _actions(service)
    if known and name.casefold() not in known:
        message = f"The API of '{service}' has no action '{name}'"
        yield advise("UNKNOWN_ACTION", message, (*node.pointer, "Resource"), nearest(name, known.values()))


@lru_cache(maxsize=64)
def _actions(service: str) -> dict[str, str]:
    """The actions of a service as a Resource writes them, by their names without regard to case."""
    model = _service_model(service)
    return {name.casefold(): name[:1].lower() + name[1:] for name in model.operation_names} if model else {}


@lru_cache(maxsize=512)
def api_parameters(resource: str) -> ApiParameters | None:
    """The parameters of an integration's API; ``None`` when botocore is not installed or does not have the API."""
    service, _, action = resource.split(":states:::", 1)[1].removeprefix("aws-sdk:").partition(":")
    shape = None if service in _NO_API else _input_shape(service, pascal(action.partition(".")[0]))
    if shape is None:
        return None
    filled_in = set(getattr(shape.metadata, "idempotency", ())) | {
        name for name, member in shape.members.items() if member.metadata.get("idempotencyToken")
    }
    required = (name for name in shape.required_members if name not in filled_in)
    return ApiParameters(frozenset(map(pascal, shape.members)), frozenset(map(pascal, required)))


def _input_shape(service: str, operation: str) -> Any:
    model = _service_model(service)
    return model.operation_model(operation).input_shape if model and operation in model.operation_names else None


@lru_cache(maxsize=64)
def _service_model(service: str) -> Any:
    loader = _loader()
    if loader is None:
        return None
    from botocore.model import ServiceModel

    folder = BOTOCORE_NAMES.get(service) or _folders_without_hyphens().get(service.replace("-", ""))
    return ServiceModel(loader.load_service_model(folder, "service-2"), folder) if folder else None


@lru_cache(maxsize=1)
def _loader() -> Loader | None:
    try:
        from botocore.loaders import Loader
    except ModuleNotFoundError:
        return None
    return Loader()


@lru_cache(maxsize=1)
def _folders_without_hyphens() -> dict[str, str]:
    loader = _loader()
    folders = loader.list_available_services("service-2") if loader else []
    return {folder.replace("-", ""): folder for folder in folders}
