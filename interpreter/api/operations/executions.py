"""Executions: start, run synchronously, stop, describe and list."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

from asl.types import Json, JsonObject
from interpreter.api.arn import Arn, check_name, parse_arn
from interpreter.api.errors import (
    ApiError,
    execution_does_not_exist,
    resource_not_found,
    state_machine_does_not_exist,
    type_not_supported,
    validation,
)
from interpreter.api.json_input import execution_input
from interpreter.api.operations.redrive import redrive_face
from interpreter.api.operations.state_machines import settings_face
from interpreter.api.paging import page_size, position_of, token_for
from interpreter.api.registry import Settings, StateMachine, definition_id
from interpreter.api.service import Service
from interpreter.execution import Execution
from interpreter.messages import Stop
from interpreter.store.port import ExecutionFilter, ExecutionRecord

BACKLOG_LIMIT = 20_000
"""Commits that may wait for the store before new executions are refused."""

OPEN_LIMIT = 1_000_000
BILLED_MEGABYTES = 64


@dataclass(frozen=True, slots=True)
class Target:
    """What an execution is started with: a revision of a state machine, by way of a version or an alias or neither."""

    machine: StateMachine
    settings: Settings
    revision_id: str | None
    version_arn: str | None = None
    alias_arn: str | None = None
    test_case: str | None = None


def target_of(service: Service, text: str) -> Target:
    """What an ARN starts: ``...:name``, ``...:name:3`` or ``...:name:alias``, for mocks with ``#TestCase`` behind."""
    written, _, test_case = text.partition("#")
    arn = parse_arn(written, "stateMachine")
    machine = service.registry.state_machines.get(arn.unqualified)
    if machine is None:
        raise state_machine_does_not_exist(written)
    if arn.qualifier is None:
        return Target(machine, machine.settings, machine.revision_id, test_case=test_case or None)
    alias = service.registry.aliases.get(written)
    version_arn = written
    if alias is not None:
        arns = [route[0] for route in alias.routing]
        version_arn = service.random.choices(arns, [route[1] for route in alias.routing])[0]
    version = service.registry.versions.get(version_arn)
    if version is None:
        raise state_machine_does_not_exist(written)
    alias_arn = alias.arn if alias else None
    return Target(machine, version.settings, version.revision_id, version.arn, alias_arn, test_case or None)


async def start_execution(service: Service, request: JsonObject) -> JsonObject:
    record = await begin(service, request)
    return {"executionArn": record.arn, "startDate": record.started}


async def begin(service: Service, request: JsonObject, *, adopt: bool = False, insist: bool = False) -> ExecutionRecord:
    """Start an execution, or find the one that the same request has started.

    ``adopt`` takes an existing one whatever has become of it: for a task that is dispatched again after a crash.
    ``insist`` asks a store that refuses until it agrees.
    """
    target = target_of(service, request["stateMachineArn"])
    text = request.get("input", "{}")
    value = execution_input(text)
    name = check_name(request["name"]) if "name" in request else service.new_id()
    arn = _execution_arn(service, target.machine, name)
    await service.runtime.settled(arn)
    existing = service.store.execution(arn)
    if existing is not None:
        if not adopt and (existing.status != "RUNNING" or existing.details.get("input") != text):
            raise ApiError("ExecutionAlreadyExists", f"Execution Already Exists: '{arn}'")
        return existing
    _check_load(service)
    record = _record(service, target, arn, name, text, request)
    await service.runtime.start(record, _execution(record, target, value, text), insist=insist)
    return record


def _execution_arn(service: Service, machine: StateMachine, name: str) -> str:
    if machine.type == "EXPRESS":
        return service.names.express_execution(machine.name, name, service.new_id())
    return service.names.execution(machine.name, name)


def _check_load(service: Service) -> None:
    if service.store.backlog > BACKLOG_LIMIT:
        raise ApiError("ThrottlingException", "Rate exceeded")
    if service.runtime.open_count >= OPEN_LIMIT:
        raise ApiError("ExecutionLimitExceeded", f"Execution Limit Exceeded: '{OPEN_LIMIT} executions are open'")


def _record(service: Service, target: Target, arn: str, name: str, text: str, request: JsonObject) -> ExecutionRecord:
    settings = target.settings
    details = {
        "input": text,
        "definition": definition_id(settings.definition),
        "role": settings.role_arn,
        "type": target.machine.type,
        "updated": target.machine.updated,
        "revision": target.revision_id,
        "logging": settings.logging,
        "tracing": settings.tracing,
        "encryption": settings.encryption,
        "trace": request.get("traceHeader"),
        "test_case": target.test_case,
    }
    return ExecutionRecord(
        arn,
        target.machine.arn,
        name,
        "RUNNING",
        service.now(),
        version_arn=target.version_arn,
        alias_arn=target.alias_arn,
        details={key: value for key, value in details.items() if value is not None},
    )


def _execution(record: ExecutionRecord, target: Target, value: Json, text: str, *, sync: bool = False) -> Execution:
    return Execution(
        name=record.name,
        machine_arn=record.machine_arn,
        arn=record.arn,
        role_arn=target.settings.role_arn,
        input=value,
        started=record.started,
        seed=secrets.randbits(64),
        type=target.machine.type,
        input_text=text,
        sync=sync,
    )


