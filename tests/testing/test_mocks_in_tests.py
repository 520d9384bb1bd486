"""Mocks of a test: sequences, conditions, latency, chance, and results that a service could give."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from small_workflows import machine, task

from interpreter.errors import MockError
from interpreter.testing import TaskError
from interpreter.testing.answering import UnmockedTaskError
from interpreter.testing.mocks import ExhaustedMockError

RETRY = [{"ErrorEquals": ["Flaky"], "IntervalSeconds": 2, "MaxAttempts": 5, "BackoffRate": 1}]
INVOKE = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke",
    "Parameters": {"FunctionName": "f"},
    "End": True,
}


def test_answers_come_one_after_the_other_and_the_last_stays():
    order = machine({"Charge": task("charge", Retry=RETRY)})
    charge = order.mock("Charge", raises=TaskError("Flaky", "no"), times=2).then(returns=1, times=1).then(returns=2)
    assert [order.run({"n": n}).output for n in range(2)] == [1, 1]
    assert [call.retry_count for call in charge.calls] == [0, 1, 2] * 2
    assert charge.inputs == [{"n": 0}] * 3 + [{"n": 1}] * 3


def test_a_sequence_goes_on_over_the_iterations_of_a_map():
    states = {"Each": {"Type": "Map", "ItemProcessor": {"StartAt": "T", "States": {"T": task("t")}}, "End": True}}
    order = machine(states)
    order.mock("T", returns="first", times=1).then(returns="later")
    assert order.run([1, 2, 3]).output == ["first", "later", "later"]


def test_a_mock_that_is_used_up_fails_the_test_with_the_next_step():
    order = machine({"Charge": task("charge", Retry=RETRY)})
    order.mock("Charge", raises="Flaky", times=2)
    with pytest.raises(ExhaustedMockError, match=r"has 2 answers, and this is call number 3.*\n.*\.then"):
        order.run()


def test_a_condition_goes_before_a_name_a_name_before_a_resource_and_the_latest_first():
    order = machine({"Charge": task("charge")})
    order.mock(resource="charge", returns="by resource")
    assert order.run({}).output == "by resource"
    order.mock("Charge", returns="by name")
    order.mock(when=lambda given: given == {"vip": True}, returns="by input")
    assert [order.run(value).output for value in ({}, {"vip": True})] == ["by name", "by input"]
    order.mock("Charge", returns="latest")
    assert order.run({}).output == "latest"


def test_a_task_without_a_mock_fails_the_test_with_the_line_to_add():
    order = machine({"Charge": task("charge")})
    with pytest.raises(UnmockedTaskError) as failure:
        order.run({"id": 7})
    assert "nothing answers the Task 'Charge'" in str(failure.value)
    assert "{'id': 7}" in str(failure.value)
    assert 'order.mock("Charge", returns={})' in str(failure.value)


def test_the_line_to_add_for_an_invoked_function_gives_its_payload():
    order = machine({"Charge": INVOKE})
    with pytest.raises(UnmockedTaskError, match=r'order\.mock\("Charge", payload=\{\}\)'):
        order.run()


def test_the_line_to_add_for_a_service_passes_the_check_of_its_shape():
    start = {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2", "End": True}
    order = machine({"Start": {**start, "Parameters": {"StateMachineArn": "a"}}})
    with pytest.raises(UnmockedTaskError) as failure:
        order.run()
    line = str(failure.value).splitlines()[-1].strip()
    assert "'Status': 'SUCCEEDED'" in line
    eval(line, {"order": order})
    assert order.run().succeeded


def test_a_mock_whose_condition_refuses_says_so():
    order = machine({"Charge": task("charge")})
    order.mock("Charge", when=lambda given: False, returns=1)
    with pytest.raises(UnmockedTaskError, match="no mock accepts this input of"):
        order.run()


def test_latency_is_workflow_time_and_meets_time_limits():
    order = machine({"Charge": task("charge", TimeoutSeconds=10)})
    order.mock("Charge", returns=1, after=timedelta(seconds=9))
    assert order.run().duration == timedelta(seconds=9)
    order.mock("Charge", returns=1, after=11)
    run = order.run()
    assert (run.error, run.duration) == ("States.Timeout", timedelta(seconds=10))


def test_heartbeats_keep_a_long_task_alive():
    states = {"Charge": task("charge", HeartbeatSeconds=5)}
    alive, asleep = machine(states), machine(states)
    alive.mock("Charge", returns=1, after=60, heartbeat_every=4)
    asleep.mock("Charge", returns=1, after=60)
    assert alive.run().output == 1
    assert asleep.run().error == "States.Timeout"


def test_chance_follows_from_the_seed():
    order = machine({"Charge": task("charge", Retry=RETRY)})
    order.mock("Charge", raises="Flaky", chance=0.5).then(returns=1)
    attempts = [order.run(seed=seed)["Charge"].attempts for seed in range(12)]
    assert attempts == [order.run(seed=seed)["Charge"].attempts for seed in range(12)]
    assert len(set(attempts)) > 1


def test_a_function_answers_with_its_own_copy_of_the_input():
    order = machine({"Charge": task("charge")})

    def charge(given):
        given["seen"] = True
        return given

    mock = order.mock("Charge", by=charge)
    assert order.run({"id": 7}).output == {"id": 7, "seen": True}
    assert mock.inputs == [{"id": 7}]


def test_a_coroutine_function_answers_too():
    order = machine({"Charge": task("charge")})

    async def charge(given):
        return given["id"]

    order.mock("Charge", by=charge)
    assert order.run({"id": 7}).output == 7


def test_a_payload_is_wrapped_as_lambda_wraps_it():
    order = machine({"Charge": INVOKE})
    order.mock("Charge", payload={"id": 1})
    output = order.run().output
    assert (output["Payload"], output["StatusCode"]) == ({"id": 1}, 200)


def test_a_mock_for_no_state_is_told_the_nearest():
    order = machine({"Charge card": task("charge")})
    with pytest.raises(MockError, match="did you mean 'Charge card'"):
        order.mock("Charge crad", returns=1)


def test_a_map_that_reads_its_items_is_mocked_too():
    reader = {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key": "k"}}
    config = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "P"}
    processor = {**config, "States": {"P": {"Type": "Pass", "End": True}}}
    each = machine({"Each": {"Type": "Map", "ItemReader": reader, "ItemProcessor": processor, "End": True}})
    with pytest.raises(UnmockedTaskError, match=r'order\.mock\("Each", returns=\{\}\)'):
        each.run()
    read = each.mock("Each", returns={"Body": "[1, 2]"})
    assert each.run().output == [1, 2]
    assert read.inputs[0]["Key"] == "k"


def test_only_tasks_are_mocked():
    order = machine({"Wait": {"Type": "Wait", "Seconds": 1, "End": True}})
    with pytest.raises(MockError, match="'Wait' is a Wait state; only Task states"):
        order.mock("Wait", returns=1)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({}, "got none"),
        ({"returns": 1, "raises": "X"}, "got returns and raises"),
        ({"returns": object()}, "a mock's result is JSON"),
        ({"raises": ValueError("x")}, "raises= takes a TaskError"),
        ({"by": 3}, "by= takes a function"),
    ],
)
def test_an_answer_that_makes_no_sense_is_refused(answer, words):
    with pytest.raises(TypeError, match=words):
        machine({"Charge": task("charge")}).mock("Charge", **answer)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"times": 0}, "times=0: a mock answers at least once"),
        ({"chance": 3}, "chance=3: a probability is from 0 to 1"),
        ({"after": "5m"}, "'5m' is no time that an answer may take"),
        ({"after": -1}, "-1 is no time that an answer may take"),
        ({"mode": "LOOSE"}, "mode='LOOSE': results are checked as one of STRICT, PRESENT, NONE"),
    ],
)
def test_a_number_or_mode_that_a_mock_cannot_have_is_refused(arguments, words):
    with pytest.raises(MockError, match=words):
        machine({"Charge": task("charge")}).mock("Charge", returns=1, **arguments)


def test_a_run_begins_at_an_instant_with_a_time_zone_and_with_json():
    order = machine({"Wait": {"Type": "Wait", "Seconds": 1, "End": True}})
    with pytest.raises(MockError, match="is in no time zone"):
        order.run(now=datetime(2030, 1, 1))
    with pytest.raises(TypeError, match="an execution's input is JSON"):
        order.run({"id": object()})


def test_a_result_that_the_service_never_gives_is_refused_with_the_field_that_was_meant():
    order = machine({"Charge": INVOKE})
    with pytest.raises(
        MockError, match=r"lambda:invoke never does: there is no field 'statusCode', did you mean 'StatusCode'"
    ):
        order.mock("Charge", returns={"statusCode": 200})


def test_required_fields_count_in_strict_mode_only():
    start = {
        "Type": "Task",
        "Resource": "arn:aws:states:::states:startExecution",
        "Parameters": {"StateMachineArn": "a"},
        "End": True,
    }
    order = machine({"Start": start})
    with pytest.raises(MockError, match="Required field 'ExecutionArn' is missing"):
        order.mock("Start", returns={"StartDate": "now"})
    order.mock("Start", returns={"StartDate": "now"}, mode="PRESENT")
    with pytest.raises(MockError, match="Field 'StartDate' must be a string"):
        order.mock("Start", returns={"StartDate": 1}, mode="PRESENT")
    order.mock("Start", returns={"StartDate": 1}, mode="NONE")
    assert order.run().output == {"StartDate": 1}


def test_what_a_function_gives_is_checked_when_it_gives_it():
    order = machine({"Charge": INVOKE})
    order.mock("Charge", by=lambda given: {"Statuscode": 200})
    with pytest.raises(MockError, match="did you mean 'StatusCode'"):
        order.run()
