"""Where states lead: unknown targets, blocks without an end, and states that nothing leads to."""

from __future__ import annotations

from collections.abc import Iterator

from asl.types import JsonObject, Pointer
from asl.validation.context import Scope
from asl.validation.findings import Finding

TARGET = "MISSING_TRANSITION_TARGET"
NO_END = "MISSING_END_STATE"
_ENDS = ("Succeed", "Fail")


def scope_findings(scope: Scope) -> Iterator[Finding]:
    """AWS's order: unknown targets, then a missing end or else the unreachable states."""
    states, start = scope.block.get("States"), scope.block.get("StartAt")
    if type(states) is not dict or not states:
        return
    reached: set[str] = set()
    if type(start) is str:
        reached.add(start)
        if start not in states:
            yield _unknown(start, (*scope.pointer, "StartAt"), states)
    for name, pairs in scope.targets.items():
        for target, pointer in pairs:
            if target not in states:
                yield _unknown(target, (*scope.pointer, "States", name, *pointer), states)
            reached.add(target)
    if scope.untrusted:
        return
    if not any(_ends(state) for state in states.values()):
        hint = 'give a state "End": true, or let one of Type Succeed or Fail be reached'
        yield Finding(NO_END, "Workflow has no terminal state", (*scope.pointer, "States"), hint=hint, located=False)
    elif type(start) is str and not reached.issuperset(states):
        yield from (
            _unreachable(scope, name) for name, state in states.items() if name not in reached and type(state) is dict
        )


def _ends(state: object) -> bool:
    return isinstance(state, dict) and (state.get("End") is True or state.get("Type") in _ENDS)


def _unknown(target: str, pointer: Pointer, states: JsonObject) -> Finding:
    from asl.validation.hints import nearest

    hint = nearest(target, states) or "a target must be a state of the same 'States' object"
    return Finding(TARGET, f"Missing 'Next' target: {target}", pointer, hint=hint)


def _unreachable(scope: Scope, name: str) -> Finding:
    hint = "no StartAt, Next, Default, Choices or Catch names it"
    return Finding(
        TARGET, f'State "{name}" is not reachable.', (*scope.pointer, "States", name), hint=hint, at_key=True
    )
