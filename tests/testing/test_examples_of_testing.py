"""The examples run as a user runs them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "testing"


def test_the_examples_pass_under_pytest_and_asl_test(tmp_path):
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--rootdir={EXAMPLES}", str(EXAMPLES)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stdout
    assert "22 passed" in done.stdout
    run = [sys.executable, "-c", "from interpreter.cli.main import main; main()", "test", str(EXAMPLES)]
    done = subprocess.run(run, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stdout
    assert "5 passed" in done.stdout


def test_the_readme_has_ten_lines():
    assert len(EXAMPLES.joinpath("README.md").read_text().splitlines()) == 10
