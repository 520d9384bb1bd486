"""What the names in a CloudFormation template stand for: its parameters, resources, mappings and conditions."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from asl.diagnostics import Diagnostic, Severity
from asl.document.nodes import Node, plain
from asl.sources.found import finding, wrong
from asl.sources.intrinsic_functions import CONDITIONS, FUNCTIONS, scalar_text, text_of
from asl.sources.physical_ids import attribute_of, name_property, ref_of
from asl.sources.plausible import PSEUDO_PARAMETERS, by_name
from asl.types import Json

_NO_VALUE = "AWS::NoValue"
_NUMBER_TYPES = ("Number", "List<Number>")


class NoValueError(Exception):
    """``Ref: AWS::NoValue``: the member that holds it is left out."""


@dataclass(slots=True)
class Resolver:
    """Resolves the functions of one template.

    ``given`` are parameter values. What had to be made up is in ``assumed``, and what the template refers to but does
    not have is in ``warnings``.
    """

    template: Node
    given: Mapping[str, Json] = field(default_factory=dict)
    stack_name: str = "stack"
    assumed: dict[str, Json] = field(default_factory=dict)
    warnings: list[Diagnostic] = field(default_factory=list)
    _conditions: dict[str, bool] = field(default_factory=dict)
    _evaluating: list[str] = field(default_factory=list)

    def resolve(self, node: Node) -> Node:
        """The node with every function in it worked out. Raises DefinitionError for unknown or malformed functions."""
        if node.is_object:
            if len(node.value) == 1:
                name, argument = next(iter(node.value.items()))
                if name in FUNCTIONS:
                    return FUNCTIONS[name](self, node, argument)
                if name.startswith("Fn::"):
                    raise self._unknown(name, node)
            return self._members(node)
        if node.is_array:
            return node.with_value([item for item in map(self._kept, node.value) if item is not None])
        return node

    def text(self, node: Node) -> str:
        """The resolved value as text."""
        return text_of(self.resolve(node))

    def _kept(self, node: Node) -> Node | None:
        try:
            return self.resolve(node)
        except NoValueError:
            return None

    def _members(self, node: Node) -> Node:
        members = {key: self._kept(child) for key, child in node.value.items()}
        return node.with_value({key: child for key, child in members.items() if child is not None})

    def _unknown(self, name: str, node: Node) -> Exception:
        near = difflib.get_close_matches(name, FUNCTIONS, 1)
        hint = f"Did you mean {near[0]}?" if near else f"Known are {', '.join(sorted(FUNCTIONS))}"
        return wrong("", f"Unknown intrinsic function {name}", hint, node=node.keys.get(name, node))

    def reference(self, name: str, node: Node) -> Json:
        """What ``Ref`` gives: a pseudo parameter, a parameter, or a resource's physical id."""
        if name == _NO_VALUE:
            raise NoValueError
        if name == "AWS::StackName":
            return self.stack_name
        if name in PSEUDO_PARAMETERS:
            return PSEUDO_PARAMETERS[name]
        parameter = self._section("Parameters").get(name)
        if parameter is not None:
            return self._parameter(name, parameter)
        resource = self._section("Resources").get(name)
        if resource is not None:
            return self._physical_reference(name, resource)
        return self._missing(name, by_name(name), node)

    def attribute(self, name: str, attribute: str, node: Node) -> Json:
        """What ``Fn::GetAtt`` gives."""
        resource = self._section("Resources").get(name)
        if resource is None:
            return self._missing(f"{name}.{attribute}", by_name(f"{name}{attribute}"), node)
        if attribute.startswith("Outputs."):
            return by_name(attribute.removeprefix("Outputs."))
        return attribute_of(self._type(resource), self.physical_name(name, resource), attribute)

    def physical_name(self, name: str, resource: Node) -> str:
        """The name that the resource's own property gives it, else its logical id."""
        properties = resource.get("Properties")
        named = properties.get(name_property(self._type(resource))) if properties else None
        if named is None or name in self._evaluating:
            return name
        self._evaluating.append(name)
        try:
            return self.text(named)
        except NoValueError:
            return name
        finally:
            self._evaluating.pop()

    def condition(self, name: str, node: Node) -> bool:
        """The value of a condition. Raises DefinitionError for an unknown one or one that refers to itself."""
        declared = self._section("Conditions").get(name)
        if declared is None:
            raise wrong("", f"The template has no condition {name!r}", "Add it under Conditions", node=node)
        if name in self._evaluating:
            chain = " -> ".join((*self._evaluating[self._evaluating.index(name) :], name))
            raise wrong("", f"The conditions refer to each other in a circle: {chain}", None, node=node)
        if name not in self._conditions:
            self._evaluating.append(name)
            self._conditions[name] = self.truth(declared)
            self._evaluating.pop()
        return self._conditions[name]

    def truth(self, node: Node) -> bool:
        """The value of a condition function."""
        if node.is_object and len(node.value) == 1:
            name, argument = next(iter(node.value.items()))
            if name in CONDITIONS:
                return CONDITIONS[name](self, node, argument)
        return text_of(self.resolve(node)).lower() == "true"

    def _section(self, name: str) -> dict[str, Node]:
        section = self.template.get(name)
        return section.value if section is not None and section.is_object else {}

    def _type(self, resource: Node) -> str:
        declared = resource.get("Type")
        return str(declared.value) if declared is not None else ""

    def _physical_reference(self, name: str, resource: Node) -> str:
        resource_type, properties = self._type(resource), resource.get("Properties")
        function = properties.get("FunctionName") if properties else None
        if resource_type in ("AWS::Lambda::Alias", "AWS::Lambda::Version") and function is not None:
            alias = properties.get("Name") if properties else None
            called = self.text(function)
            base = called if ":" in called else attribute_of("AWS::Lambda::Function", called, "Arn")
            return f"{base}:{self.text(alias) if alias is not None else 1}"
        return ref_of(resource_type, self.physical_name(name, resource))

    def _parameter(self, name: str, parameter: Node) -> Json:
        if name in self.given:
            return self.given[name]
        declared = parameter.get("Type")
        kind = str(declared.value) if declared else "String"
        default = parameter.get("Default")
        allowed = parameter.get("AllowedValues")
        if default is not None:
            value = plain(default)
        elif allowed is not None and allowed.elements():
            value = plain(allowed.elements()[0])
        else:
            value = self.assume(name, 1 if kind in _NUMBER_TYPES else by_name(name))
        if kind.startswith(("List<", "CommaDelimitedList")):
            return value if isinstance(value, list) else [part.strip() for part in str(value).split(",")]
        if kind == "Number":
            return _number(value)
        return value if isinstance(value, str) else scalar_text(value)

    def assume(self, name: str, value: Json) -> Json:
        """Notes that a value was made up."""
        self.assumed.setdefault(name, value)
        return value

    def _missing(self, name: str, value: Json, node: Node) -> Json:
        base = name.split(".", maxsplit=1)[0]
        made_by_sam = any(base.startswith(known) for known in self._section("Resources")) or base.startswith(
            "Serverless"
        )
        if name not in self.assumed and not made_by_sam:
            names = [*self._section("Resources"), *self._section("Parameters")]
            near = difflib.get_close_matches(base, names, 1)
            hint = f"Did you mean {near[0]}?" if near else "Add it to Resources or Parameters"
            message = f"The template has no resource or parameter {base!r}"
            self.warnings.append(finding(Severity.WARNING, "UNRESOLVED_REFERENCE", message, *node.locate(), hint))
        return self.assume(name, value)


def _number(value: Json) -> Json:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value