async def start_sync_execution(service: Service, request: JsonObject) -> JsonObject:
    target = target_of(service, request["stateMachineArn"])
    if target.machine.type != "EXPRESS":
        raise type_not_supported()
    text = request.get("input", "{}")
    value = execution_input(text)
    name = check_name(request["name"]) if "name" in request else service.new_id()
    _check_load(service)
    record = _record(service, target, _execution_arn(service, target.machine, name), name, text, request)
    execution = _execution(record, target, value, text, sync=True)
    live = await service.runtime.start(record, execution, durable=False)
    await service.runtime.closed(record.arn)
    return _sync_face(live.record, request)


def _sync_face(record: ExecutionRecord, request: JsonObject) -> JsonObject:
    stopped = record.stopped or record.started
    face = _data_face(record, request)
    billed = max(-(-(stopped - record.started) * 1000 // 100) * 100, 100)
    return face | {
        "executionArn": record.arn,
        "stateMachineArn": record.machine_arn,
        "name": record.name,
        "status": record.status,
        "startDate": record.started,
        "stopDate": stopped,
        "billingDetails": {"billedMemoryUsedInMB": BILLED_MEGABYTES, "billedDurationInMilliseconds": int(billed)},
    }


def _data_face(record: ExecutionRecord, request: JsonObject) -> JsonObject:
    """Input, output and failure; without the data for METADATA_ONLY."""
    details = record.details
    included = request.get("includedData") != "METADATA_ONLY"
    face: JsonObject = {
        "inputDetails": {"included": included},
        "error": details.get("error"),
        "cause": details.get("cause"),
        "traceHeader": details.get("trace"),
    }
    if included:
        face["input"] = details["input"]
        face["output"] = details.get("output")
    if details["type"] == "EXPRESS" or "output" in details:
        face["outputDetails"] = {"included": included}
    return face


def found_execution(service: Service, arn: str) -> ExecutionRecord:
    """The face of a Standard execution; InvalidArn or ExecutionDoesNotExist otherwise."""
    parse_arn(arn, "execution")
    record = service.store.execution(arn)
    if record is None:
        raise execution_does_not_exist(arn)
    return record


async def describe_execution(service: Service, request: JsonObject) -> JsonObject:
    record = found_execution(service, request["executionArn"])
    return _data_face(record, request) | redrive_face(service, record) | _listed(record)


async def stop_execution(service: Service, request: JsonObject) -> JsonObject:
    record = found_execution(service, request["executionArn"])
    live = service.runtime.live(record.arn)
    if live is not None:
        await service.runtime.deliver(live, Stop(request.get("error"), request.get("cause")))
    await service.runtime.closed(record.arn)
    return {"stopDate": found_execution(service, record.arn).stopped}


async def describe_state_machine_for_execution(service: Service, request: JsonObject) -> JsonObject:
    record = found_execution(service, request["executionArn"])
    details = record.details
    settings = Settings(
        definition=service.registry.definitions[details["definition"]],
        role_arn=details["role"],
        logging=details["logging"],
        tracing=details["tracing"],
        encryption=details["encryption"],
    )
    face = {
        "stateMachineArn": record.machine_arn,
        "name": parse_arn(record.machine_arn, "stateMachine").name,
        "updateDate": details["updated"],
        "revisionId": details.get("revision"),
        "mapRunArn": record.map_run_arn,
        "label": details.get("label"),
    }
    return face | settings_face(settings, request.get("includedData"))


async def list_executions(service: Service, request: JsonObject) -> JsonObject:
    wanted = _filter(service, request)
    after = position_of(request)
    page, following = service.store.executions(wanted, page_size(request), after)
    token = None if following is None else token_for(request, following)
    return {"executions": [_listed(record) for record in page], "nextToken": token}


def _filter(service: Service, request: JsonObject) -> ExecutionFilter:
    machine, map_run = request.get("stateMachineArn"), request.get("mapRunArn")
    if (machine is None) == (map_run is None):
        raise validation("Exactly one of stateMachineArn or mapRunArn must be specified")
    redrive = request.get("redriveFilter")
    wanted = ExecutionFilter(
        status=request.get("statusFilter"), redriven=None if redrive is None else redrive == "REDRIVEN"
    )
    if map_run is not None:
        parse_arn(map_run, "mapRun")
        return replace(wanted, map_run_arn=map_run)
    return _of_machine(service, parse_arn(machine or "", "stateMachine"), wanted)


def _of_machine(service: Service, arn: Arn, wanted: ExecutionFilter) -> ExecutionFilter:
    registry = service.registry
    machine = registry.state_machines.get(arn.unqualified)
    if machine is None:
        raise state_machine_does_not_exist(arn.text)
    if machine.type == "EXPRESS":
        raise type_not_supported()
    if arn.qualifier is None:
        return replace(wanted, machine_arn=arn.text)
    if arn.text in registry.aliases:
        return replace(wanted, alias_arn=arn.text)
    if arn.text not in registry.versions:
        raise resource_not_found(arn.text)
    return replace(wanted, version_arn=arn.text)


def _listed(record: ExecutionRecord) -> JsonObject:
    return {
        "executionArn": record.arn,
        "stateMachineArn": record.machine_arn,
        "name": record.name,
        "status": record.status,
        "startDate": record.started,
        "stopDate": record.stopped,
        "mapRunArn": record.map_run_arn,
        "stateMachineVersionArn": record.version_arn,
        "stateMachineAliasArn": record.alias_arn,
        "redriveCount": record.redrive_count,
        "redriveDate": record.details.get("redriven"),
        "itemCount": record.details.get("items"),
    }
