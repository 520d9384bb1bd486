"""State machines in Terraform modules: ``aws_sfn_state_machine``, and the registry's step-functions module."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from asl.diagnostics import Diagnostic, Severity
from asl.document import Document, embedded_document, load_document
from asl.document.document import read_text
from asl.document.json_reader import JsonScanner
from asl.document.nodes import Node
from asl.document.text import FileText
from asl.sources import hcl
from asl.sources.found import FoundDefinition, Substitutions, finding, wrong, wrong_at
from asl.sources.hcl_functions import whole_text
from asl.sources.hcl_values import Values, nodes_of
from asl.sources.plausible import by_name
from asl.sources.terraform_names import DATA, NAMED_BY, attribute_value
from asl.types import Json, WorkflowType

STATE_MACHINE = "aws_sfn_state_machine"
MODULE_KIND = "terraform-aws-modules/step-functions"

_TYPE_DEFAULTS: dict[str, Json] = {
    "number": 1,
    "bool": False,
    "list": [],
    "set": [],
    "map": {},
    "object": {},
    "tuple": [],
}
_NOT_VARIABLES = frozenset(("source", "version", "providers", "depends_on", "for_each", "count"))


def find_in_module(path: Path) -> list[FoundDefinition]:
    """The state machines of a module's directory, local modules below it included, or of one of its files."""
    folder = path.parent if path.suffix == ".tf" else path
    module = Module(str(folder), _read(folder))
    module.given.update(_variable_values(folder, module))
    found = list(_found_in(module, ""))
    return [one for one in found if one.source == str(path)] or found if path.suffix == ".tf" else found


