"""The server under load, with figures: throughput, latency, memory, and how soon it is back with much to do.

With ``ASL_LONG_TESTS`` set the amounts are those of the targets, and the targets are checked.
"""

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from served import ROLE, make_client, server_process, start_server

LONG = bool(os.environ.get("ASL_LONG_TESTS"))
STARTED, PARKED = (1000, 10_000) if LONG else (150, 300)
STATES = 10
CLIENTS = 4


def chain():
    names = [f"S{number}" for number in range(STATES)]
    states = {name: {"Type": "Pass", "Result": {"n": name}, "Next": after} for name, after in pairwise(names)}
    return {"StartAt": names[0], "States": {**states, names[-1]: {"Type": "Pass", "End": True}}}


def waiting():
    return {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 86_400, "End": True}}}


def created(client, name, definition):
    answer = client.create_state_machine(name=name, definition=json.dumps(definition), roleArn=ROLE)
    return answer["stateMachineArn"]


def timed(call, **parameters):
    began = time.perf_counter()
    call(**parameters)
    return time.perf_counter() - began


def percentile(seconds, share):
    return sorted(seconds)[min(int(len(seconds) * share), len(seconds) - 1)] * 1000


def megabytes(process):
    """Resident memory of a process; 0 where the system does not tell."""
    status = Path(f"/proc/{process.pid}/statm")
    return int(status.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6 if status.exists() else 0.0


@contextmanager
def described_meanwhile(url, arn):
    """A list that gets the seconds of every DescribeExecution that was made during the block."""
    command = [sys.executable, str(Path(__file__).with_name("describer.py")), url.rpartition(":")[2], arn]
    describer = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    seconds = []
    yield seconds
    seconds += json.loads(describer.communicate()[0])


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_many_executions_are_started_and_end(tmp_path, kind):
    store = "memory:" if kind == "memory" else f"sqlite:///{tmp_path}/asl.db"
    with server_process("--store", store) as (process, url):
        client = make_client(url)
        machine = created(client, "chain", chain())
        first = client.start_execution(stateMachineArn=machine)["executionArn"]
        with ThreadPoolExecutor(CLIENTS) as clients, described_meanwhile(url, first) as seconds:
            began = time.perf_counter()
            starts = list(clients.map(lambda _: timed(client.start_execution, stateMachineArn=machine), range(STARTED)))
            while client.list_executions(stateMachineArn=machine, statusFilter="RUNNING")["executions"]:
                time.sleep(0.01)
            rate = STARTED / (time.perf_counter() - began)
        described = percentile(seconds, 0.99)
        pages = client.get_paginator("list_executions").paginate(stateMachineArn=machine, statusFilter="SUCCEEDED")
        assert sum(len(page["executions"]) for page in pages) == STARTED + 1
        print(
            f"\n{kind}: {STARTED} executions of {STATES} states, {rate:.0f}/s, {rate * STATES:.0f} transitions/s;"
            f" StartExecution p50 {percentile(starts, 0.5):.1f} ms, p99 {percentile(starts, 0.99):.1f} ms;"
            f" DescribeExecution p99 {described:.1f} ms meanwhile; {megabytes(process):.0f} MB"
        )
        if LONG:
            assert rate >= 300
            assert described < 20


def test_parked_executions_cost_little_and_are_back_soon_after_a_crash(tmp_path):
    store = f"sqlite:///{tmp_path}/asl.db"
    process, url = start_server("--store", store)
    client = make_client(url)
    machine = created(client, "wait", waiting())
    with ThreadPoolExecutor(CLIENTS) as clients:
        starts = clients.map(lambda _: client.start_execution(stateMachineArn=machine)["executionArn"], range(PARKED))
        arns = list(starts)
    memory = megabytes(process)
    seconds = [timed(client.describe_execution, executionArn=arn) for arn in arns[:200]]
    process.send_signal(signal.SIGKILL)
    process.wait()
    began = time.perf_counter()
    with server_process("--store", store) as (process, url):
        client = make_client(url)
        assert client.describe_execution(executionArn=arns[-1])["status"] == "RUNNING"
        back = time.perf_counter() - began
        client.stop_execution(executionArn=arns[0])
        assert client.describe_execution(executionArn=arns[0])["status"] == "ABORTED"
        print(
            f"\n{PARKED} executions parked in Wait: {memory:.0f} MB,"
            f" DescribeExecution p99 {percentile(seconds, 0.99):.1f} ms;"
            f" after kill -9 ready in {back:.2f} s with {megabytes(process):.0f} MB"
        )
    if LONG:
        assert memory < 200
        assert percentile(seconds, 0.99) < 20
        assert back < 5
