"""What ``asl test`` tells of its cases: for people, as JSON, and as JUnit XML for CI."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from itertools import groupby

from interpreter.testing.cases import CaseResult


def text_report(results: Sequence[CaseResult], colour: bool = False) -> str:
    """One line a case, grouped by file, and of each that failed what it expected in vain and the run in words."""
    lines: list[str] = []
    for path, group in groupby(results, key=lambda result: result.path):
        lines.append(path)
        for result in group:
            lines += _case_lines(result, colour)
    return "\n".join([*lines, "", summary(results, colour)])


def _case_lines(result: CaseResult, colour: bool) -> Iterable[str]:
    word = _painted("passed", "32", colour) if result.passed else _painted("FAILED", "31", colour)
    yield f"  {word}  {result.name}  ({result.seconds * 1000:.0f} ms)"
    yield from (f"      {line}" for problem in result.problems for line in problem.splitlines())
    if result.explanation:
        yield from (f"      | {line}" for line in result.explanation.splitlines())


def _painted(text: str, code: str, colour: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if colour else text


def summary(results: Sequence[CaseResult], colour: bool = False) -> str:
    """``12 passed, 1 failed in 0.21 s``."""
    counts = Counter(result.passed for result in results)
    failed = f", {counts[False]} failed" if counts[False] else ""
    text = f"{counts[True]} passed{failed} in {sum(result.seconds for result in results):.2f} s"
    return _painted(text, "31" if counts[False] else "32", colour)


def json_report(results: Sequence[CaseResult]) -> str:
    """``{"passed", "failed", "cases": [{"path", "name", "line", "passed", "problems", "explanation", "seconds"}]}``."""
    cases = [{**asdict(result), "passed": result.passed} for result in results]
    failed = sum(not result.passed for result in results)
    return json.dumps({"passed": len(results) - failed, "failed": failed, "cases": cases}, indent=2, ensure_ascii=False)


def junit_report(results: Sequence[CaseResult]) -> str:
    """JUnit XML with one suite a file."""
    from xml.etree import ElementTree

    suites = ElementTree.Element("testsuites", _counts(results))
    for path, group in groupby(results, key=lambda result: result.path):
        cases = list(group)
        suite = ElementTree.SubElement(suites, "testsuite", {"name": path, **_counts(cases)})
        for result in cases:
            attributes = {"classname": path, "name": result.name, "file": path, "line": str(result.line)}
            case = ElementTree.SubElement(suite, "testcase", {**attributes, "time": f"{result.seconds:.4f}"})
            if not result.passed:
                failure = ElementTree.SubElement(case, "failure", {"message": _xml_text(result.problems[0])})
                failure.text = _xml_text("\n".join([*result.problems, "", result.explanation]))
    ElementTree.indent(suites)
    return ElementTree.tostring(suites, encoding="unicode", xml_declaration=True)


def _counts(results: Sequence[CaseResult]) -> dict[str, str]:
    failed = sum(not result.passed for result in results)
    seconds = sum(result.seconds for result in results)
    return {"tests": str(len(results)), "failures": str(failed), "errors": "0", "time": f"{seconds:.4f}"}


def _xml_text(text: str) -> str:
    """Without the characters that XML has no form for."""
    return "".join(sign if sign in "\t\n" or ord(sign) >= 32 else "?" for sign in text)


FORMATS = {"json": json_report, "junit": junit_report}
