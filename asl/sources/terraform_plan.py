"""State machines in Terraform's JSON: a plan or state as ``terraform show -json`` prints it, or a ``.tfstate`` file."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from asl.document import Document, embedded_document
from asl.document.json_reader import JsonScanner
from asl.document.nodes import Node
from asl.sources.found import FoundDefinition, Substitutions, no_state_machine, wrong
from asl.types import WorkflowType

_STATE_MACHINE = "aws_sfn_state_machine"


def find_in_plan(document: Document, path: Path) -> list[FoundDefinition]:
    """The state machines among the planned or existing resources. Raises DefinitionError when there is none."""
    found = [_found(document, node, values) for node, values in _resources(document.root) if _is_state_machine(node)]
    if not found:
        raise no_state_machine(str(path), f"resources of type {_STATE_MACHINE}")
    return found


def _resources(root: Node) -> Iterator[tuple[Node, Node]]:
    """Every resource with the object of its attributes."""
    for key in ("planned_values", "values"):
        values = root.get(key)
        module = values.get("root_module") if values is not None else None
        if module is not None:
            yield from _in_module(module)
            return
    resources = root.get("resources")
    for resource in resources.elements() if resources is not None else []:
        instances = resource.get("instances")
        for instance in instances.elements()[:1] if instances is not None else []:
            yield resource, instance.get("attributes") or instance


def _in_module(module: Node) -> Iterator[tuple[Node, Node]]:
    resources, children = module.get("resources"), module.get("child_modules")
    for resource in resources.elements() if resources is not None else []:
        yield resource, resource.get("values") or resource
    for child in children.elements() if children is not None else []:
        yield from _in_module(child)


def _is_state_machine(node: Node) -> bool:
    declared = node.get("type")
    return declared is not None and declared.value == _STATE_MACHINE


def _found(document: Document, node: Node, values: Node) -> FoundDefinition:
    source, position = node.locate()
    name, address, called = _text(node, "name"), _text(node, "address"), _text(values, "name")
    aliases = tuple(alias for alias in (address, called) if alias)
    load = partial(_load, document, values, called or name)
    return FoundDefinition(name, _STATE_MACHINE, _workflow_type(values), source, position, load, aliases)


def _text(node: Node, key: str) -> str:
    found = node.get(key)
    return str(found.value) if found is not None and found.is_string else ""


def _workflow_type(values: Node) -> WorkflowType:
    return "EXPRESS" if _text(values, "type") == "EXPRESS" else "STANDARD"


def _load(document: Document, values: Node, name: str, given: Substitutions) -> Document:
    definition = values.get("definition")
    if definition is None or not definition.is_string:
        hint = "Give the module's directory with its .tf files instead"
        message = f"The definition of {name!r} is known only after it is applied"
        raise wrong(document.source, message, hint, node=values)
    root = JsonScanner(definition.characters()).scan()
    return embedded_document(root, name=name, type=_workflow_type(values), warnings=document.warnings)
