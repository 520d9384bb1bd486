"""Choice rules in JSONPath mode: every operator, boolean combinations, and missing paths."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asl.choice_rules import OPERATORS, compile_choice_rule, wildcard
from asl.errors import ExpressionSyntaxError, StateError

RECORDED = Path(__file__).parents[3] / "shared" / "conformance" / "cases" / "choice_operators"
SCOPE = SimpleNamespace(context={"Execution": {"Name": "run"}}, variables={"limit": 10})
EVERY_TYPE = [None, True, False, 0, 1, 1.5, "", "text", "2025-01-01T12:00:00Z", [], [1], {}, {"a": 1}]


def holds(rule, value):
    return compile_choice_rule(rule)(value, SCOPE)


def compare(operator, left, right):
    return holds({"Variable": "$.x", operator: right}, {"x": left})


def compare_path(operator, left, right):
    return holds({"Variable": "$.x", f"{operator}Path": "$.y"}, {"x": left, "y": right})


def test_there_are_39_operators():
    assert len(OPERATORS) == 39


ORDERED = {
    "Equals": (0,),
    "LessThan": (-1,),
    "GreaterThan": (1,),
    "LessThanEquals": (-1, 0),
    "GreaterThanEquals": (0, 1),
}
PAIRS = {
    "String": [("", "", 0), ("A", "AB", -1), ("A", "A ", -1), ("a", "B", 1), ("\ufffd", "😀", 1), ("é", "f", 1)],
    "Numeric": [(0, 0.0, 0), (1, 1.0, 0), (-2, 1.5, -1), (2**60 + 1, 2**60, 1)],
    "Timestamp": [
        ("2025-01-01T12:00:00Z", "2025-01-01T12:00:00.000Z", 0),
        ("2025-01-01T12:00:00+01:00", "2025-01-01T11:00:00Z", 0),
        ("2025-01-01T12:00:00.000000001Z", "2025-01-01T12:00:00Z", 1),
        ("1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z", -1),
    ],
}


@pytest.mark.parametrize("suffix", list(ORDERED))
@pytest.mark.parametrize(
    ("kind", "left", "right", "order"), [(kind, *pair) for kind, pairs in PAIRS.items() for pair in pairs]
)
def test_ordered_types_compare_with_literals_and_with_paths(kind, left, right, order, suffix):
    expected = order in ORDERED[suffix]
    assert compare(kind + suffix, left, right) is expected
    assert compare_path(kind + suffix, left, right) is expected


def test_booleans_are_equal_or_not():
    for left in (True, False):
        for right in (True, False):
            assert compare("BooleanEquals", left, right) is (left is right)
            assert compare_path("BooleanEquals", left, right) is (left is right)


@pytest.mark.parametrize(
    ("operator", "right", "kept"),
    [
        ("StringEquals", "text", {"text"}),
        ("StringGreaterThanEquals", "", {"", "text", "2025-01-01T12:00:00Z"}),
        ("NumericEquals", 1, {1}),
        ("NumericLessThan", 99, {0, 1, 1.5}),
        ("BooleanEquals", True, {True}),
        ("TimestampLessThan", "2030-01-01T00:00:00Z", {"2025-01-01T12:00:00Z"}),
        ("StringMatches", "*", {"", "text", "2025-01-01T12:00:00Z"}),
    ],
)
def test_a_value_of_another_type_never_matches(operator, right, kept):
    matching = [value for value in EVERY_TYPE if compare(operator, value, right)]
    assert {repr(value) for value in matching} == {repr(value) for value in kept}
    assert all(
        holds({"Not": {"Variable": "$.x", operator: right}}, {"x": value})
        for value in EVERY_TYPE
        if value not in matching
    )


def test_a_literal_of_another_type_never_matches():
    assert not any(
        compare(operator, value, "5") for operator in ("NumericEquals", "BooleanEquals") for value in EVERY_TYPE
    )
    assert not any(compare("TimestampGreaterThan", value, "yesterday") for value in EVERY_TYPE)
    assert not any(compare("StringEquals", value, None) for value in EVERY_TYPE)
    assert not any(compare("StringMatches", value, 5) for value in EVERY_TYPE)


@pytest.mark.parametrize(
    ("operator", "left", "right", "matches"),
    [
        ("NumericGreaterThanEquals", 8, False, True),
        ("NumericGreaterThan", 7, [6], True),
        ("NumericEquals", 7, {}, False),
        ("NumericEquals", False, 0, False),
        ("NumericLessThan", "1", 5, False),
    ],
)
def test_what_is_no_number_on_the_right_of_a_path_comparison_reads_as_zero(operator, left, right, matches):
    assert compare_path(operator, left, right) is matches


@pytest.mark.parametrize(
    ("operator", "matching"),
    [
        ("IsNull", [None]),
        ("IsBoolean", [True, False]),
        ("IsNumeric", [0, 1, 1.5]),
        ("IsString", ["", "text", "2025-01-01T12:00:00Z"]),
        ("IsTimestamp", ["2025-01-01T12:00:00Z"]),
        ("IsPresent", EVERY_TYPE),
    ],
)
def test_tests_of_type_agree_with_their_literal(operator, matching):
    expected = [repr(value) for value in matching]
    assert [repr(value) for value in EVERY_TYPE if compare(operator, value, True)] == expected
    assert [repr(value) for value in EVERY_TYPE if not compare(operator, value, False)] == expected


def test_is_present_alone_takes_a_missing_path():
    for path in ("$.none", "$.none.deeper", "$.list[3]", "$$.Nothing", "$undefined"):
        assert holds({"Variable": path, "IsPresent": False}, {"list": []})
        assert not holds({"Variable": path, "IsPresent": True}, {"list": []})


OPERANDS = {"String": "a", "Numeric": 1, "Boolean": True, "Timestamp": "2025-01-01T12:00:00Z", "Is": True}


@pytest.mark.parametrize("operator", sorted(set(OPERATORS) - {"IsPresent"}))
def test_a_missing_variable_fails_the_state_whatever_the_operator(operator):
    operand = next(value for kind, value in OPERANDS.items() if operator.startswith(kind))
    rule = {"Variable": "$.none", operator: "$.x" if operator.endswith("Path") else operand}
    with pytest.raises(StateError) as failure:
        holds(rule, {"x": 1})
    assert failure.value.error == "States.Runtime"
    assert (
        failure.value.cause == "Invalid path '$.none': The choice state's condition path references an invalid value."
    )
    assert failure.value.located


def test_a_missing_operand_fails_the_state_with_its_own_path():
    with pytest.raises(StateError, match=r"Invalid path '\$\.y\[2\]'"):
        holds({"Variable": "$.x", "NumericEqualsPath": "$.y[2]"}, {"x": "text", "y": [1]})


def test_paths_may_start_from_the_context_or_a_variable():
    assert holds({"Variable": "$$.Execution.Name", "StringEquals": "run"}, {})
    assert holds({"Variable": "$limit", "NumericGreaterThanPath": "$.n"}, {"n": 9})


TRUE = {"Variable": "$.t", "BooleanEquals": True}
FALSE = {"Variable": "$.t", "BooleanEquals": False}
FAILS = {"Variable": "$.none", "IsNull": True}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"And": [TRUE, TRUE]}, True),
        ({"And": [TRUE, FALSE]}, False),
        ({"Or": [FALSE, TRUE]}, True),
        ({"Or": [FALSE, FALSE]}, False),
        ({"Not": FALSE}, True),
        ({"Not": {"And": [TRUE, {"Or": [FALSE, {"Not": TRUE}]}]}}, True),
        ({"And": [FALSE, FAILS]}, False),
        ({"Or": [TRUE, FAILS]}, True),
        ({"And": [{"Variable": "$.none", "IsPresent": True}, FAILS]}, False),
    ],
)
def test_combinations_stop_as_soon_as_they_know(rule, expected):
    assert holds(rule, {"t": True}) is expected


def test_the_other_keys_of_a_rule_and_their_order_do_not_matter():
    rule = {"Next": "N", "StringEquals": "a", "Comment": "c", "Variable": "$.x", "Assign": {"And": 1}, "Output": {}}
    assert holds(rule, {"x": "a"})


@pytest.mark.parametrize(
    "rule",
    [
        {},
        {"Variable": "$.x", "Next": "N"},
        {"StringEquals": "a"},
        {"Variable": "status", "StringEquals": "a"},
        {"Variable": 5, "StringEquals": "a"},
        {"Variable": "$.x", "StringEqualsPath": "a"},
        {"Variable": "$.x", "StringEqualsPath": 5},
        {"Not": {"Variable": "$.x"}},
        {"Not": "$.x"},
        {"And": {"Variable": "$.x", "IsNull": True}},
        {"Or": ["$.x"]},
        "$.x",
    ],
)
def test_what_is_no_rule_is_refused(rule):
    with pytest.raises(ExpressionSyntaxError):
        compile_choice_rule(rule)


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("invoice-2025.json", "invoice-2025.json", True),
        ("invoice-*.json", "invoice-.json", True),
        ("invoice-*.json", "report-1.json", False),
        ("logs-*-*-done", "logs-2025-04-done", True),
        ("a*b*c", "abbc", True),
        ("a*b*c", "acb", False),
        ("a*b*c", "axc", False),
        ("*", "", True),
        ("**", "line\nline", True),
        ("ab*ba", "aba", False),
        ("*.log", "x.LOG", False),
        (r"file\*name", "file*name", True),
        (r"file\*name", "fileXname", False),
        (r"back\\slash*", "back\\slash!", True),
        ("a.c", "abc", False),
        ("a?c", "abc", False),
        ("", "", True),
        ("", "a", False),
    ],
)
def test_string_matches_knows_one_wildcard(pattern, text, matches):
    assert compare("StringMatches", text, pattern) is matches


@given(st.lists(st.text("ab", max_size=3), min_size=1, max_size=4), st.data())
def test_a_pattern_matches_whatever_stands_in_for_its_wildcards(literals, data):
    text = literals[0] + "".join(data.draw(st.text("ab", max_size=3)) + literal for literal in literals[1:])
    assert wildcard("*".join(literals))(text)


def recorded():
    for file in sorted(RECORDED.glob("*.json")):
        case = json.loads(file.read_text())
        yield pytest.param(
            case["definition"]["States"]["CheckValues"], case["input"], case["expect"]["output"], id=file.stem
        )


@pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded cases (../shared/conformance) are not here")
@pytest.mark.parametrize(("state", "value", "output"), list(recorded()))
def test_a_recorded_choice_goes_where_aws_went(state, value, output):
    matching = (rule["Next"] for rule in state["Choices"] if holds(rule, value))
    assert next(matching, state["Default"]) == output["TestResult.$"]
