from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from interpreter.cli.main import COMMANDS, main

Asl = Callable[..., Result]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_can_be_loaded_and_tells_what_it_does(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == 0
    assert "Usage: " in result.stdout


def test_the_help_lists_every_command(asl: Asl) -> None:
    shown = asl("--help").stdout
    assert all(f"  {name} " in shown for name in COMMANDS)


def test_an_unknown_command_is_told_with_the_nearest(asl: Asl) -> None:
    result = asl("grph")
    assert result.exit_code == 1
    assert "there is no command 'grph'; did you mean 'graph'?" in result.stderr
    assert "there are: run, validate" in asl("xyzzy").stderr


def test_listing_the_commands_loads_none_of_them() -> None:
    code = (
        "import sys\nfrom interpreter.cli.main import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n"
        "    sys.exit(str([name for name in sys.modules if name.endswith('_command')]))\n"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=False)
    assert done.stderr.strip() == "[]"


def test_the_version_is_shown(asl: Asl) -> None:
    assert asl("--version").stdout.startswith("asl, version ")
