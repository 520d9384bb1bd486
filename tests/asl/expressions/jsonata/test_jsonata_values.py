"""Undefined, null, sequences, numbers and functions are kept apart, and the caller's data is shared."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from asl.expressions.jsonata import UNDEFINED, UnsupportedResultError, is_function, plain

Run = Callable[..., Any]
LINES = [{"sku": "a", "qty": 2, "price": 3.5}, {"sku": "b", "qty": 1, "price": 10}]
ORDER = {"id": "o-1", "lines": LINES, "note": None}


def test_a_missing_field_is_undefined_and_a_null_field_is_null(run: Run) -> None:
    assert run("$order.missing", order=ORDER) is UNDEFINED
    assert run("$order.note", order=ORDER) is None


def test_the_callers_objects_come_back_as_they_are(run: Run) -> None:
    assert run("$order", order=ORDER) is ORDER
    assert run("$order.lines", order=ORDER) is ORDER["lines"]
    assert run("$order.lines[0]", order=ORDER) is ORDER["lines"][0]


@pytest.mark.parametrize(
    "text",
    [
        '$order ~> |lines|{"qty": 0}, "sku"|',
        '|$order.lines|{"qty": 0}|($order)',
        "$merge([$order, {'id': 1}])",
        "$sort($order.lines, function($a, $b){$a.qty > $b.qty})",
        "$order.lines^(qty)",
        "$append($order.lines, 1)",
        "$reverse($order.lines)",
        "$shuffle($order.lines)",
        "$distinct($order.lines)",
        "$order.lines[]",
        "$order.lines{sku: $}",
        "$order.lines#$i.{'i': $i}",
        "$order.lines@$l.{'l': $l}",
    ],
)
def test_nothing_changes_the_callers_data(run: Run, text: str) -> None:
    before = copy.deepcopy(ORDER)
    run(text, order=ORDER)
    assert before == ORDER


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$order.lines.sku", ["a", "b"]),
        ("$order.lines[qty = 1].sku", "b"),
        ("$order.lines[qty = 1].sku[]", ["b"]),
        ("$order.lines[qty > 5].sku", UNDEFINED),
        ("[$order.lines[qty > 5].sku]", []),
        ("$order.lines[qty > 5].sku[]", UNDEFINED),
        ("$order.missing[]", UNDEFINED),
        ("$order.lines.(qty * price)", [7, 10]),
        ("$order.lines[-1].sku", "b"),
        ("$order.lines[[0..1]].qty", [2, 1]),
        ("$order.**.sku", ["a", "b"]),
        ("$order.lines.{sku: qty}", [{"a": 2}, {"b": 1}]),
        ("$order.lines{sku: qty}", {"a": 2, "b": 1}),
        ("$order.lines^(>price).sku", ["b", "a"]),
        ("$order.lines.%.id", ["o-1", "o-1"]),
        ("$order.lines#$i[$i = 1].sku", "b"),
        ("$order.lines@$l.$l.sku", ["a", "b"]),
    ],
)
def test_paths(run: Run, text: str, expected: Any) -> None:
    assert run(text, order=ORDER) == expected


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1.5 + 1.5", "3"),
        ("7 / 2", "3.5"),
        ("10 % 4", "2"),
        ("-7 % 3", "-1"),
        ("2.5 % 10", "2.5"),
        ("1e20 + 0", "100000000000000000000"),
        ("1e21 + 0", "1e+21"),
        ("9007199254740993 + 0", "9007199254740992"),
        ("0.1 + 0.2", "0.30000000000000004"),
        ("$power(2, 60)", "1152921504606847000"),
    ],
)
def test_numbers_are_doubles_and_whole_ones_have_no_fraction(run: Run, text: str, shown: str) -> None:
    assert str(run(text)) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [("1e21", "1e+21"), ("1e-7", "1e-7"), ("123456789012345678", "123456789012346000"), ("[1.0, 0.1]", "[1,0.1]")],
)
def test_string_shows_numbers_as_javascript_does(run: Run, text: str, shown: str) -> None:
    assert run(f"$string({text})") == shown


def test_no_boolean_equals_a_number(run: Run) -> None:
    assert run("true = 1 or [true] = [1] or 0 in [false]") is False


def test_strings_count_by_characters_and_sort_by_utf_16(run: Run) -> None:
    assert run('$length("a😀")') == 2
    assert run('"😀" < "\uffee"') is True


def test_division_by_zero_is_infinite_and_plain_makes_it_a_string(run: Run) -> None:
    assert plain(run("1/0")) == "Infinity"
    assert plain(run("{'a': [-1/0]}")) == {"a": ["-Infinity"]}


@pytest.mark.parametrize("text", ["$sum", "function($x){$x}", "/a/", "$substring(?, 1)", "$sum ~> $string"])
def test_functions_are_no_results(run: Run, text: str) -> None:
    assert is_function(run(text))
    for wrapped in (text, f"[1, {text}]", f"{{'a': {text}}}"):
        with pytest.raises(UnsupportedResultError):
            plain(run(wrapped))


def test_plain_turns_sequences_into_lists_for_the_next_evaluation(run: Run) -> None:
    first = plain(run("{'skus': $order.lines[qty = 1].sku[]}", order=ORDER))
    assert type(first["skus"]) is list
    assert run("$first.skus", first=first) == ["b"]


def test_the_library_gives_way_to_the_callers_variables(run: Run) -> None:
    assert run("$count + 1", count=3) == 4
