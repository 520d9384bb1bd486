"""Servers in processes of their own, and clients for them."""

import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest

boto3 = pytest.importorskip("boto3", reason="boto3 is not installed: pip install 'asl-interpreter[aws]'")
pytest.importorskip("uvicorn", reason="uvicorn is not installed: pip install 'asl-interpreter[server]'")

from botocore.config import Config  # noqa: E402

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/r"
COMMAND = [sys.executable, "-c", "from interpreter.cli.serve_command import command; command()"]


def make_client(url, service="stepfunctions", **options):
    """A client that checks nothing itself and does not try again."""
    settings = {"inject_host_prefix": False, "retries": {"max_attempts": 0}, "max_pool_connections": 64, **options}
    return boto3.client(
        service,
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="any",
        aws_secret_access_key="any",
        config=Config(parameter_validation=False, **settings),
    )


def start_server(*flags, port=0, **options):
    """A server process that answers, and its URL."""
    command = [*COMMAND, "--port", str(port), *flags]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **options)
    line = next((line for line in process.stdout if line.startswith("Starting server on port")), None)
    assert line is not None, f"the server ended with {process.wait()}"
    threading.Thread(target=process.stdout.read, daemon=True).start()
    return process, f"http://127.0.0.1:{line.split()[4]}"


@contextmanager
def server_process(*flags, **options):
    """A server for as long as the block runs; gives the process and its URL."""
    process, url = start_server(*flags, **options)
    try:
        yield process, url
    finally:
        process.kill()
        process.wait()
