"""What Step Functions itself does to a service task's parameters before it sends them: checks and additions."""

from __future__ import annotations

from collections.abc import Callable

from asl.json_text import to_text
from asl.types import Json
from interpreter.states.base import runtime_error
from interpreter.tasks.port import Resource


def submitted_parameters(resource: Resource, parameters: Json) -> Json:
    """The parameters as TaskScheduled shows them; fails the state where the service could not be called with them."""
    prepare = _PREPARATIONS.get((resource.service, resource.action))
    return parameters if prepare is None else prepare(resource, parameters)


def _run_task(resource: Resource, parameters: Json) -> Json:
    if resource.pattern == ".sync" and isinstance(parameters, dict):
        return {**parameters, "StartedBy": "AWS Step Functions"}
    return parameters


def _invoke_api(_resource: Resource, parameters: Json) -> Json:
    fields = [field for field in ("Headers", "QueryParameters") if not _lists_by_name(parameters, field)]
    if fields:
        problems = ", ".join(f"The value of the field '{field}' has an invalid format" for field in fields)
        raise runtime_error(f"The Parameters '{to_text(parameters)}' could not be used to start the Task: [{problems}]")
    return parameters


def _lists_by_name(parameters: Json, field: str) -> bool:
    value = parameters.get(field) if isinstance(parameters, dict) else None
    if value is None:
        return True
    return isinstance(value, dict) and all(isinstance(entry, list) for entry in value.values())


_PREPARATIONS: dict[tuple[str, str], Callable[[Resource, Json], Json]] = {
    ("ecs", "runTask"): _run_task,
    ("apigateway", "invoke"): _invoke_api,
}
