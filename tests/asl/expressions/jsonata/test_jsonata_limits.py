"""AWS's measured limits, and runaway expressions that end in an error within a bound."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from asl.expressions.jsonata import JsonataError, Limits

Run = Callable[..., Any]
MEMORY = "U1001: Expression evaluation memory limit exceeded: Check for excessive memory usage"
TIME = "U1001: Expression evaluation timeout: Check for infinite loop"
DEPTH = (
    "U1001: Stack overflow error: Check for non-terminating recursive function.  Consider rewriting as tail-recursive."
)
QUICK = Limits(steps=1_500_000, seconds=2.0)


def test_a_hundred_terms_are_deep_enough(run: Run) -> None:
    assert run("+".join(["1"] * 100)) == 100
    with pytest.raises(JsonataError, match="Stack overflow"):
        run("+".join(["1"] * 101))


def test_a_recursion_of_31_levels_succeeds_and_of_32_fails(run: Run) -> None:
    recursive = "($f := function($n){$n = 0 ? 0 : 1 + $f($n - 1)}; $f(%d))"
    assert run(recursive % 31) == 31
    with pytest.raises(JsonataError, match="Stack overflow"):
        run(recursive % 32)


def test_tail_calls_are_not_deep(run: Run) -> None:
    assert run("($f := function($n, $sum){$n = 0 ? $sum : $f($n - 1, $sum + $n)}; $f(5000, 0))") == 12_502_500


def test_an_array_of_873782_items_fits(run: Run) -> None:
    assert run("$count([1..873782])") == 873_782
    with pytest.raises(JsonataError) as caught:
        run("[1..873783]")
    assert str(caught.value) == MEMORY


def test_a_string_of_2_to_the_22_fits_and_of_2_to_the_23_does_not(run: Run) -> None:
    doubled = '($d := function($s, $n){$n = 0 ? $s : $d($s & $s, $n - 1)}; $length($d("a", %d)))'
    assert run(doubled % 22) == 2**22
    with pytest.raises(JsonataError) as caught:
        run(doubled % 23)
    assert str(caught.value) == MEMORY


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("($f := function(){$f()}; $f())", TIME),
        ("($f := function($n){1 + $f($n)}; $f(1))", DEPTH),
        ("($f := function($n){$map([1], function($x){$f($n + 1)})}; $f(1))", DEPTH),
        ("($x := function($f){$f($f)}; $x($x))", TIME),
        ("$range(1, 1e9, 1)", MEMORY),
        ("$pad('', 1e9)", MEMORY),
        ("$map([1..1000], function($x){[1..800000]})", MEMORY),
        ("$map([1..1000], function($x){$pad('', 4000000)})", MEMORY),
        ("$reduce([1..90000], function($all, $x){$append($all, $x)})", TIME),
        ("$match('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!', /^(a+)+$/)", TIME),
        ("$replace($pad('', 3000, 'a'), /(a|aa)+b/, '')", TIME),
        ("$contains($pad('', 20000, 'a'), /a*a*a*a*b/)", TIME),
        ("(" * 5000 + "1" + ")" * 5000, DEPTH),
        ("[" * 5000, DEPTH),
        ("+".join(["1"] * 5000), DEPTH),
    ],
)
def test_a_runaway_expression_ends_soon(run: Run, text: str, message: str) -> None:
    start = time.monotonic()
    with pytest.raises(JsonataError) as caught:
        run(text, limits=QUICK)
    assert str(caught.value) == message
    assert time.monotonic() - start < 5


def test_the_clock_ends_what_steps_do_not(run: Run) -> None:
    start = time.monotonic()
    with pytest.raises(JsonataError, match="timeout"):
        run("($f := function(){$f()}; $f())", limits=Limits(steps=10**9, seconds=0.2))
    assert time.monotonic() - start < 3


def test_a_deep_python_stack_below_does_not_leak_recursion_errors(run: Run) -> None:
    def deeper(levels: int) -> Any:
        return deeper(levels - 1) if levels else run("+".join(["1"] * 100))

    found = None
    try:
        found = deeper(750)
    except JsonataError as error:
        assert str(error) == DEPTH  # noqa: PT017
    assert found in (None, 100)


def test_evaluations_in_many_threads_do_not_disturb_each_other() -> None:
    from jsonata_cases import FixedEntropy

    from asl.expressions.jsonata import compile

    expression = compile("($f := function($n){$n = 0 ? 0 : 1 + $f($n - 1)}; $f($n))")
    found: dict[int, Any] = {}

    def work(number: int) -> None:
        for _ in range(50):
            found[number] = expression.evaluate({"n": number}, clock=time.time, entropy=FixedEntropy())

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: number for number in range(8)}
