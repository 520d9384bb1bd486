"""State machines in Serverless Framework files: ``stepFunctions.stateMachines`` with its variables resolved."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import ClassVar

from asl.document import Document, embedded_document
from asl.document.nodes import Node
from asl.document.text import MappedText, Piece
from asl.sources.found import FoundDefinition, Substitutions, no_state_machine, wrong
from asl.sources.local_files import load_beside
from asl.sources.placeholders import Filling, fill
from asl.sources.plausible import ACCOUNT, REGION, by_name
from asl.sources.resolver import Resolver
from asl.types import Json, WorkflowType

_KIND = "serverless stepFunctions"
_VARIABLE = re.compile(r"\$\{((?:self|opt|sls|env|file|param|aws|cf|ssm|s3|strToBool)\b[^${}]*)\}")
_DEFAULT_SEPARATOR = re.compile(r",(?![^()]*\))")
_FILE = re.compile(r"file\(([^)]*)\)(?::(.*))?$")
_QUOTED = re.compile(r"""^(['"])(.*)\1$""")
_MAX_ROUNDS = 20
_UNFIT = re.compile(r"[^A-Za-z0-9]")


def find_in_service(document: Document, path: Path) -> list[FoundDefinition]:
    """The state machines of a service. Raises DefinitionError when there is none."""
    service = Service(document)
    machines = service.state_machines()
    if not machines:
        raise no_state_machine(str(path), "stepFunctions.stateMachines")
    return [_found(service, name, key, node) for name, (key, node) in machines.items()]


def _found(service: Service, name: str, key: Node, node: Node) -> FoundDefinition:
    source, position = key.locate()
    called = service.text_at(node, "name")
    aliases = (called,) if called else ()
    load = partial(_load, service.document, name)
    return FoundDefinition(name, _KIND, _workflow_type(service, node), source, position, load, aliases)


def _workflow_type(service: Service, node: Node) -> WorkflowType:
    return "EXPRESS" if service.text_at(node, "type") == "EXPRESS" else "STANDARD"


def _load(document: Document, name: str, given: Substitutions) -> Document:
    service = Service(document, given)
    _, node = service.state_machines()[name]
    definition = node.get("definition")
    if definition is None:
        message = f"The state machine {name!r} has no definition"
        raise wrong(document.source, message, "Give it a definition", node=node)
    resolver = Resolver(service.as_template(), given, service.name)
    filling = Filling(given, declared=True)
    root = fill(resolver.resolve(service.resolve(definition)), filling)
    return embedded_document(
        root,
        name=service.text_at(node, "name") or name,
        type=_workflow_type(service, node),
        warnings=[*document.warnings, *resolver.warnings, *filling.warnings],
        assumed={**service.assumed, **resolver.assumed, **filling.assumed},
    )


@dataclass(slots=True)
class Service:
    """A service's variables, and its functions and resources as a template that Ref and Fn::GetAtt can look into."""

    document: Document
    given: Substitutions = field(default_factory=dict)
    assumed: dict[str, Json] = field(default_factory=dict)
    _resolving: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        named = self.document.root.get("service")
        if named is not None and named.is_object:
            named = named.get("name")
        return str(named.value) if named is not None else "service"

    @property
    def stage(self) -> str:
        provider = self.document.root.get("provider")
        declared = self.text_at(provider, "stage") if provider is not None else None
        return str(self.given.get("stage", declared or "dev"))

    def state_machines(self) -> dict[str, tuple[Node, Node]]:
        """Names with their key and object, those in included files too."""
        steps = self._at(self.document.root, "stepFunctions")
        machines = self._at(steps, "stateMachines")
        parts = machines.elements() if machines is not None and machines.is_array else [machines]
        found: dict[str, tuple[Node, Node]] = {}
        for part in parts:
            included = self.resolve_top(part) if part is not None else None
            for name, node in included.items() if included is not None else []:
                found[name] = included.keys[name], self.resolve_top(node)  # type: ignore[union-attr]
        return found

    def _at(self, node: Node | None, key: str) -> Node | None:
        found = node.get(key) if node is not None else None
        return self.resolve_top(found) if found is not None else None

    def text_at(self, node: Node, key: str) -> str | None:
        """A string member with its variables resolved."""
        found = node.get(key)
        if found is None:
            return None
        value = self.resolve(found).value
        return value if isinstance(value, str) else None

    def as_template(self) -> Node:
        """Functions and resources as CloudFormation resources, under the names that both plugins know them by."""
        root = self.document.root
        resources: dict[str, Node] = {}
        functions = self._at(root, "functions")
        for key, node in functions.items() if functions is not None else []:
            function = self._function(key, node)
            logical = _UNFIT.sub("", key.replace("-", "Dash").replace("_", "Underscore"))
            resources |= {key: function, f"{logical[:1].upper()}{logical[1:]}LambdaFunction": function}
        declared = self._at(root, "resources")
        inner = self._at(declared, "Resources")
        resources |= {key: self.resolve(node) for key, node in inner.items()} if inner is not None else {}
        template = {"Resources": root.with_value(resources, keys={})}
        for section in ("Parameters", "Mappings", "Conditions"):
            if (found := self._at(declared, section)) is not None:
                template[section] = found
        return root.with_value(template, keys={})

    def _function(self, key: str, node: Node) -> Node:
        name = self.text_at(node, "name") or f"{self.name}-{self.stage}-{key}"
        properties = node.with_value({"FunctionName": node.with_value(name, keys={})}, keys={})
        kind = node.with_value("AWS::Lambda::Function", keys={})
        return node.with_value({"Type": kind, "Properties": properties}, keys={})

    def resolve(self, node: Node) -> Node:
        """The node with every variable in it resolved."""
        node = self.resolve_top(node)
        if node.is_object:
            members = {key: self.resolve(child) for key, child in node.items()}
            return node.with_value(members)
        if node.is_array:
            return node.with_value([self.resolve(item) for item in node.value])
        return node

    def resolve_top(self, node: Node) -> Node:
        """The node itself resolved, its members not yet."""
        for _ in range(_MAX_ROUNDS):
            if not node.is_string or not _VARIABLE.search(node.value):
                return node
            whole = _VARIABLE.fullmatch(node.value)
            node = self._variable(whole[1], node) if whole else self._in_text(node)
        raise wrong(self.document.source, f"The variables in {node.value!r} don't come to an end", None, node=node)

    def _in_text(self, node: Node) -> Node:
        source, parts, pieces, at, length = node.characters(), [], [], 0, 0
        for match in _VARIABLE.finditer(node.value):
            value = self.resolve_top(self._variable(match[1], node)).value
            text = value if isinstance(value, str) else str(value)
            pieces += [Piece(length, source, at), Piece(length + match.start() - at, source, match.start(), False)]
            parts += [node.value[at : match.start()], text]
            length += match.start() - at + len(text)
            at = match.end()
        pieces.append(Piece(length, source, at))
        content = "".join((*parts, node.value[at:]))
        return Node(content, node.text, node.start, node.end, "made", mapped=MappedText(content, tuple(pieces)))

    def _variable(self, expression: str, node: Node) -> Node:
        """``${a, b}``: the first of the alternatives that there is. Raises DefinitionError for a circle."""
        if expression in self._resolving:
            chain = " -> ".join((*self._resolving[self._resolving.index(expression) :], expression))
            message = f"The variables refer to each other in a circle: {chain}"
            raise wrong(self.document.source, message, "Give one of them a value of its own", node=node)
        self._resolving.append(expression)
        try:
            for alternative in _DEFAULT_SEPARATOR.split(expression):
                found = self._alternative(alternative.strip(), node)
                if found is not None:
                    return _placed(self.resolve_top(found), node)
        finally:
            self._resolving.pop()
        value = by_name(expression.rsplit(":", maxsplit=1)[-1].split(",", maxsplit=1)[0])
        self.assumed.setdefault(expression, value)
        return node.with_value(value, keys={})

    def _alternative(self, text: str, node: Node) -> Node | None:
        quoted = _QUOTED.match(text)
        if quoted:
            return node.with_value(quoted[2], keys={})
        if text.startswith("file("):
            return self._file(text, node)
        source, _, path = text.partition(":")
        finder = self._SOURCES.get(source)
        if finder is None:
            return None if source in ("cf", "ssm", "s3", "env", "param") or ":" in text else _literal(text, node)
        return finder(self, path, node)

    def _file(self, text: str, node: Node) -> Node:
        match = _FILE.match(text)
        if match is None:
            raise wrong(self.document.source, f"This file variable can't be read: {text}", None, node=node)
        found: Node | None = load_beside(self.document.source, match[1].strip().strip("'\""), node).root
        for name in (match[2] or "").split(".") if match[2] else []:
            found = self.resolve_top(found).get(name) if found is not None else None
        if found is None:
            raise wrong(self.document.source, f"The file has no {match[2]!r}", "Check the name", node=node)
        return found

    def _self(self, path: str, node: Node) -> Node | None:
        found: Node | None = self.document.root
        for name in path.split("."):
            if found is not None:
                found = self.resolve_top(found)
                found = found.elements()[int(name)] if found.is_array and name.isdigit() else found.get(name)
        if found is None and path == "provider.stage":
            return node.with_value(self.stage, keys={})
        if found is None and path == "provider.region":
            return node.with_value(REGION, keys={})
        return found

    def _option(self, path: str, node: Node) -> Node | None:
        return node.with_value(self.given[path], keys={}) if path in self.given else None

    def _sls(self, path: str, node: Node) -> Node | None:
        return node.with_value({"stage": self.stage, "instanceId": "instance"}.get(path), keys={})

    def _aws(self, path: str, node: Node) -> Node | None:
        return node.with_value({"accountId": ACCOUNT, "region": REGION}.get(path), keys={})

    _SOURCES: ClassVar[dict[str, Callable[[Service, str, Node], Node | None]]] = {
        "self": _self,
        "opt": _option,
        "param": _option,
        "sls": _sls,
        "aws": _aws,
    }


def _placed(found: Node, use: Node) -> Node:
    """A single value stands where it is used, an object or array where it is written."""
    return found if found.is_object or found.is_array else use.with_value(found.value, keys={})


def _literal(text: str, node: Node) -> Node:
    from asl.document.yaml_reader import resolve_plain

    return node.with_value(resolve_plain(text), keys={})
