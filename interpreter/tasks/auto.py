"""Answers any Task with a plausible value: one in which every path that the workflow reads of it leads somewhere.

Comparisons of later Choice states decide the values: the first answer leads to the nearest good end, later ones to the
same state turn through the others, so that a polling loop comes to an end.
"""

from __future__ import annotations

from asl.types import Json, JsonObject
from interpreter.tasks.foresight import Foresight
from interpreter.tasks.lambda_ import EXECUTED_VERSION, is_invoke
from interpreter.tasks.needs import ANY, Needs
from interpreter.tasks.port import Answer, Resource, TaskRequest


class AutoMocks:
    """Answers every Task of one machine. ``definition`` is the plain definition."""

    def __init__(self, definition: JsonObject) -> None:
        self._foresight = Foresight(definition)

    @property
    def input(self) -> Json:
        """A plausible input for an execution: an object unless the workflow reads something else."""
        needs = self._foresight.input
        return needs.value(0) if any(path for path in needs.hints) else {}

    def answer_for(self, state_name: str, resource: Resource) -> Answer:
        if state_name in self._foresight.items:
            return self._reader(self._foresight.items[state_name], resource)
        read = self._foresight.results.get(state_name) or Needs()
        needs: list[Needs] = []

        def answer(request: TaskRequest) -> Json:
            if not needs:
                needs.append(_typed(read, resource))
            return _plausible(needs[0], resource, request.invocation)

        return answer

    def _reader(self, needs: Needs, resource: Resource) -> Answer:
        """What an ItemReader finds: one item of each kind that is read. A ResultWriter gets an empty response."""
        items = [needs.value(0) if any(path for path in needs.hints) else {}]
        return lambda request: {} if resource.action == "putObject" else items


def _typed(needs: Needs, resource: Resource) -> Needs:
    """What the service's shape adds; loaded when the first answer is asked for, as the shapes are large."""
    if resource.kind != "service" or is_invoke(resource):
        return needs
    from interpreter.tasks.service_hints import with_shape

    return with_shape(needs, resource)


def _plausible(needs: Needs, resource: Resource, number: int) -> Json:
    known = any(path and path[0] != ANY for path in needs.hints) or any(hint.kind for hint in needs.hints.values())
    value = needs.value(number) if known else {}
    if not is_invoke(resource) or resource.pattern:
        return value
    response = {"ExecutedVersion": EXECUTED_VERSION, "Payload": {}, "StatusCode": 200}
    return {**response, **value} if isinstance(value, dict) else response
