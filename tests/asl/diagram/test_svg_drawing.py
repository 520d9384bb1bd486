"""The SVG: well-formed, complete, nested, with hover texts."""

from xml.etree import ElementTree

import pytest

from asl.diagram import Overlay, StateOverlay, TransitionOverlay, render
from asl.graph import StateGraph

pytest.importorskip("pygraphviz", reason="drawing needs Graphviz")

SVG = "{http://www.w3.org/2000/svg}"


def drawn(definition, **options):
    return ElementTree.fromstring(render(StateGraph(definition), format="svg", **options))


def groups(root):
    """The group of each state, by name."""
    return {group.get("data-state"): group for group in root.iter(f"{SVG}g") if group.get("data-state")}


def words(group):
    return " ".join(text.text or "" for text in group.iter(f"{SVG}text"))


def box(group):
    """Left, top, right and bottom of a state's outline."""
    outline = next(child for child in group if child.tag in (f"{SVG}path", f"{SVG}polygon"))
    pairs = (outline.get("d") or outline.get("points")).replace("M", "").replace("C", " ").replace("Z", "").split()
    points = [tuple(map(float, pair.split(","))) for pair in pairs]
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def inside(inner, outer):
    return outer[0] <= inner[0] and outer[1] <= inner[1] and inner[2] <= outer[2] and inner[3] <= outer[3]


def test_every_state_appears_with_its_name(order):
    found = groups(drawn(order))
    names = {node.name for node in StateGraph(order).states()}
    assert set(found) == names
    assert all(name in words(found[name]) for name in names)


@pytest.mark.parametrize("direction", ["TB", "LR"])
def test_states_stand_inside_their_frames(order, direction):
    found = groups(drawn(order, direction=direction))
    assert inside(box(found["Pick"]), box(found["Ship lines"]))
    assert inside(box(found["Ship lines"]), box(found["Prepare"]))
    assert inside(box(found["Reserve"]), box(found["Prepare"]))
    assert not inside(box(found["Done"]), box(found["Prepare"]))


def test_branches_are_in_order_in_both_directions(order):
    down, right = groups(drawn(order)), groups(drawn(order, direction="LR"))
    assert box(down["Reserve"])[0] < box(down["Ship lines"])[0]
    assert box(right["Reserve"])[1] < box(right["Ship lines"])[1]


def test_hover_texts_tell_what_the_box_has_no_room_for(order):
    order["States"]["Validate order"]["Comment"] = "Stock & card"
    tip = groups(drawn(order))["Validate order"].find(f"{SVG}title").text
    assert tip.splitlines()[0] == "Validate order (Task)"
    assert "Comment: Stock & card" in tip
    assert "retry on States.ALL: ×4, first after 1 s, then ×2.0" in tip
    assert "catch Order.Invalid → Rejected" in tip


def test_hover_texts_of_an_execution_have_its_input_and_output_cut_short(order):
    state = StateOverlay("succeeded", 1, input='{"a": 1}', output='"' + "x" * 9000 + '"')
    tip = groups(drawn(order, overlay=Overlay({"Reserve": state})))["Reserve"].find(f"{SVG}title").text
    assert 'input: {"a": 1}' in tip
    assert tip.endswith("x…")
    assert len(tip) < 600


def test_texts_are_anchored_in_the_middle_of_their_box(order):
    for name, group in groups(drawn(order)).items():
        left, _, right, _ = box(group)
        for text in group.iter(f"{SVG}text"):
            assert text.get("text-anchor") == "middle", name
            assert float(text.get("x")) == pytest.approx((left + right) / 2, abs=0.02)


def test_an_overlay_paints_states_and_thickens_the_way_taken(order):
    graph = StateGraph(order)
    taken = next(edge for edge in graph.transitions if edge.kind == "Default")
    overlay = Overlay(
        {"Cool off": StateOverlay("caught", 3, error="Oh.No")},
        {taken: TransitionOverlay(3, "succeeded")},
        "failed: Oh.No",
    )
    root = ElementTree.fromstring(render(graph, format="svg", overlay=overlay))
    found = groups(root)
    assert found["Cool off"].find(f"{SVG}polygon").get("fill") == "#ffe1c7"
    assert found["Done"].find(f"{SVG}path").get("fill") == "#ffffff"
    assert "Oh.No 3 visits" in words(found["Cool off"])
    edge = next(group for group in root.iter(f"{SVG}g") if group.get("class") == "edge" and "×3" in words(group))
    assert edge.find(f"{SVG}path").get("stroke-width") == "2.4"
    assert "failed: Oh.No" in words(root)
    assert "■ caught" in " ".join(words(root).split())


def test_the_drawing_has_a_title_and_no_links(order):
    root = drawn(order, title="order <v2>")
    assert root.find(f"{SVG}g/{SVG}title").text == "order <v2>"
    assert root.get("role") == "img"
    assert not list(root.iter(f"{SVG}a"))
    assert all("sans-serif" in text.get("font-family") for text in root.iter(f"{SVG}text"))


@pytest.mark.parametrize(("drawing_format", "magic"), [("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_bitmaps_and_documents_are_drawn(order, drawing_format, magic):
    assert render(StateGraph(order), format=drawing_format).startswith(magic)


@pytest.mark.parametrize("name", ["two  spaces", "back\\slash", 'say "hi" & <go>', "名前"])
def test_a_states_group_carries_its_exact_name(name):
    states = {name: {"Type": "Map", "ItemProcessor": {"StartAt": "I", "States": {"I": {"Type": "Pass", "End": True}}}}}
    assert name in groups(drawn({"StartAt": name, "States": states}))
    assert name in groups(drawn({"StartAt": name, "States": {name: {"Type": "Succeed"}}}))
