"""What the tests of definition sources share: the fixtures' folder, and reading the line that a place points to."""

from collections.abc import Callable
from pathlib import Path

import pytest

from asl.document import Document
from asl.types import Pointer

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.fixture
def fixtures() -> Path:
    return FIXTURES


@pytest.fixture
def pointed_at() -> Callable[..., str]:
    """The rest of the source line that starts where a pointer's value (or key) stands."""

    def look(document: Document, pointer: Pointer, **options: object) -> str:
        source, position = document.locate(pointer, **options)  # type: ignore[arg-type]
        line = Path(source).read_text(encoding="utf-8").splitlines()[position.line - 1]
        return f"{Path(source).name}:{position.line}: {line[position.column - 1 :]}"

    return look
