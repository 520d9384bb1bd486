"""State machines: create, update, describe, list and delete."""

from __future__ import annotations

from dataclasses import replace

from asl.types import JsonObject
from interpreter.api.arn import check_name, check_role
from interpreter.api.definitions import check_definition, variable_references
from interpreter.api.errors import ApiError, state_machine_does_not_exist, validation
from interpreter.api.operations.logging_configuration import normalised_logging
from interpreter.api.operations.tags import checked_tags
from interpreter.api.operations.versions import publish
from interpreter.api.paging import page_of
from interpreter.api.registry import Settings, StateMachine, Version
from interpreter.api.service import Service

NOTHING_TO_UPDATE = (
    "Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified"
)
_CONFIGURATIONS = ("loggingConfiguration", "tracingConfiguration", "encryptionConfiguration")
_UPDATES = ("definition", "roleArn", "publish", *_CONFIGURATIONS)
NO_TRACING: JsonObject = {"enabled": False}
OWN_KEY: JsonObject = {"type": "AWS_OWNED_KEY"}
DATA_KEY_SECONDS = 300


async def create_state_machine(service: Service, request: JsonObject) -> JsonObject:
    name = check_name(request["name"])
    _check_version_description(request)
    settings = _settings(request, None)
    workflow_type = request.get("type", "STANDARD")
    asked = {"publish": request.get("publish", False), "versionDescription": request.get("versionDescription")}
    arn = service.names.state_machine(name)
    async with service.registry.changing:
        existing = service.registry.state_machines.get(arn)
        if existing is not None:
            return _repeated(existing, settings, workflow_type, asked)
        check_definition(settings.definition, workflow_type)
        now = service.now()
        tags = checked_tags(request.get("tags", []), {})
        machine = StateMachine(arn, name, workflow_type, now, now, settings, asked=asked, tags=tags)
        machine, version = publish(machine, now, asked["versionDescription"]) if asked["publish"] else (machine, None)
        await service.registry.save(machine, *([version] if version else []))
    return _created(machine)


def _repeated(existing: StateMachine, settings: Settings, workflow_type: str, asked: JsonObject) -> JsonObject:
    """The first answer again when the same is asked for; role and tags do not count."""
    same = replace(settings, role_arn=existing.settings.role_arn) == existing.settings
    if not (same and workflow_type == existing.type and asked == existing.asked):
        raise ApiError("StateMachineAlreadyExists", f"State Machine Already Exists: '{existing.arn}'")
    return _created(existing)


def _created(machine: StateMachine) -> JsonObject:
    version = machine.published if machine.asked["publish"] else None
    return {"stateMachineArn": machine.arn, "creationDate": machine.created, "stateMachineVersionArn": version}


def _check_version_description(request: JsonObject) -> None:
    if request.get("versionDescription") is not None and not request.get("publish"):
        raise validation("Version description can only be set when publish is true")


def _settings(request: JsonObject, old: Settings | None) -> Settings:
    """The settings that a request asks for, those of ``old`` where it says nothing."""
    logging = request.get("loggingConfiguration")
    return Settings(
        definition=request.get("definition", old.definition if old else ""),
        role_arn=check_role(request.get("roleArn", old.role_arn if old else "")),
        logging=old.logging if logging is None and old else normalised_logging(logging or {}),
        tracing=_enabled(request.get("tracingConfiguration", old.tracing if old else NO_TRACING)),
        encryption=checked_encryption(request.get("encryptionConfiguration"), old.encryption if old else OWN_KEY),
    )


def checked_encryption(asked: JsonObject | None, default: JsonObject) -> JsonObject:
    """The encryption that is asked for; a customer's key must be named."""
    if asked is None:
        return default
    if asked["type"] != OWN_KEY["type"]:
        if not asked.get("kmsKeyId"):
            message = "Invalid Encryption Configuration: 'kmsKeyId must be specified for CUSTOMER_MANAGED_KMS_KEY'"
            raise ApiError("InvalidEncryptionConfiguration", message)
        return {"kmsDataKeyReusePeriodSeconds": DATA_KEY_SECONDS, **asked}
    return asked


