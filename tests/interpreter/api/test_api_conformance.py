"""The recorded ``api``, ``validate`` and ``create`` cases, replayed through boto3 against a real server process."""

import json
import os
import re
import sys
import time
from datetime import date
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from served import make_client, server_process

SHARED = Path(__file__).resolve().parents[4] / "shared" / "conformance"
if not SHARED.exists():
    pytest.skip("the recorded cases are not beside this checkout", allow_module_level=True)
sys.path.insert(0, str(SHARED))
import compare  # noqa: E402

KINDS = ("api", "validate", "create")
CASES = [compare.load_case(str(path)) for path in sorted((SHARED / "cases").glob("*/*.json"))]
CASES = [case for case in CASES if case["kind"] in KINDS]
KMS_BEGAN = date(2024, 7, 25)

GAPS = {
    "validation/deleted_log_group": "there is no CloudWatch here that could know whether a log group exists",
}
"""Cases that differ, with the reason."""


@pytest.fixture(scope="module")
def recorded_client():
    flags = ("--aws-account", "111111111111", "--store", "memory:", "--task", "s3:getObject=recorded_bucket:get_object")
    path = os.pathsep.join([str(Path(__file__).parent), os.getcwd()])
    with server_process(*flags, env={**os.environ, "PYTHONPATH": path}) as (_, url):
        yield make_client(url)


@pytest.fixture(autouse=True)
def clean(recorded_client):
    yield
    for machine in recorded_client.list_state_machines()["stateMachines"]:
        recorded_client.delete_state_machine(stateMachineArn=machine["stateMachineArn"])


def called(client, operation, parameters):
    method = getattr(client, re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower())
    try:
        return json.loads(json.dumps(method(**parameters), default=str))
    except ClientError as error:
        return {"exception": error.response}


def filled(value, steps):
    """Parameters with the values of earlier responses, and definitions as text."""
    if isinstance(value, dict):
        return {
            key: text(item) if key in ("definition", "input") else filled(item, steps) for key, item in value.items()
        }
    if isinstance(value, list):
        return [filled(item, steps) for item in value]
    if isinstance(value, str):
        return re.sub(r"\$\{steps([\w.\[\]]+)\}", lambda match: found(steps, match[1]), value)
    return value


def found(steps, path):
    """The value at a path such as ``[2].mapRuns[0].mapRunArn``."""
    value = steps
    for index, key in re.findall(r"\[(\d+)\]|\.(\w+)", path):
        value = value[int(index)] if index else value[key]
    return str(value)


def text(value):
    return value if isinstance(value, str) else json.dumps(value)


def replayed(client, case):
    steps = []
    for step in case["steps"]:
        steps.append(called(client, step["op"], filled(step.get("params", {}), steps)))
        if step.get("then_poll_execution"):
            wait_for_end(client, steps[-1]["executionArn"])
    return {"steps": steps}


def wait_for_end(client, arn):
    while client.describe_execution(executionArn=arn)["status"] == "RUNNING":
        time.sleep(0.01)


def validated(client, case):
    parameters = {"definition": case.get("definition_text") or text(case.get("definition", "")), **type_of(case)}
    return called(client, "ValidateStateMachineDefinition", parameters)


def created(client, case):
    parameters = {"name": "created", "roleArn": "arn:aws:iam::111111111111:role/r", **case.get("other_params", {})}
    parameters["definition"] = case.get("definition_text") or text(case.get("definition", ""))
    return called(client, "CreateStateMachine", parameters | type_of(case))


def type_of(case):
    return {"type": case["type"]} if "type" in case else {}


RUNNERS = {"api": replayed, "validate": validated, "create": created}


def of_its_time(case, result):
    """Without the member that describe operations gained when AWS began to encrypt with customers' keys."""
    day, month, year = map(int, case["recorded"].split(",")[0].split("-"))
    if date(year, month, day) < KMS_BEGAN:
        for step in result.get("steps", []):
            step.pop("encryptionConfiguration", None)
    return result


def parameters():
    for case in CASES:
        marks = [pytest.mark.xfail(strict=True, reason=GAPS[case["id"]])] if case["id"] in GAPS else []
        yield pytest.param(case, id=case["id"], marks=marks)


@pytest.mark.parametrize("case", list(parameters()))
def test_the_server_answers_what_aws_answered(recorded_client, case):
    report = compare.compare_case(case, of_its_time(case, RUNNERS[case["kind"]](recorded_client, case)))
    assert report.ok, str(report)
