"""TestState: one state alone, with AWS's inspection data."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from asl.errors import DefinitionError
from asl.types import Json, JsonObject
from interpreter.api.definitions import invalid_definition, parsed_definition
from interpreter.api.errors import ApiError, validation
from interpreter.api.json_input import execution_input, json_value
from interpreter.api.service import Service

LIMIT_SECONDS = 300.0


async def test_state(service: Service, request: JsonObject) -> JsonObject:
    from interpreter.test_state import TestStateError

    try:
        async with asyncio.timeout(LIMIT_SECONDS):
            return await asyncio.to_thread(_inspected(service, request))
    except TestStateError as refusal:
        raise ApiError(refusal.code, refusal.message) from refusal
    except DefinitionError as wrong:
        raise invalid_definition(wrong.diagnostics) from wrong
    except TimeoutError as error:
        raise validation("The state ran for more than 5 minutes.") from error


test_state.__test__ = False  # type: ignore[attr-defined]


def _inspected(service: Service, request: JsonObject) -> Callable[[], JsonObject]:
    """The work itself, for a thread: a task that answers may block."""
    from interpreter.test_state import inspect_state

    definition = parsed_definition(request["definition"]).value
    value = execution_input(request["input"]) if "input" in request else None
    variables, context = _object(request, "variables"), _object(request, "context")
    names = service.names
    prefix = f"arn:{names.partition}:states:{names.region}:{names.account}"

    def inspected() -> JsonObject:
        return inspect_state(
            definition,
            value,
            state_name=request.get("stateName"),
            role_arn=request.get("roleArn"),
            inspection_level=request.get("inspectionLevel", "INFO"),
            mock=request.get("mock"),
            variables=variables,
            context=context,
            state_configuration=request.get("stateConfiguration"),
            reveal_secrets=request.get("revealSecrets", False),
            handler=service.runtime.plain_handler,
            arn_prefix=prefix,
        )

    return inspected


def _object(request: JsonObject, name: str) -> JsonObject | None:
    """A parameter that holds a JSON object as text."""
    if name not in request:
        return None
    value: Json = json_value(request[name])
    if not isinstance(value, dict):
        raise validation(f"Invalid {name} provided: the value must be a JSON object")
    return value
