"""A Task's ``Resource`` taken apart (service-integrations: resource ARN forms)."""

from __future__ import annotations

from functools import lru_cache

from interpreter.tasks.port import Resource

_PATTERNS = (".waitForTaskToken", ".sync:2", ".sync")


@lru_cache(maxsize=4096)
def parse_resource(arn: str) -> Resource:
    """Tell apart function ARNs, activities and service integrations.

    Anything of another form, such as an unresolved ``${Placeholder}``, counts as a function: that is what people
    leave open, and AWS has refused everything else when the machine was created.
    """
    parts = arn.split(":", 5)
    if len(parts) < 6 or parts[2] != "states":
        return Resource(arn, "lambda", "", "", "")
    if parts[5].startswith("activity:"):
        return Resource(arn, "activity", "", "", "")
    return _service(arn, parts[5])


def _service(arn: str, rest: str) -> Resource:
    pattern = next((suffix for suffix in _PATTERNS if rest.endswith(suffix)), "")
    service, _, action = rest.removesuffix(pattern).rpartition(":")
    return Resource(arn, "service", service, action, pattern)


def function_name(reference: str) -> str:
    """The bare name in a function's name, partial ARN or ARN, without its qualifier."""
    parts = reference.split(":")
    if "function" in parts[:-1]:
        return parts[parts.index("function") + 1]
    return parts[0]
