"""A Map Run: the children of one distributed Map, as plain data."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from asl.types import Json, JsonObject


@dataclass(slots=True)
class MapRun:
    """``inputs`` has one entry per child, ``weights`` how many items each carries; ``statuses`` is empty until a
    child starts.

    ``tolerated_count`` and ``tolerated_percentage`` are None where not set; ``started_event`` is the id of
    MapRunStarted. ``effective`` is the state's effective input, ``most_items`` the reader's limit, ``source`` what
    ``Map.Item.Source`` says of the items. ``reads`` are the objects that are still to be read (by ``config``),
    ``items`` what was read so far, ``sources`` where each is from if not from one place.
    """

    arn: str
    label: str
    type: str
    concurrency: int
    started_event: int
    source: str = "STATE_DATA"
    effective: Json = None
    most_items: int | None = None
    tolerated_count: int | None = None
    tolerated_percentage: float | None = None
    inputs: list[Json] = field(default_factory=list)
    weights: list[int] = field(default_factory=list)
    statuses: list[str] = field(default_factory=list)
    outputs: list[Json] = field(default_factory=list)
    records: list[JsonObject] = field(default_factory=list)
    reads: list[JsonObject] = field(default_factory=list)
    config: JsonObject = field(default_factory=dict)
    items: list[Json] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    writes: list[JsonObject] = field(default_factory=list)
    result: Json = None
    next_index: int = 0
    running: int = 0
    failed_items: int = 0
    is_filled: bool = False

    def fill(self, inputs: list[Json], weights: list[int]) -> None:
        """The children are known now."""
        self.inputs, self.weights, self.is_filled = inputs, weights, True
        self.statuses = ["PENDING"] * len(inputs)
        self.outputs = [None] * len(inputs)
        self.records = [{} for _ in inputs]

    @property
    def is_over(self) -> bool:
        return self.running == 0 and self.next_index >= len(self.inputs)

    @property
    def exceeds_tolerance(self) -> bool:
        """More failed items than tolerated: strictly more than the count or the percentage; without either, any."""
        if not self.failed_items:
            return False
        count, percentage = self.tolerated_count, self.tolerated_percentage
        if count is None and percentage is None:
            return True
        share = 100.0 * self.failed_items / max(1, sum(self.weights))
        return (count is not None and self.failed_items > count) or (percentage is not None and share > percentage)

    def to_json(self) -> JsonObject:
        return asdict(self)

    @classmethod
    def from_json(cls, saved: dict[str, Any]) -> MapRun:
        return cls(**saved)
