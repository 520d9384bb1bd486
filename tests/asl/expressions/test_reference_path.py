"""Reference paths, and where ResultPath puts a result."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asl.errors import ExpressionSyntaxError, StateError
from asl.expressions.jsonpath import compile_path
from asl.expressions.reference_path import compile_reference_path, compile_result_path


def apply(path, document, result="R"):
    return compile_result_path(path)(document, result)


@pytest.mark.parametrize("path", ["$", "$.a", "$.a[0].b", "$['a b']", "$$.Execution.Id", "$total.sum", "$.a[-1]"])
def test_names_and_indexes_make_a_reference_path(path):
    assert compile_reference_path(path).text == path


@pytest.mark.parametrize("path", ["$.a[*]", "$..a", "$.a[0,1]", "$.a[1:]", "$.a[?(@.b)]", "$['a','b']", "a", ""])
def test_what_could_name_several_places_is_no_reference_path(path):
    with pytest.raises(ExpressionSyntaxError):
        compile_reference_path(path)


@pytest.mark.parametrize("path", ["$$.Execution", "$total", "$.a[*]"])
def test_a_result_can_go_only_into_the_input(path):
    with pytest.raises(ExpressionSyntaxError):
        compile_result_path(path)


@pytest.mark.parametrize(
    ("path", "document", "output"),
    [
        ("$", {"a": 1}, "R"),
        ("$.x", {"a": 1}, {"a": 1, "x": "R"}),
        ("$.a", {"a": {"old": 1}}, {"a": "R"}),
        ("$.a.b", {"a": {"c": 1}}, {"a": {"c": 1, "b": "R"}}),
        ("$.a.b.c", {"k": 1}, {"k": 1, "a": {"b": {"c": "R"}}}),
        ("$['a b'].c", {}, {"a b": {"c": "R"}}),
        ("$.items[1]", {"items": [1, 2, 3]}, {"items": [1, "R", 3]}),
        ("$.items[0].x.y", {"items": [{"z": 1}]}, {"items": [{"z": 1, "x": {"y": "R"}}]}),
        ("$[0]", [1, 2], ["R", 2]),
    ],
)
def test_a_result_is_put_at_its_path_and_missing_objects_are_made(path, document, output):
    before = copy.deepcopy(document)
    assert apply(path, document) == output
    assert document == before


@pytest.mark.parametrize(
    ("path", "document"),
    [
        ("$.a", [1]),
        ("$.a", "text"),
        ("$.a", None),
        ("$.a.b", {"a": 1}),
        ("$.a.b", {"a": None}),
        ("$.a.b", {"a": []}),
        ("$.a[0]", {"a": {}}),
        ("$.a[0]", {}),
        ("$.a[2]", {"a": [1, 2]}),
        ("$.a[0].b", {"a": []}),
    ],
)
def test_a_result_that_does_not_fit_fails_the_state(path, document):
    with pytest.raises(StateError) as failure:
        apply(path, document)
    assert failure.value.error == "States.ResultPathMatchFailure"
    assert path in failure.value.cause
    assert failure.value.located


def test_only_the_containers_on_the_way_are_copied():
    document = {"a": {"b": {}}, "other": {"big": [1]}}
    output = apply("$.a.b.c", document)
    assert output["other"] is document["other"]
    assert output["a"] is not document["a"]


NAMES = st.sampled_from(["a", "b", "c d", "é"])
DOCUMENTS = st.recursive(
    st.none() | st.integers(), lambda inner: st.dictionaries(NAMES, inner, max_size=3), max_leaves=9
)


def path_of(names):
    return "$" + "".join(f"['{name}']" for name in names)


@given(st.dictionaries(NAMES, DOCUMENTS, max_size=3), st.lists(NAMES, min_size=1, max_size=3), st.integers())
def test_what_was_put_in_is_found_again_and_putting_it_twice_changes_nothing(document, names, result):
    before = copy.deepcopy(document)
    try:
        output = apply(path_of(names), document, result)
    except StateError:
        assert document == before
        return
    assert compile_path(path_of(names)).evaluate(output, None) == result
    assert apply(path_of(names), output, result) == output
    assert document == before
    assert {key: output[key] for key in document if key != names[0]} == {
        key: value for key, value in document.items() if key != names[0]
    }
