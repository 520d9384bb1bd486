"""A JSON Schema of the language, for editors that complete and check while one types."""

from __future__ import annotations

import warnings

from asl.types import Json, JsonObject

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_NULLABLE = ("InputPath", "OutputPath", "ResultPath")
_NOISE = ("title", "discriminator")


def json_schema() -> JsonObject:
    """The schema of a definition, made from the models. Fields that AWS does not know are refused by it."""
    from asl.states.machine import StateMachineModel
    from asl.validation.choices import OPERATORS

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydantic can't map the discriminator of a recursive union, and needn't
        schema = StateMachineModel.model_json_schema(by_alias=True)
    models = schema["$defs"]
    models["ChoiceRule"]["properties"] |= {operator: _operand(operator) for operator in OPERATORS}
    for model in (schema, *models.values()):
        model["additionalProperties"] = False
        model["properties"] = {name: _field(name, field) for name, field in model["properties"].items()}
        model.pop("title", None)
        if "Next" in model["properties"] and "End" in model["properties"]:
            model["oneOf"] = [{"required": ["Next"]}, {"required": ["End"]}]
    return {"$schema": _DIALECT, "title": "Amazon States Language", **schema}


def _operand(operator: str) -> Json:
    if operator.endswith("Path"):
        return {"type": "string", "description": "A reference path to the value to compare with."}
    if operator.startswith(("Is", "Boolean")):
        return {"type": "boolean"}
    return {"type": "number" if operator.startswith("Numeric") else "string"}


def _field(name: str, schema: JsonObject) -> JsonObject:
    """One field as an editor wants it: null is no value of a field that may only be left out."""
    kept = {key: _without_noise(value) for key, value in schema.items() if key not in _NOISE}
    if name not in _NULLABLE and kept.get("default", 0) is None:
        del kept["default"]
        choices = [choice for choice in kept.pop("anyOf", []) if choice != {"type": "null"}]
        kept |= choices[0] if len(choices) == 1 else {"anyOf": choices} if choices else {}
    return kept


def _without_noise(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _without_noise(inner) for key, inner in value.items() if key != "discriminator"}
    return [_without_noise(inner) for inner in value] if isinstance(value, list) else value
