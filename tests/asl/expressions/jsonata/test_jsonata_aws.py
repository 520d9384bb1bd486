"""The functions that Step Functions adds, and what it takes away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from asl.expressions.jsonata import UNDEFINED, JsonataError

Run = Callable[..., Any]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$partition([1,2,3,4,5], 2)", [[1, 2], [3, 4], [5]]),
        ("$partition([1,2,3], 2.9)", [[1, 2], [3]]),
        ("$partition([1,2,3])", [[1, 2, 3]]),
        ("$partition([1,2,3], 0)", UNDEFINED),
        ("$partition([1,2,3], -1)", UNDEFINED),
        ("$range(0, 10, 2)", [0, 2, 4, 6, 8, 10]),
        ("$range(9, 1, -2)", [9, 7, 5, 3, 1]),
        ("$range(-1.7, 2, 1)", [-1, 0, 1, 2]),
        ("$range(1.4, 5.6, 2.2)", [1, 3, 5]),
        ("$range(1, 9, 9)", 1),
        ("$range(1, 10, 0.49)", UNDEFINED),
        ("$range(1, 5)", UNDEFINED),
        ("$range(5, 1, 1)", UNDEFINED),
        ("$count($range(1, 1001, 1))", 1001),
        ("$hash('abc', 'MD5')", "900150983cd24fb0d6963f7d28e17f72"),
        ("$hash('abc', 'SHA-1')", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        ("$length($hash($pad('', 10001, 'x'), 'SHA-512'))", 128),
        ("$random(42)", 0.7275636800328681),
        ("$random(77)", 0.7240700207191966),
        ("$random(-1)", 0.26894263088050496),
        ("$random()", 0.25),
        ("$uuid()", "00000000-0000-4000-8000-000000000000"),
        ("$parse('{\"a\": [1, null]}').a", [1, None]),
        ("$parse(missing)", UNDEFINED),
    ],
)
def test_the_functions_of_step_functions(run: Run, text: str, expected: Any) -> None:
    found = run(text)
    assert found == expected
    assert found is not UNDEFINED or expected is UNDEFINED


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("$uuid('x')", "T0410"),
        ("$partition([1], 'a')", "T0410"),
        ("$partition(1, 1)", "T0410"),
        ("$partition([1], null)", "T0410"),
        ("$partition([1], 1, 1)", "T0410"),
        ("$range('a', 2, 1)", "T0410"),
        ("$range(1, 2, 1, 1)", "T0410"),
        ("$hash('abc', 'sha-256')", "T0410"),
        ("$hash(1, 'MD5')", "T0410"),
        ("$random('a')", "T0410"),
        ("$parse('{')", "D3137"),
        ("$parse('NaN')", "D3137"),
        ("$eval('1')", "T1006"),
        ("$randomSeeded(1)", "T1006"),
    ],
)
def test_wrong_arguments_are_errors(run: Run, text: str, code: str) -> None:
    with pytest.raises(JsonataError) as caught:
        run(text)
    assert caught.value.code == code


def test_time_and_chance_come_from_the_caller(run: Run) -> None:
    assert run("$millis()") == 1_700_000_000_500
    assert run("$now()") == "2023-11-14T22:13:20.500Z"
    assert run("$now('[H01]:[m01]', '+0100')") == "23:13"
    assert run("$shuffle([1..5])") == run("$shuffle([1..5])")
