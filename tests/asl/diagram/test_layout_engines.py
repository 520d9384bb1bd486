"""Which Graphviz draws, and what is said where there is none."""

import os
import sys

import pytest

from asl.diagram import LayoutError, LayoutUnavailableError, render
from asl.diagram.layout import lay_out
from asl.graph import StateGraph


@pytest.fixture
def program(tmp_path, monkeypatch):
    """Puts a program called ``dot`` on the PATH."""

    def install(script):
        path = tmp_path / "dot"
        path.write_text(f"#!{sys.executable}\nimport sys\n{script}\n")
        path.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)

    return install


@pytest.mark.skipif(os.name == "nt", reason="the stand-in for dot is a script")
def test_dot_on_the_path_is_preferred(program):
    pytest.importorskip("graphviz", reason="needs the graphviz package")
    program("sys.stdout.write('drawn by dot from ' + str(len(sys.stdin.read())))")
    assert lay_out("digraph {}", "png") == b"drawn by dot from 10"


@pytest.mark.skipif(os.name == "nt", reason="the stand-in for dot is a script")
def test_what_dot_complains_of_is_told(program):
    pytest.importorskip("graphviz", reason="needs the graphviz package")
    program("sys.exit('no room in the attic')")
    with pytest.raises(LayoutError, match="no room in the attic"):
        lay_out("digraph {}", "png")


def test_bad_dot_is_an_error_and_not_an_empty_picture():
    pytest.importorskip("pygraphviz", reason="drawing needs Graphviz")
    with pytest.raises(LayoutError):
        lay_out("digraph {", "svg")


def test_without_graphviz_one_sentence_says_what_to_install(order, monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    with pytest.raises(LayoutUnavailableError, match=r"pip install 'asl-interpreter\[diagrams\]'"):
        render(StateGraph(order), format="svg")


def test_text_formats_need_no_graphviz(order, monkeypatch):
    monkeypatch.setenv("PATH", "")
    for package in ("pygraphviz", "graphviz"):
        monkeypatch.setitem(sys.modules, package, None)
    assert str(render(StateGraph(order), format="dot")).startswith("digraph")
    assert str(render(StateGraph(order), format="mmd")).startswith("flowchart")


def test_the_library_prints_nothing(order, capfd):
    pytest.importorskip("pygraphviz", reason="drawing needs Graphviz")
    render(StateGraph(order), format="png")
    assert capfd.readouterr() == ("", "")
