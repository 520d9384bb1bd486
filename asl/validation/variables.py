"""Variables: what a name may look like, and that an inner scope never assigns a name that an outer one assigns."""

from __future__ import annotations

from collections.abc import Iterator

from asl.types import Json, Pointer
from asl.validation.context import Context, Scope
from asl.validation.findings import Finding, Findings, gather, wrong
from asl.validation.values import MAX_NAME


def names(template: dict[str, Json], context: Context) -> Findings | None:
    """Every key of an Assign is the name of a variable."""
    found: Findings | None = None
    for key in template:
        problem = name_problem(assigned_name(key, context.language == "JSONPath"))
        if problem:
            found = gather(found, wrong(f"Invalid variable name '{key}'", above=1, hint=problem), key)
    return found


def assigned_name(key: str, is_jsonpath: bool) -> str:
    """The variable that a key of Assign sets: in JSONPath states without its ``.$``."""
    return key.removesuffix(".$") if is_jsonpath else key


def name_problem(name: str) -> str | None:
    """Why ``name`` can't be the name of a variable."""
    if name == "states":
        return "'states' is reserved for $states"
    if not 1 <= len(name) <= MAX_NAME:
        return f"the name of a variable has 1 to {MAX_NAME} characters, this one has {len(name)}"
    if name.isidentifier() and name[0] != "_":
        return None
    return "the name of a variable starts with a letter and goes on with letters, digits and '_'"


def scope_findings(root: Scope) -> Iterator[Finding]:
    """Assignments, inside a Map or Parallel, to a name that a scope around it assigns.

    What the Map or Parallel state itself assigns does not count: that happens when its inner scopes are over.
    """
    pending: list[tuple[Scope, dict[str, set[str]]]] = [(root, {})]
    while pending:
        scope, outer = pending.pop()
        own = {name: set(states) for name, states in outer.items()}
        for state, pointer, template in scope.assigned:
            is_jsonpath = any(key.endswith(".$") for key in template)
            for key in template:
                name = assigned_name(key, is_jsonpath)
                if outer.get(name):
                    yield _shadowing(name, min(outer[name]), (*scope.pointer, "States", state, *pointer, key))
                own.setdefault(name, set()).add(state)
        pending.extend((child, _seen_from(child, scope, own)) for child in reversed(scope.children))


def _seen_from(child: Scope, scope: Scope, assigned: dict[str, set[str]]) -> dict[str, set[str]]:
    """The names that states around ``child`` assign. The children of a distributed Map see none."""
    if child.distributed:
        return {}
    owner = str(child.pointer[len(scope.pointer) + 1])
    return {name: states - {owner} for name, states in assigned.items()}


def _shadowing(name: str, state: str, pointer: Pointer) -> Finding:
    message = f"Variable '{name}' is already assigned in an outer scope"
    return wrong(message, *pointer, above=1, hint=f"state {state!r} around it assigns it; use another name")[0]
