"""Choice rules: boolean combinations and comparisons (JSONPath), conditions (JSONata)."""

from __future__ import annotations

from collections.abc import Mapping

from asl.types import Json, JsonObject
from asl.validation.context import Context
from asl.validation.findings import Check, Finding, Findings, gather, missing, only_one_of, unsupported, wrong
from asl.validation.jsonata import expression_or, expression_template
from asl.validation.templates import object_template, reference_path
from asl.validation.values import boolean, number, string, timestamp, wrong_type

_ORDERINGS = ("Equals", "LessThan", "GreaterThan", "LessThanEquals", "GreaterThanEquals")
_LITERALS: Mapping[str, Check] = {
    "StringMatches": string,
    "BooleanEquals": boolean,
    **{f"String{ordering}": string for ordering in _ORDERINGS},
    **{f"Numeric{ordering}": number for ordering in _ORDERINGS},
    **{f"Timestamp{ordering}": timestamp for ordering in _ORDERINGS},
}
_TESTS = ("IsPresent", "IsNull", "IsString", "IsNumeric", "IsBoolean", "IsTimestamp")
OPERATORS: Mapping[str, Check] = {
    **_LITERALS,
    **{f"{name}Path": reference_path for name in _LITERALS if name != "StringMatches"},
    **dict.fromkeys(_TESTS, boolean),
}
"""Comparison operators with the check of their operand."""

COMBINATIONS = ("And", "Or", "Not")


def choices(value: Json, context: Context) -> Findings | None:
    """The rules of a Choice state, in order."""
    if type(value) is not list:
        return wrong_type("Array", value)
    if not value:
        return wrong("Value cannot be empty")
    found: Findings | None = None
    check = _condition_rule if context.language == "JSONata" else _jsonpath_rule
    for index, rule in enumerate(value):
        if type(rule) is not dict:
            found = gather(found, wrong_type("Object", rule), index)
            continue
        problems = check(rule, context)
        if problems is not None:
            found = gather(found, problems, index)
        if type(target := rule.get("Next")) is str:
            context.pairs.append((target, ("Choices", index, "Next")))
        elif "Next" in rule:
            found = gather(found, wrong_type("String", target), index, "Next")
        else:
            found = gather(found, missing(["Next"]), index)
        if type(template := rule.get("Assign")) is dict:
            context.assigns.append((("Choices", index, "Assign"), template))
    return found


def default(value: Json, context: Context) -> Findings | None:
    if type(value) is not str:
        return wrong_type("String", value)
    context.pairs.append((value, ("Default",)))
    return None


def _jsonpath_rule(rule: JsonObject, context: Context) -> Findings | None:
    found: Findings | None = None
    operators = 0
    for key, value in rule.items():
        operator = OPERATORS.get(key)
        if operator is not None:
            operators += 1
            problems = operator(value, context)
        elif key in _RULE_FIELDS:
            problems = _RULE_FIELDS[key](value, context)
        else:
            found = gather(found, [_foreign(key, context)])
            continue
        if problems is not None:
            found = gather(found, problems, key)
    return _whole_rule(rule, operators, found)


def _whole_rule(rule: JsonObject, operators: int, found: Findings | None) -> Findings | None:
    """A rule is one boolean combination or one comparison."""
    combinations = [name for name in COMBINATIONS if name in rule]
    if combinations:
        if len(combinations) > 1 or operators or "Variable" in rule:
            given = [key for key in rule if key in COMBINATIONS or key in OPERATORS or key == "Variable"]
            return gather(found, only_one_of(given))
        return found
    if "Variable" not in rule:
        return gather(found, missing(["Variable"])) if found is None else found
    if operators == 0:
        return found or wrong("A comparison operator is required", hint="add one, such as StringEquals or IsPresent")
    if operators > 1:
        return gather(found, only_one_of([key for key in rule if key in OPERATORS]))
    return found


def _nested(rule: Json, context: Context) -> Findings | None:
    if type(rule) is not dict:
        return wrong_type("Object", rule)
    found = _jsonpath_rule(rule, context)
    for key in ("Next", "Assign", "Output"):
        if key in rule:
            hint = f"{key} belongs to the outermost rule"
            found = gather(found, [unsupported(key, hint)])
    return found


def _some_nested(value: Json, context: Context) -> Findings | None:
    if type(value) is not list:
        return wrong_type("Array", value)
    if not value:
        return wrong("Value cannot be empty")
    found: Findings | None = None
    for index, rule in enumerate(value):
        problems = _nested(rule, context)
        if problems is not None:
            found = gather(found, problems, index)
    return found


def _seen_elsewhere(value: Json, context: Context) -> Findings | None:
    return None


_RULE_FIELDS: Mapping[str, Check] = {
    "Variable": reference_path,
    "Next": _seen_elsewhere,
    "And": _some_nested,
    "Or": _some_nested,
    "Not": _nested,
    "Assign": object_template,
    "Comment": string,
}


def _condition(value: Json, context: Context) -> Findings | None:
    if type(value) is bool:
        return None
    return _CONDITION_STRING(value, context)


def _not_an_expression(value: Json, context: Context) -> Findings | None:
    return wrong("Value must be a JSONata expression", hint="write it as '{% ... %}', or as true or false")


_CONDITION_STRING = expression_or(_not_an_expression)

_CONDITION_FIELDS: Mapping[str, Check] = {
    "Condition": _condition,
    "Next": _seen_elsewhere,
    "Assign": expression_template(must_be_object=True),
    "Output": expression_template(),
    "Comment": string,
}


def _condition_rule(rule: JsonObject, context: Context) -> Findings | None:
    found: Findings | None = None
    for key, value in rule.items():
        check = _CONDITION_FIELDS.get(key)
        if check is None:
            found = gather(found, [_foreign(key, context)])
        else:
            found = gather(found, check(value, context), key)
    return found if "Condition" in rule else gather(found, missing(["Condition"]))


def _foreign(key: str, context: Context) -> Finding:
    from asl.validation.objects import foreign_field

    known = RULE_FIELDS[context.language]
    return foreign_field(key, known, "ChoiceRule", context)


RULE_FIELDS: Mapping[str, Mapping[str, Check]] = {
    "JSONPath": {**OPERATORS, **_RULE_FIELDS},
    "JSONata": _CONDITION_FIELDS,
}
