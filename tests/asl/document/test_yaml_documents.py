"""Reading YAML as people mean it in AWS files."""

import pytest

from asl.diagnostics import Diagnostic, Position
from asl.document import parse_document
from asl.errors import DefinitionError
from asl.types import Json


def read(text: str) -> Json:
    return parse_document(text, source="x.asl.yaml").value


def refusal(text: str) -> Diagnostic:
    with pytest.raises(DefinitionError) as caught:
        parse_document(text, source="x.asl.yaml")
    (diagnostic,) = caught.value.diagnostics
    return diagnostic


@pytest.mark.parametrize(
    "text", ["yes", "No", "on", "OFF", "012", "1:30", "2024-01-31", "2024-01-31T00:00:00Z", ".inf", "1_000"]
)
def test_words_and_forms_that_only_old_yaml_converts_stay_strings(text: str) -> None:
    assert read(f"a: {text}") == {"a": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("-3", -3),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("0x1F", 31),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
    ],
)
def test_plain_scalars_are_numbers_booleans_and_null_as_yaml_1_2_has_them(text: str, value: Json) -> None:
    result = read(f"a: {text}")["a"]
    assert result == value
    assert type(result) is type(value)


def test_quoted_scalars_and_str_tags_are_strings() -> None:
    assert read("a: '12'\nb: \"true\"\nc: !!str 5\nd: |\n  1\n") == {"a": "12", "b": "true", "c": "5", "d": "1\n"}


def test_keys_are_strings_as_they_are_written() -> None:
    assert read("200: a\ntrue: b\n1.50: c\n") == {"200": "a", "true": "b", "1.50": "c"}


def test_anchors_and_merge_keys_are_followed_and_own_members_win() -> None:
    text = "base: &b {x: 1, y: 2}\nmore: &m {z: 3}\none:\n  <<: *b\n  x: 9\nall:\n  <<: [*b, *m]\n"
    value = read(text)
    assert value["one"] == {"x": 9, "y": 2}
    assert value["all"] == {"x": 1, "y": 2, "z": 3}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("!Ref A", {"Ref": "A"}),
        ("!Sub '${A}'", {"Fn::Sub": "${A}"}),
        ("!GetAtt A.Arn", {"Fn::GetAtt": ["A", "Arn"]}),
        ("!GetAtt A.Outputs.B", {"Fn::GetAtt": ["A", "Outputs.B"]}),
        ("!Join ['', [a, !Ref B]]", {"Fn::Join": ["", ["a", {"Ref": "B"}]]}),
        ("!If [C, 1, 2]", {"Fn::If": ["C", 1, 2]}),
        ("!Condition C", {"Condition": "C"}),
        ("!Equals [a, b]", {"Fn::Equals": ["a", "b"]}),
        ("!Select [0, !Split [',', 'a,b']]", {"Fn::Select": [0, {"Fn::Split": [",", "a,b"]}]}),
        ("!Sub 5", {"Fn::Sub": "5"}),
    ],
)
def test_the_short_tags_of_cloudformation_are_their_long_forms(text: str, value: Json) -> None:
    assert read(f"a: {text}") == {"a": value}


def test_a_tab_is_refused_with_its_place_and_the_way_out() -> None:
    diagnostic = refusal("StartAt: A\nStates:\n\tA:\n")
    assert diagnostic.position == Position(3, 1)
    assert diagnostic.hint == "YAML indents with spaces; replace the tab"


def test_an_unknown_tag_is_refused_with_the_known_ones() -> None:
    diagnostic = refusal("a:\n  b: !Foo x\n")
    assert (diagnostic.message, diagnostic.position) == ("Unknown YAML tag !Foo", Position(2, 6))
    assert "!GetAtt" in str(diagnostic.hint)


def test_python_objects_are_never_made() -> None:
    assert "Unknown YAML tag" in refusal("a: !!python/object/apply:os.system ['true']").message


def test_an_alias_bomb_is_refused_at_once() -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    assert "The YAML aliases stand for more than 100,000 values" in refusal("\n".join(levels)).message


def test_an_alias_that_contains_itself_and_one_without_an_anchor_are_refused() -> None:
    assert refusal("a: &x [*x]").message == "The alias *x contains itself"
    assert refusal("a: *x").message == "The alias *x has no anchor before it"


def test_a_second_document_is_refused() -> None:
    assert refusal("a: 1\n---\nb: 2\n").position == Position(2, 1)


def test_a_key_that_is_an_object_is_refused() -> None:
    assert refusal("? {a: 1}\n: 2\n").message == "A key can't be an object or array"


def test_duplicate_keys_are_noticed_in_yaml_too() -> None:
    document = parse_document("States:\n  A: 1\n  A: 2\n", source="x.yaml")
    (duplicate,) = document.duplicate_keys
    assert (duplicate.pointer, duplicate.position) == (("States", "A"), Position(3, 3))


def test_json_in_a_file_called_yaml_is_read_even_with_tabs() -> None:
    assert read('{\n\t"a": 1\n}') == {"a": 1}


def test_yaml_is_told_from_json_by_its_content_when_no_name_says_it() -> None:
    assert parse_document("Comment: x\nStartAt: A\n").value == {"Comment": "x", "StartAt": "A"}
