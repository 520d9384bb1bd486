"""What histories say: statuses, visits, attempts, iterations and the transitions that were taken."""

import json
from collections import Counter
from pathlib import Path

import pytest

from asl.graph import StateGraph
from interpreter import run
from interpreter.overlay import HistoryError, overlay_of

RECORDED = Path(__file__).parents[3] / "shared" / "conformance" / "cases"
TASK = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f"}}
BUSY = {"Throw": {"Error": "Busy", "Cause": "try later"}}
DONE = {"Return": {}}


def machine(**states):
    return {"StartAt": next(iter(states)), "States": states}


def overlay_after(definition, value=None, mocks=None):
    result = run(definition, value, mocks=mocks, seed=1)
    return overlay_of(StateGraph(definition), result.history)


def taken(overlay):
    return {(edge.source, edge.target, edge.kind): mark.taken for edge, mark in overlay.transitions.items()}


def statuses(overlay):
    return {name: state.status for name, state in overlay.states.items()}


def test_a_straight_run_is_green_and_its_transitions_are_counted():
    definition = machine(A={"Type": "Pass", "Next": "B"}, B={"Type": "Wait", "Seconds": 90, "End": True})
    overlay = overlay_after(definition, {"n": 1})
    assert statuses(overlay) == {"A": "succeeded", "B": "succeeded"}
    assert taken(overlay) == {("A", "B", "Next"): 1}
    assert overlay.states["B"].duration == pytest.approx(90, abs=1)
    assert json.loads(overlay.states["A"].input) == {"n": 1}
    assert overlay.heading == "succeeded · 90 s"
    assert overlay.state("Elsewhere").status == "not reached"


def test_a_retry_is_yellow_with_its_attempts():
    definition = machine(Pay={**TASK, "Retry": [{"ErrorEquals": ["Busy"]}], "End": True})
    overlay = overlay_after(definition, mocks={"Pay": [BUSY, BUSY, DONE]})
    assert (overlay.states["Pay"].status, overlay.states["Pay"].attempts) == ("retried", 3)
    assert overlay.states["Pay"].error is None


def test_a_catch_is_orange_even_where_next_leads_to_the_same_state():
    definition = machine(
        Pay={**TASK, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "End"}], "Next": "End"}, End={"Type": "Succeed"}
    )
    caught, fine = (overlay_after(definition, mocks={"Pay": [answer]}) for answer in (BUSY, DONE))
    assert (caught.states["Pay"].status, caught.states["Pay"].error) == ("caught", "Busy")
    assert taken(caught) == {("Pay", "End", "Catch"): 1}
    assert taken(fine) == {("Pay", "End", "Next"): 1}


def test_a_failed_state_is_red_with_its_error_and_cause():
    overlay = overlay_after(machine(Pay={**TASK, "End": True}), mocks={"Pay": [BUSY]})
    state = overlay.states["Pay"]
    assert (state.status, state.error, state.cause) == ("failed", "Busy", "try later")
    assert overlay.heading.startswith("failed: Busy")


def test_a_state_that_fails_without_an_event_of_its_own_is_red():
    overlay = overlay_after(machine(Look={"Type": "Pass", "InputPath": "$.nothing", "End": True}), {"a": 1})
    assert (overlay.states["Look"].status, overlay.states["Look"].error) == ("failed", "States.Runtime")


def test_a_loop_counts_its_visits_and_turns():
    done = {"Variable": "$.n", "NumericEquals": 0, "Next": "Yes"}
    definition = machine(
        Less={"Type": "Pass", "Parameters": {"n.$": "States.MathAdd($.n, -1)"}, "Next": "Done?"},
        **{"Done?": {"Type": "Choice", "Choices": [done], "Default": "Less"}, "Yes": {"Type": "Succeed"}},
    )
    overlay = overlay_after(definition, {"n": 3})
    assert overlay.states["Less"].visits == 3
    assert taken(overlay) == {
        ("Less", "Done?", "Next"): 3,
        ("Done?", "Less", "Default"): 2,
        ("Done?", "Yes", "Choice"): 1,
    }


def test_overlapping_iterations_are_told_apart():
    inner = machine(First={"Type": "Wait", "SecondsPath": "$", "Next": "Second"}, Second={"Type": "Pass", "End": True})
    overlay = overlay_after(machine(Each={"Type": "Map", "ItemProcessor": inner, "End": True}), [3, 1, 2])
    assert overlay.states["Each"].iterations == 3
    assert overlay.states["First"].visits == overlay.states["Second"].visits == 3
    assert taken(overlay) == {("First", "Second", "Next"): 3}
    assert set(statuses(overlay).values()) == {"succeeded"}


def test_a_map_that_fails_is_red_and_its_other_iterations_are_aborted():
    inner = machine(Slow={"Type": "Wait", "SecondsPath": "$.wait", "Next": "Work"}, Work={**TASK, "End": True})
    each = {
        "Type": "Map",
        "ItemProcessor": inner,
        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Sorry"}],
        "End": True,
    }
    definition = machine(Each=each, Sorry={"Type": "Pass", "End": True})
    overlay = overlay_after(definition, [{"wait": 1}, {"wait": 50}], mocks={"Work": [BUSY]})
    assert statuses(overlay) == {"Each": "caught", "Slow": "succeeded", "Work": "failed", "Sorry": "succeeded"}
    assert overlay.states["Each"].failed_iterations == 1
    assert overlay.states["Each"].error == "Busy"
    assert taken(overlay)["Each", "Sorry", "Catch"] == 1


