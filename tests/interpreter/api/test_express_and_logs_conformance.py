"""The recorded express executions, execution logs and descriptions, from one server."""

import json
import time

import pytest
from replay import CONFORMANCE, RecordedAnswers, compare, load_cases, needs_recordings
from served import make_client
from test_executions_conformance import FASTER, AnswersByMachine

from interpreter import serve

CASES = [
    case
    for case in load_cases("execution", "sync_execution", "express_async")
    if case["kind"] != "execution"
    or "logs" in case["expect"]
    or "redriveCount" in case["expect"].get("describe_execution", {})
]
GROUP = "arn:aws:logs:us-east-1:111111111111:log-group:recorded:*"


@pytest.fixture(scope="module")
def answers():
    return AnswersByMachine()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("logs")


@pytest.fixture(scope="module")
def recorded_client(answers, folder):
    with serve(account="111111111111", handler=answers, logs=folder, time_scale=FASTER) as server:
        yield make_client(server.url)


def created(client, answers, case):
    name = f"m{CASES.index(case)}"
    answers.cases[name] = RecordedAnswers(case)
    logging = case.get("logging") or {"level": "ALL", "includeExecutionData": True}
    configuration = {**logging, "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": GROUP}}]}
    machine = client.create_state_machine(
        name=name,
        roleArn="arn:aws:iam::111111111111:role/r",
        definition=json.dumps(case["definition"]),
        type=case["type"],
        loggingConfiguration=configuration,
    )
    return machine["stateMachineArn"]


def difference(case, expected, actual):
    """The first difference that the recordings' comparer finds between two responses."""
    compare(case, {})
    from compare import Bindings, Masks, compare_response

    return compare_response(expected, json.loads(json.dumps(actual, default=str)), Masks(case.get("masks")), Bindings())


def logged(folder, arn):
    path = folder / "recorded" / f"{arn}.log"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def until_logged(folder, arn):
    ends = time.monotonic() + 10
    while not (lines := logged(folder, arn)) or not lines[-1]["type"].startswith("Execution") or len(lines) == 1:
        assert time.monotonic() < ends
        time.sleep(0.01)
    return lines


def of(kind, *expectations):
    cases = [case for case in CASES if case["kind"] == kind and all(name in case["expect"] for name in expectations)]
    return pytest.mark.parametrize("case", cases, ids=[case["id"] for case in cases])


@needs_recordings
@of("sync_execution")
def test_a_synchronous_execution_answers_as_on_aws(recorded_client, answers, case):
    machine = created(recorded_client, answers, case)
    given = case.get("input_text", json.dumps(case["input"]))
    answer = recorded_client.start_sync_execution(stateMachineArn=machine, input=given)
    expected = case["expect"]["response"] | {"billingDetails": answer["billingDetails"]}
    assert difference(case, expected, answer) is None


@needs_recordings
@of("express_async")
def test_an_asynchronous_express_execution_logs_its_end_as_on_aws(recorded_client, answers, folder, case):
    machine = created(recorded_client, answers, case)
    given = case.get("input_text", json.dumps(case["input"]))
    arn = recorded_client.start_execution(stateMachineArn=machine, input=given)["executionArn"]
    assert difference(case, case["expect"]["end_event"], until_logged(folder, arn)[-1]) is None


@needs_recordings
@of("execution", "logs")
def test_the_log_of_an_execution_is_that_of_aws(recorded_client, answers, folder, case):
    arn = started(recorded_client, created(recorded_client, answers, case), case)
    assert difference(case, {"logs": case["expect"]["logs"]}, {"logs": logged(folder, arn)}) is None


@needs_recordings
@of("execution", "describe_execution")
def test_an_execution_is_described_as_on_aws(recorded_client, answers, case):
    arn = started(recorded_client, created(recorded_client, answers, case), case)
    described = recorded_client.describe_execution(executionArn=arn)
    assert difference(case, case["expect"]["describe_execution"], described) is None


def started(client, machine, case):
    """The ARN of an execution that has ended."""
    given = case.get("input_text", json.dumps(case["input"]))
    arn = client.start_execution(stateMachineArn=machine, input=given)["executionArn"]
    while client.describe_execution(executionArn=arn)["status"] == "RUNNING":
        time.sleep(0.01)
    return arn


def test_there_are_recordings_where_the_comparer_is():
    assert bool(CASES) == CONFORMANCE.is_dir()
