"""Executions: stop, describe and list."""

from __future__ import annotations

from dataclasses import replace

from asl.types import JsonObject
from interpreter.api.arn import Arn, parse_arn
from interpreter.api.errors import (
    execution_does_not_exist,
    resource_not_found,
    state_machine_does_not_exist,
    type_not_supported,
    validation,
)
from interpreter.api.operations.redrive import redrive_face
from interpreter.api.operations.state_machines import settings_face
from interpreter.api.paging import page_size, position_of, token_for
from interpreter.api.registry import Settings
from interpreter.api.service import Service
from interpreter.messages import Stop
from interpreter.store.port import ExecutionFilter, ExecutionRecord


def data_face(record: ExecutionRecord, request: JsonObject) -> JsonObject:
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
    return data_face(record, request) | redrive_face(service, record) | _listed(record)


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
