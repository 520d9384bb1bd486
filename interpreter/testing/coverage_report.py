"""Coverage without pytest: coverage.py's own reports over what runs hit, and the definitions drawn with what none
reached.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from interpreter.errors import InterpreterError
from interpreter.testing.coverage_lines import lines_of

if TYPE_CHECKING:
    from asl.diagram import Overlay
    from asl.graph import StateGraph
    from interpreter.testing.coverage_items import Hit
    from interpreter.testing.observing import Covered, Observer


class CoverageReport:
    """Reports on an observer's hits. Raises InterpreterError where coverage.py is not installed."""

    def __init__(self, observer: Observer) -> None:
        self._observer = observer

    @cached_property
    def _coverage(self) -> Any:
        try:
            from coverage import Coverage
        except ModuleNotFoundError:
            hint = "Install it: pip install 'asl-interpreter[testing]'"
            raise InterpreterError("coverage needs another package", hint) from None
        from interpreter.coverage_plugin import MODULE, record

        measured = Coverage(data_file=None, config_file=False, branch=True)
        measured.set_option("run:plugins", [MODULE])
        record(measured, self._observer)
        return measured

    @cached_property
    def _text(self) -> tuple[str, float]:
        out = io.StringIO()
        percent: float = self._coverage.report(file=out) if self._observer.hits else 0.0
        return out.getvalue(), percent

    @property
    def percent(self) -> float:
        """Lines and branches covered, of all."""
        return self._text[1]

    def text(self) -> str:
        """coverage.py's table, then what no test reached, each with its place."""
        missing = list(self.missing())
        if not self._observer.hits:
            return "no definition was run from a file in this process; under pytest-xdist measure with pytest --cov"
        return "\n".join(
            [self._text[0].rstrip(), *(["", "never reached:"] if missing else []), *(f"  {line}" for line in missing)]
        )

    def missing(self) -> Iterator[str]:
        """``file:line: what`` for everything that no test reached."""
        from interpreter.coverage_plugin import by_file

        for path, covered in by_file(self._observer.hits).items():
            hits: set[Hit] = set().union(*(each.hits for each in covered))
            for line in lines_of(each.listing for each in covered).values():
                yield from (f"{_short(path)}:{line.number}: {text}" for text in line.missing(hits))

    def write(self, folder: Path) -> None:
        """``html/``, ``coverage.xml`` (Cobertura), ``coverage.lcov`` and a diagram of each machine."""
        folder.mkdir(parents=True, exist_ok=True)
        self._coverage.html_report(directory=str(folder / "html"), title="Workflow coverage")
        self._coverage.xml_report(outfile=str(folder / "coverage.xml"))
        self._coverage.lcov_report(outfile=str(folder / "coverage.lcov"))
        for (source, name), covered in self._observer.hits.items():
            draw(Path(source), name, covered, folder / f"{name}.svg")


def _short(path: str) -> str:
    try:
        return str(Path(path).relative_to(Path.cwd()))
    except ValueError:
        return path


def draw(source: Path, name: str, covered: Covered, target: Path) -> None:
    """The diagram painted with what was reached; Mermaid text where no Graphviz is installed."""
    from asl.diagram import LayoutUnavailableError, render, to_mermaid
    from asl.state_machine import StateMachine

    machine = StateMachine.load(source)
    overlay = overlay_of(machine.graph, covered.hits)
    try:
        svg = render(machine.graph, format="svg", overlay=overlay, title=f"Coverage of {name}")
        target.write_bytes(svg if isinstance(svg, bytes) else svg.encode())
    except LayoutUnavailableError:
        target.with_suffix(".mmd").write_text(to_mermaid(machine.graph, overlay=overlay), "utf-8")


def overlay_of(graph: StateGraph, hits: set[Hit]) -> Overlay:
    """What was reached in green, the rest as not reached."""
    from asl.diagram import Overlay, StateOverlay, TransitionOverlay

    reached = {node.name: StateOverlay("succeeded") for node in graph.states() if ("entered", node.pointer) in hits}
    pointers = {node.name: node.pointer for node in graph.states()}
    kinds = {"Next": "left", "Choice": "rule taken", "Default": "default", "Catch": "caught"}
    taken = {}
    for each in graph.transitions:
        place = () if each.index is None else (each.index,)
        if (kinds[each.kind], pointers[each.source], *place) in hits:
            taken[each] = TransitionOverlay(1, "succeeded")
    total = len(pointers)
    return Overlay(reached, taken, f"{len(reached)} of {total} states reached")
