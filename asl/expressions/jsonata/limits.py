"""How much one evaluation may use."""

from __future__ import annotations

from dataclasses import dataclass, field

BYTES_PER_ITEM = 12
BYTES_PER_CHARACTER = 2
BASE_BYTES = 376


@dataclass(frozen=True, slots=True)
class Limits:
    """The budgets of one evaluation; spending one of them raises ``U1001``.

    ``depth`` counts nested evaluations, ``memory`` is in bytes as AWS seems to count them (12 for an array item, 2 for
    a character), ``steps`` are calls and visited items, ``seconds`` is wall time.
    """

    depth: int = 100
    memory: int = 10 * 1024 * 1024
    steps: int = 2_500_000
    seconds: float = 4.0

    items: int = field(init=False)
    """The longest array that fits."""
    characters: int = field(init=False)
    """The longest string that fits."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "items", (self.memory - BASE_BYTES) // BYTES_PER_ITEM)
        object.__setattr__(self, "characters", (self.memory - BASE_BYTES) // BYTES_PER_CHARACTER)


AWS_LIMITS = Limits()
"""What Step Functions was measured to allow; steps and seconds are our own bound, as AWS's is not known."""
