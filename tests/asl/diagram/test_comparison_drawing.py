"""The picture of a difference."""

import copy

from asl.diagram import to_dot
from asl.diagram.comparison import comparison
from asl.diff import diff_definitions
from asl.graph import StateGraph


def compared(old, change):
    new = copy.deepcopy(old)
    change(new["States"])
    graph, overlay = comparison(old, new, diff_definitions(old, new))
    return graph, overlay


def marks(overlay):
    return {(edge.source, edge.target, edge.kind): mark.status for edge, mark in overlay.transitions.items()}


def test_what_was_removed_is_still_in_the_picture(order):
    def change(states):
        del states["Cool off"]
        states["Is it big?"]["Default"] = "Rejected"

    graph, overlay = compared(order, change)
    assert overlay.state("Cool off").status == "removed"
    assert overlay.state("Is it big?").status == "changed"
    assert overlay.state("Done").status == "same"
    assert marks(overlay) == {
        ("Is it big?", "Rejected", "Default"): "added",
        ("Is it big?", "Cool off", "Default"): "removed",
        ("Cool off", "Prepare", "Next"): "removed",
    }
    dot = to_dot(graph, overlay=overlay)
    removed = next(line for line in dot.splitlines() if '"Cool off" [' in line)
    assert 'style="filled,dashed"' in removed


def test_states_removed_from_a_map_stay_in_their_map(order):
    def change(states):
        ship = states["Prepare"]["Branches"][1]["States"]["Ship lines"]
        ship["ItemProcessor"] = {"StartAt": "Grab", "States": {"Grab": {"Type": "Succeed"}}}

    graph, overlay = compared(order, change)
    pick, grab = graph.find("Pick"), graph.find("Grab")
    assert pick.scope == grab.scope
    assert (overlay.state("Pick").status, overlay.state("Grab").status) == ("removed", "added")


def test_a_removed_frame_brings_what_was_in_it(order):
    def change(states):
        states["Is it big?"]["Choices"][0]["Next"] = "Done"
        states["Cool off"]["Next"] = "Done"
        del states["Prepare"]

    graph, overlay = compared(order, change)
    assert {name for name, state in overlay.states.items() if state.status == "removed"} == {
        "Prepare", "Reserve", "Ship lines", "Pick",
    }  # fmt: skip
    assert len(list(graph.states())) == 9


def test_states_of_a_frame_that_became_a_task_find_a_place(order):
    def change(states):
        states["Prepare"] = {"Type": "Task", "Resource": "x", "Next": "Done"}

    graph, _ = compared(order, change)
    assert graph.find("Pick") is not None
    assert graph.find("Reserve").scope == 0


def test_old_and_new_rules_are_both_drawn(order):
    def change(states):
        states["Is it big?"]["Choices"][0]["Next"] = "Done"
        states["Validate order"]["Catch"] = []

    _, overlay = compared(order, change)
    assert marks(overlay) == {
        ("Is it big?", "Done", "Choice"): "added",
        ("Is it big?", "Prepare", "Choice"): "removed",
        ("Validate order", "Rejected", "Catch"): "removed",
    }


def test_a_reworded_condition_is_a_changed_arrow_and_a_renamed_state_says_its_old_name(order):
    def change(states):
        states["Is it big?"]["Choices"][0]["NumericGreaterThan"] = 5
        states["Fine"] = states.pop("Done")
        states["Prepare"]["Next"] = "Fine"

    _, overlay = compared(order, change)
    assert marks(overlay) == {("Is it big?", "Prepare", "Choice"): "changed"}
    assert overlay.state("Fine").notes == ("was Done",)
    assert overlay.state("Is it big?").notes == ("changed: choice rules",)


def test_equal_definitions_make_a_plain_picture(order):
    graph, overlay = compared(order, lambda states: None)
    assert overlay.states == {}
    assert overlay.transitions == {}
    assert len(graph.transitions) == len(StateGraph(order).transitions)
