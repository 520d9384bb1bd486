"""Objects with known fields: the loop over a table of checks that most of validation is made of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from asl.types import Json, JsonObject
from asl.validation.context import Context
from asl.validation.findings import SCHEMA, Check, Finding, Findings, gather, missing, unsupported
from asl.validation.values import wrong_type

_OTHER_LANGUAGE = {"JSONPath": "JSONata", "JSONata": "JSONPath"}

Extra = Callable[[JsonObject, Context], "Findings | None"]


def known_object(
    kind: str, fields: Mapping[str, Check], required: Collection[str] = (), extra: Extra | None = None
) -> Check:
    """An object of ``kind`` that has only ``fields``, all of ``required``, and satisfies ``extra`` as a whole."""

    def check(value: Json, context: Context) -> Findings | None:
        if type(value) is not dict:
            return wrong_type("Object", value)
        found: Findings | None = None
        for key, field_value in value.items():
            field_check = fields.get(key)
            if field_check is None:
                found = gather(found, [foreign_field(key, fields, kind, context)])
            else:
                found = gather(found, field_check(field_value, context), key)
        absent = [field for field in required if field not in value]
        if absent:
            from asl.validation.hints import misspelt

            found = gather(found, missing(absent, hint=misspelt(absent, value, fields)))
        return gather(found, extra(value, context)) if extra else found

    return check


def foreign_field(key: str, fields: Mapping[str, Check], kind: str, context: Context) -> Finding:
    """The finding for a field that an object of ``kind`` does not have: of the other language, or of none."""
    from asl.validation.hints import nearest
    from asl.validation.tables import fields_of

    other = _OTHER_LANGUAGE[context.language]
    if key in fields_of(kind, other):
        message = (
            f"The QueryLanguage is set to '{context.language}', but field '{key}' is only supported "
            f"for the '{other}' QueryLanguage"
        )
        return Finding(SCHEMA, message, (key,), above=1, hint=_COUNTERPARTS.get(key), at_key=True)
    return unsupported(key, nearest(key, fields))


_COUNTERPARTS = {
    "InputPath": "in JSONata select with Arguments or Output",
    "Parameters": "the JSONata counterpart is Arguments",
    "ResultSelector": "the JSONata counterpart is Output",
    "ResultPath": "the JSONata counterpart is Output, such as {% $merge([$states.input, {'x': $states.result}]) %}",
    "OutputPath": "the JSONata counterpart is Output",
    "Result": "the JSONata counterpart is Output",
    "ItemsPath": "the JSONata counterpart is Items",
    "Arguments": 'the JSONPath counterpart is Parameters; or set "QueryLanguage": "JSONata"',
    "Output": 'the JSONPath counterparts are ResultSelector and ResultPath; or set "QueryLanguage": "JSONata"',
    "Items": 'the JSONPath counterpart is ItemsPath; or set "QueryLanguage": "JSONata"',
    "Condition": 'the JSONPath counterpart is Variable with an operator; or set "QueryLanguage": "JSONata"',
}
