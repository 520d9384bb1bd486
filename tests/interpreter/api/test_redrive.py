"""RedriveExecution: a closed execution goes on from where it failed."""

import json
import time

import pytest

FLAKY = "arn:aws:lambda:us-east-1:123456789012:function:flaky"
calls = []


def flaky(value):
    """Fails the first time for each key."""
    calls.append(value)
    if calls.count(value) < 2:
        raise RuntimeError("first time")
    return value


def lambda_task(**more):
    return {"Type": "Task", "Resource": FLAKY, "End": True, **more}


@pytest.fixture(scope="module")
def server():
    from interpreter.serving import serve

    with serve(tasks={"flaky": flaky}) as running:
        yield running


@pytest.fixture(autouse=True)
def forget_calls():
    calls.clear()


def run_to_end(client, arn):
    while (described := client.describe_execution(executionArn=arn))["status"] == "RUNNING":
        time.sleep(0.01)
    return described


def kinds(client, arn):
    return [event["type"] for event in client.get_execution_history(executionArn=arn, maxResults=1000)["events"]]


def failed_once(client, create, states, value, name):
    arn = client.start_execution(stateMachineArn=create(states, name=name), input=json.dumps(value))["executionArn"]
    described = run_to_end(client, arn)
    assert (described["status"], described["redriveStatus"]) == ("FAILED", "REDRIVABLE")
    return arn


def test_a_failed_task_is_scheduled_again_with_its_input_and_variables(client, create):
    states = {
        "Before": {"Type": "Pass", "Assign": {"kept": "yes"}, "Next": "Fails"},
        "Fails": lambda_task(End=False, Next="After"),
        "After": {"Type": "Pass", "Parameters": {"kept.$": "$kept", "value.$": "$"}, "End": True},
    }
    del states["Fails"]["End"]
    arn = failed_once(client, create, states, {"a": 1}, "redriven_task")
    assert client.redrive_execution(executionArn=arn)["redriveDate"]
    described = run_to_end(client, arn)
    assert json.loads(described["output"]) == {"kept": "yes", "value": {"a": 1}}
    assert (described["status"], described["redriveCount"]) == ("SUCCEEDED", 1)
    lambda_events = ["LambdaFunctionScheduled", "LambdaFunctionStarted"]
    assert kinds(client, arn) == [
        *["ExecutionStarted", "PassStateEntered", "PassStateExited", "TaskStateEntered"],
        *[*lambda_events, "LambdaFunctionFailed", "ExecutionFailed"],
        *["ExecutionRedriven", *lambda_events, "LambdaFunctionSucceeded", "TaskStateExited"],
        *["PassStateEntered", "PassStateExited", "ExecutionSucceeded"],
    ]


def test_only_the_failed_branch_of_a_parallel_runs_again(client, create):
    good = {"StartAt": "Good", "States": {"Good": {"Type": "Pass", "Result": "good", "End": True}}}
    bad = {"StartAt": "Bad", "States": {"Bad": lambda_task(Parameters="bad")}}
    arn = failed_once(
        client, create, {"P": {"Type": "Parallel", "Branches": [good, bad], "End": True}}, {}, "redriven_p"
    )
    client.redrive_execution(executionArn=arn)
    assert json.loads(run_to_end(client, arn)["output"]) == ["good", "bad"]
    assert kinds(client, arn).count("PassStateEntered") == 1


def test_only_failed_and_waiting_iterations_of_a_map_run_again(client, create):
    processor = {"StartAt": "Each", "States": {"Each": lambda_task()}}
    states = {"M": {"Type": "Map", "ItemsPath": "$", "MaxConcurrency": 1, "ItemProcessor": processor, "End": True}}
    calls.append(1)
    arn = failed_once(client, create, states, [1, 2, 2], "redriven_m")
    client.redrive_execution(executionArn=arn)
    assert json.loads(run_to_end(client, arn)["output"]) == [1, 2, 2]
    assert calls == [1, 1, 2, 2, 2]


def test_an_execution_that_succeeded_or_runs_cannot_be_redriven(client, create):
    wait = create({"W": {"Type": "Wait", "Seconds": 60, "End": True}}, name="running")
    done = create({"P": {"Type": "Pass", "End": True}}, name="done")
    for machine, status in ((wait, "RUNNING"), (done, "SUCCEEDED")):
        arn = client.start_execution(stateMachineArn=machine)["executionArn"]
        with pytest.raises(client.exceptions.ExecutionNotRedrivable, match=f"is {status} and cannot be redriven"):
            client.redrive_execution(executionArn=arn)


def test_the_same_client_token_redrives_once(client, create):
    arn = failed_once(client, create, {"F": {"Type": "Fail", "Error": "E"}}, {}, "redriven_twice")
    first = client.redrive_execution(executionArn=arn, clientToken="t")["redriveDate"]
    run_to_end(client, arn)
    assert client.redrive_execution(executionArn=arn, clientToken="t")["redriveDate"] == first
    assert client.describe_execution(executionArn=arn)["redriveCount"] == 1
    client.redrive_execution(executionArn=arn, clientToken="u")
    assert run_to_end(client, arn)["redriveCount"] == 2
    assert kinds(client, arn).count("ExecutionRedriven") == 2
