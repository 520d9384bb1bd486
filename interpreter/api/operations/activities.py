"""Activities: create, describe, list, delete, and the long poll of their workers."""

from __future__ import annotations

from asl.types import JsonObject
from interpreter.api.arn import check_name, parse_arn
from interpreter.api.errors import ApiError
from interpreter.api.operations.state_machines import OWN_KEY, checked_encryption
from interpreter.api.operations.tags import checked_tags
from interpreter.api.paging import page_of
from interpreter.api.registry import Activity
from interpreter.api.service import Service


async def create_activity(service: Service, request: JsonObject) -> JsonObject:
    name = check_name(request["name"])
    arn = service.names.activity(name)
    encryption = checked_encryption(request.get("encryptionConfiguration"), OWN_KEY)
    registry = service.registry
    async with registry.changing:
        activity = registry.activities.get(arn)
        if activity is None:
            tags = checked_tags(request.get("tags", []), {})
            activity = Activity(arn, name, service.now(), encryption, tags)
            await registry.save(activity)
        elif activity.encryption != encryption:
            raise ApiError("ActivityAlreadyExists", f"Activity Already Exists: '{arn}'")
    return {"activityArn": arn, "creationDate": activity.created}


async def describe_activity(service: Service, request: JsonObject) -> JsonObject:
    activity = service.activity(request["activityArn"])
    return {**_listed(activity), "encryptionConfiguration": activity.encryption}


async def list_activities(service: Service, request: JsonObject) -> JsonObject:
    activities = sorted(service.registry.activities.values(), key=lambda activity: activity.name)
    page, token = page_of(activities, request)
    return {"activities": [_listed(activity) for activity in page], "nextToken": token}


def _listed(activity: Activity) -> JsonObject:
    return {"activityArn": activity.arn, "name": activity.name, "creationDate": activity.created}


async def delete_activity(service: Service, request: JsonObject) -> JsonObject:
    arn = request["activityArn"]
    parse_arn(arn, "activity")
    async with service.registry.changing:
        activity = service.registry.activities.get(arn)
        if activity is not None:
            await service.registry.remove(activity)
    return {}
