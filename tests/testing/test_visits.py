"""A history read as visits: which attempt, which iteration, and how each ended."""

from __future__ import annotations

from small_workflows import machine, task


def seen(run):
    return [(visit.state, visit.index, visit.in_attempt, visit.status) for visit in run.visits]


def test_iterations_that_start_late_know_their_index_and_their_map():
    inner = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "End": True}}}
    nested = {"Type": "Map", "ItemProcessor": inner, "MaxConcurrency": 1, "End": True}
    outer = {"StartAt": "Inner", "States": {"Inner": nested}}
    run = machine({"Outer": {"Type": "Map", "ItemProcessor": outer, "MaxConcurrency": 1, "End": True}}).run(
        [[1, 2], [3]]
    )
    assert [(visit.state, visit.index, visit.parent.state) for visit in run.visits[1:]] == [
        ("Inner", 0, "Outer"), ("A", 0, "Inner"), ("B", 0, "Inner"), ("A", 1, "Inner"), ("B", 1, "Inner"),
        ("Inner", 1, "Outer"), ("A", 0, "Inner"), ("B", 0, "Inner"),
    ]  # fmt: skip
    assert all(visit.status == "succeeded" for visit in run.visits)


def test_a_retried_parallel_keeps_its_attempts_apart():
    good = {"StartAt": "Good", "States": {"Good": {"Type": "Wait", "Seconds": 9, "End": True}}}
    bad = {"StartAt": "Bad", "States": {"Bad": task("bad")}}
    retry = [{"ErrorEquals": ["Flaky"], "IntervalSeconds": 1, "MaxAttempts": 1}]
    order = machine({"P": {"Type": "Parallel", "Branches": [good, bad], "Retry": retry, "End": True}})
    order.mock("Bad", raises="Flaky", times=1).then(returns=1)
    run = order.run()
    assert seen(run) == [
        ("P", None, 0, "succeeded"), ("Good", 0, 0, "aborted"), ("Bad", 1, 0, "failed"), ("Good", 0, 1, "succeeded"),
        ("Bad", 1, 1, "succeeded"),
    ]  # fmt: skip
    assert (run["P"].attempts, run.waited.total_seconds()) == (2, 10)


def test_a_fail_state_inside_of_a_map_has_the_error_of_the_execution():
    inner = {"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E", "Cause": "why"}}}
    run = machine({"Each": {"Type": "Map", "ItemProcessor": inner, "End": True}}).run([1])
    assert (run["F"].error, run["F"].cause, run["Each"].error) == ("E", "why", "E")


def test_a_caught_failure_is_told_from_a_success():
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "End"}]
    order = machine({"A": task("a", Catch=catch, Next="End"), "End": {"Type": "Succeed"}})
    order.mock("A", raises="E")
    run = order.run()
    assert (run["A"].status, run["A"].error, run["A"].output) == ("caught", "E", {"Error": "E", "Cause": None})


def test_loops_are_visits_of_their_own():
    again = {"Variable": "$.n", "NumericLessThan": 3, "Next": "Add"}
    states = {
        "Add": {"Type": "Pass", "Parameters": {"n.$": "States.MathAdd($.n, 1)"}, "Next": "Again"},
        "Again": {"Type": "Choice", "Choices": [again], "Default": "Done"},
        "Done": {"Type": "Succeed"},
    }
    run = machine(states).run({"n": 0})
    assert run["Add"].inputs == [{"n": 0}, {"n": 1}, {"n": 2}]
    assert run["Add"].outputs == [{"n": 1}, {"n": 2}, {"n": 3}]
    assert run.path == ["Add", "Again"] * 3 + ["Done"]


def test_waiting_side_by_side_is_counted_once():
    branches = [
        {"StartAt": f"W{seconds}", "States": {f"W{seconds}": {"Type": "Wait", "Seconds": seconds, "End": True}}}
        for seconds in (5, 8)
    ]
    assert machine({"P": {"Type": "Parallel", "Branches": branches, "End": True}}).run().waited.total_seconds() == 8
