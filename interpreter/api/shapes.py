"""botocore's own model of the service: what each operation takes and gives. No shape is written by hand."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import Any

from asl.types import Json, JsonObject
from interpreter.api.errors import validation
from interpreter.api.request_checks import Check, Problems, check_of
from interpreter.api.response_shapes import Shaper, shaper_of

SERVICE = "stepfunctions"
TARGET_PREFIX = "AWSStepFunctions."


@lru_cache(maxsize=1)
def service_model() -> Any:
    """botocore's model of Step Functions, loaded once."""
    try:
        from botocore.loaders import Loader
        from botocore.model import ServiceModel
    except ImportError as error:
        message = "the API server needs botocore: pip install 'asl-interpreter[server]'"
        raise ModuleNotFoundError(message, name="botocore") from error
    return ServiceModel(Loader().load_service_model(SERVICE, "service-2"))


class Operation:
    """One operation of the service: what it takes and what it gives."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._model = service_model().operation_model(name)

    @cached_property
    def _check(self) -> Check:
        return check_of(self._model.input_shape)

    @cached_property
    def _shape(self) -> Shaper:
        return shaper_of(self._model.output_shape)

    def checked(self, request: Json) -> JsonObject:
        """``request`` without its nulls, when the model allows it; otherwise every problem in one error."""
        problems: Problems = []
        self._check(request, "", problems)
        if problems:
            count = f"{len(problems)} validation error{'s' if len(problems) > 1 else ''} detected: "
            raise validation(count + "; ".join(problems))
        return {key: value for key, value in request.items() if value is not None}

    def shaped(self, response: JsonObject) -> JsonObject:
        """``response`` with what the model knows of it, without what is None."""
        shaped: JsonObject = self._shape(response)
        return shaped


@lru_cache(maxsize=1)
def operation_names() -> frozenset[str]:
    return frozenset(service_model().operation_names)


@lru_cache(maxsize=64)
def operation(name: str) -> Operation:
    return Operation(name)
