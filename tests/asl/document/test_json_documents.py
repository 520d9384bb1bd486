"""Reading JSON: values, AWS's words for what is wrong, duplicate keys, depth."""

import pytest

from asl.diagnostics import Diagnostic, Position
from asl.document import load_document, parse_document
from asl.document.json_values import MAX_DEPTH
from asl.errors import DefinitionError

TYPES = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"


def refusal(text: str, **options: object) -> Diagnostic:
    with pytest.raises(DefinitionError) as caught:
        parse_document(text, **options)  # type: ignore[arg-type]
    (diagnostic,) = caught.value.diagnostics
    return diagnostic


def test_text_that_is_no_json_is_refused_with_message_and_location_of_aws() -> None:
    diagnostic = refusal("not a definition")
    where = '[Source: (String)"not a definition"; line: 1, column: 4]'
    assert diagnostic.code == "INVALID_JSON_DESCRIPTION"
    assert diagnostic.location == where
    assert diagnostic.message == f"Unrecognized token 'not': was expecting {TYPES}\n at {where}"
    assert diagnostic.position == Position(1, 1)


@pytest.mark.parametrize(
    ("text", "message", "column", "position"),
    [
        (
            '{"a":1,}',
            "Unexpected character ('}' (code 125)): was expecting double-quote to start field name",
            9,
            (1, 8),
        ),
        ("[1,]", f"Unexpected character (']' (code 93)): expected a valid value {TYPES}", 5, (1, 4)),
        (
            '{"a" 1}',
            "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value",
            7,
            (1, 6),
        ),
        (
            '{"a":1 "b":2}',
            "Unexpected character ('\"' (code 34)): was expecting comma to separate Object entries",
            9,
            (1, 8),
        ),
        ('{"a":NaN}', f"Unrecognized token 'NaN': was expecting {TYPES}", 9, (1, 6)),
        ('{"a":01}', "Invalid numeric value: Leading zeroes not allowed", 7, (1, 6)),
        ('{"a":"\\d"}', "Unrecognized character escape 'd' (code 100)", 9, (1, 7)),
        ('{"a', "Unexpected end-of-input in field name", 2, (1, 2)),
        ('{"a":"b', "Unexpected end-of-input: was expecting closing quote for a string value", 6, (1, 6)),
        ('{"a":', "Unexpected end-of-input within/between Object entries", 6, (1, 6)),
        ('{"a":${x}}', f"Unexpected character ('$' (code 36)): expected a valid value {TYPES}", 7, (1, 6)),
    ],
)
def test_a_mistake_is_worded_as_aws_words_it_and_placed_for_a_person(
    text: str, message: str, column: int, position: tuple[int, int]
) -> None:
    diagnostic = refusal(text)
    where = f'[Source: (String)"{text}"; line: 1, column: {column}]'
    assert diagnostic.message == f"{message}\n at {where}"
    assert diagnostic.position == Position(*position)


def test_an_open_bracket_is_named_with_its_place() -> None:
    diagnostic = refusal('{\n "a": [1')
    assert "expected close marker for Array (start marker at" in diagnostic.message
    assert diagnostic.hint is not None


def test_a_long_text_is_cut_in_the_message_as_aws_cuts_it() -> None:
    diagnostic = refusal('{"a": ' + "x" * 600)
    assert '"[truncated 106 chars]; line: 1, column: 607]' in diagnostic.message


def test_an_empty_text_is_no_json_object() -> None:
    assert refusal("  \n").code == "SCHEMA_VALIDATION_FAILED"
    assert refusal("").message == "Definition must be a valid JSON object"


def test_integers_stay_exact_and_floats_stay_floats() -> None:
    document = parse_document('{"big": 18446744073709551617, "one": 1.0}')
    assert document.value == {"big": 18446744073709551617, "one": 1.0}
    assert isinstance(document.value["one"], float)


def test_a_number_that_is_infinite_as_a_float_is_refused() -> None:
    assert "out of range" in refusal('{"a": 1e999}').message


def test_duplicate_keys_are_noticed_and_the_last_one_counts() -> None:
    document = parse_document('{"States": {"A": 1,\n "B": 2,\n "A": 3}, "x": 1}')
    assert document.value["States"] == {"A": 3, "B": 2}
    (duplicate,) = document.duplicate_keys
    assert (duplicate.pointer, duplicate.key, duplicate.position) == (("States", "A"), "A", Position(3, 2))


def test_a_text_without_duplicates_has_none() -> None:
    assert parse_document('{"a": {"b": 1}, "b": 1}').duplicate_keys == ()


def test_the_deepest_allowed_nesting_is_read_and_one_more_is_refused() -> None:
    assert parse_document("[" * MAX_DEPTH + "]" * MAX_DEPTH).value
    diagnostic = refusal("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1))
    assert diagnostic.code == "TOO_DEEPLY_NESTED"
    assert diagnostic.position == Position(1, MAX_DEPTH + 1)


@pytest.mark.parametrize("opener", ["[", '{"a":', "a: ["])
def test_five_thousand_levels_are_refused_without_a_traceback(opener: str) -> None:
    assert refusal(opener * 5000).code in ("TOO_DEEPLY_NESTED", "INVALID_JSON_DESCRIPTION")


def test_text_after_the_definition_is_left_alone_with_a_warning() -> None:
    document = parse_document('{"a": 1}\n}')
    assert document.value == {"a": 1}
    (warning,) = document.warnings
    assert (warning.code, warning.position) == ("TRAILING_TEXT", Position(2, 1))


def test_placeholders_without_quotes_are_values_where_they_are_allowed() -> None:
    assert parse_document('{"a": ${Wait}}', placeholders=True).value == {"a": "${Wait}"}


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path) -> None:
    path = tmp_path / "bom.asl.json"
    path.write_bytes(b"\xef\xbb\xbf" + b'{"a": 1}')
    assert load_document(path).value == {"a": 1}
    assert load_document(path).position(("a",)) == Position(1, 7)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x7fELF\x00\x01", "This is a binary file, not text"),
        (b'{"a": "\xe9"}', "The file is not UTF-8 text (byte 0xe9)"),
        (b"", "Definition must be a valid JSON object"),
    ],
)
def test_a_file_that_is_no_text_is_refused(tmp_path, content: bytes, message: str) -> None:
    path = tmp_path / "bad.asl.json"
    path.write_bytes(content)
    with pytest.raises(DefinitionError) as caught:
        load_document(path)
    (diagnostic,) = caught.value.diagnostics
    assert (diagnostic.message, diagnostic.source) == (message, str(path))
    assert diagnostic.hint


def test_a_file_that_is_not_there_and_a_directory_are_refused(tmp_path) -> None:
    with pytest.raises(DefinitionError, match="There is no such file"):
        load_document(tmp_path / "none.json")
    with pytest.raises(DefinitionError, match="This is a directory"):
        load_document(tmp_path)


def test_utf_16_with_its_mark_is_read(tmp_path) -> None:
    path = tmp_path / "windows.asl.json"
    path.write_bytes('{"a": "é"}'.encode("utf-16"))
    assert load_document(path).value == {"a": "é"}
