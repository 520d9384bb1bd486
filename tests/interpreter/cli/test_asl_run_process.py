"""Whole processes: signals, terminals, hanging tasks and the time that a start takes."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

ASL_RUN = [sys.executable, "-c", "from interpreter.cli.main import run_main; run_main()"]
ARN = "arn:aws:lambda:us-east-1:123456789012:function:pay"

HANDLERS = """
import asyncio, time

def hang(event):
    print("hanging", flush=True)
    time.sleep(60)

async def hang_async(event):
    print("hanging", flush=True)
    await asyncio.sleep(60)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "hanging_handlers.py").write_text(HANDLERS)
    states: dict[str, Any] = {"Pay": {"Type": "Task", "Resource": ARN, "End": True}}
    (tmp_path / "pay.asl.json").write_text(json.dumps({"StartAt": "Pay", "States": states}))
    states["Pay"]["TimeoutSeconds"] = 1
    (tmp_path / "timeout.asl.json").write_text(json.dumps({"StartAt": "Pay", "States": states}))
    (tmp_path / "hang.sh").write_text("#!/bin/sh\necho $$ > pid\necho hanging >&2\nexec sleep 60\n")
    (tmp_path / "hang.sh").chmod(0o755)
    return tmp_path


def asl_run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*ASL_RUN, *arguments], cwd=folder, capture_output=True, text=True, timeout=30, check=False, env=_environment()
    )


def _environment() -> dict[str, str]:
    root = str(Path(__file__).parents[3])
    return {**os.environ, "PYTHONPATH": root, "PYTHONSAFEPATH": "1"}


@pytest.mark.parametrize("function", ["hang", "hang_async"])
def test_a_function_that_hangs_runs_into_its_time_limit(folder: Path, function: str) -> None:
    done = asl_run(folder, "timeout.asl.json", "--task", f"Pay=hanging_handlers:{function}")
    assert done.returncode == 2
    assert "FAILED in state 'Pay': States.Timeout" in done.stderr


def test_a_command_that_hangs_is_killed_at_its_time_limit(folder: Path) -> None:
    done = asl_run(folder, "timeout.asl.json", "--command", "Pay=./hang.sh")
    assert done.returncode == 2
    assert "States.Timeout" in done.stderr
    assert _is_gone(int((folder / "pid").read_text()))


def test_a_run_can_be_given_a_time_limit(folder: Path) -> None:
    done = asl_run(folder, "pay.asl.json", "--task", "Pay=hanging_handlers:hang", "--timeout", "0.3")
    assert done.returncode == 2
    assert "ABORTED in state 'Pay'\n  stopped after 0.3 seconds (--timeout)" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    "option",
    [
        ("--task", "Pay=hanging_handlers:hang"),
        ("--task", "Pay=hanging_handlers:hang_async"),
        ("--command", "Pay=./hang.sh"),
    ],
)
def test_an_interrupt_ends_the_run_in_words(folder: Path, option: tuple[str, str], number: int) -> None:
    process = subprocess.Popen(
        [*ASL_RUN, "pay.asl.json", *option, "--history", "h.json", "--json"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=_environment(),
    )
    _wait_until_it_hangs(process, folder)
    process.send_signal(number)
    output, errors = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "ABORTED in state 'Pay'\n  interrupted" in errors
    assert "Traceback" not in errors
    assert json.loads(output.splitlines()[-1])["status"] == "ABORTED"
    assert json.loads((folder / "h.json").read_text())["events"][-1]["type"] == "ExecutionAborted"
    if (folder / "pid").exists():
        assert _is_gone(int((folder / "pid").read_text()))


def _wait_until_it_hangs(process: subprocess.Popen[str], folder: Path) -> None:
    assert process.stdout is not None
    for _ in range(1000):
        if (folder / "pid").exists() or select.select([process.stdout], [], [], 0.01)[0]:
            return
    raise AssertionError("the task never started")


def _is_gone(pid: int) -> bool:
    for _ in range(200):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.01)
    return False


def test_a_terminal_shows_the_tree_and_then_the_output(folder: Path) -> None:
    states = {
        "Each": {
            "Type": "Map",
            "ItemProcessor": {"StartAt": "Pack", "States": {"Pack": {"Type": "Pass", "End": True}}},
            "End": True,
        }
    }
    (folder / "map.asl.json").write_text(json.dumps({"StartAt": "Each", "States": states}))
    shown = _on_terminal(folder, "map.asl.json", "--input", "[1, 2, 3]")
    assert "✓ Each" in shown
    assert "3/3 items" in shown
    assert "✓ Pack" in shown
    assert "3 visits" in shown
    assert shown.rstrip().endswith("[\r\n  1,\r\n  2,\r\n  3\r\n]")


def test_a_terminal_shows_what_failed(folder: Path) -> None:
    throw = {"Throw": {"Error": "Card.Declined", "Cause": "no funds"}}
    shown = _on_terminal(folder, "pay.asl.json", "--mock", f"Pay={json.dumps(throw)}")
    assert "✗ Pay" in shown
    assert "FAILED in state 'Pay': Card.Declined" in shown


def _on_terminal(folder: Path, *arguments: str) -> str:
    """Everything that a terminal of 100 columns is sent."""
    master, slave = pty.openpty()
    environment = {**_environment(), "TERM": "xterm", "COLUMNS": "100", "NO_COLOR": "1"}
    process = subprocess.Popen(
        [*ASL_RUN, *arguments], cwd=folder, stdin=slave, stdout=slave, stderr=slave, env=environment
    )
    os.close(slave)
    received = bytearray()
    while True:
        try:
            piece = os.read(master, 65536)
        except OSError:
            break
        if not piece:
            break
        received += piece
    process.wait(20)
    os.close(master)
    return received.decode("utf-8", "replace")


def test_a_closed_pipe_is_no_traceback(folder: Path) -> None:
    (folder / "large.json").write_text(json.dumps("x" * 200_000))
    process = subprocess.Popen(
        [*ASL_RUN, "pay.asl.json", "--command", "Pay=cat", "--input", "large.json"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=_environment(),
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    errors = process.stderr.read()
    process.wait(20)
    assert "Traceback" not in errors
    process.stderr.close()


def test_a_plain_run_loads_none_of_the_heavy_modules(folder: Path) -> None:
    code = (
        "import sys\n"
        "from interpreter.cli.main import run_main\n"
        "try:\n    run_main()\n"
        "finally:\n    print(sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)\n"
    )
    (folder / "hello.asl.json").write_text('{"StartAt": "Hi", "States": {"Hi": {"Type": "Pass", "End": true}}}')
    done = subprocess.run(
        [sys.executable, "-c", code, "hello.asl.json"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        env=_environment(),
    )
    loaded = set(json.loads(done.stderr.replace("'", '"')))
    heavy = {"asyncio", "rich", "pydantic", "networkx", "yaml", "jsonpath_ng", "botocore", "ssl", "decimal", "tomllib"}
    assert not loaded & heavy
    assert done.stdout == "{}\n"
