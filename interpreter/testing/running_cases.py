"""Runs the cases of many files: filtered by name, in this process or in several."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from interpreter.errors import InterpreterError
from interpreter.testing.cases import CaseResult, cases_of
from interpreter.testing.session import Session

if TYPE_CHECKING:
    from interpreter.testing.observing import Observer

Report = tuple[list[CaseResult], "Observer | None"]
"""Results of a file's cases, and what was observed of their runs."""


class UnusableFilesError(InterpreterError):
    """Test files that can't be used; ``message`` has all of them."""


def run_files(
    files: Sequence[Path],
    *,
    keyword: str | None = None,
    workers: int = 1,
    observe: Callable[[], Observer] | None = None,
) -> Report:
    """Run the cases whose id (``path::name``) fits ``keyword``. Raises UnusableFilesError before anything is run."""
    run_file = partial(_run_file, keyword=keyword, observe=observe)
    if workers > 1 and len(files) > 1:
        from concurrent.futures import ProcessPoolExecutor

        with ProcessPoolExecutor(min(workers, len(files))) as pool:
            reports = list(pool.map(run_file, files))
    else:
        reports = [run_file(path) for path in files]
    unusable = [message for _, _, message in reports if message]
    if unusable:
        raise UnusableFilesError("\n".join(unusable))
    observers = [observer for _, observer, _ in reports if observer is not None]
    for other in observers[1:]:
        observers[0].merge(other)
    return [result for results, _, _ in reports for result in results], observers[0] if observers else None


def _run_file(
    path: Path, keyword: str | None, observe: Callable[[], Observer] | None
) -> tuple[list[CaseResult], Observer | None, str]:
    from asl.errors import DefinitionError

    observer = None if observe is None else observe()
    try:
        cases = list(cases_of(path, Session(observer)))
    except (InterpreterError, DefinitionError, FileNotFoundError) as error:
        return [], None, str(error)
    results = [case.run() for case in cases if fits(f"{path}::{case.name}", keyword)]
    return results, observer, ""


def fits(name: str, keyword: str | None) -> bool:
    """Whether a test's id fits a ``-k`` expression: words that it contains, with ``and``, ``or`` and ``not``."""
    if not keyword:
        return True
    return any(_all_fit(name.casefold(), part) for part in _split(keyword, "or"))


def _all_fit(name: str, expression: str) -> bool:
    terms = _split(expression, "and")
    return all(_term_fits(name, term) for term in terms)


def _term_fits(name: str, term: str) -> bool:
    is_negated = term.startswith("not ")
    return (term.removeprefix("not ").strip().casefold() in name) is not is_negated


def _split(expression: str, word: str) -> list[str]:
    return [part.strip() for part in _parts(expression.split(), word)]


def _parts(words: list[str], separator: str) -> Iterator[str]:
    part: list[str] = []
    for word in words:
        if word == separator:
            yield " ".join(part)
            part = []
        else:
            part.append(word)
    yield " ".join(part)
