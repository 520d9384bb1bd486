"""A client for a server, and servers in this process or in one of their own."""

import json
import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest

boto3 = pytest.importorskip("boto3", reason="boto3 is not installed: pip install 'asl-interpreter[aws]'")
pytest.importorskip("uvicorn", reason="uvicorn is not installed: pip install 'asl-interpreter[server]'")

from botocore.config import Config  # noqa: E402

from interpreter.serve import serve  # noqa: E402

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/r"


def make_client(url, service="stepfunctions", **options):
    settings = {"inject_host_prefix": False, "retries": {"max_attempts": 0}, "max_pool_connections": 64, **options}
    return boto3.client(
        service,
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="any",
        aws_secret_access_key="any",
        config=Config(parameter_validation=False, **settings),
    )


@contextmanager
def server_process(*flags, cwd=None, env=None):
    """A server in a process of its own; gives the process and its URL."""
    command = [sys.executable, "-c", "from interpreter.cli.serve_command import command; command()", "--port", "0"]
    process = subprocess.Popen([*command, *flags], stdout=subprocess.PIPE, text=True, cwd=cwd, env=env)
    try:
        line = next((line for line in process.stdout if line.startswith("Starting server on port")), None)
        assert line is not None, f"the server ended with {process.wait()}"
        threading.Thread(target=process.stdout.read, daemon=True).start()
        yield process, f"http://127.0.0.1:{line.split()[4]}"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture(scope="module")
def server():
    with serve() as running:
        yield running


@pytest.fixture(scope="module")
def client(server):
    return make_client(server.url)


@pytest.fixture
def create(client, request):
    """Creates a state machine from its states; gives its ARN."""

    def create(states, *, name=None, **more):
        definition = states if "StartAt" in states else {"StartAt": next(iter(states)), "States": states}
        answer = client.create_state_machine(
            name=name or f"m{abs(hash(request.node.nodeid))}"[:40],
            definition=json.dumps(definition),
            roleArn=ROLE,
            **more,
        )
        return answer["stateMachineArn"]

    return create
