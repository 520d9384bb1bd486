"""Payload templates: which keys are evaluated, what is shared, how a miss reads, how large a result can be."""

import json
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asl.errors import ExpressionSyntaxError, StateError
from asl.expressions.payload_template import SizeBound, compile_template, compile_text_field

SCOPE = SimpleNamespace(context={"Execution": {"Name": "run"}}, variables={"rate": 2, "user": {"name": "Ada"}})


def evaluate(template, value):
    return compile_template(template, "Parameters").evaluate(value, SCOPE)


def failure_of(template, value):
    with pytest.raises(StateError) as failure:
        evaluate(template, value)
    assert failure.value.error == "States.Runtime"
    assert failure.value.located
    return failure.value.cause


def test_a_template_without_dynamic_keys_is_the_literal_itself():
    for literal in ({"a": [1, {"b": "$.x"}]}, [1, "$.x"], "text", 7, None):
        assert evaluate(literal, {"x": 1}) is literal


def test_keys_that_end_in_dollar_are_evaluated_and_lose_the_ending():
    template = {"kind": "order", "id.$": "$.id", "all.$": "$", "text": "$.id", "who.$": "$user.name"}
    assert evaluate(template, {"id": 7}) == {"kind": "order", "id": 7, "all": {"id": 7}, "text": "$.id", "who": "Ada"}


def test_keys_keep_their_order():
    assert list(evaluate({"z.$": "$", "a": 1, "m.$": "$"}, 0)) == ["z", "a", "m"]


def test_objects_are_evaluated_at_every_depth_and_in_arrays():
    template = {"a": {"b": [{"c.$": "$.x"}, 5, [{"d.$": "$$.Execution.Name"}]]}}
    assert evaluate(template, {"x": 1}) == {"a": {"b": [{"c": 1}, 5, [{"d": "run"}]]}}
    assert evaluate([{"c.$": "$.x"}], {"x": 1}) == [{"c": 1}]


def test_literal_parts_are_shared_and_the_template_is_not_changed():
    template = {"literal": {"big": [1]}, "x.$": "$"}
    first, second = evaluate(template, 1), evaluate(template, 2)
    assert first["literal"] is second["literal"] is template["literal"]
    assert (first["x"], second["x"]) == (1, 2)
    assert template == {"literal": {"big": [1]}, "x.$": "$"}


def test_what_a_path_selects_is_shared_and_not_copied():
    value = {"big": [1]}
    assert evaluate({"x.$": "$.big"}, value)["x"] is value["big"]


def test_an_index_past_the_end_is_null():
    assert evaluate({"item.$": "$.items[10]"}, {"items": [1]}) == {"item": None}


def test_wildcards_over_nothing_give_an_empty_array():
    assert evaluate({"a.$": "$.items[*].x", "b.$": "$.item.items[1:]"}, {}) == {"a": [], "b": []}


@pytest.mark.parametrize(
    ("template", "path", "field"),
    [
        ({"value.$": "$.no.such"}, "$.no.such", "value.$"),
        ({"a": {"b": [{"deep.$": "$.none"}]}}, "$.none", "deep.$"),
        ({"value.$": "$$.None"}, "$$.None", "value.$"),
        ({"value.$": "$undefined.x"}, "$undefined.x", "value.$"),
        ({"value.$": "$.a[0].b"}, "$.a[0].b", "value.$"),
    ],
)
def test_a_path_that_finds_nothing_is_told_with_its_field_and_the_input(template, path, field):
    cause = failure_of(template, {"a": 1.0, "é": "ü"})
    assert cause == (
        f"The JSONPath '{path}' specified for the field '{field}' could not be found in the input "
        '\'{"a":1.0,"é":"ü"}\''
    )


@pytest.mark.parametrize("path", ["$", "$.a", "$.a.b[0]", "$[*]", "$[0]"])
def test_no_path_is_taken_from_an_input_that_is_null(path):
    assert failure_of({"x.$": path}, None) == "Unable to apply Path transformation to null or empty input."


def test_an_input_that_is_null_does_no_harm_to_other_values():
    template = {"a.$": "$$.Execution.Name", "b.$": "$rate", "c.$": "States.Array($)", "d": 1}
    assert evaluate(template, None) == {"a": "run", "b": 2, "c": [None], "d": 1}
    assert "could not be found in the input 'null'" in failure_of({"a.$": "$$.None"}, None)


