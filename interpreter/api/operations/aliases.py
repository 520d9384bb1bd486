"""Aliases: a name that leads to one version, or to two by weight."""

from __future__ import annotations

from dataclasses import replace

from asl.types import JsonObject
from interpreter.api.arn import Arn
from interpreter.api.errors import ApiError, state_machine_does_not_exist, unknown_reference, validation
from interpreter.api.paging import page_of
from interpreter.api.registry import Alias, Routing
from interpreter.api.service import Service

ALIASES_LIMIT = 100
_INVALID_ROUTING = "INVALID_ROUTING_CONFIGURATION"
_ANOTHER_ROUTING = (
    "Failed to create alias because an alias with the same name and a different routing configuration already exists."
)


async def create_state_machine_alias(service: Service, request: JsonObject) -> JsonObject:
    routing = _routing(service, request["routingConfiguration"])
    machine_arn = service.machine_arn(routing[0][0]).unqualified
    name, description = request["name"], request.get("description")
    registry = service.registry
    async with registry.changing:
        _check_versions_exist(service, routing)
        existing = registry.aliases.get(f"{machine_arn}:{name}")
        if existing is not None:
            if (existing.routing, existing.description) != (routing, description):
                raise ApiError("ConflictException", _ANOTHER_ROUTING)
            return _created(existing)
        if len(registry.aliases_of(machine_arn)) >= ALIASES_LIMIT:
            raise ApiError("ServiceQuotaExceededException", f"A state machine has at most {ALIASES_LIMIT} aliases.")
        now = service.now()
        alias = Alias(f"{machine_arn}:{name}", machine_arn, name, routing, now, now, description)
        await registry.save(alias)
    return _created(alias)


def _created(alias: Alias) -> JsonObject:
    return {"stateMachineAliasArn": alias.arn, "creationDate": alias.created}


def _routing(service: Service, asked: list[JsonObject]) -> Routing:
    """The routes, when they lead to distinct versions of one state machine and their weights add up to 100."""
    arns = [service.machine_arn(route["stateMachineVersionArn"]) for route in asked]
    received = f"Received: [{', '.join(arn.text for arn in arns)}]"
    if not all(_is_version(arn) for arn in arns):
        raise _invalid_routing(f"Routing configuration must contain state machine version ARNs. {received}")
    if len({arn.text for arn in arns}) < len(arns):
        raise _invalid_routing(f"Routing configuration must contain distinct state machine version ARNs. {received}")
    if len({arn.unqualified for arn in arns}) > 1:
        message = "Routing configuration must contain state machine version ARNs of the same state machine."
        raise _invalid_routing(f"{message} {received}")
    weights = [route["weight"] for route in asked]
    if sum(weights) != 100:
        written = ", ".join(map(str, weights))
        raise _invalid_routing(f"Sum of routing configuration weights must equal 100. Received: [{written}]")
    return tuple((arn.text, weight) for arn, weight in zip(arns, weights, strict=True))


def _is_version(arn: Arn) -> bool:
    return arn.qualifier is not None and arn.qualifier.isdigit()


def _invalid_routing(message: str) -> ApiError:
    return validation(message, _INVALID_ROUTING)


def _check_versions_exist(service: Service, routing: Routing) -> None:
    if any(arn not in service.registry.versions for arn, _ in routing):
        raise unknown_reference()


def _existing(service: Service, arn: str) -> Alias:
    service.machine_arn(arn)
    alias = service.registry.aliases.get(arn)
    if alias is None:
        raise unknown_reference()
    return alias


async def update_state_machine_alias(service: Service, request: JsonObject) -> JsonObject:
    asked = request.get("routingConfiguration")
    if asked is None and "description" not in request:
        message = "At least one of the description or the routingConfiguration must be specified"
        raise validation(message, "MISSING_REQUIRED_PARAMETER")
    async with service.registry.changing:
        alias = _existing(service, request["stateMachineAliasArn"])
        routing = alias.routing if asked is None else _routing(service, asked)
        _check_versions_exist(service, routing)
        description = request.get("description", alias.description)
        now = service.now()
        await service.registry.save(replace(alias, routing=routing, description=description, updated=now))
    return {"updateDate": now}


async def describe_state_machine_alias(service: Service, request: JsonObject) -> JsonObject:
    alias = _existing(service, request["stateMachineAliasArn"])
    return {
        "stateMachineAliasArn": alias.arn,
        "name": alias.name,
        "description": alias.description,
        "routingConfiguration": [{"stateMachineVersionArn": arn, "weight": weight} for arn, weight in alias.routing],
        "creationDate": alias.created,
        "updateDate": alias.updated,
    }


async def delete_state_machine_alias(service: Service, request: JsonObject) -> JsonObject:
    arn = service.machine_arn(request["stateMachineAliasArn"])
    async with service.registry.changing:
        alias = service.registry.aliases.get(arn.text)
        if alias is not None:
            await service.registry.remove(alias)
    return {}


async def list_state_machine_aliases(service: Service, request: JsonObject) -> JsonObject:
    arn = service.machine_arn(request["stateMachineArn"])
    if arn.unqualified not in service.registry.state_machines:
        raise state_machine_does_not_exist(arn.text)
    aliases = service.registry.aliases_of(arn.unqualified)
    if arn.qualifier is not None:
        aliases = [alias for alias in aliases if any(version == arn.text for version, _ in alias.routing)]
    page, token = page_of(aliases, request)
    return {"stateMachineAliases": [_created(alias) for alias in page], "nextToken": token}
