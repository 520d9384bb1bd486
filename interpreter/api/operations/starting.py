"""Starting executions: by a state machine, a version or an alias, and waiting for the end of synchronous ones."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from asl.types import Json, JsonObject
from interpreter.api.arn import check_name, parse_arn
from interpreter.api.errors import ApiError, state_machine_does_not_exist, type_not_supported
from interpreter.api.json_input import execution_input
from interpreter.api.operations.executions import data_face
from interpreter.api.registry import Settings, StateMachine, definition_id
from interpreter.api.service import Service
from interpreter.execution import Execution
from interpreter.store.port import ExecutionRecord

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
    face = data_face(record, request)
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
