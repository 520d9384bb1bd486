"""Definitions that people published: every one draws; ten that were looked at keep what was good about them."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from asl.diagram import render, to_dot, to_mermaid, to_text
from asl.diagram.dot import quoted
from asl.graph import StateGraph
from asl.sources import load_definition

KEPT = Path(__file__).parent / "kept"
LOOKED_AT = (
    "account-vending-machine",
    "bedrock-evaluations",
    "curbside-pickup",
    "distributed-data-stream",
    "ec2-instance-isolation",
    "idempotent-workflow",
    "inventory-management",
    "quorum-with-parallel",
    "saga-pattern",
    "sfn-cfn-stacksets",
    "sfn-rekognition-video",
    "uml-statemachine-blogbuysell",
)
SVG = "{http://www.w3.org/2000/svg}"


def graph_of(path):
    return StateGraph(load_definition(path).value)


def test_every_one_is_written_as_dot_mermaid_and_outline_with_all_its_states(published):
    for path in published:
        graph = graph_of(path)
        outline, dot, mermaid = to_text(graph), to_dot(graph), to_mermaid(graph)
        for node in graph.states():
            assert node.name in outline, path
            assert f"{quoted(node.name)} [" in dot or quoted(f"cluster {node.name}") in dot, path
        assert mermaid.count("-->") + mermaid.count("-.->") >= len({node.name for node in graph.states()}), path


def test_every_one_is_drawn_as_svg_and_png(published):
    pytest.importorskip("pygraphviz", reason="drawing needs Graphviz")
    for path in published:
        graph = graph_of(path)
        root = ElementTree.fromstring(render(graph, format="svg"))
        shown = {group.get("data-state") for group in root.iter(f"{SVG}g")}
        assert {node.name for node in graph.states()} <= shown, path
        assert render(graph, format="png").startswith(b"\x89PNG"), path


@pytest.mark.parametrize("name", LOOKED_AT)
def test_a_picture_that_was_looked_at_says_the_same_as_then(published, name):
    path = next(path for path in published if path.name.startswith(name))
    assert to_text(graph_of(path)) == (KEPT / f"{name}.txt").read_text(encoding="utf-8")
