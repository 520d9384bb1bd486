"""Tags of state machines and activities."""

from __future__ import annotations

import re
from dataclasses import replace

from asl.types import JsonObject
from interpreter.api.arn import parse_arn
from interpreter.api.errors import ApiError, resource_not_found, validation
from interpreter.api.registry import Activity, StateMachine
from interpreter.api.service import Service

TAGS_LIMIT = 50
_TAG_TEXT = re.compile(r"[\w\s.:/=+\-@]*")


def checked_tags(asked: list[JsonObject], existing: dict[str, str]) -> dict[str, str]:
    """``existing`` with the tags that are asked for; ValidationException or TooManyTags where AWS has it."""
    tags = dict(existing)
    for tag in asked:
        key, value = tag.get("key") or "", tag.get("value") or ""
        if not key or key.lower().startswith("aws:") or not (_TAG_TEXT.fullmatch(key) and _TAG_TEXT.fullmatch(value)):
            raise validation(f"Invalid tag: '{key}'")
        tags[key] = value
    if len(tags) > TAGS_LIMIT:
        raise ApiError("TooManyTags", f"A resource has at most {TAGS_LIMIT} tags.")
    return tags


def _tagged(service: Service, arn: str) -> StateMachine | Activity:
    parse_arn(arn, "stateMachine", "activity")
    registry = service.registry
    item = registry.state_machines.get(arn) or registry.activities.get(arn)
    if item is None:
        raise resource_not_found(arn)
    return item


async def tag_resource(service: Service, request: JsonObject) -> JsonObject:
    async with service.registry.changing:
        item = _tagged(service, request["resourceArn"])
        await service.registry.save(replace(item, tags=checked_tags(request["tags"], item.tags)))
    return {}


async def untag_resource(service: Service, request: JsonObject) -> JsonObject:
    gone = set(request["tagKeys"])
    async with service.registry.changing:
        item = _tagged(service, request["resourceArn"])
        kept = {key: value for key, value in item.tags.items() if key not in gone}
        await service.registry.save(replace(item, tags=kept))
    return {}


async def list_tags_for_resource(service: Service, request: JsonObject) -> JsonObject:
    item = _tagged(service, request["resourceArn"])
    return {"tags": [{"key": key, "value": value} for key, value in item.tags.items()]}
