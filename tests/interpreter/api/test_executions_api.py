"""Executions through boto3: starting, stopping, describing, listing, and their history."""

import json
import time

import pytest
from botocore.exceptions import ClientError
from served import ROLE

PASS = {"P": {"Type": "Pass", "End": True}}
WAIT = {"W": {"Type": "Wait", "Seconds": 60, "Next": "P"}, **PASS}


def ended(client, arn):
    while (described := client.describe_execution(executionArn=arn))["status"] == "RUNNING":
        time.sleep(0.01)
    return described


def events_of(client, arn, **more):
    return client.get_execution_history(executionArn=arn, **more)["events"]


def code_of(call, **parameters):
    with pytest.raises(ClientError) as refused:
        call(**parameters)
    return refused.value.response["Error"]["Code"]


def test_a_start_is_idempotent_while_the_execution_runs_with_the_same_input(client, create):
    machine = create(WAIT, name="idempotent")
    first = client.start_execution(stateMachineArn=machine, name="e", input='{"a": 1}')
    again = client.start_execution(stateMachineArn=machine, name="e", input='{"a": 1}')
    assert (first["executionArn"], first["startDate"]) == (again["executionArn"], again["startDate"])
    other = {"stateMachineArn": machine, "name": "e", "input": '{"a": 2}'}
    assert code_of(client.start_execution, **other) == "ExecutionAlreadyExists"
    client.stop_execution(executionArn=first["executionArn"])
    assert code_of(client.start_execution, **{**other, "input": '{"a": 1}'}) == "ExecutionAlreadyExists"


def test_a_stopped_execution_shows_error_cause_and_the_event(client, create):
    arn = client.start_execution(stateMachineArn=create(WAIT, name="stopped"))["executionArn"]
    stopped = client.stop_execution(executionArn=arn, error="E", cause="because")["stopDate"]
    described = client.describe_execution(executionArn=arn)
    assert [described[key] for key in ("status", "error", "cause", "stopDate")] == ["ABORTED", "E", "because", stopped]
    assert events_of(client, arn)[-1]["executionAbortedEventDetails"] == {"error": "E", "cause": "because"}
    assert client.stop_execution(executionArn=arn)["stopDate"] == stopped


def test_history_goes_forwards_and_backwards_in_pages_and_without_data(client, create):
    states = {f"S{n}": {"Type": "Pass", "Assign": {"v": n}, "Next": f"S{n + 1}"} for n in range(5)}
    machine = create({**states, "S5": {"Type": "Pass", "End": True}}, name="paged")
    arn = client.start_execution(stateMachineArn=machine, input='{"a": 1}')["executionArn"]
    whole = events_of(client, arn)
    paginator = client.get_paginator("get_execution_history")
    for reverse in (False, True):
        pages = list(paginator.paginate(executionArn=arn, maxResults=3, reverseOrder=reverse))
        assert [len(page["events"]) for page in pages] == [3, 3, 3, 3, 2]
        found = [event for page in pages for event in page["events"]]
        assert found == (whole[::-1] if reverse else whole)
    bare = events_of(client, arn, includeExecutionData=False)
    assert bare[1]["stateEnteredEventDetails"] == {"name": "S0"}
    assert bare[2]["stateExitedEventDetails"] == {"name": "S0"}
    assert [event["id"] for event in bare] == [event["id"] for event in whole]


def test_a_page_token_belongs_to_its_list(client, create):
    machine = create(PASS, name="tokens")
    for _ in range(3):
        client.start_execution(stateMachineArn=machine)
    token = client.list_executions(stateMachineArn=machine, maxResults=1)["nextToken"]
    assert len(client.list_executions(stateMachineArn=machine, maxResults=9, nextToken=token)["executions"]) == 2
    wrong = {"stateMachineArn": machine, "statusFilter": "FAILED", "nextToken": token}
    assert code_of(client.list_executions, **wrong) == "InvalidToken"
    assert code_of(client.list_executions, stateMachineArn=machine, nextToken="x" * 3) == "InvalidToken"


