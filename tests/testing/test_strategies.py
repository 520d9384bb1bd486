"""Inputs by Hypothesis, and the property that none of them ends in States.Runtime."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings
from small_workflows import machine

from interpreter.errors import InterpreterError
from interpreter.testing import inputs, no_input_ends_in_runtime
from interpreter.testing.strategies import RuntimeErrorFoundError, schema_like

SCHEMA = {
    "type": "object",
    "required": ["id", "lines", "state"],
    "properties": {
        "id": {"type": "integer", "minimum": 1, "exclusiveMaximum": 10},
        "state": {"enum": ["new", "paid"]},
        "code": {"type": "string", "pattern": "^[A-Z]{2}\\Z"},
        "share": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
        "at": {"type": "string", "format": "date-time"},
        "kind": {"const": "order"},
        "pair": {"prefixItems": [{"type": "boolean"}, {"type": "null"}], "type": "array"},
        "either": {"anyOf": [{"type": "string", "maxLength": 2}, {"type": ["integer", "null"]}]},
        "lines": {"type": "array", "maxItems": 3, "items": {"$ref": "#/$defs/line"}},
    },
    "$defs": {"line": {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer", "minimum": 0}}}},
}


@settings(max_examples=60, deadline=None)
@given(inputs(SCHEMA))
def test_values_fit_their_schema(value):
    assert 1 <= value["id"] < 10
    assert value["state"] in ("new", "paid")
    assert re.fullmatch("[A-Z]{2}", value.get("code", "AB"))
    assert 0 < value.get("share", 1) <= 1
    assert value.get("kind", "order") == "order"
    assert len(value["lines"]) <= 3
    assert all(line["n"] >= 0 for line in value["lines"])
    assert isinstance(value.get("either"), (str, int, type(None)))
    json.dumps(value, allow_nan=False)


@settings(max_examples=60, deadline=None)
@given(inputs(examples=[{"id": 1, "tags": ["a"]}, {"id": None, "tags": [], "vip": True}]))
def test_values_are_like_the_examples(value):
    assert set(value) <= {"id", "tags", "vip"}
    assert {"id", "tags"} <= set(value)
    assert isinstance(value["id"], (int, type(None)))
    assert all(isinstance(tag, str) for tag in value["tags"])


def test_examples_make_a_schema():
    assert schema_like([{"a": 1}, {"a": 2, "b": [True]}]) == {
        "type": "object",
        "properties": {"a": {"type": "integer"}, "b": {"type": "array", "items": {"type": "boolean"}}},
        "required": ["a"],
        "additionalProperties": False,
    }


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, "takes a schema or examples"),
        ({"schema": {"allOf": []}}, "does not understand allOf"),
        ({"schema": {"$ref": "other.json"}}, "leads out of the schema"),
    ],
)
def test_what_is_not_understood_is_refused_with_a_sentence(arguments, words):
    with pytest.raises(InterpreterError, match=words):
        inputs(**arguments).validate()


def test_an_input_that_ends_in_runtime_is_found_and_made_small():
    reads = machine({"A": {"Type": "Pass", "Parameters": {"v.$": "$.v"}, "End": True}})
    with pytest.raises(RuntimeErrorFoundError, match=r"this input ends in States.Runtime: \{\}"):
        no_input_ends_in_runtime(reads, inputs(examples=[{"v": 1}, {}]))
    no_input_ends_in_runtime(reads, inputs(examples=[{"v": 1}]))
