"""Kill the server with -9 at random moments: every execution goes on from its last committed step and ends right."""

import json
import os
import random
import signal
import socket
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
from botocore.exceptions import BotoCoreError
from served import ROLE, make_client, start_server

LONG = bool(os.environ.get("ASL_LONG_TESTS"))
EXECUTIONS, KILLS = (200, 100) if LONG else (24, 6)
ARN = "arn:aws:states:us-east-1:123456789012"
NEVER_GIVE_UP = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "MaxAttempts": 99, "BackoffRate": 1.0}]


def machine(*states):
    """A chain of (name, state) pairs."""
    names = [name for name, _ in states]
    ends = [{"Next": name} for name in names[1:]] + [{"End": True}]
    return {"StartAt": names[0], "States": {name: state | end for (name, state), end in zip(states, ends, strict=True)}}


ANSWER = {
    "Type": "Task",
    "Resource": "arn:aws:states:::aws-sdk:sfn:sendTaskSuccess",
    "Parameters": {"TaskToken.$": "$.token", "Output.$": "States.JsonToString($.n)"},
}
CHILD = machine(("Rest", {"Type": "Wait", "Seconds": 1}), ("Double", {"Type": "Pass", "Result": "child"}))
CALLED_BACK = machine(("Rest", {"Type": "Wait", "Seconds": 1}), ("Answer", ANSWER))
BRANCHES = [
    machine(("Left", {"Type": "Wait", "Seconds": 1})),
    machine(("Right", {"Type": "Pass"}), ("Then", {"Type": "Pass", "Result": "right"})),
]
ITERATION = machine(("Each", {"Type": "Pass"}), ("Pause", {"Type": "Wait", "Seconds": 1}))
DISTRIBUTED = machine(("Shard", {"Type": "Pass"}), ("Idle", {"Type": "Wait", "Seconds": 1}))
DISTRIBUTED["ProcessorConfig"] = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
PARENT = machine(
    ("First", {"Type": "Wait", "Seconds": 1}),
    ("Try", {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:1:function:flaky", "ResultPath": "$.tried",
             "Retry": NEVER_GIVE_UP}),
    ("Loop", {"Type": "Map", "ItemsPath": "$.items", "MaxConcurrency": 2, "ItemProcessor": ITERATION,
              "ResultPath": "$.looped"}),
    ("Spread", {"Type": "Map", "Label": "spread", "ItemsPath": "$.items", "MaxConcurrency": 2,
                "ItemProcessor": DISTRIBUTED, "ResultPath": "$.spread"}),
    ("Both", {"Type": "Parallel", "Branches": BRANCHES, "ResultSelector": {"right.$": "$[1]"}, "ResultPath": "$.both"}),
    ("Nested", {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2",
                "Parameters": {"StateMachineArn": f"{ARN}:stateMachine:child", "Input": {}},
                "ResultSelector": {"output.$": "$.Output"}, "ResultPath": "$.nested"}),
    ("Called", {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.waitForTaskToken",
                "Parameters": {"StateMachineArn": f"{ARN}:stateMachine:called_back",
                               "Input": {"token.$": "$$.Task.Token", "n.$": "$.n"}}, "ResultPath": "$.called"}),
    ("Worked", {"Type": "Task", "Resource": f"{ARN}:activity:worked", "ResultPath": "$.worked"}),
)  # fmt: skip


def expected(number):
    items = [1, 2, 3]
    return {
        "n": number,
        "items": items,
        "tried": {"flaky": number},
        "looped": items,
        "spread": items,
        "both": {"right": "right"},
        "nested": {"output": "child"},
        "called": number,
        "worked": {"done": number},
    }


class Server:
    """The server that is killed, on one port and one file."""

    def __init__(self, folder):
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.start()

    def start(self):
        store = f"sqlite:///{self.folder}/asl.db"
        flags = ["--store", store, "--task", "flaky=flaky_worker:flaky", "--log-level", "error"]
        path = os.pathsep.join([str(Path(__file__).parent), os.getcwd()])
        env = {**os.environ, "PYTHONPATH": path}
        self.process, self.url = start_server(*flags, port=self.port, env=env)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def killed_server(tmp_path):
    server = Server(tmp_path)
    yield server
    server.kill()


