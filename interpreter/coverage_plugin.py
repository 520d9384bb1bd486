"""A plugin of coverage.py: workflow definitions in its reports, beside the code.

    [tool.coverage.run]
    branch = true
    plugins = ["interpreter.coverage_plugin"]

Then ``pytest --cov`` measures the definitions that tests run, and text, HTML, Cobertura, LCOV and fail-under count
them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coverage import CoveragePlugin, FileReporter

if TYPE_CHECKING:
    from coverage import Coverage
    from coverage.plugin_support import Plugins

    from asl.state_machine import StateMachine
    from interpreter.testing.coverage_items import Listing
    from interpreter.testing.coverage_lines import Arc, Line
    from interpreter.testing.observing import Covered, Observer

MODULE = "interpreter.coverage_plugin"
PLUGIN_NAME = f"{MODULE}.DefinitionPlugin"
_listings: dict[str, list[Listing]] = {}
"""The listings of files that were run here; others are read again when they are reported."""


def coverage_init(registry: Plugins, options: dict[str, Any]) -> None:
    """coverage.py calls this for each plugin that its configuration names."""
    registry.add_file_tracer(DefinitionPlugin())


class DefinitionPlugin(CoveragePlugin):
    """Reports definitions; what ran is recorded by :func:`record`, not by tracing Python."""

    def file_reporter(self, filename: str) -> FileReporter | str:
        return DefinitionReporter(filename)

    def find_executable_files(self, src_dir: str) -> Iterable[str]:
        """Definitions that no test may have run."""
        for pattern in ("*.asl.json", "*.asl.yaml", "*.asl.yml"):
            yield from (str(path) for path in sorted(Path(src_dir).rglob(pattern)))


class DefinitionReporter(FileReporter):
    """One file that holds state machines."""

    @cached_property
    def _lines(self) -> dict[int, Line]:
        from interpreter.testing.coverage_lines import lines_of

        return lines_of(listings_of(self.filename))

    @cached_property
    def _arcs(self) -> dict[Arc, Any]:
        from interpreter.testing.coverage_lines import possible_arcs

        return possible_arcs(self._lines)

    def source(self) -> str:
        listing = next(iter(listings_of(self.filename)), None)
        return (
            listing.source
            if listing is not None and listing.source is not None
            else Path(self.filename).read_text("utf-8")
        )

    def lines(self) -> set[int]:
        return set(self._lines)

    def arcs(self) -> set[Arc]:
        return set(self._arcs)

    def exit_counts(self) -> dict[int, int]:
        return {number: len(line.exits) for number, line in self._lines.items() if line.exits}

    def translate_lines(self, lines: Iterable[int]) -> set[int]:
        from interpreter.testing.coverage_lines import as_lines

        return as_lines(lines)

    def translate_arcs(self, arcs: Iterable[Arc]) -> set[Arc]:
        from interpreter.testing.coverage_lines import as_arcs

        return as_arcs(arcs)

    def missing_arc_description(self, start: int, end: int, executed_arcs: Iterable[Arc] | None = None) -> str:
        return f"never {self.arc_description(start, end)}"

    def arc_description(self, start: int, end: int) -> str:
        """What happens there; without commas, which separate fields in LCOV."""
        found = self._arcs.get((start, end))
        return f"line {start} to line {end}" if found is None else str(found.text).replace(",", ";")


def listings_of(filename: str) -> list[Listing]:
    """What there is to cover in a file: as it was run here, else read again."""
    if filename not in _listings:
        from interpreter.testing.coverage_items import listing_of

        _listings[filename] = [listing_of(machine) for machine in _machines_in(filename)]
    return _listings[filename]


def _machines_in(filename: str) -> Iterator[StateMachine]:
    """The one machine of a plain definition, or all of a template."""
    from asl.document import load_document
    from asl.sources import list_definitions
    from asl.sources.loading import is_definition
    from asl.state_machine import StateMachine

    if is_definition(load_document(filename, placeholders=True).value):
        yield StateMachine.load(filename)
    else:
        yield from (StateMachine.load(filename, resource=found.name) for found in list_definitions(filename))


def record(measured: Coverage, observer: Observer) -> None:
    """Write what runs hit into coverage.py's data, as it measures: arcs with branches, else lines."""
    from interpreter.testing.coverage_lines import executed_arcs, executed_lines, lines_of

    data = measured.get_data()
    for filename, covered in by_file(observer.hits).items():
        _listings[filename] = [each.listing for each in covered]
        hits = set().union(*(each.hits for each in covered))
        lines = lines_of(each.listing for each in covered)
        if measured.get_option("run:branch"):
            data.add_arcs({filename: executed_arcs(lines, hits)})
        else:
            data.add_lines({filename: executed_lines(lines, hits)})
        data.add_file_tracers({filename: PLUGIN_NAME})


def by_file(hits: dict[tuple[str, str], Covered]) -> dict[str, list[Covered]]:
    """What is covered by the absolute name of the file."""
    files: dict[str, list[Covered]] = {}
    for (source, _), covered in hits.items():
        files.setdefault(str(Path(source).resolve()), []).append(covered)
    return files
