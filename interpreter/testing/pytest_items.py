"""Test files as pytest collects them: a file is a collector, a case an item."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from interpreter.errors import InterpreterError
from interpreter.testing.cases import Case, CaseResult, cases_of


class CaseFailedError(Exception):
    """Carries what a case expected in vain."""

    def __init__(self, result: CaseResult) -> None:
        self.result = result
        super().__init__("\n".join(result.problems))


class CaseItem(pytest.Item):
    """One case."""

    def __init__(self, *, case: Case, **options: Any) -> None:
        super().__init__(**options)
        self.asl_case = case

    def runtest(self) -> None:
        from interpreter.pytest_plugin import schedule_of

        result = self.asl_case.run(schedule_of(self))
        if not result.passed:
            raise CaseFailedError(result)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        failure = excinfo.value
        if isinstance(failure, CaseFailedError):
            return "\n".join(failure.result.problems)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self.asl_case.line - 1, self.name


class CaseFileCollector(pytest.File):
    """One test file."""

    def collect(self) -> Iterator[CaseItem]:
        from asl.errors import DefinitionError
        from interpreter.pytest_plugin import session_of

        try:
            for case in cases_of(self.path, session_of(self.config)):
                yield CaseItem.from_parent(self, name=case.name, case=case)
        except (InterpreterError, DefinitionError) as error:
            raise self.CollectError(str(error)) from None
