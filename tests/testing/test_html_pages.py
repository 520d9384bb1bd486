"""The pages of the kit in a browser: traces of tests, and the coverage of definitions."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
from small_workflows import machine, task

from interpreter.testing.coverage_report import CoverageReport
from interpreter.testing.html_trace import trace_page
from interpreter.testing.observing import Observer
from interpreter.testing.session import Session

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (apt-get install chromium)")


def in_browser(path):
    """The page's document after scripts, and what the browser complained of or asked the network for."""
    log = path.with_suffix(".netlog.json")
    command = [
        str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
        "--enable-logging=stderr",
        f"--user-data-dir={path.parent / 'profile'}", f"--log-net-log={log}", "--dump-dom", path.as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    complaints = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    asked = set(re.findall(r'"(?:https?|wss?)://[^"]+', log.read_text(errors="replace"))) if log.is_file() else set()
    page_asked = {url for url in asked if not re.search(r"google|gstatic|gvt1|chrom", url)}
    return done.stdout, complaints, page_asked


@pytest.fixture
def page(tmp_path):
    inner = {
        "StartAt": "Ship",
        "States": {"Ship": task("ship", Retry=[{"ErrorEquals": ["Busy"], "IntervalSeconds": 5}])},
    }
    order = machine({"Each": {"Type": "Map", "ItemProcessor": inner, "End": True}})
    order.mock("Ship", when=lambda item: item == "<b>&", raises="Busy", times=1).then(returns="</script><img src=x>")
    order.mock("Ship", returns={"text": "ok"})
    run = order.run(["plain", "<b>&"])
    path = tmp_path / "trace.html"
    path.write_text(trace_page("test_order[<1>]", "failed", [run]), "utf-8")
    return path


def test_a_trace_has_diagram_timeline_and_the_data_of_every_state(page):
    text = page.read_text("utf-8")
    assert text.count("<svg") == 1
    assert text.count('class="row"') == 3
    assert "<h4>input</h4>" in text
    assert "<h4>afterParameters</h4>" in text
    assert "&lt;/script&gt;&lt;img src=x&gt;" in text
    assert "<img" not in text
    assert "<script" not in text
    assert re.findall(r'(?:src|href)="(?!data:|#)[^"]*"', text) == []


@needs_browser
def test_a_trace_is_shown_by_a_browser_and_nothing_leaves_the_file(page):
    document, complaints, asked = in_browser(page)
    assert "test_order[&lt;1&gt;]" in document
    assert document.count("<details") == 3
    assert complaints == []
    assert asked == set()


@needs_browser
def test_the_coverage_of_two_files_is_shown_by_a_browser(tmp_path):
    observer = Observer()
    for name in ("one", "two"):
        lines = [
            '{"StartAt": "A", "States": {',
            '"A": {"Type": "Choice",',
            '"Choices": [',
            '{"Variable": "$.x", "IsPresent": true,',
        ]
        lines += ['"Next": "B"}', '], "Default":', '"B"},', '"B": {"Type": "Succeed"}', "}}"]
        (tmp_path / f"{name}.asl.json").write_text("\n".join(lines))
        Session(observer).machine(tmp_path / f"{name}.asl.json").run({"x": 1} if name == "one" else {})
    CoverageReport(observer).write(tmp_path / "report")
    index, _, _ = in_browser(tmp_path / "report" / "html" / "index.html")
    assert "one.asl.json" in index
    assert "two.asl.json" in index
    (page,) = (tmp_path / "report" / "html").glob("*one_asl_json.html")
    document, _, _ = in_browser(page)
    assert "never &#39;A&#39; rule 0" in document or "never 'A' rule 0" in document
