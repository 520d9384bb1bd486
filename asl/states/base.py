"""What the models of all states share: how names are written, and the fields that several types have."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_pascal

from asl.types import Json, QueryLanguage


class Model(BaseModel):
    """A frozen object of the definition: snake_case attributes for PascalCase fields, unknown fields kept.

    Models are a typed view of a definition that validation has found right; they check types and no more.
    """

    model_config = ConfigDict(
        frozen=True, extra="allow", alias_generator=to_pascal, populate_by_name=True, use_attribute_docstrings=True
    )


class State(Model):
    """The fields of every state."""

    comment: str | None = None
    """A description for people."""
    query_language: QueryLanguage | None = None
    """The language of this state's expressions; the state machine's own when absent."""


class MovingState(State):
    """A state that leads to another or ends its block: exactly one of Next and End is given."""

    next: str | None = None
    """The state that follows, in the same States object."""
    end: Literal[True] | None = None
    """True where the block of states ends."""


class InputOutput(Model):
    """What selects the input and the output of a JSONPath state."""

    input_path: str | None = "$"
    """JSONPath: what of the input the state works on; null for {}."""
    output_path: str | None = "$"
    """JSONPath: what of the output is passed on; null for {}."""


class Assigning(Model):
    """A state that sets variables and, in JSONata, shapes its output."""

    assign: dict[str, Json] | None = None
    """Variables to set, by name."""
    output: Json = None
    """JSONata: the output."""


class ResultShaping(Model):
    """How a state with a result shapes it."""

    result_selector: Json = None
    """JSONPath: a payload template over the raw result."""
    result_path: str | None = "$"
    """JSONPath: where in the input the result is put; null to drop it."""
