"""Map Runs: describe, list and update."""

from __future__ import annotations

from asl.types import JsonObject
from interpreter.api.arn import parse_arn
from interpreter.api.errors import resource_not_found, validation
from interpreter.api.map_runs import counts_of
from interpreter.api.operations.executions import found_execution
from interpreter.api.paging import page_of
from interpreter.api.service import Service
from interpreter.map_run import MapRun

_SETTINGS = {
    "maxConcurrency": "concurrency",
    "toleratedFailureCount": "tolerated_count",
    "toleratedFailurePercentage": "tolerated_percentage",
}


def _found(service: Service, arn: str) -> JsonObject:
    parse_arn(arn, "mapRun")
    body = service.runtime.map_runs.get(arn)
    if body is None:
        raise resource_not_found(arn)
    return body


def _running(service: Service, body: JsonObject) -> MapRun | None:
    live = service.runtime.live(body["execution"]) if body["status"] == "RUNNING" else None
    runs = live.map_runs.values() if live is not None else ()
    return next((run for run in runs if run.arn == body["arn"]), None)


async def describe_map_run(service: Service, request: JsonObject) -> JsonObject:
    body = _found(service, request["mapRunArn"])
    run = _running(service, body)
    counts = body if run is None else counts_of(run)
    return {
        "mapRunArn": body["arn"],
        "executionArn": body["execution"],
        "status": body["status"],
        "startDate": body["started"],
        "stopDate": body.get("stopped"),
        "maxConcurrency": body["concurrency"],
        "toleratedFailureCount": body["tolerated_count"] or 0,
        "toleratedFailurePercentage": float(body["tolerated_percentage"] or 0.0),
        "itemCounts": counts["items"],
        "executionCounts": counts["executions"],
    }


async def list_map_runs(service: Service, request: JsonObject) -> JsonObject:
    record = found_execution(service, request["executionArn"])
    page, token = page_of(service.runtime.map_runs.of_execution(record.arn), request)
    return {"mapRuns": [_listed(body) for body in page], "nextToken": token}


def _listed(body: JsonObject) -> JsonObject:
    arn = parse_arn(body["arn"], "mapRun")
    return {
        "executionArn": body["execution"],
        "mapRunArn": body["arn"],
        "stateMachineArn": body["arn"].replace(":mapRun:", ":stateMachine:").removesuffix(f":{arn.qualifier}"),
        "startDate": body["started"],
        "stopDate": body.get("stopped"),
    }


async def update_map_run(service: Service, request: JsonObject) -> JsonObject:
    settings = {_SETTINGS[name]: request[name] for name in _SETTINGS if name in request}
    if not settings:
        message = "At least one of maxConcurrency, toleratedFailureCount or toleratedFailurePercentage is required"
        raise validation(message, "MISSING_REQUIRED_PARAMETER")
    body = _found(service, request["mapRunArn"])
    run = _running(service, body)
    if run is None:
        raise validation("A completed Map Run can't be updated", "CANNOT_UPDATE_COMPLETED_MAP_RUN")
    await service.store.commit((), [service.runtime.map_runs.update(run, settings)])
    return {}
