"""The fields of each state type in each query language, each with the check of its value.

This table is the rule book: a field that is not in it is unknown, and what it may hold is the check beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from asl.types import Json, JsonObject, QueryLanguage
from asl.validation.choices import RULE_FIELDS, choices, default
from asl.validation.context import Context
from asl.validation.findings import Check, Findings, gather, only_one_of, wrong
from asl.validation.jsonata import expression_or, expression_template
from asl.validation.maps import (
    PARTS,
    READER,
    branches,
    item_batcher,
    item_reader,
    map_as_a_whole,
    map_label,
    processor,
    result_writer,
)
from asl.validation.resources import resource
from asl.validation.retries import ENTRY_FIELDS, catch, retry
from asl.validation.templates import (
    nullable_path,
    object_template,
    path_or_call,
    payload_template,
    reference_path,
    result_path,
)
from asl.validation.values import (
    MAX_SECONDS,
    anything,
    decimal,
    integer,
    is_number,
    one_of,
    string,
    timestamp,
    true_only,
    wrong_type,
)

if TYPE_CHECKING:
    from asl.validation.objects import Extra

STATE_TYPES = ("Task", "Wait", "Pass", "Succeed", "Fail", "Choice", "Parallel", "Map")
LANGUAGES: tuple[QueryLanguage, ...] = ("JSONPath", "JSONata")
WAIT_FIELDS = ("SecondsPath", "Seconds", "TimestampPath", "Timestamp")
MAX_COUNT = 2**31 - 1


class StateRules(NamedTuple):
    """What a state of one type in one language may hold. ``moves`` says that it must have Next or End, not both."""

    fields: Mapping[str, Check]
    required: frozenset[str] = frozenset()
    moves: bool = True
    whole: Extra | None = None


def _next(value: Json, context: Context) -> Findings | None:
    if type(value) is not str:
        return wrong_type("String", value)
    context.pairs.append((value, ("Next",)))
    return None


def _path_twin(name: str, check: Check) -> Check:
    """The check of ``<name>Path``, which excludes ``name``."""

    def with_twin(value: Json, context: Context) -> Findings | None:
        found = check(value, context)
        if name not in context.state:
            return found
        both = [each._replace(above=1) for each in only_one_of([f"{name}Path", name])]
        return [*(found or ()), *both]

    return with_twin


def _assign(check: Check) -> Check:
    """Assign of a state: checked by ``check``, and remembered for the rules on names and scopes."""

    def remembered(value: Json, context: Context) -> Findings | None:
        if type(value) is dict:
            context.assigns.append((("Assign",), value))
        return check(value, context)

    return remembered


def _heartbeat(check: Check) -> Check:
    """HeartbeatSeconds, smaller than TimeoutSeconds where both are literal."""

    def smaller(value: Json, context: Context) -> Findings | None:
        found = check(value, context)
        timeout = context.state.get("TimeoutSeconds")
        if found is None and is_number(value) and is_number(timeout) and value >= timeout:
            return wrong("HeartbeatSeconds must be smaller than TimeoutSeconds")
        return found

    return smaller


def _credentials(value: Json, context: Context) -> Findings | None:
    if context.language == "JSONata" and type(value) is str:
        return _ANY_EXPRESSION(value, context)
    if type(value) is not dict:
        return wrong_type("Object", value)
    if "RoleArn" not in value and (context.language == "JSONata" or "RoleArn.$" not in value):
        return wrong("The field 'RoleArn' is required but was missing")
    if "RoleArn" in value and type(value["RoleArn"]) is not str:
        return gather(None, wrong_type("String", value["RoleArn"]), "RoleArn")
    return (payload_template if context.language == "JSONPath" else _ANY_EXPRESSION)(value, context)


def _wait_as_a_whole(state: JsonObject, context: Context) -> Findings | None:
    given = [field for field in WAIT_FIELDS if field in state]
    if len(given) == 1:
        return None
    names = WAIT_FIELDS if context.language == "JSONPath" else ("Seconds", "Timestamp")
    if given:
        return only_one_of(names)
    return wrong(f"This object should have only one of the following fields: [{', '.join(names)}]")


_ANY_EXPRESSION = expression_template()
_RESULT = frozenset({"result"})
_POSITIVE_SECONDS = integer(1, MAX_SECONDS)
_SECONDS = integer(0, MAX_SECONDS)
_COUNT = integer(0, MAX_COUNT)
_PERCENTAGE = decimal(0, 100)

_COMMON: Mapping[str, Check] = {
    "Type": anything,
    "Comment": string,
    "QueryLanguage": one_of("QueryLanguage", LANGUAGES),
}
_MOVES: Mapping[str, Check] = {"Next": _next, "End": true_only}
_IN_OUT: Mapping[str, Check] = {"InputPath": nullable_path, "OutputPath": nullable_path}
_RESULT_SHAPING: Mapping[str, Check] = {"ResultSelector": payload_template, "ResultPath": result_path}
_ERRORS: Mapping[str, Check] = {"Retry": retry, "Catch": catch}
_ASSIGN_PATH: Mapping[str, Check] = {"Assign": _assign(object_template)}
_PLAIN_OUT: Mapping[str, Check] = {
    "Output": expression_template(),
    "Assign": _assign(expression_template(must_be_object=True)),
}
_RESULT_OUT: Mapping[str, Check] = {
    "Output": expression_template(_RESULT),
    "Assign": _assign(expression_template(_RESULT, must_be_object=True)),
}


def _literal_and_path(name: str, check: Check, path_check: Check = reference_path) -> dict[str, Check]:
    return {name: check, f"{name}Path": _path_twin(name, path_check)}


def _or_expression(name: str, check: Check) -> dict[str, Check]:
    return {name: expression_or(check)}


def _task(is_jsonpath: bool) -> StateRules:
    times: Callable[[str, Check], dict[str, Check]] = _literal_and_path if is_jsonpath else _or_expression
    fields: dict[str, Check] = {
        **_COMMON,
        **_MOVES,
        **_ERRORS,
        "Resource": resource,
        "Credentials": _credentials,
        **times("TimeoutSeconds", _POSITIVE_SECONDS),
        **times("HeartbeatSeconds", _heartbeat(_POSITIVE_SECONDS)),
    }
    if is_jsonpath:
        fields |= {**_IN_OUT, **_RESULT_SHAPING, **_ASSIGN_PATH, "Parameters": payload_template}
    else:
        fields |= {**_RESULT_OUT, "Arguments": _ANY_EXPRESSION}
    return StateRules(fields, frozenset({"Resource"}))


def _parallel(is_jsonpath: bool) -> StateRules:
    fields: dict[str, Check] = {**_COMMON, **_MOVES, **_ERRORS, "Branches": branches}
    if is_jsonpath:
        fields |= {**_IN_OUT, **_RESULT_SHAPING, **_ASSIGN_PATH, "Parameters": payload_template}
    else:
        fields |= {**_RESULT_OUT, "Arguments": _ANY_EXPRESSION}
    return StateRules(fields, frozenset({"Branches"}))


def _map(is_jsonpath: bool) -> StateRules:
    numbers: Callable[[str, Check], dict[str, Check]] = _literal_and_path if is_jsonpath else _or_expression
    fields: dict[str, Check] = {
        **_COMMON,
        **_MOVES,
        **_ERRORS,
        "ItemProcessor": processor,
        "Iterator": processor,
        "ItemReader": item_reader,
        "ItemBatcher": item_batcher,
        "ResultWriter": result_writer,
        "Label": map_label,
        **numbers("MaxConcurrency", _COUNT),
        **numbers("ToleratedFailureCount", _COUNT),
        **numbers("ToleratedFailurePercentage", _PERCENTAGE),
    }
    if is_jsonpath:
        fields |= {
            **_IN_OUT,
            **_RESULT_SHAPING,
            **_ASSIGN_PATH,
            "ItemsPath": reference_path,
            "ItemSelector": payload_template,
            "Parameters": payload_template,
        }
    else:
        fields |= {**_RESULT_OUT, "Items": _items, "ItemSelector": _ANY_EXPRESSION}
    return StateRules(fields, whole=map_as_a_whole)


def _items(value: Json, context: Context) -> Findings | None:
    if type(value) in (list, dict):
        return _ANY_EXPRESSION(value, context)
    return _ITEMS_STRING(value, context)


def _not_items(value: Json, context: Context) -> Findings | None:
    return wrong_type("Array", value)


_ITEMS_STRING = expression_or(_not_items)


def _pass(is_jsonpath: bool) -> StateRules:
    fields: dict[str, Check] = {**_COMMON, **_MOVES}
    if is_jsonpath:
        fields |= {
            **_IN_OUT,
            **_ASSIGN_PATH,
            "ResultPath": result_path,
            "Parameters": payload_template,
            "Result": anything,
        }
    else:
        fields |= _PLAIN_OUT
    return StateRules(fields)


def _wait(is_jsonpath: bool) -> StateRules:
    fields: dict[str, Check] = {**_COMMON, **_MOVES}
    if is_jsonpath:
        fields |= {**_IN_OUT, **_ASSIGN_PATH, "Seconds": _SECONDS, "Timestamp": timestamp}
        fields |= {"SecondsPath": reference_path, "TimestampPath": reference_path}
    else:
        fields |= {**_PLAIN_OUT, **_or_expression("Seconds", _SECONDS), **_or_expression("Timestamp", timestamp)}
    return StateRules(fields, whole=_wait_as_a_whole)


def _choice(is_jsonpath: bool) -> StateRules:
    fields: dict[str, Check] = {**_COMMON, "Choices": choices, "Default": default}
    fields |= {**_IN_OUT, **_ASSIGN_PATH} if is_jsonpath else _PLAIN_OUT
    return StateRules(fields, frozenset({"Choices"}), moves=False)


def _succeed(is_jsonpath: bool) -> StateRules:
    own: Mapping[str, Check] = _IN_OUT if is_jsonpath else {"Output": expression_template()}
    return StateRules({**_COMMON, **own}, moves=False)


def _fail(is_jsonpath: bool) -> StateRules:
    own: dict[str, Check] = {}
    for name in ("Error", "Cause"):
        own |= _literal_and_path(name, string, path_or_call) if is_jsonpath else _or_expression(name, string)
    return StateRules({**_COMMON, **own}, moves=False)


_BUILDERS: Mapping[str, Callable[[bool], StateRules]] = {
    "Task": _task,
    "Wait": _wait,
    "Pass": _pass,
    "Succeed": _succeed,
    "Fail": _fail,
    "Choice": _choice,
    "Parallel": _parallel,
    "Map": _map,
}
RULES: Mapping[QueryLanguage, Mapping[str, StateRules]] = {
    language: {name: build(language == "JSONPath") for name, build in _BUILDERS.items()} for language in LANGUAGES
}


def fields_of(kind: str, language: str) -> Mapping[str, Check]:
    """The fields of a state type, or of an object inside states such as ``Catch`` or ``ItemReader``, in a language."""
    tables: list[Mapping[str, Mapping[str, Check]]] = [
        {name: rules.fields for name, rules in RULES[language].items()},  # type: ignore[index]
        {name: by_language[language] for name, by_language in PARTS.items()},  # type: ignore[index]
        {entry: fields for (entry, its_language), fields in ENTRY_FIELDS.items() if its_language == language},
        {"ChoiceRule": RULE_FIELDS[language], "ItemReader": READER[language]},  # type: ignore[index]
    ]
    return next((table[kind] for table in tables if kind in table), {})
