"""Tasks of served workflows: activities, task tokens, nested executions, functions, and what nobody answers."""

import http.client
import json
import threading
import time

import pytest
from botocore.exceptions import ClientError
from served import make_client

from interpreter import TaskError, serve

ARN = "arn:aws:states:us-east-1:123456789012"
ACTIVITY = f"{ARN}:activity:work"
servers = []


async def slowly(value):
    return {"slow": value}


def calls_back(event):
    """A worker that reports to the server before it gives its answer."""
    make_client(servers[-1].url).send_task_success(taskToken=event["Token"], output='"called back"')
    return "too late"


def fails(value):
    raise TaskError("Custom.Error", "on purpose")


@pytest.fixture(scope="module")
def server():
    tasks = {"fails": fails, "slowly": slowly, "calls_back": calls_back}
    with serve(tasks=tasks) as running:
        servers.append(running)
        yield running


@pytest.fixture(autouse=True)
def activity(client):
    client.create_activity(name="work")


def task(resource, **more):
    return {"T": {"Type": "Task", "Resource": resource, "End": True, **more}}


def start(client, machine, value=None):
    given = json.dumps({} if value is None else value)
    return client.start_execution(stateMachineArn=machine, input=given)["executionArn"]


def ended(client, arn):
    ends = time.monotonic() + 20
    while (described := client.describe_execution(executionArn=arn))["status"] == "RUNNING":
        assert time.monotonic() < ends
        time.sleep(0.01)
    return described


def kinds(client, arn):
    return [event["type"] for event in client.get_execution_history(executionArn=arn)["events"]]


def code_of(call, **parameters):
    with pytest.raises(ClientError) as refused:
        call(**parameters)
    return refused.value.response["Error"]["Code"]


def test_a_worker_takes_an_activity_task_and_completes_it(client, create):
    arn = start(client, create(task(ACTIVITY), name="activity"), {"n": 7})
    taken = client.get_activity_task(activityArn=ACTIVITY, workerName="ada")
    assert json.loads(taken["input"]) == {"n": 7}
    client.send_task_success(taskToken=taken["taskToken"], output='{"done": true}')
    assert json.loads(ended(client, arn)["output"]) == {"done": True}
    events = client.get_execution_history(executionArn=arn)["events"]
    assert events[3]["activityStartedEventDetails"] == {"workerName": "ada"}


def test_a_worker_that_waits_gets_the_next_task(client, create):
    taken = []
    worker = threading.Thread(target=lambda: taken.append(client.get_activity_task(activityArn=ACTIVITY)))
    worker.start()
    time.sleep(0.2)
    arn = start(client, create(task(ACTIVITY), name="polled"))
    worker.join(10)
    client.send_task_failure(taskToken=taken[0]["taskToken"], error="E", cause="c")
    described = ended(client, arn)
    assert (described["status"], described["error"], described["cause"]) == ("FAILED", "E", "c")


def test_a_task_that_ended_refuses_its_token(client, create):
    arn = start(client, create(task(ACTIVITY), name="twice"))
    token = client.get_activity_task(activityArn=ACTIVITY)["taskToken"]
    client.send_task_heartbeat(taskToken=token)
    client.send_task_success(taskToken=token, output="1")
    for call, more in (
        (client.send_task_success, {"output": "2"}),
        (client.send_task_failure, {}),
        (client.send_task_heartbeat, {}),
    ):
        assert code_of(call, taskToken=token, **more) == "TaskTimedOut"
    assert ended(client, arn)["output"] == "1"


