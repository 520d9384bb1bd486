"""Texts broken into lines that fit."""

from hypothesis import given
from hypothesis import strategies as st

from asl.diagram.wrapping import shortened, wrapped


def test_lines_are_of_about_the_same_length():
    assert wrapped("Wait 60 Seconds 2", 15) == ("Wait 60", "Seconds 2")


def test_a_long_word_is_broken_at_punctuation_before_humps():
    assert wrapped("DynamoDb.TransactionCanceledException", 30) == ("DynamoDb.", "TransactionCanceledException")
    assert wrapped("TransactionCanceledException", 20) == ("Transaction", "CanceledException")


def test_a_path_is_not_broken_after_its_dollar():
    assert wrapped("$.organizationalUnits.OrganizationName", 24)[0] == "$.organizationalUnits."


def test_what_does_not_fit_ends_in_an_ellipsis():
    assert wrapped("one two three four five six", 9, 2) == ("one two", "three…")
    assert shortened("abcdef", 4) == "abc…"
    assert shortened("abcd", 4) == "abcd"


def test_an_empty_text_is_one_empty_line():
    assert wrapped("", 10) == ("",)
    assert wrapped("   ", 10) == ("",)


@given(st.text(min_size=1, max_size=80), st.integers(2, 30))
def test_no_line_is_too_long_and_nothing_but_space_is_lost(text, width):
    lines = wrapped(text, width)
    assert all(len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())
