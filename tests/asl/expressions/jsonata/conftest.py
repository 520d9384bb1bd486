"""How the tests of the engine run an expression."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from jsonata_cases import FixedEntropy

from asl.expressions.jsonata import AWS_LIMITS, UNDEFINED, Limits, compile

Run = Callable[..., Any]


@pytest.fixture
def run() -> Run:
    """Evaluate a text with variables given by name, at a fixed instant, within AWS's limits."""

    def evaluate(text: str, *, limits: Limits = AWS_LIMITS, input: Any = UNDEFINED, **bindings: Any) -> Any:
        expression = compile(text)
        return expression.evaluate(
            bindings, input=input, clock=lambda: 1_700_000_000.5, entropy=FixedEntropy(), limits=limits
        )

    return evaluate