def insist(call, **parameters):
    """Call until the server answers; what it refuses is the caller's."""
    while True:
        try:
            return call(**parameters)
        except BotoCoreError:
            time.sleep(0.05)


def work(client, stop):
    """A worker that keeps a token for a while before it sends it back, often over a crash."""
    while not stop.is_set():
        task = insist(client.get_activity_task, activityArn=f"{ARN}:activity:worked", workerName="w")
        if task.get("taskToken"):
            time.sleep(random.random())
            output = json.dumps({"done": json.loads(task["input"])["n"]})
            # What was acknowledged in an answer that the kill swallowed is refused the second time.
            with suppress(client.exceptions.TaskTimedOut):
                insist(client.send_task_success, taskToken=task["taskToken"], output=output)


def start_all(client):
    for name, definition in (("child", CHILD), ("called_back", CALLED_BACK), ("parent", PARENT)):
        client.create_state_machine(name=name, roleArn=ROLE, definition=json.dumps(definition))
    client.create_activity(name="worked")
    arns = []
    for number in range(EXECUTIONS):
        given = json.dumps({"n": number, "items": [1, 2, 3]})
        started = client.start_execution(stateMachineArn=f"{ARN}:stateMachine:parent", name=f"e{number}", input=given)
        arns.append(started["executionArn"])
    return arns


def history_of(client, arn):
    events, token = [], {}
    while True:
        page = client.get_execution_history(executionArn=arn, maxResults=1000, **token)
        events += page["events"]
        if "nextToken" not in page:
            return events
        token = {"nextToken": page["nextToken"]}


def check_history(events):
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    assert all(event["previousEventId"] < event["id"] for event in events)
    kinds = Counter(event["type"] for event in events)
    entered = Counter(
        event["stateEnteredEventDetails"]["name"] for event in events if "stateEnteredEventDetails" in event
    )
    exited = Counter(event["stateExitedEventDetails"]["name"] for event in events if "stateExitedEventDetails" in event)
    assert entered == exited
    assert entered == {"Each": 3, "Pause": 3, "Left": 1, "Right": 1, "Then": 1} | dict.fromkeys(PARENT["States"], 1)
    assert kinds["ExecutionStarted"] == kinds["ExecutionSucceeded"] == 1
    assert kinds["MapIterationSucceeded"] == 3
    assert kinds["MapRunStarted"] == kinds["MapRunSucceeded"] == 1
    assert kinds["TaskSubmitted"] == kinds["TaskSucceeded"] == 2
    assert kinds["ActivityScheduled"] == kinds["ActivityStarted"] == kinds["ActivitySucceeded"] == 1


def check_map_run(client, arn):
    """The distributed Map had its children once each, and they all ended well."""
    (run,) = client.list_map_runs(executionArn=arn)["mapRuns"]
    assert client.describe_map_run(mapRunArn=run["mapRunArn"])["executionCounts"]["succeeded"] == 3
    children = client.list_executions(mapRunArn=run["mapRunArn"])["executions"]
    assert [child["status"] for child in children] == ["SUCCEEDED"] * 3


def test_killed_at_random_moments_every_execution_ends_right(killed_server):
    client = make_client(killed_server.url, read_timeout=70)
    arns = start_all(client)
    stop = threading.Event()
    workers = [threading.Thread(target=work, args=(client, stop), daemon=True) for _ in range(8)]
    for worker in workers:
        worker.start()
    for _ in range(KILLS):
        time.sleep(random.random())
        killed_server.kill()
        killed_server.start()
    ends = Counter(wait_for_end(client, arn) for arn in arns)
    stop.set()
    assert ends == {"SUCCEEDED": EXECUTIONS}
    for number, arn in enumerate(arns):
        assert json.loads(client.describe_execution(executionArn=arn)["output"]) == expected(number)
        check_history(history_of(client, arn))
        check_map_run(client, arn)
    print(f"{KILLS} kills, {EXECUTIONS} executions with children: {dict(ends)}, every history without gap")


def wait_for_end(client, arn):
    ends = time.monotonic() + 120
    while time.monotonic() < ends:
        described = insist(client.describe_execution, executionArn=arn)
        if described["status"] != "RUNNING":
            return described["status"]
        time.sleep(0.05)
    return "RUNNING"