def test_two_completions_at_once_count_once(client, create):
    arn = start(client, create(task(ACTIVITY), name="race"))
    token = client.get_activity_task(activityArn=ACTIVITY)["taskToken"]
    outcomes = []

    def complete(number):
        try:
            client.send_task_success(taskToken=token, output=str(number))
            outcomes.append(str(number))
        except ClientError as refused:
            outcomes.append(refused.response["Error"]["Code"])

    threads = [threading.Thread(target=complete, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes)[1:] == ["TaskTimedOut"] * 7
    assert ended(client, arn)["output"] == sorted(outcomes)[0]


@pytest.mark.parametrize("token", ["x", "not base64!", "YWJj", "YXJuI3gjeSN6", "'; DROP TABLE running; --"])
def test_a_bad_token_is_an_invalid_token(client, token):
    with pytest.raises(client.exceptions.InvalidToken, match="Invalid Token: 'Invalid token'"):
        client.send_task_success(taskToken=token, output="1")


def test_a_bad_output_is_an_invalid_output_and_the_task_goes_on(client, create):
    arn = start(client, create(task(ACTIVITY), name="bad_output"))
    token = client.get_activity_task(activityArn=ACTIVITY)["taskToken"]
    assert code_of(client.send_task_success, taskToken=token, output="{") == "InvalidOutput"
    client.send_task_success(taskToken=token, output="{}")
    assert ended(client, arn)["status"] == "SUCCEEDED"


def test_a_missed_heartbeat_times_the_task_out(client, create):
    arn = start(client, create(task(ACTIVITY, HeartbeatSeconds=1, TimeoutSeconds=30), name="silent"))
    client.get_activity_task(activityArn=ACTIVITY)
    assert ended(client, arn)["error"] == "States.Timeout"
    assert "ActivityTimedOut" in kinds(client, arn)


def test_a_deleted_activity_fails_the_execution(client, create):
    machine = create(task(f"{ARN}:activity:gone"), name="deleted")
    described = ended(client, start(client, machine))
    assert described["error"] == "States.Runtime"
    assert f"The activity {ARN}:activity:gone does not exist." in described["cause"]


def test_functions_answer_by_state_and_by_resource(client, create):
    machine = create(task("arn:aws:lambda:us-east-1:1:function:slowly"), name="functions")
    assert json.loads(ended(client, start(client, machine, 5))["output"]) == {"slow": 5}
    failing = ended(client, start(client, create(task("arn:aws:lambda:us-east-1:1:function:fails"), name="failing")))
    assert (failing["error"], failing["cause"]) == ("Custom.Error", "on purpose")


def child(client, create, states=None):
    return create(states or {"C": {"Type": "Pass", "Result": {"child": 1}, "End": True}}, name="child")


def nested(pattern, machine, **more):
    parameters = {"StateMachineArn": machine, "Input": {"from": "parent"}, **more}
    return task(f"arn:aws:states:::states:startExecution{pattern}", Parameters=parameters)


def test_a_nested_execution_is_started(client, create):
    machine = create(nested("", child(client, create), Name="named"), name="fire_and_forget")
    output = json.loads(ended(client, start(client, machine))["output"])
    assert output["ExecutionArn"] == f"{ARN}:execution:child:named"
    assert output["SdkHttpMetadata"]["HttpStatusCode"] == 200
    assert json.loads(client.describe_execution(executionArn=output["ExecutionArn"])["input"]) == {"from": "parent"}


@pytest.mark.parametrize(("pattern", "output"), [(".sync", '{"child":1}'), (".sync:2", {"child": 1})])
def test_a_nested_execution_is_waited_for(client, create, pattern, output):
    states = {
        "W": {"Type": "Wait", "Seconds": 1, "Next": "C"},
        "C": {"Type": "Pass", "Result": {"child": 1}, "End": True},
    }
    machine = create(nested(pattern, create(states, name="waiting_child")), name=f"parent{len(pattern)}")
    arn = start(client, machine)
    result = json.loads(ended(client, arn)["output"])
    assert (result["Status"], result["Output"], result["Name"]) == (
        "SUCCEEDED",
        output,
        result["ExecutionArn"].split(":")[7],
    )
    assert "TaskSubmitted" in kinds(client, arn)


def test_a_nested_execution_that_fails_fails_the_task_with_its_description(client, create):
    machine = create({"F": {"Type": "Fail", "Error": "E", "Cause": "c"}}, name="failing_child")
    described = ended(client, start(client, create(nested(".sync:2", machine), name="failing_parent")))
    cause = json.loads(described["cause"])
    assert described["error"] == "States.TaskFailed"
    assert (cause["Error"], cause["Cause"], cause["Status"]) == ("E", "c", "FAILED")


def test_a_nested_machine_that_is_not_there_fails_the_task(client, create):
    machine = create(nested(".sync", f"{ARN}:stateMachine:nowhere"), name="orphan")
    assert ended(client, start(client, machine))["error"] == "StepFunctions.StateMachineDoesNotExistException"


def test_stopping_the_parent_stops_the_child(client, create):
    waiting = create({"W": {"Type": "Wait", "Seconds": 60, "End": True}}, name="long_child")
    arn = start(client, create(nested(".sync", waiting, Name="stopped"), name="long_parent"))
    child_arn = f"{ARN}:execution:long_child:stopped"
    while "TaskSubmitted" not in kinds(client, arn):
        time.sleep(0.01)
    client.stop_execution(executionArn=arn)
    assert ended(client, child_arn)["status"] == "ABORTED"


def test_a_child_completes_its_parents_callback(client, create):
    answer = task(
        "arn:aws:states:::aws-sdk:sfn:sendTaskSuccess",
        Parameters={"TaskToken.$": "$.token", "Output": {"called": "back"}},
    )
    parameters = {"StateMachineArn": create(answer, name="caller"), "Input": {"token.$": "$$.Task.Token"}}
    waiting = task("arn:aws:states:::states:startExecution.waitForTaskToken", Parameters=parameters)
    described = ended(client, start(client, create(waiting, name="called")))
    assert json.loads(described["output"]) == {"called": "back"}


def test_a_refused_call_of_the_sdk_integration_is_named_as_aws_names_it(client, create):
    call = task("arn:aws:states:::aws-sdk:sfn:sendTaskSuccess", Parameters={"TaskToken": "x", "Output": "1"})
    described = ended(client, start(client, create(call, name="sdk")))
    assert described["error"] == "Sfn.InvalidTokenException"
    assert described["cause"].startswith("Invalid Token: 'Invalid token' (Service: Sfn, Status Code: 400, Request ID: ")


def test_a_distributed_map_has_a_map_run_with_counts_and_children(client, create):
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "C",
        "States": {"C": {"Type": "Pass", "End": True}},
    }
    states = {"M": {"Type": "Map", "Label": "each", "ItemsPath": "$", "ItemProcessor": processor, "End": True}}
    arn = start(client, create(states, name="distributed"), [1, 2, 3])
    assert json.loads(ended(client, arn)["output"]) == [1, 2, 3]
    (run,) = client.list_map_runs(executionArn=arn)["mapRuns"]
    described = client.describe_map_run(mapRunArn=run["mapRunArn"])
    assert (described["status"], described["itemCounts"]["succeeded"]) == ("SUCCEEDED", 3)
    assert run["stateMachineArn"] == f"{ARN}:stateMachine:distributed/each"
    children = client.list_executions(mapRunArn=run["mapRunArn"])["executions"]
    assert [(found["status"], found["itemCount"]) for found in children] == [("SUCCEEDED", 1)] * 3
    assert kinds(client, children[0]["executionArn"])[-1] == "ExecutionSucceeded"
    update = {"mapRunArn": run["mapRunArn"], "maxConcurrency": 1}
    assert code_of(client.update_map_run, **update) == "ValidationException"
    assert code_of(client.update_map_run, mapRunArn=run["mapRunArn"]) == "ValidationException"