def _enabled(tracing: JsonObject) -> JsonObject:
    return {**NO_TRACING, **tracing}


async def update_state_machine(service: Service, request: JsonObject) -> JsonObject:
    arn = request["stateMachineArn"]
    if not any(request.get(name) not in (None, False) for name in _UPDATES):
        raise ApiError("MissingRequiredParameter", NOTHING_TO_UPDATE)
    _check_version_description(request)
    async with service.registry.changing:
        machine = service.state_machine(arn)
        settings = _settings(request, machine.settings)
        if settings.definition != machine.settings.definition:
            check_definition(settings.definition, machine.type)
        now = service.now()
        if settings != machine.settings:
            machine = replace(machine, settings=settings, revision_id=service.new_id(), published=None)
        machine, version = replace(machine, updated=now), None
        if request.get("publish"):
            machine, version = publish(machine, now, request.get("versionDescription"))
        await service.registry.save(machine, *([version] if version else []))
    published = machine.published if request.get("publish") else None
    return {"updateDate": now, "revisionId": machine.revision_id, "stateMachineVersionArn": published}


async def describe_state_machine(service: Service, request: JsonObject) -> JsonObject:
    arn = service.machine_arn(request["stateMachineArn"])
    machine = service.registry.state_machines.get(arn.unqualified)
    if machine is None:
        raise state_machine_does_not_exist(arn.text)
    described: StateMachine | Version = machine if arn.qualifier is None else _version(service, arn.text)
    face: JsonObject = {
        "stateMachineArn": described.arn,
        "name": machine.name,
        "status": "ACTIVE",
        "type": machine.type,
        "creationDate": described.created,
        "description": described.description if isinstance(described, Version) else None,
        "revisionId": described.revision_id,
    }
    return face | settings_face(described.settings, request.get("includedData"))


def settings_face(settings: Settings, included_data: str | None) -> JsonObject:
    """What describe operations show of a revision; METADATA_ONLY leaves the definition out."""
    face: JsonObject = {
        "roleArn": settings.role_arn,
        "loggingConfiguration": settings.logging,
        "tracingConfiguration": settings.tracing,
        "encryptionConfiguration": settings.encryption,
    }
    if included_data != "METADATA_ONLY":
        face["definition"] = settings.definition
        face["variableReferences"] = variable_references(settings.definition) or None
    return face


def _version(service: Service, arn: str) -> Version:
    """The version that an ARN with a qualifier stands for; of an alias, the one with the greatest weight."""
    alias = service.registry.aliases.get(arn)
    if alias is not None:
        arn = max(alias.routing, key=lambda route: route[1])[0]
    version = service.registry.versions.get(arn)
    if version is None:
        raise state_machine_does_not_exist(arn)
    return version


async def delete_state_machine(service: Service, request: JsonObject) -> JsonObject:
    arn = service.machine_arn(request["stateMachineArn"])
    if arn.qualifier is not None:
        raise validation("Only an unqualified state machine ARN can be deleted with DeleteStateMachine")
    registry = service.registry
    async with registry.changing:
        machine = registry.state_machines.get(arn.text)
        if machine is not None:
            await registry.remove(machine, *registry.versions_of(arn.text), *registry.aliases_of(arn.text))
    return {}


async def list_state_machines(service: Service, request: JsonObject) -> JsonObject:
    machines = sorted(service.registry.state_machines.values(), key=lambda machine: machine.name)
    page, token = page_of(machines, request)
    return {"stateMachines": [_listed(machine) for machine in page], "nextToken": token}


def _listed(machine: StateMachine) -> JsonObject:
    return {
        "stateMachineArn": machine.arn,
        "name": machine.name,
        "type": machine.type,
        "creationDate": machine.created,
    }
