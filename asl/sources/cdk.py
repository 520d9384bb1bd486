"""A CDK cloud assembly, ``cdk.out``: its stacks' templates and the assets beside them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from asl.document import load_document
from asl.sources.cloudformation import find_in_template
from asl.sources.found import FoundDefinition, no_state_machine
from asl.types import Json

_STACK = "aws:cloudformation:stack"


def find_in_assembly(folder: Path) -> list[FoundDefinition]:
    """The state machines of all stacks; where two stacks have the same logical id, the stack's name comes first.

    Raises DefinitionError when no stack has one.
    """
    found: list[FoundDefinition] = []
    for stack, template in _templates(folder):
        document = load_document(template, placeholders=True)
        if any(_is_state_machine(resource) for resource in _resources(document.value)):
            machines = find_in_template(document, template)
            found += [one._replace(aliases=(*one.aliases, f"{stack}/{one.name}")) for one in machines]
    if not found:
        raise no_state_machine(str(folder), "state machines in the stacks' templates")
    names = [one.name for one in found]
    return [one if names.count(one.name) == 1 else one._replace(name=one.aliases[-1]) for one in found]


def _templates(folder: Path) -> Iterator[tuple[str, Path]]:
    """``(stack, template)`` of the manifest, of the stages' own assemblies, and of nested stacks."""
    seen = set[Path]()
    manifest = folder / "manifest.json"
    artifacts: Json = load_document(manifest).value.get("artifacts", {}) if manifest.is_file() else {}
    for stack, artifact in artifacts.items():
        properties = artifact.get("properties", {})
        if artifact.get("type") == _STACK and "templateFile" in properties:
            seen.add(folder / properties["templateFile"])
            yield properties.get("stackName", stack), folder / properties["templateFile"]
        elif artifact.get("type") == "cdk:cloud-assembly" and "directoryName" in properties:
            yield from _templates(folder / properties["directoryName"])
    for template in sorted(folder.glob("*.template.json")):
        if template not in seen:
            yield template.name.removesuffix(".template.json").removesuffix(".nested"), template


def _resources(template: Json) -> list[Json]:
    resources = template.get("Resources") if isinstance(template, dict) else None
    return list(resources.values()) if isinstance(resources, dict) else []


def _is_state_machine(resource: Json) -> bool:
    return isinstance(resource, dict) and str(resource.get("Type")).endswith("::StateMachine")