def test_a_running_map_run_can_be_updated_and_is_aborted_with_its_execution(client, create):
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "C",
        "States": {"C": {"Type": "Wait", "Seconds": 60, "End": True}},
    }
    states = {"M": {"Type": "Map", "MaxConcurrency": 1, "ItemsPath": "$", "ItemProcessor": processor, "End": True}}
    arn = start(client, create(states, name="long_map"), [1, 2, 3])
    (run,) = client.list_map_runs(executionArn=arn)["mapRuns"]
    client.update_map_run(mapRunArn=run["mapRunArn"], maxConcurrency=2, toleratedFailureCount=1)
    described = client.describe_map_run(mapRunArn=run["mapRunArn"])
    assert (described["maxConcurrency"], described["toleratedFailureCount"]) == (2, 1)
    assert (described["itemCounts"]["running"], described["itemCounts"]["pending"]) == (1, 2)
    client.stop_execution(executionArn=arn)
    assert client.describe_map_run(mapRunArn=run["mapRunArn"])["status"] == "ABORTED"
    (only,) = client.list_executions(mapRunArn=run["mapRunArn"])["executions"]
    assert ended(client, only["executionArn"])["status"] == "ABORTED"


def test_a_task_is_not_given_to_a_worker_that_has_gone(server, client, create):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    headers = {"X-Amz-Target": "AWSStepFunctions.GetActivityTask"}
    connection.request("POST", "/", json.dumps({"activityArn": ACTIVITY}), headers)
    time.sleep(0.2)
    connection.close()
    time.sleep(0.2)
    arn = start(client, create(task(ACTIVITY), name="abandoned"))
    taken = client.get_activity_task(activityArn=ACTIVITY)
    client.send_task_success(taskToken=taken["taskToken"], output="1")
    assert ended(client, arn)["status"] == "SUCCEEDED"


def test_a_function_may_complete_its_own_callback(server, client, create):
    machine = create(
        task(
            "arn:aws:states:::lambda:invoke.waitForTaskToken",
            Parameters={"FunctionName": "calls_back", "Payload.$": "$$.Task"},
        ),
        name="own_callback",
    )
    began = time.monotonic()
    described = ended(client, start(client, machine))
    assert (described["status"], described["output"]) == ("SUCCEEDED", '"called back"')
    assert time.monotonic() - began < 5
