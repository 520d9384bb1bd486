"""The state machine as frozen models: the typed view of a definition, and the source of its JSON Schema."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Field

from asl.states.base import Model
from asl.states.choice import ChoiceRule, ChoiceState
from asl.states.fail import FailState
from asl.states.map import ItemProcessor, MapState
from asl.states.parallel import Branch, ParallelState
from asl.states.pass_ import PassState
from asl.states.succeed import SucceedState
from asl.states.task import TaskState
from asl.states.wait import WaitState
from asl.types import QueryLanguage

AnyState: TypeAlias = Annotated[
    TaskState | WaitState | PassState | SucceedState | FailState | ChoiceState | ParallelState | MapState,
    Field(discriminator="type"),
]
"""A state, told apart by its Type."""


class StateMachineModel(Model):
    """A whole definition."""

    comment: str | None = None
    """A description for people."""
    start_at: str
    """The first state."""
    states: dict[str, AnyState]
    """The states by name."""
    version: str = "1.0"
    """The version of the language."""
    timeout_seconds: int | None = None
    """Seconds that an execution may take."""
    query_language: QueryLanguage = "JSONPath"
    """The language of expressions where a state has none of its own."""


for _model in (Branch, ItemProcessor, ParallelState, MapState, ChoiceRule, StateMachineModel):
    _model.model_rebuild(_types_namespace={"AnyState": AnyState})