@dataclass(slots=True)
class Module:
    """A module's names: variables, locals, resources, data sources and modules.

    ``given`` are the values of its variables. What had to be made up is in ``assumed``.
    """

    folder: str
    files: list[hcl.Block]
    given: dict[str, Node] = field(default_factory=dict)
    substitutions: Substitutions = field(default_factory=dict)
    assumed: dict[str, Json] = field(default_factory=dict)
    warnings: list[Diagnostic] = field(default_factory=list)
    _known: dict[tuple[str, ...], Node] = field(default_factory=dict)
    _evaluating: list[str] = field(default_factory=list)

    def blocks(self, type: str) -> Iterator[hcl.Block]:
        return (block for file in self.files for block in file.of_type(type))

    def block(self, type: str, *labels: str) -> hcl.Block | None:
        return next((block for block in self.blocks(type) if block.labels == labels), None)

    def evaluate(self, block: hcl.Block, attribute: str) -> Node | None:
        """An attribute of a block, ``None`` if it has none."""
        expression = block.attributes.get(attribute)
        return None if expression is None else Values(block.text, self, {}).evaluate(expression)

    def lookup(self, path: tuple[str, ...], place: Node) -> Node:
        """See :class:`asl.sources.hcl_values.Names`. Raises DefinitionError for what the module does not have."""
        kind, rest = path[0], path[1:]
        finders = {
            "var": self._variable,
            "local": self._local,
            "data": self._data,
            "module": self._output,
        }
        if kind in finders and rest:
            return finders[kind](rest, place)
        surroundings = {"path": self.folder, "terraform": "default", "each": "each", "count": 0}
        if kind in surroundings:
            return nodes_of(surroundings[kind], place)
        if len(path) >= 2:
            return self._resource(kind, rest[0], rest[1:], place)
        raise wrong_at(place.text, place.start, f"There is no variable {kind!r} here", "Check its name")

    def _variable(self, path: tuple[str, ...], place: Node) -> Node:
        name = path[0]
        if name in self.substitutions and name not in self.given:
            return _member(nodes_of(self.substitutions[name], place), path[1:], place)
        if name in self.given:
            return _member(self.given[name], path[1:], place)
        block = self.block("variable", name)
        if block is None:
            raise wrong_at(place.text, place.start, f'There is no variable "{name}"', "Declare it, or check its name")
        default = self.evaluate(block, "default")
        if default is not None:
            return _member(default, path[1:], place)
        return self._assumed(f"var.{'.'.join(path)}", self._default(block, path[-1]), place)

    def _default(self, block: hcl.Block, name: str) -> Json:
        declared = block.attributes.get("type")
        if isinstance(declared, hcl.Call):
            return _TYPE_DEFAULTS.get(declared.name, by_name(name))
        return _TYPE_DEFAULTS.get(declared.name, by_name(name)) if isinstance(declared, hcl.Variable) else by_name(name)

    def _local(self, path: tuple[str, ...], place: Node) -> Node:
        name = path[0]
        if ("local", name) not in self._known:
            block = next((block for block in self.blocks("locals") if name in block.attributes), None)
            if block is None:
                raise wrong_at(place.text, place.start, f'There is no local value "{name}"', "Check its name")
            self._known["local", name] = self._guarded(f"local.{name}", block, name, place)
        return _member(self._known["local", name], path[1:], place)

    def _guarded(self, shown: str, block: hcl.Block, attribute: str, place: Node) -> Node:
        """An attribute's value; one that needs itself is refused."""
        if shown in self._evaluating:
            chain = " -> ".join((*self._evaluating[self._evaluating.index(shown) :], shown))
            message = f"The values refer to each other in a circle: {chain}"
            raise wrong_at(place.text, place.start, message, "Give one of them a value of its own")
        self._evaluating.append(shown)
        try:
            value = self.evaluate(block, attribute)
        finally:
            self._evaluating.pop()
        return value if value is not None else nodes_of(None, place)

    def _resource(self, kind: str, name: str, path: tuple[str, ...], place: Node) -> Node:
        block = self.block("resource", kind, name)
        if block is None:
            self._missing(f"{kind}.{name}", place)
        return self._attributes(block, kind, name, path, place)

    def _attributes(self, block: hcl.Block | None, kind: str, name: str, path: tuple[str, ...], place: Node) -> Node:
        attribute = path[0] if path else "id"
        if block is not None and attribute in block.attributes:
            value = self._guarded(f"{kind}.{name}.{attribute}", block, attribute, place)
            return _member(value, path[1:], place)
        called = self._name_of(block, kind, name, place)
        return nodes_of(attribute_value(kind, called, attribute), place)

    def _name_of(self, block: hcl.Block | None, kind: str, name: str, place: Node) -> str:
        named_by = next((key for key in NAMED_BY if block is not None and key in block.attributes), None)
        if block is None or named_by is None:
            return name
        return str(self._guarded(f"{kind}.{name}.{named_by}", block, named_by, place).value)

    def _data(self, path: tuple[str, ...], place: Node) -> Node:
        kind, name, attribute = (*path, "id", "id")[:3]
        if (kind, attribute) in DATA:
            return nodes_of(DATA[kind, attribute], place)
        block = self.block("data", kind, name)
        if block is None:
            self._missing(f"data.{kind}.{name}", place)
        elif kind == "template_file" and attribute == "rendered":
            return self._rendered(block, place)
        elif kind == "local_file" and attribute == "content":
            file = self._guarded(f"data.{kind}.{name}", block, "filename", place)
            named = Path(self.folder) / str(file.value)
            return whole_text(FileText(str(named), read_text(named)))
        return self._attributes(block, kind, name, path[2:], place)

    def _rendered(self, block: hcl.Block, place: Node) -> Node:
        """The older ``data "template_file"``: a template as text and its variables."""
        template = self._guarded("data.template_file", block, "template", place)
        variables = self._guarded("data.template_file", block, "vars", place)
        text = template.characters()
        return Values(text, self, dict(variables.items())).render(hcl.read_template(text))

    def _output(self, path: tuple[str, ...], place: Node) -> Node:
        block = self.block("module", path[0])
        if block is None:
            self._missing(f"module.{path[0]}", place)
        inner = self.local_module(block) if block is not None else None
        output = inner.block("output", path[1]) if inner is not None and len(path) > 1 else None
        if inner is not None and output is not None:
            return _member(inner._guarded(f"module.{'.'.join(path)}", output, "value", place), path[2:], place)
        return self._assumed(f"module.{'.'.join(path)}", by_name("_".join(path)), place)

    def local_module(self, block: hcl.Block) -> Module | None:
        """The module in a directory that a ``module`` block calls, ``None`` for one that has to be downloaded."""
        source = self.evaluate(block, "source")
        if source is None or not str(source.value).startswith("."):
            return None
        folder = Path(self.folder) / str(source.value)
        if not folder.is_dir():
            return None
        given = {
            name: Values(block.text, self, {}).evaluate(expression)
            for name, expression in block.attributes.items()
            if name not in _NOT_VARIABLES
        }
        return Module(str(folder), _read(folder), given, assumed=self.assumed, warnings=self.warnings)

    def _assumed(self, name: str, value: Json, place: Node) -> Node:
        self.assumed.setdefault(name, value)
        return nodes_of(value, place)

    def _missing(self, name: str, place: Node) -> None:
        message, hint = f"The module has no {name}", "Check its name"
        self.warnings.append(finding(Severity.WARNING, "UNRESOLVED_REFERENCE", message, *place.locate(), hint))