def test_a_branch_cut_off_by_its_sibling_is_aborted():
    branches = [
        machine(Long={"Type": "Wait", "Seconds": 500, "End": True}),
        machine(Boom={"Type": "Fail", "Error": "No"}),
    ]
    overlay = overlay_after(machine(Both={"Type": "Parallel", "Branches": branches, "End": True}))
    assert statuses(overlay) == {"Both": "failed", "Long": "aborted", "Boom": "failed"}


def test_a_parallel_that_is_retried_makes_what_failed_inside_yellow():
    branches = [machine(Work={**TASK, "End": True})]
    both = {"Type": "Parallel", "Branches": branches, "Retry": [{"ErrorEquals": ["States.ALL"]}], "End": True}
    overlay = overlay_after(machine(Both=both), mocks={"Work": [BUSY, DONE]})
    assert statuses(overlay) == {"Both": "retried", "Work": "retried"}
    assert (overlay.states["Both"].attempts, overlay.states["Work"].visits) == (2, 2)


def test_a_history_without_an_end_is_still_running():
    definition = machine(A={"Type": "Pass", "Next": "B"}, B={"Type": "Wait", "Seconds": 9, "End": True})
    history = [event for event in run(definition, seed=1).history if event["id"] <= 4]
    overlay = overlay_of(StateGraph(definition), history)
    assert statuses(overlay) == {"A": "succeeded", "B": "running"}
    assert overlay.heading.startswith("running")


def test_a_time_out_of_the_machine_fails_the_state_it_was_in():
    definition = {**machine(Hold={"Type": "Wait", "Seconds": 900, "End": True}), "TimeoutSeconds": 5}
    overlay = overlay_after(definition)
    assert (overlay.states["Hold"].status, overlay.states["Hold"].error) == ("failed", "States.Timeout")


@pytest.mark.parametrize("form", [lambda instant: instant.isoformat(), lambda instant: instant.timestamp()])
def test_timestamps_are_read_in_the_forms_that_tools_write(form):
    definition = machine(Hold={"Type": "Wait", "Seconds": 60, "End": True})
    history = [{**event, "timestamp": form(event["timestamp"])} for event in run(definition, seed=1).history]
    assert overlay_of(StateGraph(definition), history).states["Hold"].duration == pytest.approx(60, abs=1)


def test_the_order_of_the_events_in_the_file_does_not_matter():
    definition = machine(A={"Type": "Pass", "Next": "B"}, B={"Type": "Succeed"})
    history = run(definition, seed=1).history
    assert overlay_of(StateGraph(definition), history[::-1]) == overlay_of(StateGraph(definition), history)


def test_a_distributed_map_says_that_its_items_are_elsewhere():
    """A recorded shape: nothing of what the child executions did is in the parent's history."""
    inner = {"ProcessorConfig": {"Mode": "DISTRIBUTED"}, **machine(Work={"Type": "Pass", "End": True})}
    definition = machine(Each={"Type": "Map", "ItemProcessor": inner, "End": True})
    named = {"name": "Each"}
    events = [
        {"id": 1, "previousEventId": 0, "type": "ExecutionStarted"},
        {"id": 2, "previousEventId": 0, "type": "MapStateEntered", "stateEnteredEventDetails": named},
        {"id": 3, "previousEventId": 2, "type": "MapStateStarted", "mapStateStartedEventDetails": {"length": 0}},
        {"id": 4, "previousEventId": 3, "type": "MapRunStarted", "mapRunStartedEventDetails": {"mapRunArn": "arn"}},
        {"id": 5, "previousEventId": 4, "type": "MapRunSucceeded"},
        {"id": 6, "previousEventId": 5, "type": "MapStateSucceeded"},
        {"id": 7, "previousEventId": 4, "type": "MapStateExited", "stateExitedEventDetails": named},
        {"id": 8, "previousEventId": 7, "type": "ExecutionSucceeded"},
    ]
    overlay = overlay_of(StateGraph(definition), events)
    assert statuses(overlay) == {"Each": "succeeded"}
    assert overlay.states["Each"].iterations is None
    assert overlay.states["Each"].notes == ("items ran as child executions",)


@pytest.mark.parametrize("events", [["x"], [{"type": "PassStateEntered"}], [{"id": 1}], [{"id": [1], "type": "X"}]])
def test_what_is_no_event_is_refused_by_its_number(events):
    with pytest.raises(HistoryError, match="event 1 of the history is none"):
        overlay_of(StateGraph(machine(A={"Type": "Succeed"})), events)


def test_recorded_histories_add_up():
    """Each entry is one visit, each but a first state's came by a transition, and each end fits the execution's."""
    checked = 0
    for definition, expected in _recorded():
        overlay = overlay_of(StateGraph(definition), expected["history"])
        entered = Counter(
            event["stateEnteredEventDetails"]["name"]
            for event in expected["history"]
            if event["type"].endswith("Entered")
        )
        assert {name: state.visits for name, state in overlay.states.items()} == entered
        starts = {scope.start_at for scope in StateGraph(definition).scopes}
        arrived = Counter()
        for edge, mark in overlay.transitions.items():
            arrived[edge.target] += mark.taken
        assert all(arrived[name] == count for name, count in entered.items() if name not in starts)
        assert "running" not in statuses(overlay).values()
        if expected["status"] == "FAILED":
            assert "failed" in statuses(overlay).values()
        checked += 1
    if not checked:
        pytest.skip("the recorded histories in ../shared/conformance are not here")


def _recorded():
    for path in sorted(RECORDED.glob("*/*.json")):
        case = json.loads(path.read_text(encoding="utf-8"))
        expected = case.get("expect") or {}
        history = expected.get("history")
        plain = history and isinstance(case.get("definition"), dict)
        if plain and all(isinstance(event["id"], int) for event in history):
            yield case["definition"], expected
