"""A server whose disk is full: it refuses with a sentence, stays alive, and keeps everything that it acknowledged."""

import json
import resource
import sys
import urllib.request

import pytest
from botocore.exceptions import ClientError
from served import ROLE, make_client, server_process, start_server

LIMIT = 600_000


def limit_files():
    resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, LIMIT))


def start_for_ever(client, machine, acknowledged):
    given = json.dumps({"x": "x" * 2000})
    while len(acknowledged) < 1000:
        acknowledged.append(client.start_execution(stateMachineArn=machine, input=given)["executionArn"])


@pytest.mark.skipif(sys.platform == "win32", reason="the size of a file can't be limited on Windows")
def test_a_full_disk_loses_no_acknowledged_execution(tmp_path):
    store = f"sqlite:///{tmp_path}/asl.db"
    process, url = start_server("--store", store, preexec_fn=limit_files)
    client = make_client(url)
    states = {"W": {"Type": "Wait", "Seconds": 600, "End": True}}
    definition = json.dumps({"StartAt": "W", "States": states})
    machine = client.create_state_machine(name="m", definition=definition, roleArn=ROLE)["stateMachineArn"]
    acknowledged = []
    with pytest.raises(ClientError) as refused:
        start_for_ever(client, machine, acknowledged)
    assert refused.value.response["Error"]["Code"] == "ServiceUnavailable"
    assert "make room" in refused.value.response["Error"]["Message"]
    assert urllib.request.urlopen(f"{url}/health", timeout=5).status == 200
    assert client.describe_execution(executionArn=acknowledged[0])["status"] == "RUNNING"
    process.kill()
    process.wait()
    with server_process("--store", store) as (_, url):
        client = make_client(url)
        assert {client.describe_execution(executionArn=arn)["status"] for arn in acknowledged} == {"RUNNING"}
        client.stop_execution(executionArn=acknowledged[-1])
        assert client.describe_execution(executionArn=acknowledged[-1])["status"] == "ABORTED"
