"""JavaScript's regular expressions, by ``re`` where that is safe and by our own matcher where it is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonata_cases import FixedEntropy

from asl.expressions.jsonata import AWS_LIMITS, UNDEFINED, JsonataError
from asl.expressions.jsonata.regex import Regex
from asl.expressions.jsonata.runtime import Runtime

Run = Callable[..., Any]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r'$replace("John Smith", /(\w+)\s(\w+)/, "$2, $1")', "Smith, John"),
        (r'$replace("265USD", /([0-9]+)USD/, "$$$1")', "$265"),
        (r'$replace("abc", /b/, function($m){$uppercase($m.match)})', "aBc"),
        (r'$split("a1b22c", /\d+/)', ["a", "b", "c"]),
        (r'$contains("ABC", /abc/i)', True),
        (r'$match("a\nb", /^b$/m).index', 2),
        (r'$contains("a\n", /a$/)', False),
        (r'$match("2024-03", /(?<year>\d+)-(\d+)/).groups', ["2024", "03"]),
        (r'$contains("xay", /(?<=x+)a(?=y)/)', True),
        (r'$contains("abab", /^(?:(a)|b)*$/)', True),
        (r'$match("aa", /(a)\1/).match', "aa"),
        (r'$match("😀a", /a/).index', 2),
        (r'$replace("a😀b", /😀/, "-")', "a-b"),
        (r'$contains("é", /\w/)', False),
        (r'/(l+)o/("hello").groups', ["ll"]),
        (r'$match("ab", /(x)?b/).groups[0]', UNDEFINED),
    ],
)
def test_regexes(run: Run, text: str, expected: Any) -> None:
    found = run(text)
    assert found is expected if expected is UNDEFINED else found == expected


@pytest.mark.parametrize("pattern", ["a{2,1}", "(?<n>a)(?<n>b)", "(a", "[b-a]", "*a"])
def test_a_broken_pattern_is_found_when_compiling(run: Run, pattern: str) -> None:
    with pytest.raises(JsonataError):
        run(f"/{pattern}/")


PATTERN_TEXT = r"a*b (a|b)+c [^a]b? a{1,2}b (a)(b)? x|ab \bab (?=a)ab a+?b b$ ^a|b (ab|a)b* . (?<!a)b a(?!b) (a*)(b*)c"
PATTERNS = st.sampled_from(PATTERN_TEXT.split())


@settings(max_examples=200, deadline=None)
@given(PATTERNS, st.text("abcx ", max_size=12), st.sampled_from(["", "i", "m"]))
def test_both_matchers_agree(pattern: str, text: str, flags: str) -> None:
    quick, own = Regex(pattern, flags, 0), Regex(pattern, flags, 0)
    own._quick = None
    assert _matches(quick, text) == _matches(own, text)


def _matches(regex: Regex, text: str) -> Any:
    rt = Runtime({}, UNDEFINED, lambda: 0.0, FixedEntropy(), AWS_LIMITS)
    try:
        return [(match.start, match.end, match.text, match.groups) for match in regex.matches(text, rt)]
    except JsonataError as error:
        return error.code
