"""``asl test``: run test files and MockConfigFiles. Exits with 0 when all pass, 1 when any fails, 2 when there is
nothing that can be run."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from interpreter.testing.cases import CaseResult
    from interpreter.testing.observing import Observer

FAILED, UNUSABLE = 1, 2


@click.command("test")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json", "junit"]), default="text", show_default=True)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write the report to a file.")
@click.option("-k", "keyword", metavar="WORDS", help="Only tests whose name fits: words with and, or, not.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1), help="Processes that run files.")
@click.option("--watch", is_flag=True, help="Run again whenever a file is saved.")
@click.option("--coverage", is_flag=True, help="Say which states, transitions, rules and catchers no test reached.")
@click.option("--coverage-dir", type=click.Path(path_type=Path), help="Write HTML, Cobertura, LCOV and diagrams there.")
@click.option("--fail-under", type=float, help="Fail where less than this percentage is covered.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of test files, for editors.")
def command(
    paths: tuple[Path, ...],
    form: str,
    output: Path | None,
    keyword: str | None,
    workers: int,
    watch: bool,
    coverage: bool,
    coverage_dir: Path | None,
    fail_under: float | None,
    schema: bool,
) -> None:
    """Run the tests in PATHS (files and folders; the current folder without any).

    Tests are *.asl-test.yaml and *.asl-test.json files beside definitions, and the test cases of MockConfigFile.json.
    """
    if schema:
        from interpreter.testing.case_files import schema as schema_of_files

        click.echo(json.dumps(schema_of_files(), indent=2))
        return
    is_covered = coverage or coverage_dir is not None or fail_under is not None
    wanted = Wanted(form, output, keyword, workers, is_covered, coverage_dir, fail_under)
    places = paths or (Path(),)
    if not watch:
        raise SystemExit(run_once(places, wanted))
    for _ in _saves(places):
        run_once(places, wanted)
        click.echo("watching for changes, Ctrl-C ends", err=True)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The options of one ``asl test``."""

    form: str
    output: Path | None
    keyword: str | None
    workers: int
    coverage: bool
    coverage_dir: Path | None
    fail_under: float | None


def run_once(places: tuple[Path, ...], wanted: Wanted) -> int:
    """Find, run and report; the exit code."""
    from interpreter.testing.cases import find_files
    from interpreter.testing.running_cases import UnusableFilesError, run_files

    try:
        files = find_files(places)
        observe = _observer() if wanted.coverage else None
        results, observer = run_files(files, keyword=wanted.keyword, workers=wanted.workers, observe=observe)
    except (UnusableFilesError, FileNotFoundError) as error:
        click.echo(f"Error: {error}", err=True)
        return UNUSABLE
    if not results:
        which = f"that fits {wanted.keyword!r} " if wanted.keyword else ""
        click.echo(f"Error: there is no test {which}in {', '.join(map(str, places))}", err=True)
        return UNUSABLE
    _report(results, wanted)
    covered = observer is None or _report_coverage(observer, wanted)
    return 0 if covered and all(result.passed for result in results) else FAILED


def _observer() -> type[Observer]:
    from interpreter.testing.observing import Observer

    return Observer


def _report(results: list[CaseResult], wanted: Wanted) -> None:
    from interpreter.testing.case_reports import FORMATS, text_report

    colour = wanted.output is None and sys.stdout.isatty()
    text = FORMATS[wanted.form](results) if wanted.form in FORMATS else text_report(results, colour)
    if wanted.output is None:
        click.echo(text)
    else:
        wanted.output.parent.mkdir(parents=True, exist_ok=True)
        wanted.output.write_text(text + "\n", "utf-8")


def _report_coverage(observer: Observer, wanted: Wanted) -> bool:
    """Whether enough is covered."""
    from interpreter.testing.coverage_report import CoverageReport

    report = CoverageReport(observer)
    click.echo("\n" + report.text(), err=wanted.form != "text" and wanted.output is None)
    if wanted.coverage_dir is not None:
        report.write(wanted.coverage_dir)
    if wanted.fail_under is not None and report.percent < wanted.fail_under:
        click.echo(f"coverage of {report.percent:.1f} % is below {wanted.fail_under:g} %", err=True)
        return False
    return True


def _saves(places: tuple[Path, ...]) -> Iterator[object]:
    try:
        import watchfiles
    except ModuleNotFoundError as error:
        raise click.ClickException("--watch needs another package: pip install 'asl-interpreter[watch]'") from error
    yield None
    folders = {str(place if place.is_dir() else place.parent) for place in places}
    yield from watchfiles.watch(*folders)
