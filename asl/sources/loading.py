"""Which kind of source a file is, and the way from a path to the definition in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from asl.diagnostics import Diagnostic, Severity
from asl.document import Document, embedded_document, load_document
from asl.sources.found import FoundDefinition, Substitutions, choose, finding, no_state_machine, wrong
from asl.types import Json

Finder = Callable[[Document, Path], list[FoundDefinition]]

_LOOKED_FOR = (
    "a definition (StartAt and States), a SAM, CloudFormation or CDK template, Terraform (.tf or plan JSON) and a "
    "Serverless Framework file with stepFunctions"
)
_TEMPLATE_NAMES = ("template.yaml", "template.yml", "template.json", "serverless.yml", "serverless.yaml")


def load_definition(
    path: str | Path, *, resource: str | None = None, substitutions: Mapping[str, Json] | None = None
) -> Document:
    """The definition in a file of any kind, or in a ``cdk.out`` or Terraform directory.

    ``resource`` chooses among several state machines by name. ``substitutions`` gives placeholders, template parameters
    and Terraform variables their values; what nothing gives is made up plausibly (``Document.assumed``). Raises
    DefinitionError, with the place and the next step, when there is no clear answer.
    """
    path = Path(path)
    given = dict(substitutions or {})
    if path.suffix != ".tf" and not path.is_dir():
        document = load_document(path, placeholders=True)
        if is_definition(document.value):
            return _plain_definition(document, resource, given)
        found = _in_document(document, path)
    else:
        found = list_definitions(path)
    return choose(found, resource, str(path)).load(given)


def list_definitions(path: str | Path) -> list[FoundDefinition]:
    """The state machines in a file or directory, at least one, in the order of the text. Raises DefinitionError."""
    path = Path(path)
    if path.suffix == ".tf":
        return _terraform(path)
    if path.is_dir():
        return _in_directory(path)
    return _in_document(load_document(path, placeholders=True), path)


def is_definition(value: Json) -> bool:
    """Whether this is a state machine and not a template. One that only lacks a field is still meant as one."""
    return isinstance(value, dict) and ("States" in value or "StartAt" in value) and "Resources" not in value


def _in_document(document: Document, path: Path) -> list[FoundDefinition]:
    value = document.value
    if not isinstance(value, dict):
        message, hint = "This is no definition: it holds no object", "Write at least StartAt and States"
        raise wrong(document.source, message, hint, node=document.root)
    finder = next((find for is_kind, find in _KINDS if is_kind(value)), None)
    found = finder(document, path) if finder else []
    if not found:
        raise no_state_machine(str(path), _LOOKED_FOR)
    return found


def _plain_definition(document: Document, resource: str | None, given: dict[str, Json]) -> Document:
    if resource is not None and resource != _stem(document.source):
        choose([_plain(document)], resource, document.source)
    unfilled = "${" in document.text
    warnings = list(document.warnings)
    if not unfilled:
        document.warnings = (*warnings, *_unused(given, set(), document.source))
        return document
    from asl.sources.placeholders import Filling, fill

    filling = Filling(given)
    root = fill(document.root, filling)
    warnings += [*filling.warnings, *_unused(given, filling.used, document.source)]
    return embedded_document(root, name=document.name, warnings=warnings, assumed=filling.assumed)


def _unused(given: Substitutions, used: set[str], source: str) -> list[Diagnostic]:
    hint = "Check its spelling against the ${...} placeholders of the definition"
    return [
        finding(Severity.WARNING, "UNUSED_SUBSTITUTION", f"No placeholder is called {name!r}", source, None, hint)
        for name in given
        if name not in used
    ]


def _plain(document: Document) -> FoundDefinition:
    return FoundDefinition(
        _stem(document.source),
        "definition",
        "STANDARD",
        document.source,
        None,
        lambda given: _plain_definition(document, None, dict(given)),
    )


def _stem(source: str) -> str:
    return Path(source).name.split(".")[0]


def _in_directory(path: Path) -> list[FoundDefinition]:
    if (path / "manifest.json").is_file() or next(path.glob("*.template.json"), None):
        from asl.sources.cdk import find_in_assembly

        return find_in_assembly(path)
    if next(path.glob("*.tf"), None):
        return _terraform(path)
    for name in _TEMPLATE_NAMES:
        if (path / name).is_file():
            return list_definitions(path / name)
    hint = "Name the file, or a directory with cdk.out's manifest.json, *.tf or template.yaml"
    raise wrong(str(path), "The directory holds no template", hint)


def _terraform(path: Path) -> list[FoundDefinition]:
    from asl.sources.terraform import find_in_module

    found = find_in_module(path)
    if not found:
        raise no_state_machine(str(path), 'resource "aws_sfn_state_machine"')
    return found


def _template(document: Document, path: Path) -> list[FoundDefinition]:
    from asl.sources.cloudformation import find_in_template

    return find_in_template(document, path)


def _plan(document: Document, path: Path) -> list[FoundDefinition]:
    from asl.sources.terraform_plan import find_in_plan

    return find_in_plan(document, path)


def _serverless(document: Document, path: Path) -> list[FoundDefinition]:
    from asl.sources.serverless import find_in_service

    return find_in_service(document, path)


def _is_plan(value: dict[str, Any]) -> bool:
    return "planned_values" in value or "terraform_version" in value


_KINDS: tuple[tuple[Callable[[dict[str, Any]], bool], Finder], ...] = (
    (is_definition, lambda document, _: [_plain(document)]),
    (lambda value: "Resources" in value, _template),
    (_is_plan, _plan),
    (lambda value: "stepFunctions" in value or ("service" in value and "provider" in value), _serverless),
)
