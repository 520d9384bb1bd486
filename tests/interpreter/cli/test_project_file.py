from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from interpreter.errors import SettingsError
from interpreter.project import find_project

Asl = Callable[..., Result]

INPUT = '{"items": [1, 2], "order": {"total": 5}}'


def write(folder: Path, text: str, name: str = "asl.toml") -> None:
    (folder / name).write_text(text)


def test_settings_stand_in_asl_toml_or_pyproject(asl: Asl, folder: Path) -> None:
    write(folder, '[tool.asl]\nname = "of-pyproject"\njson = true\n', "pyproject.toml")
    assert json.loads(asl("run", "hello.asl.json").stdout)["name"] == "of-pyproject"
    write(folder, 'name = "of-asl-toml"\njson = true\n')
    assert json.loads(asl("run", "hello.asl.json").stdout)["name"] == "of-asl-toml"


def test_the_command_line_wins(asl: Asl, folder: Path) -> None:
    write(folder, 'name = "settled"\njson = true\nseed = 1\n')
    assert json.loads(asl("run", "hello.asl.json", "--name", "written").stdout)["name"] == "written"


def test_a_definition_may_have_settings_of_its_own(asl: Asl, folder: Path) -> None:
    write(
        folder,
        f"""
input = '{{"a": 1}}'

[mocks]
Reserve = {{ Return = {{}} }}

[definitions."order.*"]
input = '{INPUT}'

[definitions."order.*".mocks]
Pack = {{ Return = {{ StatusCode = 200, Payload = 1 }} }}
""",
    )
    assert asl("run", "hello.asl.json").stdout == '{"a":1}\n'
    assert asl("run", "order.asl.json").stdout == '{"total":5}\n'


def test_an_input_may_be_a_table(asl: Asl, folder: Path) -> None:
    write(folder, "[input]\norderId = 7\n")
    assert asl("run", "hello.asl.json").stdout == '{"orderId":7}\n'


def test_tasks_and_commands_may_be_settled(asl: Asl, folder: Path) -> None:
    (folder / "settled_handlers.py").write_text("def reserve(event): return {}\n")
    settings = """
[tasks]
reserve = "settled_handlers:reserve"
[commands]
Pack = "cat"
"""
    write(folder, settings)
    result = asl("run", "order.asl.json", "--input", INPUT)
    assert (result.exit_code, result.stdout) == (0, '{"total":5}\n')


def test_paths_lead_from_the_project_file(asl: Asl, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder, 'history = "out/h.json"\ninput = "in.json"\n')
    (folder / "in.json").write_text("[1]")
    (folder / "out").mkdir()
    (folder / "elsewhere").mkdir()
    monkeypatch.chdir(folder / "elsewhere")
    assert asl("run", "../hello.asl.json").stdout == "[1]\n"
    assert (folder / "out" / "h.json").exists()


def test_the_nearest_project_file_counts(folder: Path) -> None:
    write(folder, 'name = "outer"\n')
    inner = folder / "a" / "b"
    inner.mkdir(parents=True)
    outer = find_project(inner / "x.asl.json")
    assert outer is not None
    assert outer.settings_for(inner / "x.asl.json") == {"name": "outer"}
    write(folder / "a", 'name = "inner"\n')
    nearest = find_project(inner / "x.asl.json")
    assert nearest is not None
    assert nearest.settings_for(inner / "x.asl.json") == {"name": "inner"}


def test_names_may_be_written_with_underscores(folder: Path) -> None:
    write(folder, "time_scale = 0.5\n")
    project = find_project(folder / "x.asl.json")
    assert project is not None
    assert project.settings_for(folder / "x.asl.json") == {"time-scale": 0.5}


def test_a_pyproject_without_the_section_is_passed_over(folder: Path) -> None:
    write(folder, '[tool.other]\nx = "tool.asl"\n', "pyproject.toml")
    assert find_project(folder / "x.asl.json") is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "seed = 1\nmock-confg = 'm.json'\n",
            "asl.toml:2: there is no setting 'mock-confg'; did you mean 'mock-config'?",
        ),
        ("seed = 'one'\n", "asl.toml:1: seed takes a whole number, not 'one'"),
        ("\n[mocks]\n[tasks]\na = 1\n", "asl.toml:3: tasks takes a table of texts, not {'a': 1}"),
        ("timeout = -1\n", "asl.toml:1: timeout takes a number above 0, not -1"),
        ("type = 'FAST'\n", 'asl.toml:1: type takes "STANDARD" or "EXPRESS", not \'FAST\''),
        ("definitions = 1\n", "asl.toml:1: definitions is a table"),
        ("[definitions.'a.json']\nnam = 'x'\n", "asl.toml:2: there is no setting 'nam'; did you mean 'name'?"),
        ("name = \n", "asl.toml: this is not TOML: Invalid value (at line 1, column 8)"),
    ],
)
def test_a_wrong_setting_is_told_with_its_place(folder: Path, text: str, message: str) -> None:
    write(folder, text)
    with pytest.raises(SettingsError) as refused:
        find_project(Path("x.asl.json"))
    assert message in str(refused.value)


def test_a_wrong_project_file_ends_the_run_with_1(asl: Asl, folder: Path) -> None:
    write(folder, "sed = 1\n")
    result = asl("run", "hello.asl.json")
    assert (result.exit_code, result.stderr) == (
        1,
        "Error: asl.toml:1: there is no setting 'sed'; did you mean 'seed'?\n",
    )
