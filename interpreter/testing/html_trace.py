"""What the workflows of one test did, as one HTML file that needs nothing else: diagram, timeline, and every state's
data.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

from asl.types import Json
from interpreter.testing.explanation import described, mock_calls, seconds

if TYPE_CHECKING:
    from interpreter.testing.visits import Attempt, Visit
    from interpreter.testing.workflow_run import WorkflowRun

_MOST_VISITS = 500
_LONGEST_VALUE = 20_000


def trace_page(name: str, outcome: str, runs: Sequence[WorkflowRun]) -> str:
    """The whole page; no request leaves it."""
    sections = "".join(_run_section(number, run) for number, run in enumerate(runs, 1))
    title = escape(name)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="data:,"><style>{_STYLE}</style></head><body>'
        f'<h1><span class="{escape(outcome)}">{escape(outcome)}</span> {title}</h1>{sections}</body></html>\n'
    )


def _run_section(number: int, run: WorkflowRun) -> str:
    status = str(run.status)
    execution = run.execution
    ending = (
        described(execution.error, execution.cause, 2000) or json.dumps(execution.output, ensure_ascii=False)[:2000]
    )
    return (
        f'<section><h2>{number}. {escape(run.machine.name)} <span class="{status.lower()}">{status}</span> '
        f"<small>{escape(seconds(run.duration.total_seconds()))} of workflow time, seed {run.seed}</small></h2>"
        f"<p><code>{escape(ending)}</code></p>"
        f'<div class="diagram">{_diagram(run)}</div>'
        f"<h3>Timeline</h3>{_timeline(run)}<h3>States</h3>{_states(run)}<h3>Mocks</h3>{_mocks(run)}</section>"
    )


def _diagram(run: WorkflowRun) -> str:
    """The SVG painted by the run; as an outline where Graphviz is missing or fails."""
    from asl.diagram import LayoutError, LayoutUnavailableError, render, to_text
    from interpreter.overlay import overlay_of

    graph = run.machine.machine.graph
    overlay = overlay_of(graph, run.history)
    try:
        drawn = render(graph, format="svg", overlay=overlay, title=run.machine.name)
    except (LayoutUnavailableError, LayoutError):
        return f"<pre>{escape(to_text(graph, overlay=overlay))}</pre>"
    svg = drawn.decode() if isinstance(drawn, bytes) else drawn
    return svg[svg.index("<svg") :]


def _timeline(run: WorkflowRun) -> str:
    visits = run.visits[:_MOST_VISITS]
    total = run.duration.total_seconds() or 1.0
    rows = "".join(_bar(visit, run.started_at, total) for visit in visits)
    more = f"<p>{len(run.visits) - len(visits)} more</p>" if len(run.visits) > len(visits) else ""
    return f'<div class="timeline">{rows}</div>{more}'


def _bar(visit: Visit, origin: float, total: float) -> str:
    end = visit.ended if visit.ended is not None else visit.started
    left, width = 100 * (visit.started - origin) / total, 100 * (end - visit.started) / total
    place = f"{seconds(visit.started - origin)} + {seconds(end - visit.started)}"
    depth = sum(1 for _ in visit.outwards()) - 1
    return (
        f'<div class="row"><span class="name" style="padding-left:{depth}em">{_named(visit)}</span>'
        f'<span class="track"><span class="bar {visit.status}" style="left:{left:.3f}%;width:{max(width, 0.3):.3f}%" '
        f'title="{escape(place)}"></span></span></div>'
    )


def _named(visit: Visit) -> str:
    return escape(visit.state if visit.index is None else f"[{visit.index}] {visit.state}")


def _states(run: WorkflowRun) -> str:
    flows = _data_flows(run)
    return "".join(_state(visit, run.started_at, flows.get(visit.entered, {})) for visit in run.visits[:_MOST_VISITS])


def _data_flows(run: WorkflowRun) -> dict[int, dict[str, Json]]:
    from interpreter.testing.explanation import inspected

    return {each.entered: each.steps for each in inspected(run)}


def _state(visit: Visit, origin: float, steps: dict[str, Json]) -> str:
    failure = described(visit.error, visit.cause, 2000)
    values = [("input", visit.input), *steps.items()]
    if visit.has_left:
        values += [("output", visit.output)]
    if visit.assigned:
        values += [("assigned variables", visit.assigned)]
    attempts = "".join(_attempt(attempt, origin) for attempt in visit.attempts) if len(visit.attempts) > 1 else ""
    is_open = " open" if visit.status == "failed" else ""
    return (
        f"<details{is_open}><summary>"
        f'<span class="{visit.status}">{visit.status}</span> '
        f"{_named(visit)} <small>{escape(visit.kind)}, at {escape(seconds(visit.started - origin))}</small></summary>"
        + (f'<p class="failed">{escape(failure)}</p>' if failure else "")
        + (f"<ol>{attempts}</ol>" if attempts else "")
        + "".join(f"<h4>{escape(name)}</h4><pre>{_json(value)}</pre>" for name, value in values)
        + "</details>"
    )


def _attempt(attempt: Attempt, origin: float) -> str:
    failure = described(attempt.error, attempt.cause, 500)
    return f"<li>at {escape(seconds(attempt.started - origin))} {escape(attempt.outcome)} {escape(failure)}</li>"


def _json(value: Json) -> str:
    text = json.dumps(value, indent=2, ensure_ascii=False, default=repr)
    cut = text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + "\n..."
    return escape(cut)


def _mocks(run: WorkflowRun) -> str:
    lines: Iterable[str] = mock_calls(run.mocks)
    return f"<pre>{escape(chr(10).join(lines)) or 'none'}</pre>"


_STYLE = """
:root { color-scheme: light dark; --ok: #1a7f37; --bad: #cf222e; --mid: #bf8700; --wait: #0969da; --line: #8884 }
body { font: 14px/1.45 system-ui, sans-serif; margin: 1.5rem auto; max-width: 75rem; padding: 0 1rem }
h1 { font-size: 1.2rem }
h2 { font-size: 1.1rem; border-top: 1px solid var(--line); padding-top: 1rem }
h3 { font-size: 1rem }
h4 { margin: .6rem 0 .2rem }
small { font-weight: normal; opacity: .7 }
code, pre { font: 12px/1.4 ui-monospace, monospace }
pre { overflow: auto; max-height: 24rem; padding: .5rem; margin: .2rem 0 }
pre { border: 1px solid var(--line); border-radius: 4px }
.diagram { overflow: auto; background: #fff; border: 1px solid var(--line); border-radius: 4px; padding: .5rem }
.diagram svg { max-width: 100%; height: auto }
.diagram pre { color: #000 }
.passed, .succeeded { color: var(--ok) }
.failed, .timed_out { color: var(--bad) }
.caught { color: var(--mid) }
.running, .aborted { color: var(--wait) }
.row { display: flex; gap: .5rem; align-items: center }
.name { flex: 0 0 18rem; box-sizing: border-box; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
.track { position: relative; flex: 1; height: .9rem; background: #8882; border-radius: 3px }
.bar { position: absolute; top: 0; bottom: 0; border-radius: 3px; background: currentColor; min-width: 2px }
details { border-bottom: 1px solid var(--line); padding: .3rem 0 }
summary { cursor: pointer }
"""