def test_intrinsic_functions_are_values_of_dynamic_keys_alone():
    template = {"n.$": "States.MathAdd($.n, 1)", "text": "States.MathAdd($.n, 1)"}
    assert evaluate(template, {"n": 1}) == {"n": 2, "text": "States.MathAdd($.n, 1)"}


@pytest.mark.parametrize("text", ["text", "", 5, None, "$.a[", "States.Nope()", "States.Format('a\\n')", " $.a"])
def test_a_dynamic_key_needs_a_path_or_a_call(text):
    with pytest.raises(ExpressionSyntaxError) as refusal:
        compile_template({"a": [{"x.$": text}]}, "Parameters")
    message = "The value for the field 'x.$' must be a valid JSONPath or a valid intrinsic function call"
    assert refusal.value.message == message


def test_two_keys_that_come_out_equal_are_refused():
    with pytest.raises(ExpressionSyntaxError, match="'x' is given twice in Assign"):
        compile_template({"x.$": "$.a", "x": 1}, "Assign")


def test_a_template_knows_the_variables_that_it_reads():
    template = {"a.$": "$rate", "b": [{"c.$": "States.Format('{}', $user.name)", "d": "$not"}], "e.$": "$.x"}
    assert compile_template(template, "Parameters").variables == {"rate", "user"}


@pytest.mark.parametrize(
    ("template", "size"),
    [
        ({"a": "é"}, SizeBound(0, 11)),
        ({"a.$": "$"}, SizeBound(1, 11)),
        ({"a.$": "$.x", "b.$": "$.x[*]"}, SizeBound(3, 18)),
        ({"a.$": "$$.Execution"}, None),
        ({"a.$": "$rate"}, None),
        ({"a.$": "States.UUID()"}, SizeBound(0, 45)),
        ({"a.$": "States.Array($.x)"}, None),
        ({"a.$": "$..x"}, None),
        ({"a.$": "$.x[0,0]"}, None),
    ],
)
def test_the_size_of_a_result_is_bounded_where_that_can_be_known(template, size):
    assert compile_template(template, "Parameters").size == size


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=12,
)
PATHS = st.sampled_from(
    ["$", "$.a", "$.a.b", "$.a[0]", "$[*]", "$.a[*]", "$[*][*]", "$.a[1:]", "$['a','b']", "$[?(@.a)]"]
)
TEMPLATES = st.recursive(
    JSON_VALUES
    | PATHS.map(lambda path: {"x.$": path})
    | st.tuples(PATHS, PATHS).map(lambda p: {"x.$": p[0], "y.$": p[1]}),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("pq"), inner, max_size=2),
    max_leaves=4,
)


def size_of(value):
    return len(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass"))


@given(TEMPLATES, JSON_VALUES)
def test_no_result_is_larger_than_its_bound(template, value):
    compiled = compile_template(template, "Parameters")
    assert compiled.size is not None
    try:
        result = compiled.evaluate(value, SCOPE)
    except StateError:
        return
    assert size_of(result) <= compiled.size.multiple * size_of(value) + compiled.size.constant


def test_a_text_field_takes_a_path_or_a_call():
    assert compile_text_field("$.e", "ErrorPath")({"e": "Boom"}, SCOPE) == "Boom"
    assert compile_text_field("States.Format('{}!', $.e)", "CausePath")({"e": "Boom"}, SCOPE) == "Boom!"


def test_a_text_field_that_finds_nothing_is_told_by_its_name():
    with pytest.raises(StateError) as failure:
        compile_text_field("$.NoSuchCausePath", "CausePath")({"e": 1}, SCOPE)
    assert failure.value.cause == (
        "The JSONPath '$.NoSuchCausePath' specified for the field 'CausePath' "
        "could not be found in the input '{\"e\":1}'"
    )


def test_a_text_field_that_is_neither_is_refused():
    with pytest.raises(ExpressionSyntaxError, match="The value for the field 'ErrorPath' must be a valid JSONPath"):
        compile_text_field("Boom", "ErrorPath")
