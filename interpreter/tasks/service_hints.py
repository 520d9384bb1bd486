"""What a service's own output shape says of the values in a made-up result."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from interpreter.tasks.needs import ANY, Hint, Needs, Path
from interpreter.tasks.port import Resource

_KINDS = {
    "integer": "number",
    "long": "number",
    "float": "number",
    "double": "number",
    "boolean": "boolean",
    "timestamp": "timestamp",
    "list": "array",
    "structure": "object",
    "map": "object",
}
_SHOWN = frozenset({"string", "integer", "long", "boolean", "timestamp"})
_PAGING = ("Token", "Marker")


def with_shape(needs: Needs, resource: Resource) -> Needs:
    """The needs with the types of the service's output, and its plain members at the top; as they are without botocore.

    Members that announce a next page are left out, or a loop over pages would not end.
    """
    shape = _shape_of(resource)
    if shape is None:
        return needs
    known = Needs()
    for path, hint in needs.hints.items():
        known.add(path, hint.joined(_hint(shape, path)))
    for name, member in _members(shape).items():
        if member.type_name in _SHOWN and not name.endswith(_PAGING):
            known.add((name,), _hint_of(member))
    return known


def _shape_of(resource: Resource) -> Any:
    from interpreter.errors import InterpreterError

    try:
        from interpreter.mock_validation import output_shape

        return output_shape(resource)
    except InterpreterError:
        return None


def _members(shape: Any) -> dict[str, Any]:
    """Members as Step Functions writes them, the first letter in upper case."""
    if shape.type_name != "structure":
        return {}
    return {name[:1].upper() + name[1:]: member for name, member in shape.members.items()}


def _hint(shape: Any, path: Path) -> Hint:
    for step in path:
        inner = next(_inside(shape, step), None)
        if inner is None:
            return Hint()
        shape = inner
    return _hint_of(shape)


def _inside(shape: Any, step: str | int) -> Iterator[Any]:
    if shape.type_name == "structure" and step in (members := _members(shape)):
        yield members[str(step)]
    elif shape.type_name == "map" and isinstance(step, str):
        yield shape.value
    elif shape.type_name == "list" and isinstance(step, int) and step >= ANY:
        yield shape.member


def _hint_of(shape: Any) -> Hint:
    return Hint(_KINDS.get(shape.type_name), tuple(shape.metadata.get("enum", ())[:1]))