def _found_in(module: Module, prefix: str) -> Iterator[FoundDefinition]:
    for block in module.blocks("resource"):
        if block.labels[:1] == (STATE_MACHINE,):
            yield _found(module, block, block.labels[1], f"{prefix}{STATE_MACHINE}.{block.labels[1]}", STATE_MACHINE)
    for block in module.blocks("module"):
        inner = module.local_module(block)
        if inner is not None:
            yield from _found_in(inner, f"{prefix}module.{block.labels[0]}.")
        elif "definition" in block.attributes:
            yield _found(module, block, block.labels[0], f"{prefix}module.{block.labels[0]}", MODULE_KIND)


def _found(module: Module, block: hcl.Block, name: str, address: str, kind: str) -> FoundDefinition:
    source, position = block.text.locate(block.start)
    called = _quietly(module, block, "name")
    aliases = (address, called) if called else (address,)
    load = partial(_load, module, block, name)
    return FoundDefinition(name, kind, _workflow_type(module, block), source, position, load, aliases)


def _quietly(module: Module, block: hcl.Block, attribute: str) -> str | None:
    """A string attribute where it is known without further ado."""
    value = module.evaluate(block, attribute)
    return value.value if value is not None and value.is_string else None


def _workflow_type(module: Module, block: hcl.Block) -> WorkflowType:
    return "EXPRESS" if str(_quietly(module, block, "type")).upper() == "EXPRESS" else "STANDARD"


def _load(module: Module, block: hcl.Block, name: str, given: Substitutions) -> Document:
    scope = Module(module.folder, module.files, module.given, given)
    definition = scope.evaluate(block, "definition")
    if definition is None:
        hint = "Give it a definition"
        raise wrong_at(block.text, block.start, f"The state machine {name!r} has no definition", hint)
    return embedded_document(
        _tree(definition),
        name=_quietly(scope, block, "name") or name,
        type=_workflow_type(scope, block),
        warnings=scope.warnings,
        assumed=scope.assumed,
    )


def _tree(definition: Node) -> Node:
    if definition.decoded is not None or not definition.is_string:
        return definition.decoded or definition
    text = str(definition.value)
    if not text.lstrip().startswith("{"):
        hint = "Only what stands in the module's files is known; give a variable its value with --set NAME=VALUE"
        raise wrong("", f"The definition is no JSON object but {text[:40]!r}", hint, node=definition)
    return JsonScanner(definition.characters()).scan()


def _member(node: Node, path: tuple[str, ...], place: Node) -> Node:
    for name in path:
        found = node.get(name)
        if found is None:
            raise wrong_at(place.text, place.start, f"There is no attribute {name!r} here", "Check its name")
        node = found
    return node


def _read(folder: Path) -> list[hcl.Block]:
    return [hcl.read_hcl(FileText(str(path), read_text(path))) for path in sorted(folder.glob("*.tf"))]


def _variable_values(folder: Path, module: Module) -> dict[str, Node]:
    """The values of variables in the files that Terraform reads by itself, the later files winning."""
    values: dict[str, Node] = {}
    for path in (folder / "terraform.tfvars", folder / "terraform.tfvars.json", *sorted(folder.glob("*.auto.tfvars*"))):
        if path.suffix == ".json" and path.is_file():
            values.update(load_document(path).root.items())
        elif path.is_file():
            block = hcl.read_hcl(FileText(str(path), read_text(path)))
            values.update({name: Values(block.text, module, {}).evaluate(of) for name, of in block.attributes.items()})
    return values
