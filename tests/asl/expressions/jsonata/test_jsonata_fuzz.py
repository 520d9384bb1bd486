"""Whatever the text and the data: a value, undefined, or a JsonataError."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonata_cases import FixedEntropy

from asl.expressions.jsonata import JsonataError, Limits, compile, plain
from asl.expressions.jsonata.functions.registry import names

LIMITS = Limits(steps=20_000, seconds=2.0, memory=1 << 20)
ITEMS = [{"id": "i", "n": 1}, {"id": "j"}]
DATA: Any = {"input": {"a": 1, "s": "héllo", "list": [1, 2.5, "x", None, [True]], "items": ITEMS}}
TOKEN_TEXT = """
$states.input. $states a list items id $ $$ $x 1 -2.5 1e300 "s" 't' true null ( ) [ ] { } : , ; . + - * / % = < > !=
& ~> := ? and or in @$i #$j ^( | ** .. /a+/ function($x){ λ($y)<n:n>{ `q` \\u0041 $eval(
"""
TOKENS = [*TOKEN_TEXT.split(), " "]
ARGUMENT_TEXT = """
1 -1 0 2.5 1e21 1e-9 (1/0) (0/0) "" "a" "#0.0" "[Y]-[M01]" "w" "2024-01-01" true null [] [1,2] ["b","a"] [[]] {}
{"a":1} missing /a/ function($v){$v} $sum $substring(?,1) {"decimal-separator":5} {"zero-digit":""} "\\ud800" "😀"
$states.input.items
"""
ARGUMENTS = st.sampled_from(ARGUMENT_TEXT.split())


def evaluate(text: str) -> None:
    try:
        plain(compile(text).evaluate({"states": DATA}, clock=lambda: 0.0, entropy=FixedEntropy(), limits=LIMITS))
    except JsonataError as error:
        str(error)


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=40))
def test_any_text(text: str) -> None:
    evaluate(text)


@settings(max_examples=600, deadline=None)
@given(st.lists(st.sampled_from(TOKENS), max_size=12).map("".join))
def test_any_tokens(text: str) -> None:
    evaluate(text)


@settings(max_examples=1200, deadline=None)
@given(st.sampled_from(names()), st.lists(ARGUMENTS, max_size=4), st.booleans())
def test_any_function_with_any_arguments(name: str, arguments: list[str], mapped: bool) -> None:
    call = f"${name}({', '.join(arguments)})"
    evaluate(f"$states.input.list.{call}" if mapped else call)


@settings(max_examples=300, deadline=None)
@given(st.text("[]YMDdFWwXxHhPmsfZzCE#01n,*-:;tao ", max_size=14), st.text("0123456789-:T ZamJu", max_size=14))
def test_any_date_picture(picture: str, text: str) -> None:
    evaluate(f'$fromMillis(1e12, "{picture}")')
    evaluate(f'$toMillis("{text}", "{picture}")')


@settings(max_examples=300, deadline=None)
@given(st.text("#0,.e%;$x‰٠-", max_size=10), st.floats(allow_nan=False, allow_infinity=False))
def test_any_number_picture(picture: str, number: float) -> None:
    evaluate(f'$formatNumber({number!r}, "{picture}")')
    evaluate(f'$formatInteger({number!r}, "{picture}")')


@settings(max_examples=300, deadline=None)
@given(st.text("ab()[]|*+?{}^$\\d.1,2-<>=!:", max_size=10), st.text("ab1 ", max_size=10))
def test_any_regex(pattern: str, text: str) -> None:
    evaluate(f'$match("{text}", /{pattern}/)')
    evaluate(f'$replace("{text}", /{pattern}/i, "$1")')
