"""The Mermaid text."""

from asl.diagram import Overlay, StateOverlay, to_mermaid
from asl.graph import StateGraph


def test_the_order_workflow_as_mermaid(order):
    del order["States"]["Validate order"]["Retry"]
    assert to_mermaid(StateGraph(order)).splitlines()[:24] == [
        "flowchart TB",
        '  s1("<b>Validate order</b><br/><small>Lambda invoke</small><br/><small>validate</small>"):::task',
        '  s2{"<b>Is it big?</b>"}:::choice',
        '  s3{{"<b>Cool off</b><br/><small>10 min</small>"}}:::wait',
        '  subgraph s4["<b>Prepare</b><br/><small>Parallel</small>"]',
        '    subgraph s4_1[" "]',
        '      s5["<b>Reserve</b>"]:::pass',
        "      start1(( )):::dot",
        "      start1 --> s5",
        "    end",
        '    subgraph s4_2[" "]',
        '      subgraph s6["<b>Ship lines</b><br/><small>Map · INLINE · max 5 at once</small>"]',
        '        subgraph s6_3[" "]',
        '          s7["<b>Pick</b>"]:::pass',
        "          start3(( )):::dot",
        "          start3 --> s7",
        "        end",
        "      end",
        "      start2(( )):::dot",
        "      start2 --> s6",
        "    end",
        "  end",
        '  s8(["<b>Done</b>"]):::succeed',
        '  s9(["<b>Rejected</b><br/><small>Order.Rejected</small>"]):::fail',
    ]


def test_catches_are_dashed_and_red_by_their_place_among_the_links(order):
    lines = to_mermaid(StateGraph(order)).splitlines()
    links = [line for line in lines if "-->" in line or "-.->" in line]
    red = [int(line.split()[1]) for line in lines if line.lstrip().startswith("linkStyle")]
    assert [links[number].split("|")[0].strip() for number in red] == ["s1 -.->", "s4 -.->"]


def test_what_mermaid_would_read_as_syntax_is_encoded():
    text = to_mermaid(StateGraph({"StartAt": 'a"]', "States": {'a"]': {"Type": "Pass", "End": True}}}))
    assert '["<b>a#34;#93;</b>"]' in text


def test_the_direction_and_an_overlay_are_shown(order):
    text = to_mermaid(StateGraph(order), direction="LR", overlay=Overlay({"Done": StateOverlay("succeeded", 1)}))
    assert text.startswith("flowchart LR\n")
    assert 's8(["<b>Done</b>"]):::succeeded' in text
    assert '2{"<b>Is it big?</b>"}:::not_reached' in text
    assert "classDef not_reached fill:#ffffff" in text
