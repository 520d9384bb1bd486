"""LoggingConfiguration as AWS takes it and gives it back."""

from __future__ import annotations

from asl.types import JsonObject
from interpreter.api.errors import ApiError

_EVERY_STREAM = ":*"


def normalised_logging(asked: JsonObject) -> JsonObject:
    """The configuration with its defaults; InvalidLoggingConfiguration unless it logs to one group or nowhere."""
    level = asked.get("level", "OFF")
    destinations = asked.get("destinations")
    groups = [_group_arn(destination) for destination in destinations or []]
    if len(groups) > 1 or None in groups or (level != "OFF" and not groups):
        message = "Invalid Logging Configuration: Must specify exactly one Log Destination."
        raise ApiError("InvalidLoggingConfiguration", message)
    normalised: JsonObject = {"level": level, "includeExecutionData": asked.get("includeExecutionData", False)}
    if destinations is not None:
        normalised["destinations"] = [{"cloudWatchLogsLogGroup": {"logGroupArn": arn}} for arn in groups]
    return normalised


def _group_arn(destination: JsonObject) -> str | None:
    arn = (destination.get("cloudWatchLogsLogGroup") or {}).get("logGroupArn")
    if not isinstance(arn, str) or ":log-group:" not in arn:
        return None
    return arn if arn.endswith(_EVERY_STREAM) else arn + _EVERY_STREAM
