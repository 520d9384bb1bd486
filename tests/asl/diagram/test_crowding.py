"""Big machines: arrows that would tangle the picture are told in words, and the layout is quick."""

import itertools
import time

import pytest

from asl.diagram import Overlay, TransitionOverlay, render, to_dot
from asl.diagram.crowding import CROWD, ranks
from asl.diagram.picture import picture_of
from asl.graph import StateGraph


def chain(size, state):
    """A machine of ``size`` states that ``state(number, name of the next one)`` makes, and a Fail called Bad."""
    names = [f"Step {number:03d}" for number in range(size)]
    states = {name: state(number, after) for number, (name, after) in enumerate(itertools.pairwise(names))}
    return {"StartAt": names[0], "States": {**states, names[-1]: {"Type": "Succeed"}, "Bad": {"Type": "Fail"}}}


def caught(number, after):
    return {"Type": "Task", "Resource": "x", "Next": after, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Bad"}]}


def rejected(number, after):
    return {
        "Type": "Choice",
        "Choices": [{"Variable": "$.a", "NumericEquals": number, "Next": after}],
        "Default": "Bad",
    }


def looped(number, after):
    return {
        "Type": "Choice",
        "Choices": [{"Variable": "$.a", "NumericEquals": 1, "Next": after}],
        "Default": "Step 000",
    }


def test_few_catches_are_arrows_and_many_are_words():
    few, many = (picture_of(StateGraph(chain(size, caught))) for size in (CROWD + 1, CROWD + 2))
    assert not any(arrow.hidden for arrow in few.arrows)
    assert all(arrow.hidden == (arrow.kind == "Catch") for arrow in many.arrows)
    told = {member.name: [line.text for line in member.lines] for member in many.members()}
    assert told["Step 000"] == ["x", "States.ALL → Bad"]
    assert told["Bad"] == [f"← from {CROWD + 1} more"]


def test_a_catch_that_was_taken_is_an_arrow_all_the_same():
    graph = StateGraph(chain(30, caught))
    taken = next(edge for edge in graph.transitions if edge.kind == "Catch" and edge.source == "Step 004")
    picture = picture_of(graph, Overlay({}, {taken: TransitionOverlay(1, "succeeded")}))
    assert [arrow.tail for arrow in picture.arrows if arrow.kind == "Catch" and not arrow.hidden] == ["Step 004"]


def test_ranks_follow_the_longest_way_and_ignore_loops():
    states = {
        "A": {"Type": "Choice", "Choices": [{"Variable": "$.x", "IsNull": True, "Next": "C"}], "Default": "B"},
        "B": {"Type": "Pass", "Next": "C"},
        "C": {"Type": "Pass", "Next": "A"},
    }
    arrows = picture_of(StateGraph({"StartAt": "A", "States": states})).arrows
    assert ranks(arrows, ["A"]) == {"A": 0, "B": 1, "C": 2}


def test_a_hidden_target_still_stands_below_where_it_comes_from():
    dot = to_dot(StateGraph(chain(40, caught)))
    assert sum("invis" in line for line in dot.splitlines()) == 1


@pytest.mark.parametrize("state", [caught, rejected, looped])
def test_three_hundred_states_are_drawn_in_under_five_seconds(state):
    pytest.importorskip("pygraphviz", reason="drawing needs Graphviz")
    graph = StateGraph(chain(299, state))
    began = time.process_time()
    render(graph, format="svg")
    render(graph, format="png")
    assert time.process_time() - began < 5


def test_ten_thousand_states_do_not_exhaust_the_stack():
    assert '"Step 9998" -> "Step 9999"' in to_dot(StateGraph(chain(10_000, rejected)))
