"""The reference implementation's own test-suite: each of its cases passes or is named with the reason why not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonata_cases import SUITE, Case, answer, limits_of, same, suite_cases

from asl.expressions.jsonata import JsonataError, plain

pytestmark = pytest.mark.skipif(not SUITE.exists(), reason="the reference suite is not at ../shared/jsonata-suite")

NEWER_OPERATORS = ("coalescing-operator/", "default-operator/")
"""``??`` and ``?:`` came with JSONata 2.1: syntax errors in 2.0.6."""

EVAL = "function-eval/"
"""AWS has no ``$eval``."""

ANSWERS_OF_2_0_6: dict[str, Any] = {
    "function-signatures/case035.json": {"$arg1": 1, "$arg2": 1},
    "function-signatures/case036.json": [1, 1, "a"],
    "function-signatures/case037.json": [1, 1, "a"],
    "function-signatures/case038.json": [1, 1, "b"],
    "function-string/case030.json": "5890840712243080",
    "function-tomillis/case013.json": False,
    "function-tomillis/parseDateTime.json#46": "2026-04-08T19:05:05.987Z",
}
"""Where 2.0.6 has another answer than the newer suite. Where 2.0.6 crashes or never ends, the newer answer holds."""

CASES = list(suite_cases()) if SUITE.exists() else []


def is_excluded(case: Case) -> bool:
    return case.name.startswith((*NEWER_OPERATORS, EVAL))


def test_every_case_is_accounted_for() -> None:
    excluded = [case for case in CASES if is_excluded(case)]
    assert (len(CASES), len(excluded)) == (1686, 46)
    named = {entry["case"] for entry in json.loads((SUITE / "differs-in-2.0.6.json").read_text("utf-8"))}
    assert named >= ANSWERS_OF_2_0_6.keys()


@pytest.mark.parametrize("case", [case for case in CASES if not is_excluded(case)], ids=lambda case: case.name)
def test_a_case_of_the_reference_suite(case: Case) -> None:
    kind, found = answer(case.expression, case.data, case.fields.get("bindings") or {}, limits_of(case.fields))
    if case.name in ANSWERS_OF_2_0_6:
        assert (kind, found) == ("value", ANSWERS_OF_2_0_6[case.name])
    elif case.fields.get("undefinedResult"):
        assert kind == "undefined"
    elif "result" in case.fields:
        assert kind == "value", str(found)
        assert same(plain(found), case.fields["result"], unordered=case.fields.get("unordered", False))
    else:
        assert kind == "error"
        check_error(found, case.fields)


def check_error(error: JsonataError, fields: dict[str, Any]) -> None:
    expected = fields.get("error") or {key: fields[key] for key in ("code", "token") if key in fields}
    for key, value in expected.items():
        assert error.details.get(key, getattr(error, key, None)) == value


@pytest.mark.parametrize("case", [case for case in CASES if is_excluded(case)], ids=lambda case: case.name)
def test_what_came_later_or_what_aws_bans_is_an_error(case: Case) -> None:
    kind, found = answer(case.expression, case.data, case.fields.get("bindings") or {})
    assert kind == "error"
    assert found.code == ("T1006" if case.name.startswith(EVAL) else "S0211")
