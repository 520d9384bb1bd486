"""Every error has the reference's code, message, position and token."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from asl.expressions.jsonata import JsonataError, compile

Run = Callable[..., Any]
NUMBER = "must evaluate to a number"
COMPARABLE = "must evaluate to numeric or string values"


@pytest.mark.parametrize(
    ("text", "message", "position"),
    [
        ("(1", 'S0203: Expected ")" before end of expression', 2),
        ("1 +", "S0207: Unexpected end of expression", 3),
        ('"abc', "S0101: String literal must be terminated by a matching quote", 4),
        ("1 2", "S0201: Syntax error: 2", 3),
        ("a.1", "S0213: The literal value 1 cannot be used as a step within a path expression", 3),
        ("1 := 2", "S0212: The left side of := must be a variable name (start with $)", 1),
        ("a ?? 1", 'S0211: The symbol "?" cannot be used as a unary operator', 4),
        ("a ?: 1", 'S0211: The symbol ":" cannot be used as a unary operator', 4),
        ("/* x", "S0106: Comment has no closing tag", 0),
        ("a ~ b", 'S0204: Unknown operator: "~"', 3),
        ("%", "S0217: The object representing the 'parent' cannot be derived from this expression", None),
    ],
)
def test_syntax_errors(text: str, message: str, position: int | None) -> None:
    with pytest.raises(JsonataError) as caught:
        compile(text)
    assert (str(caught.value), caught.value.position) == (message, position)


@pytest.mark.parametrize(
    ("text", "message", "position", "token"),
    [
        ('"a" + 1', 'T2001: The left side of the "+" operator must evaluate to a number', 5, "+"),
        ('1 - "a"', 'T2002: The right side of the "-" operator must evaluate to a number', 3, "-"),
        ("$nope()", "T1006: Attempted to invoke a non-function", 6, "nope"),
        ("sum([1])", "T1005: Attempted to invoke a non-function. Did you mean $sum?", 4, "sum"),
        ("$eval('1')", "T1006: Attempted to invoke a non-function", 6, "eval"),
        ("$sum('a')", 'T0412: Argument 1 of function "sum" must be an array of "numbers"', 5, "sum"),
        ("$trim(1)", 'T0410: Argument 1 of function "trim" does not match function signature', 6, "trim"),
        ("$sqrt(-1)", "D3060: The sqrt function cannot be applied to a negative number: -1", 6, "sqrt"),
        ("1 < true", f'T2010: The expressions either side of operator "<" {COMPARABLE}', 3, "<"),
        ("1 < 'a'", 'T2009: The values 1 and "a" either side of operator "<" must be of the same data type', 3, "<"),
        ("-'a'", 'D1002: Cannot negate a non-numeric value: "a"', 1, "-"),
        ("1 ~> 2", "T2006: The right side of the function application operator ~> must be a function", 4, None),
        ("1/0 + 1", "D1001: Number out of range: null", 5, "+"),
        ("{1: 2}", "T1003: Key in object structure must evaluate to a string; got: 1", 1, None),
        ("{'a': 1, 'a': 2}", 'D1009: Multiple key definitions evaluate to same key: "a"', 1, None),
        ("$error('no stock')", "D3137: no stock", 7, "error"),
        ("$assert(false, 'wrong')", "D3141: wrong", 8, "assert"),
        ("$number('x')", 'D3030: Unable to cast value to a number: "x"', 8, "number"),
        ("($f := function($x){$x + 'a'}; $f(1))", f'T2002: The right side of the "+" operator {NUMBER}', 34, "+"),
    ],
)  # fmt: skip
def test_run_time_errors(run: Run, text: str, message: str, position: int, token: str | None) -> None:
    with pytest.raises(JsonataError) as caught:
        run(text)
    assert (str(caught.value), caught.value.position, caught.value.token) == (message, position, token)


def test_the_offending_value_is_there(run: Run) -> None:
    with pytest.raises(JsonataError) as caught:
        run("1 + $order", order={"id": 1})
    assert caught.value.value == {"id": 1}
