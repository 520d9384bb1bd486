"""The README's two commands stay true."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def _block(marker: str) -> str:
    found = re.search(rf"<!-- {marker} -->\n```\w*\n(.*?)\n```\n<!-- end -->", README, re.DOTALL)
    assert found, f"the README has no block marked {marker}"
    return found[1]


def test_the_run_command_gives_the_output_that_is_shown() -> None:
    arguments = shlex.split(_block("run-command").rsplit("&&", 1)[1])
    assert arguments[0] == ".venv/bin/asl-run"
    program = Path(sys.executable).with_name("asl-run")
    ended = subprocess.run([str(program), *arguments[1:]], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == _block("run-output")
    assert "skipped 1 h 6 s of waiting" in ended.stderr


def test_the_commands_install_from_the_projects_own_files() -> None:
    for marker in ("run-command", "test-command"):
        assert "pip install -q -c requirements.lock -e" in _block(marker)
    assert (ROOT / "requirements.lock").is_file()


def test_ci_runs_the_test_command_of_the_readme() -> None:
    assert "<!-- test-command -->" in (ROOT / ".ci" / "run").read_text("utf-8")
    assert _block("test-command").endswith("-m pytest")


def test_every_link_leads_to_a_file() -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)\)", README)
    assert links
    assert all((ROOT / link).exists() for link in links)
