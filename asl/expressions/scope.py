"""What an expression may see besides the value that it is applied to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from asl.types import Json, JsonObject


class Entropy(Protocol):
    """Reproducible randomness: every draw follows from the execution's seed."""

    def uuid(self) -> str:
        """A version 4 UUID in its usual 36-character form."""
        ...

    def random(self) -> float:
        """A number in [0, 1)."""
        ...


class Scope(Protocol):
    """The surroundings of an evaluation: ``$$``, the variables and the execution's randomness and time."""

    @property
    def context(self) -> JsonObject:
        """The context object that ``$$`` and ``$states.context`` read. Built when first asked for."""
        ...

    @property
    def variables(self) -> Mapping[str, Json]:
        """Workflow variables by name, without the ``$``."""
        ...

    @property
    def entropy(self) -> Entropy: ...

    @property
    def now(self) -> float:
        """The instant of the step in seconds since 1970, UTC."""
        ...
