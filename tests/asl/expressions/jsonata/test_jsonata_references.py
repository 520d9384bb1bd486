"""What an expression refers to, known without running it."""

from __future__ import annotations

import pytest

from asl.expressions.jsonata import compile


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ("$states.input.a + $total", {"states", "total"}),
        ("$sum($prices)", {"prices"}),
        ("($x := 1; $x + $y)", {"y"}),
        ("function($x){$x + $y}", {"y"}),
        ("$map($items, function($v, $i){$v.a + $i})", {"items"}),
        ("$items#$i.{'i': $i, 'n': $n}", {"items", "n"}),
        ("$items@$o.{'o': $o}", {"items"}),
        ("($f := function($n){$f($n - 1)}; $f($start))", {"start"}),
        ("$now() & $uuid()", set()),
        ("$items[price > $limit]{cat: $sum(price * $factor)}", {"items", "limit", "factor"}),
        ("$items^(>$weights.a)", {"items", "weights"}),
    ],
)
def test_free_variables(text: str, variables: set[str]) -> None:
    assert compile(text).variables == variables


@pytest.mark.parametrize(
    ("text", "references"),
    [
        ("$states.input.a.b", {("states", "input", "a", "b")}),
        ("$states.result", {("states", "result")}),
        ("[$states.input, {'e': $states.errorOutput}]", {("states", "input"), ("states", "errorOutput")}),
        ("$states", {("states",)}),
        ("$states.*", {("states",)}),
        ("($states := 1; $states.result)", set()),
        ("$states.result[0].id", {("states", "result", "id")}),
    ],
)  # fmt: skip
def test_static_references(text: str, references: set[tuple[str, ...]]) -> None:
    assert compile(text).references == references


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("phone", (("phone", 5),)),
        ("$", (("$", 1),)),
        ("$$.a", (("$$", 2),)),
        ("$states.input.(phone & $)", ()),
        ("$states.input[phone = 1]", ()),
        ("1 + phone.number", (("phone", 9),)),
        ("$map($x, function($v){phone})", (("phone", 27),)),
        ("$x.{'a': phone}", ()),
        ("{'a': phone}", (("phone", 11),)),
        ("$x{phone: $}", ()),
        ("$x^(phone)", ()),
        ("($y := phone; $y)", (("phone", 12),)),
        ("$x.$$", (("$$", 5),)),
    ],
)
def test_names_at_the_top_level(text: str, names: tuple[tuple[str, int], ...]) -> None:
    assert compile(text).top_level_names == names
