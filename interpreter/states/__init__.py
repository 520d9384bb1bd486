"""What each type of state does: the one table from ``Type`` to behaviour."""

from collections.abc import Callable
from typing import Any

from interpreter.states.base import Behaviour
from interpreter.states.choice import Choice
from interpreter.states.fail import Fail
from interpreter.states.map import Map
from interpreter.states.parallel import Parallel
from interpreter.states.pass_ import Pass
from interpreter.states.succeed import Succeed
from interpreter.states.task import Task
from interpreter.states.wait import Wait


def _map(state: Any, siblings: Any) -> Behaviour:
    processor = state.definition.get("ItemProcessor") or state.definition["Iterator"]
    if processor.get("ProcessorConfig", {}).get("Mode") != "DISTRIBUTED":
        return Map(state, siblings)
    from interpreter.states.distributed_map import DistributedMap

    return DistributedMap(state, siblings)


BEHAVIOURS: dict[str, Callable[[Any, Any], Behaviour]] = {
    "Choice": Choice,
    "Fail": Fail,
    "Map": _map,
    "Parallel": Parallel,
    "Pass": Pass,
    "Succeed": Succeed,
    "Task": Task,
    "Wait": Wait,
}

__all__ = ["BEHAVIOURS", "Behaviour"]
