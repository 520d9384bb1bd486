"""Retry and Catch: their fields, and where States.ALL may stand."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from asl.types import Json, JsonObject, QueryLanguage
from asl.validation.context import Context
from asl.validation.findings import Check, Findings, gather, missing, wrong
from asl.validation.jsonata import expression_template
from asl.validation.templates import object_template, result_path
from asl.validation.values import MAX_SECONDS, decimal, integer, one_of, string, wrong_type

MAX_DELAY_SECONDS = 31_622_400


def check_entries(value: Json, context: Context, kind: str) -> Findings | None:
    """``Retry`` or ``Catch``, by ``kind``: an array of objects that each name the errors they answer."""
    if type(value) is not list:
        return wrong_type("Array", value)
    found: Findings | None = None
    fields = ENTRY_FIELDS[kind, context.language]
    last = len(value) - 1
    for index, entry in enumerate(value):
        if type(entry) is not dict:
            found = gather(found, wrong_type("Object", entry), index)
            continue
        for key, field_value in entry.items():
            check = fields.get(key)
            if check is None:
                from asl.validation.objects import foreign_field

                problems: Findings | None = [foreign_field(key, fields, kind, context)]
            else:
                problems = check(field_value, context)
                problems = problems and [problem.within(key) for problem in problems]
            if problems is not None:
                found = gather(found, problems, index)
        found = gather(found, _errors_and_target(entry, kind, index, index == last, context), index)
    return found


def _errors_and_target(entry: JsonObject, kind: str, index: int, is_last: bool, context: Context) -> Findings | None:
    found: Findings | None = None
    errors = entry.get("ErrorEquals")
    if errors is None and "ErrorEquals" not in entry:
        found = missing(["ErrorEquals"])
    elif type(errors) is list and "States.ALL" in errors and (len(errors) > 1 or not is_last):
        hint = "put it alone into a last one of its own"
        found = wrong("States.ALL must appear alone and at end of list", hint=hint)
    if kind == "Catch":
        if "Next" not in entry:
            found = gather(found, missing(["Next"]))
        elif type(target := entry["Next"]) is str:
            context.pairs.append((target, ("Catch", index, "Next")))
        if type(template := entry.get("Assign")) is dict:
            context.assigns.append((("Catch", index, "Assign"), template))
    return found


def error_equals(value: Json, context: Context) -> Findings | None:
    """A non-empty array of error names. Any name will do: unknown ones are the user's own."""
    if type(value) is not list:
        return wrong_type("Array", value)
    if not value:
        return wrong("Value cannot be empty")
    found: Findings | None = None
    for index, name in enumerate(value):
        if type(name) is not str:
            found = gather(found, wrong_type("String", name), index)
    return found


_RETRIER: Mapping[str, Check] = {
    "ErrorEquals": error_equals,
    "IntervalSeconds": integer(1, MAX_SECONDS),
    "MaxAttempts": integer(0, MAX_SECONDS),
    "BackoffRate": decimal(1, float("inf")),
    "MaxDelaySeconds": integer(1, MAX_DELAY_SECONDS),
    "JitterStrategy": one_of("JitterStrategy", ["FULL", "NONE"]),
    "Comment": string,
}
_CATCHER: Mapping[str, Check] = {"ErrorEquals": error_equals, "Next": string, "Comment": string}
_AFTER_CATCH = frozenset({"errorOutput"})

ENTRY_FIELDS: dict[tuple[str, QueryLanguage], Mapping[str, Check]] = {
    ("Retry", "JSONPath"): _RETRIER,
    ("Retry", "JSONata"): _RETRIER,
    ("Catch", "JSONPath"): {**_CATCHER, "ResultPath": result_path, "Assign": object_template},
    ("Catch", "JSONata"): {
        **_CATCHER,
        "Output": expression_template(_AFTER_CATCH),
        "Assign": expression_template(_AFTER_CATCH, must_be_object=True),
    },
}

retry = partial(check_entries, kind="Retry")
catch = partial(check_entries, kind="Catch")
