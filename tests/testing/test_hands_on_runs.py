"""A run while it goes: tokens, activities, the passing of time, pauses, parts of a machine, nested machines."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from small_workflows import machine, task

from interpreter.errors import MockError
from interpreter.testing.loop import KitError
from interpreter.testing.tokens import TaskTimedOutError
from interpreter.testing.workflow_run import StuckError

APPROVE = {
    "Type": "Task",
    "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
    "Parameters": {"QueueUrl": "q", "MessageBody.$": "$$.Task.Token"},
    "End": True,
}
PACK = {"Type": "Task", "Resource": "arn:aws:states:us-east-1:123456789012:activity:pack", "End": True}


def waiting(**fields):
    wait = {"Type": "Wait", "Seconds": 3600, "Next": "Approve"}
    return machine({"Wait": wait, "Approve": {**APPROVE, **fields}})


def test_a_token_is_sent_while_the_execution_waits():
    run = waiting().start()
    token = run.token("Approve")
    assert (run.status, run.duration, run.path) == ("RUNNING", timedelta(hours=1), ["Wait", "Approve"])
    assert token.input["MessageBody"] == token.value
    token.succeed({"by": "Ada"})
    assert run.output == {"by": "Ada"}
    assert run.waited == timedelta(hours=1)


def test_a_token_reports_a_failure():
    run = waiting().start()
    run.token("Approve").fail("Refused", "too dear")
    assert (run.failed, run.error, run.cause) == (True, "Refused", "too dear")


def test_a_heartbeat_begins_the_time_again_and_its_absence_ends_the_task():
    run = waiting(HeartbeatSeconds=60).start()
    token = run.token("Approve")
    for _ in range(3):
        run.advance(50)
        token.heartbeat()
    run.advance(59)
    assert run.status == "RUNNING"
    run.advance(1)
    assert run.error == "States.Timeout"


def test_a_token_of_an_attempt_that_is_over_is_refused():
    run = waiting(TimeoutSeconds=60).start()
    token = run.token("Approve")
    run.advance(timedelta(minutes=2))
    with pytest.raises(TaskTimedOutError, match="'Approve'"):
        token.succeed({})


def test_a_token_that_is_sent_twice_is_refused():
    run = waiting().start()
    token = run.token("Approve")
    token.succeed({})
    with pytest.raises(TaskTimedOutError):
        token.succeed({})


def test_a_run_that_nobody_will_end_says_what_it_waits_for():
    run = waiting().start()
    with pytest.raises(StuckError, match=r"'Approve' waits for its task token.*run\.token\('Approve'\)"):
        run.finish()


def test_a_run_that_ends_before_a_token_says_how():
    rule = {"Variable": "$.ok", "BooleanEquals": True, "Next": "Approve"}
    choice = {"Type": "Choice", "Choices": [rule], "Default": "Fail"}
    run = machine({"If": choice, "Fail": {"Type": "Fail", "Error": "E"}, "Approve": APPROVE}).start({"ok": False})
    with pytest.raises(StuckError, match=r"ended before the token of 'Approve'.*error='E'"):
        run.token("Approve")


def test_a_worker_takes_the_task_of_an_activity_by_arn_name_or_state():
    for name in ("pack", "arn:aws:states:us-east-1:123456789012:activity:pack", "Box"):
        run = machine({"Box": PACK}).start({"id": 1})
        task_token = run.activity(name, worker="Grace")
        assert task_token.input == {"id": 1}
        started = next(event for event in run.history if event["type"] == "ActivityStarted")
        assert started["activityStartedEventDetails"] == {"workerName": "Grace"}
        task_token.succeed("packed")
        assert run.output == "packed"


def test_the_time_of_an_activity_begins_when_it_is_taken():
    run = machine({"Box": {**PACK, "TimeoutSeconds": 10}}).start()
    run.advance(5)
    run.activity("pack")
    run.advance(9)
    assert run.status == "RUNNING"
    run.advance(2)
    assert run.error == "States.Timeout"


def test_a_pause_shows_and_takes_input_and_variables():
    states = {
        "Set": {"Type": "Pass", "Assign": {"limit": 10}, "Next": "Use"},
        "Use": {"Type": "Pass", "Parameters": {"limit.$": "$limit", "id.$": "$.id"}, "End": True},
    }
    run = machine(states).start({"id": 1})
    pause = run.pause_at("Use")
    assert (pause.state, pause.input, pause.variables) == ("Use", {"id": 1}, {"limit": 10})
    pause.input = {"id": 2}
    pause.variables = {"limit": 99}
    pause.resume()
    assert run.output == {"limit": 99, "id": 2}


def test_a_pause_comes_again_with_each_visit_and_each_iteration():
    inner = {"StartAt": "T", "States": {"T": task("t")}}
    order = machine({"Each": {"Type": "Map", "ItemProcessor": inner, "End": True}})
    order.mock("T", by=lambda given: given)
    run = order.start([1, 2])
    seen = []
    for _ in range(2):
        pause = run.pause_at("T")
        seen.append(pause.input)
        pause.input = pause.input * 10
        pause.resume()
    assert seen == [1, 2]
    assert run.output == [10, 20]


def test_a_paused_run_that_is_to_end_says_where_it_stands():
    run = machine({"A": {"Type": "Pass", "End": True}}).start()
    run.pause_at("A")
    with pytest.raises(StuckError, match=r"paused at 'A'.*resume"):
        run.finish()


def test_only_a_run_that_was_begun_with_start_can_be_paused():
    run = machine({"A": {"Type": "Pass", "End": True}}).run()
    with pytest.raises(KitError, match=r"begun with start\(\)"):
        run.pause_at("A")


def test_a_run_begins_at_any_state_with_variables():
    inner = {"StartAt": "In", "States": {"In": {"Type": "Pass", "Parameters": {"v.$": "$v"}, "End": True}}}
    fanned = {"Type": "Parallel", "Branches": [inner], "Next": "Z"}
    order = machine({"A": {"Type": "Pass", "Next": "P"}, "P": fanned, "Z": {"Type": "Succeed"}})
    assert order.run({}, start_at="P", variables={"v": 1}).output == [{"v": 1}]
    assert order.run({}, start_at="In", variables={"v": 2}).output == {"v": 2}
    with pytest.raises(MockError, match="has no state 'B'"):
        order.run({}, start_at="B")


def test_a_run_stops_before_the_work_of_a_state():
    order = machine({"A": {"Type": "Pass", "Result": 1, "Next": "B"}, "B": task("b")})
    run = order.run({}, until="B")
    assert (run.status, run["B"].input, run.path) == ("RUNNING", 1, ["A", "B"])


def test_a_nested_machine_runs_in_the_same_time_with_its_own_mocks():
    child = machine({"Wait": {"Type": "Wait", "Seconds": 60, "Next": "T"}, "T": task("t")})
    child.mock("T", by=lambda given: {"got": given})
    start = {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2", "End": True}
    parent = machine({"Start": {**start, "Parameters": {"StateMachineArn": "a", "Input": {"n": 1}}}})
    parent.mock("Start", runs=child)
    run = parent.run()
    assert (run.output["Output"], run.output["Status"]) == ({"got": {"n": 1}}, "SUCCEEDED")
    assert run.duration == timedelta(seconds=60)


def test_a_nested_machine_that_fails_fails_its_task():
    child = machine({"F": {"Type": "Fail", "Error": "Inner", "Cause": "why"}})
    start = {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync", "End": True}
    parent = machine({"Start": {**start, "Parameters": {"StateMachineArn": "a"}}})
    parent.mock("Start", runs=child)
    run = parent.run()
    assert run.error == "States.TaskFailed"
    assert '"Error":"Inner"' in run.cause


def test_a_nested_machine_that_is_only_started_runs_on_beside_its_parent():
    child = machine({"T": task("t")})
    called = child.mock("T", returns=1)
    start = {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution", "Next": "Wait"}
    states = {
        "Start": {**start, "Parameters": {"StateMachineArn": "a"}},
        "Wait": {"Type": "Wait", "Seconds": 1, "End": True},
    }
    parent = machine(states)
    parent.mock("Start", runs=child)
    assert "ExecutionArn" in parent.run().output
    assert len(called.calls) == 1


def test_a_token_of_a_nested_machine_is_in_the_hands_of_that_machine():
    child = machine({"Approve": APPROVE})
    start = {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2", "End": True}
    parent = machine({"Start": {**start, "Parameters": {"StateMachineArn": "a"}}})
    parent.mock("Start", runs=child)
    run = parent.start()
    run.advance(5)
    child.runs[-1].token("Approve").succeed("yes")
    assert run.output["Output"] == "yes"


def test_children_of_a_distributed_map_are_seen_and_their_tokens_sent():
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "Approve"}
    each = {"Type": "Map", "ItemProcessor": {**processor, "States": {"Approve": APPROVE}}, "End": True}
    run = machine({"Each": each}).start(["a", "b"])
    for answer in (1, 2):
        run.token("Approve").succeed(answer)
    assert run.output == [1, 2]
    assert [(visit.index, visit.parent.state) for visit in run["Approve"].visits] == [(0, "Each"), (1, "Each")]
    assert run["Approve"].inputs == ["a", "b"]


def test_a_run_that_was_left_does_not_use_up_the_mocks_of_the_next():
    order = machine({"A": task("a", Next="B"), "B": {"Type": "Pass", "End": True}})
    order.mock("A", returns=1, times=1)
    order.run(until="B")
    assert order.run().output == 1


def test_a_run_is_stopped():
    run = waiting().start()
    run.token("Approve")
    run.stop("Enough", "too late")
    assert (run.status, run.error, run.cause) == ("ABORTED", "Enough", "too late")


def test_the_machines_own_time_limit_ends_a_run_that_waits():
    run = machine({"Approve": APPROVE}, TimeoutSeconds=100).start()
    assert (run.finish().status, run.duration) == ("TIMED_OUT", timedelta(seconds=100))


def test_a_run_begins_when_the_test_says():
    states = {"A": {"Type": "Pass", "Parameters": {"now.$": "$$.Execution.StartTime"}, "End": True}}
    run = machine(states).run(now=datetime(2030, 5, 1, tzinfo=UTC))
    assert run.output == {"now": "2030-05-01T00:00:00Z"}


def test_runs_repeat_to_the_byte():
    states = {"A": {"Type": "Pass", "Parameters": {"id.$": "States.UUID()"}, "End": True}}
    order = machine(states)
    assert order.run().history == order.run().history
    assert order.run(seed=1).output != order.run().output


def test_an_async_test_can_run_a_machine():
    order = machine({"A": task("a")})
    order.mock("A", returns=1)

    async def inside_of_a_loop():
        return order.run().output

    assert asyncio.run(inside_of_a_loop()) == 1


def test_a_state_that_there_is_not_is_named_with_the_nearest():
    run = machine({"Charge": {"Type": "Pass", "End": True}}).run()
    with pytest.raises(MockError, match="did you mean 'Charge'"):
        run["Chrage"]


def test_a_state_that_was_not_reached_is_false_and_says_so():
    rule = {"Variable": "$.ok", "BooleanEquals": True, "Next": "B"}
    choice = {"Type": "Choice", "Choices": [rule], "Default": "A"}
    run = machine({"If": choice, "A": {"Type": "Succeed"}, "B": {"Type": "Succeed"}}).run({"ok": False})
    assert not run["B"]
    assert run["B"].status == "not reached"
    with pytest.raises(AssertionError, match="'B' was never entered"):
        run["B"].input  # noqa: B018
