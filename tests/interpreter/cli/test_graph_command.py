"""``asl graph`` as one types it."""

import json
import os
import signal
import subprocess
import sys
import time
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from interpreter import run
from interpreter.cli.graph_command import command

DEFINITION = {
    "StartAt": "Pay",
    "States": {
        "Pay": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:1:function:${Function}", "Next": "Done"},
        "Done": {"Type": "Succeed"},
    },
}


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "order.asl.json"
    path.write_text(json.dumps(DEFINITION))
    return path


def graph(*arguments):
    return CliRunner().invoke(command, [str(argument) for argument in arguments], catch_exceptions=False)


def one_sentence(result):
    assert result.exit_code == 1
    assert result.stdout == ""
    return result.stderr.removeprefix("Error: ").strip()


@pytest.mark.parametrize(
    ("name", "start"),
    [("o.svg", b"<?xml"), ("o.png", b"\x89PNG"), ("o.pdf", b"%PDF"), ("o.dot", b"digraph"), ("o.gv", b"digraph"),
     ("o.mmd", b"flowchart"), ("O.SVG", b"<?xml")],
)  # fmt: skip
def test_the_extension_chooses_the_format(file, tmp_path, name, start):
    if not name.endswith(("dot", "gv", "mmd")):
        pytest.importorskip("pygraphviz", reason="drawing needs Graphviz")
    result = graph(file, "-o", tmp_path / name)
    assert (result.exit_code, result.output) == (0, "")
    assert (tmp_path / name).read_bytes().startswith(start)


def test_without_an_output_an_outline_is_printed_without_colours(file):
    result = graph(file, "--set", "Function=charge")
    assert result.exit_code == 0
    assert result.stdout == "■ Pay  Task · Lambda charge\n✓ Done  Succeed\n"


def test_a_template_with_several_state_machines_needs_a_resource(tmp_path):
    machines = {
        name: {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"Definition": DEFINITION}}
        for name in ("A", "B")
    }
    template = tmp_path / "template.json"
    template.write_text(json.dumps({"Resources": machines}))
    assert "A" in one_sentence(graph(template))
    assert graph(template, "--resource", "B").stdout.startswith("■ Pay")


def test_theme_and_direction_reach_the_drawing(file, tmp_path):
    graph(file, "-o", tmp_path / "o.dot", "--theme", "dark", "--direction", "LR")
    text = (tmp_path / "o.dot").read_text(encoding="utf-8")
    assert 'rankdir="LR"' in text
    assert 'bgcolor="#0f172a"' in text


@pytest.mark.parametrize("wrapped", [True, False])
def test_a_history_file_paints_the_execution(file, tmp_path, wrapped):
    pytest.importorskip("pygraphviz", reason="drawing needs Graphviz")
    events = run(DEFINITION, {"n": 1}, mocks={"Pay": [{"Return": {"paid": True}}]}, seed=1).history
    history = tmp_path / "h.json"
    history.write_text(json.dumps({"events": events} if wrapped else events, default=str))
    assert graph(file, "--history", history, "-o", tmp_path / "o.svg").exit_code == 0
    titles = [title.text for title in ElementTree.parse(tmp_path / "o.svg").iter("{http://www.w3.org/2000/svg}title")]
    assert any('output: {"paid":true}' in title for title in titles)


@pytest.mark.parametrize("name", ["picture.jpeg", "picture", "picture.svg.txt"])
def test_an_unknown_extension_is_one_sentence(file, tmp_path, name):
    said = one_sentence(graph(file, "-o", tmp_path / name))
    assert said.startswith("can't draw")
    assert ".svg, .png, .pdf" in said
    assert not (tmp_path / name).exists()


@pytest.mark.parametrize("place", ["missing/o.dot", "."])
def test_an_output_that_cannot_be_written_is_one_sentence(file, tmp_path, place):
    output = tmp_path / place if place != "." else tmp_path / "folder.dot"
    if place == ".":
        output.mkdir()
    assert one_sentence(graph(file, "-o", output)).startswith(f"can't write {str(output)!r}: ")


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ("[1]", "none"),
        ("{}", "expected a list"),
        ("not json", "is not a history"),
        ('[{"id": "x"}]', "event 1"),
        ("[[", ""),
    ],
)
def test_a_file_that_is_no_history_is_one_sentence(file, tmp_path, content, part):
    (tmp_path / "h.json").write_text(content)
    said = one_sentence(graph(file, "--history", tmp_path / "h.json"))
    assert "h.json is not a history" in said
    assert part in said


def test_a_history_that_is_not_there_or_binary_is_one_sentence(file, tmp_path):
    assert "can't read" in one_sentence(graph(file, "--history", tmp_path / "none.json"))
    (tmp_path / "b.json").write_bytes(b"\xff\xfe\x00\x80")
    assert "is not a history" in one_sentence(graph(file, "--history", tmp_path / "b.json"))


@pytest.mark.parametrize("content", ["", "{", "[]", "7", '{"StartAt": '])
def test_a_file_that_is_no_definition_is_told_with_its_place(tmp_path, content):
    (tmp_path / "bad.json").write_text(content)
    assert "bad.json" in one_sentence(graph(tmp_path / "bad.json"))


def test_a_file_that_is_not_there_is_told(tmp_path):
    assert "nowhere.json" in one_sentence(graph(tmp_path / "nowhere.json"))


def test_a_setting_needs_a_name_and_a_value(file):
    assert one_sentence(graph(file, "--set", "Function")) == "--set wants NAME=VALUE, not 'Function'"


def test_a_file_gives_the_values_of_placeholders_and_a_setting_goes_before_it(tmp_path):
    definition = {"StartAt": "${First}", "States": {"A": {"Type": "Succeed", "Comment": "${Other}"}}}
    (tmp_path / "flow.asl.json").write_text(json.dumps(definition))
    (tmp_path / "values.yaml").write_text("First: B\nOther: x\n")
    result = graph(tmp_path / "flow.asl.json", "--substitutions", tmp_path / "values.yaml", "--set", "First=A")
    assert (result.exit_code, result.stdout) == (0, "✓ A  Succeed\n")
    assert "no such file" in one_sentence(graph(tmp_path / "flow.asl.json", "--substitutions", tmp_path / "n.yaml"))


def test_watching_without_its_package_says_what_to_install(file, monkeypatch):
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    result = graph(file, "--watch")
    assert result.exit_code == 1
    assert "pip install 'asl-interpreter[watch]'" in result.stderr


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent as a signal")
def test_watching_draws_again_after_each_save_survives_a_bad_one_and_ends_by_ctrl_c(file, tmp_path):
    pytest.importorskip("watchfiles", reason="needs the watch extra")
    output, program = tmp_path / "o.dot", "from interpreter.cli.graph_command import command; command()"
    with subprocess.Popen(
        [sys.executable, "-c", program, file, "-o", output, "--watch"], stderr=subprocess.PIPE, text=True
    ) as watching:
        _until(output.exists)
        time.sleep(0.5)
        file.write_text("{")
        assert "INVALID_JSON" in _line_with(watching.stderr, "error")
        replacement = tmp_path / "new"
        replacement.write_text(json.dumps(DEFINITION).replace("Done", "Finished"))
        replacement.replace(file)
        _until(lambda: "Finished" in output.read_text(encoding="utf-8"))
        watching.send_signal(signal.SIGINT)
        assert watching.wait(timeout=10) == 0


def _line_with(stream, word):
    return next(line for line in stream if word in line)


def _until(true):
    for _ in range(200):
        if true():
            return
        time.sleep(0.05)
    raise AssertionError("it never happened")
