"""Seeded schedules: they repeat, they are shrunk to what matters, they keep time limits."""

from __future__ import annotations

import pytest
from small_workflows import machine, task

from interpreter.errors import SettingsError
from interpreter.testing import MachineUnderTest, Schedule, first_failure


def fan(number, **fields):
    """A machine with so many branches of one Task each."""
    names = [f"T{index}" for index in range(number)]
    branches = [{"StartAt": name, "States": {name: task(name, **fields)}} for name in names]
    return machine({"P": {"Type": "Parallel", "Branches": branches, "End": True}}).machine


def order_of_calls(definition, schedule):
    fanned = MachineUnderTest(definition, schedule=schedule)
    calls = []
    fanned.mock(resource="*", by=lambda given: calls.append(len(calls)) or calls[-1])
    return fanned.run({}).output


def test_without_a_schedule_branches_begin_in_order():
    assert order_of_calls(fan(5), None) == [0, 1, 2, 3, 4]


def test_a_seed_gives_the_same_order_each_time_and_seeds_differ():
    definition = fan(5)
    orders = [tuple(order_of_calls(definition, Schedule(seed))) for seed in range(20)]
    assert orders == [tuple(order_of_calls(definition, Schedule(seed))) for seed in range(20)]
    assert len(set(orders)) > 10


def test_tasks_take_time_but_never_more_than_half_of_their_limit():
    definition = fan(3, TimeoutSeconds=1)
    runs = []
    for seed in range(10):
        fanned = MachineUnderTest(definition, schedule=Schedule(seed))
        fanned.mock(resource="*", returns=1)
        runs.append(fanned.run({}))
    assert all(run.succeeded for run in runs)
    assert all(run.duration.total_seconds() <= 0.5 for run in runs)
    assert len({run.duration for run in runs}) > 5


def test_a_failing_schedule_is_shrunk_to_the_decision_that_matters():
    definition = fan(8)

    def third_before_last(schedule):
        output = order_of_calls(definition, schedule)
        assert output[2] < output[7]

    found = first_failure(third_before_last, 30)
    assert found is not None
    with pytest.raises(AssertionError):
        third_before_last(Schedule.parse(str(found)))
    for left_out in found.notes:
        third_before_last(found.repeat(found.notes.keys() - {left_out}))


def test_which_branch_fails_first_follows_from_the_schedule():
    definition = fan(2)

    def first_error(schedule):
        fanned = MachineUnderTest(definition, schedule=schedule)
        fanned.mock("T0", raises="Zero")
        fanned.mock("T1", raises="One")
        return fanned.run({}).error

    assert first_error(None) == "Zero"
    assert {first_error(Schedule(seed)) for seed in range(20)} == {"Zero", "One"}


def test_a_test_that_never_fails_has_no_failing_schedule():
    assert first_failure(lambda schedule: None, 5) is None


def test_a_schedule_is_written_and_read():
    assert str(Schedule.parse("7")) == "7"
    assert str(Schedule.parse("7:5,2")) == "7:2,5"
    with pytest.raises(SettingsError, match="'x' is no schedule"):
        Schedule.parse("x")


def test_waiting_is_the_same_under_every_schedule():
    retry = [{"ErrorEquals": ["Flaky"], "IntervalSeconds": 3, "MaxAttempts": 1}]
    definition = machine({"A": task("a", Retry=retry)}).machine
    for seed in range(5):
        slow = MachineUnderTest(definition, schedule=Schedule(seed))
        slow.mock("A", raises="Flaky", times=1).then(returns=1)
        assert slow.run({}).waited.total_seconds() == 3
