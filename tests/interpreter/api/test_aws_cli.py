"""The AWS CLI drives every operation of the service."""

import json
import time

import pytest
from served import ROLE

from interpreter import serve
from interpreter.api.operations import OPERATIONS
from interpreter.api.shapes import operation_names

clidriver = pytest.importorskip("awscli.clidriver", reason="the AWS CLI is not installed: pip install awscli")

ARN = "arn:aws:states:us-east-1:123456789012"
PASS = {"StartAt": "P", "States": {"P": {"Type": "Pass", "Result": 1, "End": True}}}
FAIL = {"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E"}}}
WAIT = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 600, "End": True}}}
ACTIVITY = {"Type": "Task", "Resource": f"{ARN}:activity:work", "HeartbeatSeconds": 60, "End": True}
PROCESSOR = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, **WAIT}
MAP = {"Type": "Map", "ItemsPath": "$", "ItemProcessor": PROCESSOR, "End": True}


class RefusedError(Exception):
    """The CLI ended with an error, which this holds."""


def test_every_operation_of_the_model_is_served():
    assert set(OPERATIONS) == operation_names()
    assert len(OPERATIONS) == 37


@pytest.fixture(scope="module")
def server():
    with serve() as running:
        yield running


class Cli:
    """Calls an operation with the CLI's options; gives the answer, or raises with the CLI's error."""

    def __init__(self, url, capsys):
        self.used = set()
        self._capsys = capsys
        self._driver = clidriver.create_clidriver()
        self._common = ["--endpoint-url", url, "--region", "us-east-1", "--output", "json"]

    def __call__(self, operation, **options):
        self.used.add(operation.replace("-", ""))
        arguments = ["stepfunctions", operation, *self._common]
        for name, value in options.items():
            flag = f"--{name.replace('_', '-')}"
            arguments += [flag] if value is True else [flag, value if isinstance(value, str) else json.dumps(value)]
        status = self._driver.main(arguments)
        printed = self._capsys.readouterr()
        if status != 0:
            raise RefusedError(printed.err)
        return json.loads(printed.out or "{}")


@pytest.fixture
def aws(server, capsys, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "any")
    return Cli(server.url, capsys)


def ended(aws, arn):
    while (described := aws("describe-execution", execution_arn=arn))["status"] == "RUNNING":
        time.sleep(0.02)
    return described


def created(aws, name, definition, **more):
    return aws("create-state-machine", name=name, role_arn=ROLE, definition=definition, **more)["stateMachineArn"]


def drive_state_machines(aws):
    machine = created(aws, "machine", PASS)
    assert aws("describe-state-machine", state_machine_arn=machine)["name"] == "machine"
    assert aws("update-state-machine", state_machine_arn=machine, definition=FAIL)["revisionId"]
    assert machine in [found["stateMachineArn"] for found in aws("list-state-machines")["stateMachines"]]
    assert aws("validate-state-machine-definition", definition=PASS)["result"] == "OK"
    aws("delete-state-machine", state_machine_arn=machine)
    with pytest.raises(RefusedError, match="StateMachineDoesNotExist"):
        aws("describe-state-machine", state_machine_arn=machine)


def drive_versions_aliases_and_tags(aws):
    machine = created(aws, "versioned", PASS)
    version = aws("publish-state-machine-version", state_machine_arn=machine)["stateMachineVersionArn"]
    routes = [{"stateMachineVersionArn": version, "weight": 100}]
    alias = aws("create-state-machine-alias", name="live", routing_configuration=routes)["stateMachineAliasArn"]
    aws("update-state-machine-alias", state_machine_alias_arn=alias, description="d")
    assert aws("describe-state-machine-alias", state_machine_alias_arn=alias)["description"] == "d"
    assert len(aws("list-state-machine-aliases", state_machine_arn=machine)["stateMachineAliases"]) == 1
    assert len(aws("list-state-machine-versions", state_machine_arn=machine)["stateMachineVersions"]) == 1
    aws("delete-state-machine-alias", state_machine_alias_arn=alias)
    aws("delete-state-machine-version", state_machine_version_arn=version)
    aws("tag-resource", resource_arn=machine, tags=[{"key": "k", "value": "v"}])
    assert aws("list-tags-for-resource", resource_arn=machine)["tags"] == [{"key": "k", "value": "v"}]
    aws("untag-resource", resource_arn=machine, tag_keys=["k"])
    assert aws("list-tags-for-resource", resource_arn=machine)["tags"] == []


def drive_executions(aws):
    machine = created(aws, "waits", WAIT)
    arn = aws("start-execution", state_machine_arn=machine, name="e", input="{}")["executionArn"]
    assert [found["name"] for found in aws("list-executions", state_machine_arn=machine)["executions"]] == ["e"]
    assert aws("describe-state-machine-for-execution", execution_arn=arn)["name"] == "waits"
    aws("stop-execution", execution_arn=arn, error="E", cause="c")
    assert ended(aws, arn)["status"] == "ABORTED"
    assert (
        aws("get-execution-history", execution_arn=arn, reverse_order=True)["events"][0]["type"] == "ExecutionAborted"
    )
    aws("redrive-execution", execution_arn=arn)
    assert aws("describe-execution", execution_arn=arn)["redriveCount"] == 1


def drive_synchronous_executions_and_single_states(aws):
    machine = created(aws, "sync", PASS, type="EXPRESS")
    assert aws("start-sync-execution", state_machine_arn=machine)["output"] == "1"
    assert aws("test-state", definition=PASS["States"]["P"], role_arn=ROLE)["status"] == "SUCCEEDED"


def drive_activities_and_task_tokens(aws):
    activity = aws("create-activity", name="work")["activityArn"]
    assert aws("describe-activity", activity_arn=activity)["name"] == "work"
    assert aws("list-activities")["activities"][0]["name"] == "work"
    machine = created(aws, "works", {"StartAt": "T", "States": {"T": ACTIVITY}})
    ends = {
        "send-task-success": {"task_output": "1"},
        "send-task-failure": {"error": "E", "cause": "c"},
    }
    for operation, more in ends.items():
        arn = aws("start-execution", state_machine_arn=machine)["executionArn"]
        token = aws("get-activity-task", activity_arn=activity, worker_name="w")["taskToken"]
        aws("send-task-heartbeat", task_token=token)
        aws(operation, task_token=token, **more)
        assert ended(aws, arn)["status"] in ("SUCCEEDED", "FAILED")
    aws("delete-activity", activity_arn=activity)


def drive_map_runs(aws):
    machine = created(aws, "maps", {"StartAt": "M", "States": {"M": MAP}})
    arn = aws("start-execution", state_machine_arn=machine, input=[1, 2])["executionArn"]
    (run,) = aws("list-map-runs", execution_arn=arn)["mapRuns"]
    aws("update-map-run", map_run_arn=run["mapRunArn"], max_concurrency="1")
    assert aws("describe-map-run", map_run_arn=run["mapRunArn"])["maxConcurrency"] == 1
    aws("stop-execution", execution_arn=arn)


def test_the_cli_drives_every_operation(aws):
    drive_state_machines(aws)
    drive_versions_aliases_and_tags(aws)
    drive_executions(aws)
    drive_synchronous_executions_and_single_states(aws)
    drive_activities_and_task_tokens(aws)
    drive_map_runs(aws)
    assert aws.used == {name.lower() for name in operation_names()}
