"""Places: of values, keys and characters inside strings, in JSON and YAML."""

from pathlib import Path

import pytest

from asl.diagnostics import Diagnostic, Position, Severity
from asl.document import Document, load_document, parse_document
from asl.document.json_reader import JsonScanner
from asl.document.nodes import walk
from asl.document.text import FileText

JSON = """{
  "StartAt": "A",
  "States": {
    "A": {"Type": "Pass", "Result": [1, {"x": "a\\n\\u00e9\\"{% b"}]}
  }
}
"""

YAML = """\
StartAt: A
States:
  A:
    Comment: |
      first line
        second {% line

      third
    Folded: >-
      one long
      sentence
    Quoted: "a\\tb \\u00e9c
      d"
    Single: 'it''s
      folded'
    List:
      - x: 1
      - [2, 3]
"""


def test_values_and_keys_of_json_have_their_places() -> None:
    document = parse_document(JSON)
    assert document.position(()) == Position(1, 1)
    assert document.position(("States", "A")) == Position(4, 10)
    assert document.position(("States", "A"), key=True) == Position(4, 5)
    assert document.position(("States", "A", "Result", 1, "x")) == Position(4, 47)


def test_a_pointer_to_nothing_gives_its_nearest_ancestor() -> None:
    document = parse_document(JSON)
    assert document.position(("States", "A", "Next")) == Position(4, 10)
    assert document.position(("States", "A", "Result", 7), key=True) == Position(4, 37)
    assert document.position(("States", "B", "Next")) == Position(3, 13)


def test_a_character_of_a_json_string_is_found_past_its_escapes() -> None:
    document = parse_document(JSON)
    pointer = ("States", "A", "Result", 1, "x")
    assert document.value["States"]["A"]["Result"][1]["x"] == 'a\né"{% b'
    assert document.position(pointer, offset=0) == Position(4, 48)
    assert document.position(pointer, offset=4) == Position(4, 59)
    assert document.position(pointer, offset=7) == Position(4, 62)


def test_values_and_keys_of_yaml_have_their_places() -> None:
    document = parse_document(YAML)
    assert document.position(("States", "A"), key=True) == Position(3, 3)
    assert document.position(("States", "A", "List", 0, "x")) == Position(17, 12)
    assert document.position(("States", "A", "List", 1, 1)) == Position(18, 13)


@pytest.mark.parametrize(
    ("field", "part"),
    [
        ("Comment", "first"),
        ("Comment", "second"),
        ("Comment", "{%"),
        ("Comment", "third"),
        ("Folded", "long"),
        ("Folded", "sentence"),
        ("Quoted", "b "),
        ("Quoted", "c"),
        ("Quoted", "d"),
        ("Single", "s"),
        ("Single", "folded"),
    ],
)
def test_a_character_of_a_yaml_string_is_found_in_every_style(field: str, part: str) -> None:
    document = parse_document(YAML)
    text = document.value["States"]["A"][field]
    position = document.position(("States", "A", field), offset=text.index(part))
    assert position is not None
    line = YAML.splitlines()[position.line - 1]
    assert line[position.column - 1 :].startswith(part.strip())


def test_lines_are_counted_with_any_line_break() -> None:
    document = parse_document('{\r\n"a": 1,\r"b": 2}')
    assert document.position(("a",)) == Position(2, 6)
    assert document.position(("b",)) == Position(3, 6)


def test_a_finding_is_placed_in_its_file() -> None:
    document = parse_document(JSON, source="flow.asl.json")
    finding = Diagnostic(Severity.ERROR, "X", "wrong")
    placed = document.placed(finding, ("States", "A"), key=True)
    assert (placed.source, placed.position) == ("flow.asl.json", Position(4, 5))


def test_places_found_level_by_level_are_those_of_the_full_scanner() -> None:
    folder = Path(__file__).parents[4] / "shared" / "workflows" / "definitions"
    paths = sorted(folder.glob("*.json"))
    if not paths:
        pytest.skip("../shared/workflows is not here")
    for path in paths:
        document = load_document(path)
        for pointer, node in walk(JsonScanner(FileText(str(path), document.text)).scan()):
            assert document.locate(pointer) == node.locate()


def test_the_text_of_a_plain_definition_is_the_file_itself() -> None:
    document = parse_document(JSON)
    assert isinstance(document, Document)
    assert document.definition == JSON
