"""Turn DOT text into a picture with Graphviz: ``dot`` where it is on the PATH, else the one inside pygraphviz."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

PictureFormat = Literal["svg", "png", "pdf"]


class LayoutUnavailableError(Exception):
    """No Graphviz on this machine; the message says what to install."""


class LayoutError(Exception):
    """Graphviz refused a drawing; the message has its words."""


def lay_out(dot: str, picture_format: PictureFormat, dpi: int | None = None) -> bytes:
    """Draw DOT text. ``dpi`` is the resolution of a PNG.

    Raises LayoutUnavailableError where there is no Graphviz, LayoutError where it fails.
    """
    engine = _with_dot() or _with_pygraphviz()
    if engine is None:
        raise LayoutUnavailableError(
            f"drawing {picture_format.upper()} needs Graphviz: pip install 'asl-interpreter[diagrams]' "
            "(.dot and .mmd files need nothing)"
        )
    return engine(dot if dpi is None else _at_resolution(dot, dpi), picture_format)


def _at_resolution(dot: str, dpi: int) -> str:
    head, brace, body = dot.partition("{")
    return f"{head}{brace} dpi={dpi}; {body}"


Engine = Callable[[str, PictureFormat], bytes]


def _with_dot() -> Engine | None:
    if shutil.which("dot") is None:
        return None
    try:
        import graphviz
    except ImportError:
        return None

    def draw(dot: str, picture_format: PictureFormat) -> bytes:
        try:
            drawn: bytes = graphviz.pipe("dot", picture_format, dot.encode(), quiet=True)
        except graphviz.CalledProcessError as error:
            raise LayoutError(f"dot failed: {error}") from error
        return drawn

    return draw


def _with_pygraphviz() -> Engine | None:
    try:
        import pygraphviz
    except ImportError:
        return None

    def draw(dot: str, picture_format: PictureFormat) -> bytes:
        with _quiet() as said, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                drawn: bytes | None = pygraphviz.AGraph(string=dot).draw(format=picture_format, prog="dot")
            except Exception as error:
                raise LayoutError(f"Graphviz failed: {error or said()}") from error
        if not drawn:
            raise LayoutError(f"Graphviz drew nothing: {said()}")
        return drawn

    return draw


@contextmanager
def _quiet() -> Iterator[Callable[[], str]]:
    """Keep what the C library prints on file descriptor 2 (font and size remarks) off the terminal."""
    with tempfile.TemporaryFile() as said:
        saved = os.dup(2)
        os.dup2(said.fileno(), 2)

        def words() -> str:
            said.seek(0)
            return said.read().decode(errors="replace").strip()

        try:
            yield words
        finally:
            os.dup2(saved, 2)
            os.close(saved)
