"""The DOT text: complete, the same every time, and safe with any name."""

import itertools
import json
import subprocess
import sys

import pytest

from asl.diagram import to_dot
from asl.diagram.dot import quoted
from asl.graph import StateGraph


def passes(*names):
    """A chain of Pass states of these names."""
    states = {name: {"Type": "Pass", "Next": after} for name, after in itertools.pairwise(names)}
    return {"StartAt": names[0], "States": {**states, names[-1]: {"Type": "Pass", "End": True}}}


def lines_with(dot, text):
    return [line.strip() for line in dot.splitlines() if text in line]


def test_the_same_definition_gives_the_same_bytes(order):
    program = "import json, sys; from asl.diagram import to_dot; from asl.graph import StateGraph\n"
    program += "sys.stdout.write(to_dot(StateGraph(json.load(sys.stdin))))"
    runs = [
        subprocess.run(
            [sys.executable, "-c", program], input=json.dumps(order), capture_output=True, text=True, check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
        ).stdout
        for seed in ("1", "2")
    ]  # fmt: skip
    assert runs[0] == runs[1] == to_dot(StateGraph(order))


def test_a_map_inside_a_parallel_is_a_cluster_inside_a_cluster(order):
    dot = to_dot(StateGraph(order))
    outer = dot.index('subgraph "cluster Prepare"')
    inner = dot.index('subgraph "cluster Ship lines"')
    assert outer < inner < dot.index('"Pick" [') < dot.index('"Done" [')
    assert "Map · INLINE · max 5 at once" in dot


def test_a_frames_arrows_end_at_its_border(order):
    dot = to_dot(StateGraph(order))
    caught = next(line for line in lines_with(dot, "Card.Declined") if "->" in line)
    assert '-> "Rejected" [' in caught
    assert 'ltail="cluster Prepare"' in caught
    assert 'style="dashed"' in caught
    (into,) = (line for line in lines_with(dot, '" $.total > 10000 "') if "->" in line)
    assert 'lhead="cluster Prepare"' in into


def test_each_type_of_state_has_its_own_shape_or_colour(order):
    dot = to_dot(StateGraph(order))
    looks = {
        name: lines_with(dot, f'"{name}" [shape')[0]
        .partition(", label=")[0]
        .partition("[")[2]
        .partition(", tooltip")[0]
        for name in ("Validate order", "Is it big?", "Cool off", "Reserve", "Done", "Rejected")
    }
    assert len(set(looks.values())) == len(looks)


def test_small_lines_say_service_retry_wait_and_error(order):
    dot = to_dot(StateGraph(order))
    for text in ("Lambda invoke", "validate", "retry ×4", "10 min", "Order.Rejected"):
        assert f">{text}</font>" in dot


def test_a_default_is_grey_and_a_rule_is_its_condition(order):
    dot = to_dot(StateGraph(order))
    assert 'label=" $.total > 10000 "' in dot
    assert 'label=" default "' in dot


def test_rules_with_one_target_share_an_arrow():
    rules = [{"Variable": "$.a", "NumericEquals": number, "Next": "B"} for number in range(3)]
    states = {"A": {"Type": "Choice", "Choices": rules, "Default": "B"}, "B": {"Type": "Succeed"}}
    arrows = lines_with(to_dot(StateGraph({"StartAt": "A", "States": states})), '"A" -> "B"')
    assert len(arrows) == 2
    assert 'label=" $.a = 0 \\n or $.a = 1 \\n or $.a = 2 "' in arrows[0]


def test_a_target_that_no_state_has_is_drawn_as_missing():
    dot = to_dot(StateGraph({"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "Nowhere"}}}))
    assert '"A" -> "Nowhere (missing in 0)"' in dot
    assert "dashed" in lines_with(dot, '"Nowhere (missing in 0)" [')[0]


def test_a_name_that_stands_twice_is_two_boxes():
    inner = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
    outer = {"M": {"Type": "Map", "ItemProcessor": inner, "Next": "A"}, "A": {"Type": "Succeed"}}
    dot = to_dot(StateGraph({"StartAt": "M", "States": outer}))
    assert '"A" [' in dot
    assert '"A (2)" [' in dot


@pytest.mark.parametrize(
    "definition",
    [{}, {"StartAt": 3, "States": []}, {"States": {"A": {}}}, {"StartAt": "A", "States": {"A": {"Type": 1}}}],
)
def test_a_wrong_definition_is_drawn_as_far_as_it_goes(definition):
    assert to_dot(StateGraph(definition)).startswith("digraph")


def test_a_map_that_leads_to_itself_is_drawn():
    inner = {"StartAt": "I", "States": {"I": {"Type": "Pass", "End": True}}}
    states = {"M": {"Type": "Map", "ItemProcessor": inner, "Next": "M"}}
    dot = to_dot(StateGraph({"StartAt": "M", "States": states}))
    loop = lines_with(dot, '"I" -> "● 1"')
    assert len(loop) == 1
    assert "lhead" not in loop[0]


def test_the_theme_and_direction_are_in_the_text(order):
    assert 'rankdir="LR"' in to_dot(StateGraph(order), direction="LR")
    assert 'bgcolor="#0f172a"' in to_dot(StateGraph(order), theme="dark")


@pytest.mark.parametrize(
    "name", ['say "hi"', "back\\slash", "tail\\", "<b>&amp;", "line\nbreak", "naïve 名前", "\x00\x1b[1m"]
)
def test_any_name_survives_the_quoting(name):
    pygraphviz = pytest.importorskip("pygraphviz", reason="needs pygraphviz to read DOT")
    graph = pygraphviz.AGraph(string=to_dot(StateGraph(passes(name, "Z"))))
    assert len(graph.nodes()) == 4


def test_quoting_keeps_backslashes_and_quotes_apart():
    assert quoted('a\\"b\n') == '"a\\\\\\"b\\n"'
