"""Every recorded execution gives through the API what it gives without it: all are started at once on one server."""

import json
import time

import pytest
from botocore.exceptions import ClientError
from replay import RecordedAnswers, compare, load_cases, needs_recordings, run_case
from served import make_client

from interpreter.serving import serve

CASES = load_cases("execution")
FASTER = 0.02
"""Time on this server passes fifty times as quickly, for retries and time limits."""


class AnswersByMachine:
    """Hands a task to the recorded answers of the case that its state machine is named after."""

    def __init__(self):
        self.cases = {}

    def answer_for(self, state_name, resource):
        async def answer(request):
            recorded = self.cases[request.execution_arn.split(":")[6].split("/")[0]]
            return recorded.answer_for(state_name, resource)(request)

        return answer


@pytest.fixture(scope="module")
def results():
    """What the API says of every case, by its id."""
    answers = AnswersByMachine()
    with serve(account="111111111111", handler=answers, time_scale=FASTER) as server:
        client = make_client(server.url)
        starts = [started(client, answers, f"m{number}", case) for number, case in enumerate(CASES)]
        yield {case["id"]: result_of(client, start) for case, start in zip(CASES, starts, strict=True)}


def started(client, answers, name, case):
    """The execution's ARN, or the error that its definition met."""
    try:
        return start(client, answers, name, case)
    except ClientError as refused:
        return refused


def start(client, answers, name, case):
    answers.cases[name] = RecordedAnswers(case)
    role = "arn:aws:iam::111111111111:role/r"
    machine = client.create_state_machine(name=name, roleArn=role, definition=json.dumps(case["definition"]))
    given = case.get("input_text", json.dumps(case["input"]))
    create_activities(client, case)
    arn = client.start_execution(stateMachineArn=machine["stateMachineArn"], input=given)["executionArn"]
    if case["expect"]["status"] == "ABORTED":
        client.stop_execution(executionArn=arn)
    return arn


def create_activities(client, case):
    for state in case["definition"]["States"].values():
        resource = state.get("Resource", "")
        if ":activity:" in resource and not case["group"].endswith("_on_deleted"):
            client.create_activity(name=resource.rpartition(":")[2])


def result_of(client, arn):
    if isinstance(arn, ClientError):
        return {"status": "refused", "cause": str(arn)}
    ends = time.monotonic() + 30
    while (described := client.describe_execution(executionArn=arn))["status"] == "RUNNING":
        assert time.monotonic() < ends, f"{arn} does not end"
        time.sleep(0.01)
    result = {key: described[key] for key in ("status", "error", "cause") if key in described}
    if "output" in described:
        result["output"] = json.loads(described["output"])
    pages = client.get_paginator("get_execution_history").paginate(executionArn=arn)
    result["history"] = [event for page in pages for event in page["events"]]
    return result


@needs_recordings
@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_recorded_execution_gives_through_the_api_what_it_gives_without(results, case):
    through_api, without = compare(case, results[case["id"]]), compare(case, run_case(case))
    assert through_api.level == without.level, str(through_api)