def test_lists_filter_by_status_version_and_alias(client, create):
    machine = create(PASS, name="filtered", publish=True)
    version = f"{machine}:1"
    routes = [{"stateMachineVersionArn": version, "weight": 100}]
    alias = client.create_state_machine_alias(name="live", routingConfiguration=routes)["stateMachineAliasArn"]
    for arn in (machine, version, alias):
        client.start_execution(stateMachineArn=arn, name=arn.rpartition(":")[2])

    def names(**wanted):
        return [found["name"] for found in client.list_executions(**wanted)["executions"]]

    assert names(stateMachineArn=machine) == ["live", "1", "filtered"]
    assert names(stateMachineArn=version) == ["live", "1"]
    assert names(stateMachineArn=alias) == ["live"]
    assert names(stateMachineArn=machine, statusFilter="FAILED") == []
    assert names(stateMachineArn=machine, redriveFilter="REDRIVEN") == []
    assert code_of(client.list_executions) == "ValidationException"


def test_an_alias_divides_executions_by_weight(client, create):
    machine = create(PASS, name="weighted", publish=True)
    new = json.dumps({"StartAt": "P", "States": {"P": {"Type": "Pass", "Result": 2, "End": True}}})
    client.update_state_machine(stateMachineArn=machine, definition=new, publish=True)
    routes = [{"stateMachineVersionArn": f"{machine}:{number}", "weight": 50} for number in (1, 2)]
    alias = client.create_state_machine_alias(name="both", routingConfiguration=routes)["stateMachineAliasArn"]
    arns = [client.start_execution(stateMachineArn=alias)["executionArn"] for _ in range(40)]
    described = [client.describe_execution(executionArn=arn) for arn in arns]
    assert {found["stateMachineVersionArn"] for found in described} == {f"{machine}:1", f"{machine}:2"}
    assert {found["stateMachineAliasArn"] for found in described} == {alias}
    started = events_of(client, arns[0])[0]["executionStartedEventDetails"]
    assert started["stateMachineAliasArn"] == alias


def test_running_executions_keep_their_definition_when_it_is_updated_or_deleted(client, create):
    wait = {"W": {"Type": "Wait", "Seconds": 1, "Next": "P"}, "P": {"Type": "Pass", "Result": "old", "End": True}}
    machine = create(wait, name="kept")
    arn = client.start_execution(stateMachineArn=machine)["executionArn"]
    client.update_state_machine(stateMachineArn=machine, definition=json.dumps({"StartAt": "P", "States": PASS}))
    client.delete_state_machine(stateMachineArn=machine)
    assert json.loads(ended(client, arn)["output"]) == "old"
    found = client.describe_state_machine_for_execution(executionArn=arn)
    assert json.loads(found["definition"])["States"] == wait
    assert found["stateMachineArn"] == machine


def test_a_machine_that_takes_too_long_times_out(client, create):
    definition = {"StartAt": "W", "TimeoutSeconds": 1, "States": WAIT}
    arn = client.start_execution(stateMachineArn=create(definition, name="slow"))["executionArn"]
    assert ended(client, arn)["status"] == "TIMED_OUT"


def test_a_synchronous_express_execution_answers_with_its_end(client, create):
    machine = create({"P": {"Type": "Pass", "Result": {"a": 1}, "End": True}}, name="express", type="EXPRESS")
    answer = client.start_sync_execution(stateMachineArn=machine, name="n", input='{"x": 1}')
    assert (answer["status"], answer["output"], answer["input"]) == ("SUCCEEDED", '{"a":1}', '{"x": 1}')
    assert answer["billingDetails"] == {"billedMemoryUsedInMB": 64, "billedDurationInMilliseconds": 100}
    assert answer["executionArn"].startswith("arn:aws:states:us-east-1:123456789012:express:express:n:")
    failing = create({"F": {"Type": "Fail", "Error": "E", "Cause": "c"}}, name="failing", type="EXPRESS")
    answer = client.start_sync_execution(stateMachineArn=failing)
    assert (answer["status"], answer["error"], answer["cause"]) == ("FAILED", "E", "c")
    assert "output" not in answer


