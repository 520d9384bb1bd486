"""What the operations work on: the registry, the store, the running executions, the account and the time."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from interpreter.api.arn import Arn, Names, parse_arn
from interpreter.api.errors import activity_does_not_exist, state_machine_does_not_exist
from interpreter.api.registry import Activity, Registry, StateMachine
from interpreter.store.port import Store

if TYPE_CHECKING:
    from interpreter.api.runtime import Runtime


@dataclass(slots=True)
class Service:
    """One account of the service in one region."""

    names: Names
    store: Store
    registry: Registry
    runtime: Runtime
    now: Callable[[], float]
    new_id: Callable[[], str] = field(default=lambda: str(uuid.uuid4()))
    random: random.Random = field(default_factory=random.Random)

    def state_machine(self, arn: str) -> StateMachine:
        """The state machine of an unqualified ARN; InvalidArn or StateMachineDoesNotExist otherwise."""
        parse_arn(arn, "stateMachine")
        machine = self.registry.state_machines.get(arn)
        if machine is None:
            raise state_machine_does_not_exist(arn)
        return machine

    def machine_arn(self, arn: str) -> Arn:
        return parse_arn(arn, "stateMachine")

    def activity(self, arn: str) -> Activity:
        parse_arn(arn, "activity")
        activity = self.registry.activities.get(arn)
        if activity is None:
            raise activity_does_not_exist(arn)
        return activity
