"""Plans of the definitions that are in use, compiled once each."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from interpreter.api.definitions import parsed
from interpreter.api.registry import Registry
from interpreter.store.port import ExecutionRecord

if TYPE_CHECKING:
    from interpreter.plan import Plan

PLANS_LIMIT = 1000
"""Plans kept in memory; the one that was not used for longest goes first."""


class Plans:
    """Gives the plan of an execution's definition."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._plans: OrderedDict[str, Plan] = OrderedDict()

    def __call__(self, record: ExecutionRecord) -> Plan:
        key = record.details["definition"]
        plan = self._plans.get(key)
        if plan is None:
            plan = self._plans[key] = self._compiled(key, record)
            if len(self._plans) > PLANS_LIMIT:
                self._plans.popitem(last=False)
        self._plans.move_to_end(key)
        if "scope" in record.details:
            return plan.child(record.details["scope"], record.details["label"])
        return plan

    def _compiled(self, key: str, record: ExecutionRecord) -> Plan:
        from asl.graph import StateGraph
        from interpreter.plan import compile_plan

        definition = parsed(self._registry.definitions[key])
        return compile_plan(StateGraph(definition), definition, record.machine_arn.rpartition(":")[2].partition("/")[0])