def test_an_express_execution_cannot_be_described_or_listed(client, create):
    machine = create(PASS, name="unseen", type="EXPRESS")
    arn = client.start_execution(stateMachineArn=machine)["executionArn"]
    for call in (client.describe_execution, client.get_execution_history, client.stop_execution):
        assert code_of(call, executionArn=arn) == "InvalidArn"
    assert code_of(client.list_executions, stateMachineArn=machine) == "StateMachineTypeNotSupported"


def test_an_express_machine_with_a_callback_is_refused(client):
    states = {"T": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "End": True}}
    definition = json.dumps({"StartAt": "T", "States": states})
    parameters = {"name": "refused", "definition": definition, "roleArn": ROLE, "type": "EXPRESS"}
    assert code_of(client.create_state_machine, **parameters) == "InvalidDefinition"


def test_many_executions_that_wait_are_parked_and_all_go_on(client, create):
    machine = create({"W": {"Type": "Wait", "Seconds": 3, "Next": "P"}, **PASS}, name="parked")
    arns = [client.start_execution(stateMachineArn=machine)["executionArn"] for _ in range(50)]
    assert client.describe_execution(executionArn=arns[0])["status"] == "RUNNING"
    assert {ended(client, arn)["status"] for arn in arns} == {"SUCCEEDED"}


@pytest.mark.parametrize(
    "text",
    ["[" * 400 + "]" * 400, "1e999", "NaN", '{"a": 1} rest', "[" * 100_000, '{"a": "' + "ü" * 140_000 + '"}'],
)
def test_input_that_can_not_be_worked_with_is_refused(client, create, text):
    machine = create(PASS, name="inputs")
    code = code_of(client.start_execution, stateMachineArn=machine, input=text)
    assert code in ("InvalidExecutionInput", "ValidationException")


def test_input_that_is_odd_but_json_is_kept_as_it_is(client, create):
    machine = create(PASS, name="odd")
    for text in ('{"a":"\\ud800"}', '"\\u0000"', "1" * 400, '{"":{"":[]}}', "[" * 150 + "]" * 150):
        arn = client.start_execution(stateMachineArn=machine, input=text)["executionArn"]
        described = ended(client, arn)
        assert json.loads(described["output"]) == json.loads(text)
        assert described["input"] == text


def test_a_name_that_is_no_text_is_refused(client, create):
    machine = create(PASS, name="surrogates")
    assert code_of(client.start_execution, stateMachineArn=machine, name="\ud800") == "InvalidName"
    assert code_of(
        client.describe_execution, executionArn=machine.replace(":stateMachine:", ":execution:") + ":\ud800"
    ) == ("InvalidArn")


@pytest.mark.parametrize(
    ("limit", "value", "code"),
    [("BACKLOG_LIMIT", -1, "ThrottlingException"), ("OPEN_LIMIT", 0, "ExecutionLimitExceeded")],
)
def test_more_than_the_server_can_take_is_refused_with_awss_error(client, create, monkeypatch, limit, value, code):
    machine = create(PASS, name="limited")
    monkeypatch.setattr(f"interpreter.api.operations.starting.{limit}", value)
    assert code_of(client.start_execution, stateMachineArn=machine) == code
    monkeypatch.undo()
    assert client.start_execution(stateMachineArn=machine)["executionArn"]


def test_a_stop_tells_when_even_if_the_execution_is_just_ending(client, create):
    machine = create(
        {f"S{n}": {"Type": "Pass", "Next": f"S{n + 1}"} for n in range(30)} | {"S30": PASS["P"]}, name="ending"
    )
    for _ in range(50):
        arn = client.start_execution(stateMachineArn=machine)["executionArn"]
        assert client.stop_execution(executionArn=arn)["stopDate"]
