"""A test that is data: a case of a test file or of a MockConfigFile, ready to run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from interpreter.errors import InterpreterError

if TYPE_CHECKING:
    from interpreter.testing.schedules import Schedule
    from interpreter.testing.session import Session
    from interpreter.testing.workflow_run import WorkflowRun


@dataclass(slots=True)
class CaseResult:
    """What came of a case. ``problems`` is empty for one that passed; ``explanation`` is the run in words."""

    path: str
    name: str
    line: int
    problems: list[str]
    explanation: str = ""
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        return not self.problems

    @property
    def id(self) -> str:
        return f"{self.path}::{self.name}"


@dataclass(slots=True)
class Case:
    """``runner`` runs it under a schedule and returns the run with the expectations that it did not meet."""

    path: Path
    name: str
    line: int
    runner: Callable[[Schedule | None], tuple[WorkflowRun, list[str]]]
    runs: list[WorkflowRun] = field(default_factory=list)

    def run(self, schedule: Schedule | None = None) -> CaseResult:
        """Run it; whatever keeps it from running is a problem of the case."""
        began = time.perf_counter()
        explanation = ""
        try:
            run, problems = self.runner(schedule)
            self.runs.append(run)
            explanation = run.explanation if problems else ""
        except AssertionError as error:
            problems = [f"{self.path}:{self.line}: {error}"]
        except InterpreterError as error:
            problems = [str(error)]
        took = time.perf_counter() - began
        return CaseResult(str(self.path), self.name, self.line, problems, explanation, took)


def is_case_file(path: Path) -> bool:
    """Whether a file's name says that it holds tests."""
    from interpreter.testing.case_files import SUFFIXES
    from interpreter.testing.mock_config_cases import FILE_NAME

    return path.name == FILE_NAME or path.name.endswith(SUFFIXES)


def cases_of(path: Path, session: Session) -> Iterator[Case]:
    """The cases of one file. Raises InterpreterError or asl.DefinitionError for a file that can't be used."""
    from interpreter.testing.case_files import SUFFIXES, CaseFile
    from interpreter.testing.mock_config_cases import mock_config_cases

    if path.name.endswith(SUFFIXES):
        return CaseFile(path, session).cases()
    return mock_config_cases(path, session)


def find_files(paths: Iterable[Path]) -> list[Path]:
    """The test files among paths and in folders, each once, sorted within a folder. Raises FileNotFoundError."""
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            files = (each for each in path.rglob("*") if is_case_file(each) and not _is_hidden(each, path))
            found.update(dict.fromkeys(sorted(files)))
        elif path.is_file():
            found[path] = None
        else:
            raise FileNotFoundError(f"there is no file or folder {str(path)!r}")
    return list(found)


def _is_hidden(path: Path, root: Path) -> bool:
    return any(part.startswith(".") or part == "node_modules" for part in path.relative_to(root).parts)
