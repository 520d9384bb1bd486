"""State machines in SAM, CloudFormation and CDK templates."""

from __future__ import annotations

from pathlib import Path

from asl.document import Document, embedded_document
from asl.document.json_reader import JsonScanner
from asl.document.nodes import Node, plain
from asl.sources.found import FoundDefinition, Substitutions, no_state_machine, wrong
from asl.sources.local_files import load_beside
from asl.sources.placeholders import Filling, fill
from asl.sources.resolver import NoValueError, Resolver
from asl.types import Json, WorkflowType

_TYPE_PROPERTY = {"AWS::Serverless::StateMachine": "Type", "AWS::StepFunctions::StateMachine": "StateMachineType"}
_NAME_PROPERTY = {"AWS::Serverless::StateMachine": "Name", "AWS::StepFunctions::StateMachine": "StateMachineName"}
_DEFINED_BY = ("Definition", "DefinitionString", "DefinitionUri", "DefinitionS3Location")


def find_in_template(document: Document, path: Path) -> list[FoundDefinition]:
    """The state machines under Resources. Raises DefinitionError when there is none."""
    resources = document.root.get("Resources")
    found = [
        _found(document, path, name, node)
        for name, node in (resources.items() if resources is not None else [])
        if _kind(node) in _TYPE_PROPERTY
    ]
    if not found:
        looked_for = "resources of type AWS::Serverless::StateMachine or AWS::StepFunctions::StateMachine"
        raise no_state_machine(document.source, looked_for)
    return found


def _found(document: Document, path: Path, name: str, node: Node) -> FoundDefinition:
    source, position = node.keys["Type"].locate() if "Type" in node.keys else node.locate()
    resources = document.root.get("Resources")
    if resources is not None:
        source, position = resources.keys[name].locate()
    resolver = Resolver(document.root, stack_name=path.stem.split(".")[0])
    return FoundDefinition(
        name,
        _kind(node),
        _workflow_type(resolver, node),
        source,
        position,
        lambda given: _load(document, path, name, node, given),
        _aliases(resolver, node),
    )


def _kind(node: Node) -> str:
    declared = node.get("Type")
    return declared.value if declared is not None and declared.is_string else ""


def _property(resolver: Resolver, node: Node, name: str) -> Json:
    properties = node.get("Properties")
    found = properties.get(name) if properties is not None else None
    try:
        return plain(resolver.resolve(found)) if found is not None else None
    except NoValueError:
        return None


def _workflow_type(resolver: Resolver, node: Node) -> WorkflowType:
    declared = _property(resolver, node, _TYPE_PROPERTY[_kind(node)])
    return "EXPRESS" if declared == "EXPRESS" else "STANDARD"


def _aliases(resolver: Resolver, node: Node) -> tuple[str, ...]:
    """The physical name, and for CDK the construct's path and id."""
    name = _property(resolver, node, _NAME_PROPERTY[_kind(node)])
    aliases = [name] if isinstance(name, str) else []
    metadata = node.get("Metadata")
    cdk_path = metadata.get("aws:cdk:path") if metadata is not None else None
    if cdk_path is not None and cdk_path.is_string:
        construct = cdk_path.value.removesuffix("/Resource")
        aliases += [construct, construct.rsplit("/", 1)[-1]]
    return tuple(aliases)


def _load(document: Document, path: Path, name: str, node: Node, given: Substitutions) -> Document:
    resolver = Resolver(document.root, given, path.stem.split(".")[0])
    substitutions = _property(resolver, node, "DefinitionSubstitutions")
    declared = dict(substitutions) if isinstance(substitutions, dict) else {}
    filling = Filling({**declared, **given}, declared=True)
    root = _definition(document, resolver, name, node)
    if substitutions is not None or given or root.text.file.source != document.source:
        root = fill(root, filling)
    called = [alias for alias in _aliases(resolver, node) if "/" not in alias]
    return embedded_document(
        root,
        name=called[0] if called else name,
        type=_workflow_type(resolver, node),
        warnings=[*document.warnings, *resolver.warnings, *filling.warnings],
        assumed={**resolver.assumed, **filling.assumed},
    )


def _definition(document: Document, resolver: Resolver, name: str, node: Node) -> Node:
    """The definition's tree, from whichever property has it."""
    properties = node.get("Properties")
    for by in _DEFINED_BY:
        found = properties.get(by) if properties is not None else None
        if found is None:
            continue
        try:
            resolved = resolver.resolve(found)
        except NoValueError:
            continue
        if by in ("DefinitionUri", "DefinitionS3Location"):
            return _from_file(document, resolved)
        return _from_text(resolved) if resolved.is_string else resolved
    place = properties if properties is not None else node
    hint = f"Give it one of {', '.join(_DEFINED_BY)}"
    raise wrong(document.source, f"The state machine {name!r} has no definition", hint, node=place)


def _from_text(node: Node) -> Node:
    """A definition that is a string. Its places lead through the string into the template."""
    text = str(node.value)
    if text.strip() and not text.lstrip().startswith(("{", "${")):
        hint = "Only what stands in the template is known; give a parameter its value with --set NAME=VALUE"
        raise wrong("", f"The definition is no JSON object but {text[:40]!r}", hint, node=node)
    return JsonScanner(node.characters(), placeholders=True).scan()


def _from_file(document: Document, location: Node) -> Node:
    if location.is_string:
        return load_beside(document.source, location.value, location).root
    key = location.get("Key")
    if key is None or not key.is_string:
        raise wrong(document.source, "The definition's location has no Key", "Name the file", node=location)
    bucket = location.get("Bucket")
    return load_beside(document.source, f"s3://{bucket.value if bucket is not None else ''}/{key.value}", key).root
