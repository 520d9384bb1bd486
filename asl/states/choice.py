"""Choice: rules that decide which state follows."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from asl.states.base import Assigning, InputOutput, Model, State
from asl.types import Json


class ChoiceRule(Model):
    """A boolean combination or a comparison (JSONPath), or a condition (JSONata).

    The comparison's operator, such as ``StringEquals``, is found in :attr:`operator` and its operand in
    :attr:`operand`. Rules inside And, Or and Not have no Next.
    """

    next: str | None = None
    """The state that follows when the rule matches."""
    variable: str | None = None
    """JSONPath: the value that is compared."""
    and_: tuple[ChoiceRule, ...] | None = Field(None, alias="And")
    """All of these match."""
    or_: tuple[ChoiceRule, ...] | None = Field(None, alias="Or")
    """Any of these matches."""
    not_: ChoiceRule | None = Field(None, alias="Not")
    """This does not match."""
    condition: str | bool | None = None
    """JSONata: an expression that gives true or false."""
    assign: dict[str, Json] | None = None
    """Variables to set when the rule matches, by name."""
    output: Json = None
    """JSONata: the output when the rule matches."""
    comment: str | None = None
    """A description for people."""

    @property
    def operator(self) -> str | None:
        """The comparison operator as it is written, if the rule is a comparison."""
        return next(iter(self.model_extra or ()), None)

    @property
    def operand(self) -> Json:
        """What the variable is compared with."""
        return None if self.operator is None else (self.model_extra or {})[self.operator]


class ChoiceState(State, InputOutput, Assigning):
    """Leads to the state of the first rule that matches."""

    type: Literal["Choice"]
    choices: tuple[ChoiceRule, ...]
    """The rules, tried in order."""
    default: str | None = None
    """The state that follows when no rule matches."""
