"""What each type of state does: the one table from ``Type`` to behaviour."""

from interpreter.states.base import Behaviour
from interpreter.states.choice import Choice
from interpreter.states.fail import Fail
from interpreter.states.map import Map
from interpreter.states.parallel import Parallel
from interpreter.states.pass_ import Pass
from interpreter.states.succeed import Succeed
from interpreter.states.task import Task
from interpreter.states.wait import Wait

BEHAVIOURS: dict[str, type[Behaviour]] = {
    "Choice": Choice,
    "Fail": Fail,
    "Map": Map,
    "Parallel": Parallel,
    "Pass": Pass,
    "Succeed": Succeed,
    "Task": Task,
    "Wait": Wait,
}

__all__ = ["BEHAVIOURS", "Behaviour"]
