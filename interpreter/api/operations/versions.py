"""Versions of a state machine: a number for a revision that stays as it is."""

from __future__ import annotations

from dataclasses import replace

from asl.types import JsonObject
from interpreter.api.errors import ApiError, state_machine_does_not_exist, validation
from interpreter.api.paging import page_of
from interpreter.api.registry import StateMachine, Version
from interpreter.api.service import Service

VERSIONS_LIMIT = 1000


def publish(machine: StateMachine, now: float, description: str | None) -> tuple[StateMachine, Version | None]:
    """The state machine with its current revision published, and the new version; None when it was published before."""
    if machine.published is not None:
        return machine, None
    number = machine.next_version
    arn = f"{machine.arn}:{number}"
    version = Version(arn, machine.arn, number, now, machine.settings, machine.revision_id, description)
    return replace(machine, published=arn, next_version=number + 1), version


async def publish_state_machine_version(service: Service, request: JsonObject) -> JsonObject:
    arn = service.machine_arn(request["stateMachineArn"])
    registry = service.registry
    async with registry.changing:
        machine = registry.state_machines.get(arn.text)
        if machine is None:
            raise state_machine_does_not_exist(arn.text)
        _check_revision(machine, request.get("revisionId"))
        if len(registry.versions_of(machine.arn)) >= VERSIONS_LIMIT and machine.published is None:
            raise ApiError("ServiceQuotaExceededException", f"A state machine has at most {VERSIONS_LIMIT} versions.")
        machine, version = publish(machine, service.now(), request.get("description"))
        if version is not None:
            await registry.save(machine, version)
        published = registry.versions[machine.published or ""]
    return {"stateMachineVersionArn": published.arn, "creationDate": published.created}


def _check_revision(machine: StateMachine, asked: str | None) -> None:
    current = machine.revision_id or "INITIAL"
    if asked is not None and asked != current:
        raise ApiError(
            "ConflictException",
            f"Failed to publish the State Machine version for revision {asked}. "
            f"The current State Machine revision is {current}.",
        )


async def delete_state_machine_version(service: Service, request: JsonObject) -> JsonObject:
    arn = service.machine_arn(request["stateMachineVersionArn"])
    if arn.qualifier is None:
        raise validation("A state machine version ARN must be specified")
    registry = service.registry
    async with registry.changing:
        version = registry.versions.get(arn.text)
        if version is None:
            return {}
        _check_unreferenced(service, version)
        machine = registry.state_machines[version.machine_arn]
        if machine.published == version.arn:
            await registry.save(replace(machine, published=None))
        await registry.remove(version)
    return {}


def _check_unreferenced(service: Service, version: Version) -> None:
    aliases = service.registry.aliases_of(version.machine_arn)
    names = [alias.name for alias in aliases if any(arn == version.arn for arn, _ in alias.routing)]
    if names:
        raise ApiError(
            "ConflictException",
            "Version to be deleted must not be referenced by an alias. "
            f"Current list of aliases referencing this version: [{', '.join(names)}]",
        )


async def list_state_machine_versions(service: Service, request: JsonObject) -> JsonObject:
    machine = service.state_machine(request["stateMachineArn"])
    newest_first = service.registry.versions_of(machine.arn)[::-1]
    page, token = page_of(newest_first, request)
    listed = [{"stateMachineVersionArn": version.arn, "creationDate": version.created} for version in page]
    return {"stateMachineVersions": listed, "nextToken": token}
