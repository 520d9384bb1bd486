"""Foresees what a workflow will read of each Task's result, by following its data flow backwards.

For every state: the paths that it and the states after it read are carried back through OutputPath, ResultPath,
ResultSelector, Parameters and InputPath (JSONata: Output and Arguments) to the result and the input of the state, until
nothing new turns up. This is a forecast, not a proof: what it can't follow it leaves out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from asl.graph import GraphScope, StateGraph, StateNode
from asl.types import Json, JsonObject
from interpreter.tasks.choice_hints import rule_reads
from interpreter.tasks.needs import ANY, JSON_TEXT, NO_HINT, Hint, Needs, Path, parse_path

Read: TypeAlias = tuple[str, Path, Hint]
"""A root (``$``, ``$result``, ``$item``, ``$start``, ``$$`` or ``$variable``), the path, and what is expected there."""

_ROUNDS = 30
_TEMPLATES = ("Parameters", "Arguments", "ItemSelector", "ItemBatcher", "ItemReader", "ResultWriter", "Credentials")
_PATH_FIELDS = {
    "SecondsPath": "number",
    "TimestampPath": "timestamp",
    "TimeoutSecondsPath": "number",
    "HeartbeatSecondsPath": "number",
    "ItemsPath": "array",
    "MaxConcurrencyPath": "number",
    "ErrorPath": None,
    "CausePath": None,
}
_JSONATA_FIELDS = (
    "Items",
    "Seconds",
    "Timestamp",
    "TimeoutSeconds",
    "HeartbeatSeconds",
    "MaxConcurrency",
    "Error",
    "Cause",
)
_INTRINSICS = {
    "MathAdd": "number",
    "MathRandom": "number",
    "ArrayLength": "array",
    "ArrayContains": "array",
    "ArrayPartition": "array",
    "ArrayGetItem": "array",
    "ArrayUnique": "array",
    "JsonMerge": "object",
    "StringToJson": "json",
}
_DECODED = re.compile(r"States\.StringToJson\((\$[^()]*)\)")
_REFERENCE = re.compile(
    r"\$(?:states\.(?P<root>input|result)|(?P<variable>[A-Za-z_]\w*)\b(?!\s*\())(?P<path>(?:\.\w+|\[\d+\])*)"
)
_COMPARED = re.compile(r"\s*(?:=|!=|in)\s*(?:'(?P<single>[^']*)'|\"(?P<double>[^\"]*)\"|(?P<word>true|false|\d+))")


class Foresight:
    """What is read: ``results[name]`` of a Task's result, ``items[name]`` of each item that a Map's ItemReader reads.

    ``input`` is what is read of the execution's input.
    """

    def __init__(self, definition: JsonObject) -> None:
        self._graph = StateGraph(definition)
        self._language = str(definition.get("QueryLanguage", "JSONPath"))
        self.results = {node.name: Needs() for node in self._graph.states() if node.type == "Task"}
        self.items = {node.name: Needs() for node in self._graph.states() if "ItemReader" in node.definition}
        self._inputs = {node.name: Needs() for node in self._graph.states()}
        self._outputs = {node.name: Needs() for node in self._graph.states()}
        self._variables: dict[str, Needs] = {}
        self._news = False
        self._successors = self._good_ways()
        self._rules = {
            node.name: list(rule_reads(self._graph.scopes[node.scope].states, self._successors, node))
            for node in self._graph.states()
        }
        self._settle()

    def _good_ways(self) -> dict[str, list[str]]:
        """The states that may come next when nothing fails."""
        ways: dict[str, list[str]] = {}
        for transition in self._graph.transitions:
            if transition.kind != "Catch" and transition.target in self._inputs:
                ways.setdefault(transition.source, []).append(transition.target)
        return ways

    @property
    def input(self) -> Needs:
        return self._inputs.get(self._graph.scopes[0].start_at) or Needs()

    def _settle(self) -> None:
        for _ in range(_ROUNDS):
            self._news = False
            for scope in reversed(self._graph.scopes):
                for node in reversed(scope.states.values()):
                    self._carry_back(node)
            if not self._news:
                return

    def _add(self, needs: Needs, path: Path, hint: Hint = NO_HINT) -> None:
        self._news |= needs.add(path, hint)

    # From what comes after a state to its output

    def _carry_back(self, node: StateNode) -> None:
        outputs = self._outputs[node.name]
        for target in self._successors.get(node.name, ()):
            for path, hint in list(self._inputs[target].hints.items()):
                self._add(outputs, path, hint)
        if node.definition.get("QueryLanguage", self._language) == "JSONata":
            _JsonataState(self, node).carry_back(outputs)
        else:
            _JsonPathState(self, node).carry_back(outputs)

    # What the states' own rules report

    def read_of_input(self, node: StateNode, path: Path, hint: Hint) -> None:
        self._add(self._inputs[node.name], path, hint)

    def read_of_start(self, path: Path, hint: Hint) -> None:
        self._add(self.input, path, hint)

    def read_of_item(self, node: StateNode, path: Path, hint: Hint) -> None:
        self._add(self.items[node.name], path, hint)

    def read_of_variable(self, name: str, path: Path, hint: Hint) -> None:
        self._add(self._variables.setdefault(name, Needs()), path, hint)

    def variable_reads(self, name: str) -> list[tuple[Path, Hint]]:
        return list(self._variables[name].hints.items()) if name in self._variables else []

    def read_of_result(self, node: StateNode, path: Path, hint: Hint, effective: Callable[[Path, Hint], None]) -> None:
        """A path of a state's raw result is read; for states that compute nothing that is its effective input."""
        if node.type == "Task":
            self._add(self.results[node.name], path, hint)
        elif node.type == "Parallel":
            self._read_of_branches(node, path, hint)
        elif node.type == "Map":
            for scope in self._graph.scopes_of(node):
                self._read_of_ends(scope, path[1:], hint)
        elif "Result" not in node.definition:
            effective(path, hint)

    def _read_of_branches(self, node: StateNode, path: Path, hint: Hint) -> None:
        for index, scope in enumerate(self._graph.scopes_of(node)):
            if not path or path[0] in (index, ANY):
                self._read_of_ends(scope, path[1:], hint)

    def _read_of_ends(self, scope: GraphScope, path: Path, hint: Hint) -> None:
        for node in scope.states.values():
            if node.is_terminal and node.type != "Fail":
                self._add(self._outputs[node.name], path, hint)

    def reads_of_starts(self, node: StateNode) -> Iterator[tuple[Path, Hint]]:
        """What the branches of a Parallel, or the iterations of a Map, read of their input."""
        for scope in self._graph.scopes_of(node):
            if scope.start_at in self._inputs:
                yield from list(self._inputs[scope.start_at].hints.items())

    def rule_reads(self, node: StateNode) -> list[tuple[str, Hint]]:
        """The paths that the rules of a Choice read, with the values that lead on."""
        return self._rules[node.name]


class _StateRules:
    """What both query languages have in common."""

    def __init__(self, foresight: Foresight, node: StateNode) -> None:
        self.foresight = foresight
        self.node = node
        self.state: JsonObject = node.definition

    def effective(self, path: Path, hint: Hint) -> None:
        raise NotImplementedError

    def result(self, path: Path, hint: Hint) -> None:
        self.foresight.read_of_result(self.node, path, hint, self.effective)

    def take(self, read: Read, *, inside: bool = False) -> None:
        """Report one read. ``inside`` a template that is applied to the result, ``$`` is the result."""
        root, path, hint = read
        if root == "$result" or (root == "$" and inside):
            self.result(path, hint)
        elif root == "$":
            self.effective(path, hint)
        elif root == "$item":
            self.item(path, hint)
        elif root == "$start":
            self.foresight.read_of_start(path, hint)
        elif root != "$$":
            self.foresight.read_of_variable(root[1:], path, hint)

    def item(self, path: Path, hint: Hint) -> None:
        """A path of each item of a Map is read."""
        raise NotImplementedError

    def template(self, value: Json) -> Iterator[Read]:
        """Everything that a template reads."""
        raise NotImplementedError

    def source(self, template: Json, path: Path) -> Iterator[tuple[str, Path]]:
        """Where the value at ``path`` of a template's result comes from."""
        raise NotImplementedError

    def through(self, template: Json, path: Path, hint: Hint, *, inside: bool = False) -> None:
        """A path of a template's result is read."""
        for root, origin in self.source(template, path):
            self.take((root, origin, hint), inside=inside)

    def children(self) -> None:
        """What branches and iterations read comes from Parameters or ItemSelector, or from the effective input."""
        selector = self.state.get("ItemSelector") or self.state.get("Parameters") or self.state.get("Arguments")
        for path, hint in self.foresight.reads_of_starts(self.node):
            if selector is not None:
                self.through(selector, path, hint)
            elif self.node.type == "Map":
                self.item(self.unbatched(path), hint)
            else:
                self.effective(path, hint)

    def unbatched(self, path: Path) -> Path:
        """Iterations over batches find their items under ``Items``."""
        is_batch = "ItemBatcher" in self.state and len(path) > 1 and path[0] == "Items"
        return path[2:] if is_batch else path

    def assigned(self) -> Iterator[JsonObject]:
        blocks = [self.state, *_objects(self.state.get("Choices")), *_objects(self.state.get("Catch"))]
        yield from (block["Assign"] for block in blocks if isinstance(block.get("Assign"), dict))

    def assign(self) -> None:
        for block in self.assigned():
            for read in self.template(block):
                self.take(read, inside=True)
            for name in block:
                bare = name.removesuffix(".$")
                for path, hint in self.foresight.variable_reads(bare):
                    self.through(block, (bare, *path), hint, inside=True)


class _JsonPathState(_StateRules):
    def carry_back(self, outputs: Needs) -> None:
        for path, hint in list(outputs.hints.items()):
            self.output(path, hint)
        if "OutputPath" in self.state:
            self.output((), NO_HINT)
        if "InputPath" in self.state:
            self.effective((), NO_HINT)
        for field in _TEMPLATES:
            for read in self.template(self.state.get(field)):
                self.take(read)
        for read in self.template(self.state.get("ResultSelector")):
            self.take(read, inside=True)
        for field, kind in _PATH_FIELDS.items():
            if isinstance(text := self.state.get(field), str):
                self.take_path(text, Hint(kind))
        for text, hint in self.foresight.rule_reads(self.node):
            self.take_path(text, hint)
        if self.node.type == "Map" and "ItemReader" not in self.state:
            self.take_path(self.state.get("ItemsPath", "$"), Hint("array"))
        self.children()
        self.assign()

    def take_path(self, text: str, hint: Hint) -> None:
        for read in _path_reads(text, hint):
            self.take(read)

    def output(self, path: Path, hint: Hint) -> None:
        document = _steps(self.state.get("OutputPath", "$"))
        if document is not None:
            self.document((*document, *path), hint)

    def document(self, path: Path, hint: Hint) -> None:
        """A path is read of the raw input with the result placed by ResultPath."""
        has_result = self.node.type in ("Task", "Parallel", "Map", "Pass")
        where = _steps(self.state.get("ResultPath", "$")) if has_result else None
        if not has_result:
            self.effective(path, hint)
        elif where is None:
            self.foresight.read_of_input(self.node, path, hint)
        elif path[: len(where)] == where:
            self.selected(path[len(where) :], hint)
        else:
            self.foresight.read_of_input(self.node, path, hint)

    def selected(self, path: Path, hint: Hint) -> None:
        selector = self.state.get("ResultSelector")
        if selector is not None:
            self.through(selector, path, hint, inside=True)
        elif self.node.type == "Pass" and "Parameters" in self.state:
            self.through(self.state["Parameters"], path, hint)
        else:
            self.result(path, hint)

    def effective(self, path: Path, hint: Hint) -> None:
        start = _steps(self.state.get("InputPath", "$"))
        if start is not None:
            self.foresight.read_of_input(self.node, (*start, *path), hint)

    def item(self, path: Path, hint: Hint) -> None:
        items = _steps(self.state.get("ItemsPath", "$"))
        if "ItemReader" in self.state:
            self.foresight.read_of_item(self.node, path, hint)
        elif items is not None:
            self.effective((*items, ANY, *path), hint)

    def template(self, value: Json) -> Iterator[Read]:
        if isinstance(value, dict):
            for key, entry in value.items():
                if key.endswith(".$") and isinstance(entry, str):
                    yield from _expression_reads(entry)
                else:
                    yield from self.template(entry)
        elif isinstance(value, list):
            for entry in value:
                yield from self.template(entry)

    def source(self, template: Json, path: Path) -> Iterator[tuple[str, Path]]:
        if not path or not isinstance(template, dict):
            return
        head, rest = path[0], path[1:]
        if head in template:
            yield from self.source(template[head], rest)
        elif isinstance(text := template.get(f"{head}.$"), str):
            decoded = _DECODED.fullmatch(text)
            parsed = parse_path(decoded[1] if decoded else text)
            if parsed is not None:
                yield _rooted(parsed[0], (*parsed[1], *((JSON_TEXT,) if decoded else ()), *rest))


class _JsonataState(_StateRules):
    def carry_back(self, outputs: Needs) -> None:
        output = self.state.get("Output")
        for path, hint in list(outputs.hints.items()):
            if output is not None:
                self.through(output, path, hint)
            elif self.node.type in ("Task", "Parallel", "Map"):
                self.result(path, hint)
            else:
                self.effective(path, hint)
        for field in (*_TEMPLATES, *_JSONATA_FIELDS, "Output"):
            for read in self.template(self.state.get(field)):
                self.take((*read[:2], Hint("array")) if field == "Items" and not read[2].kind else read)
        for rule in _objects(self.state.get("Choices")):
            for read in self.template([rule.get("Condition"), rule.get("Output")]):
                self.take(read)
        self.children()
        self.assign()

    def take(self, read: Read, *, inside: bool = False) -> None:
        super().take(read)

    def effective(self, path: Path, hint: Hint) -> None:
        self.foresight.read_of_input(self.node, path, hint)

    def item(self, path: Path, hint: Hint) -> None:
        if "ItemReader" in self.state:
            self.foresight.read_of_item(self.node, path, hint)
            return
        for root, origin in self.source(self.state.get("Items", "{% $states.input %}"), ()):
            self.take((root, (*origin, ANY, *path), hint))

    def template(self, value: Json) -> Iterator[Read]:
        if isinstance(value, str) and value.startswith("{%"):
            yield from _jsonata_reads(value)
        elif isinstance(value, (dict, list)):
            for entry in value.values() if isinstance(value, dict) else value:
                yield from self.template(entry)

    def source(self, template: Json, path: Path) -> Iterator[tuple[str, Path]]:
        if isinstance(template, str) and template.startswith("{%"):
            found = _REFERENCE.fullmatch(template[2:-2].strip())
            if found is not None:
                yield _reference(found, path)
        elif isinstance(template, dict) and path and path[0] in template:
            yield from self.source(template[path[0]], path[1:])


def _objects(value: Json) -> Iterator[JsonObject]:
    yield from (entry for entry in (value if isinstance(value, list) else ()) if isinstance(entry, dict))


def _steps(text: Json) -> Path | None:
    """The steps of a path from ``$``; None for null and for paths from elsewhere."""
    parsed = parse_path(text) if isinstance(text, str) else None
    return parsed[1] if parsed is not None and parsed[0] == "$" else None


def _rooted(root: str, path: Path) -> tuple[str, Path]:
    """The item of a Map and the execution's input are roots of their own."""
    if root == "$$" and path[:3] == ("Map", "Item", "Value"):
        return "$item", path[3:]
    if root == "$$" and path[:2] == ("Execution", "Input"):
        return "$start", path[2:]
    return root, path


def _path_reads(text: str, hint: Hint) -> Iterator[Read]:
    parsed = parse_path(text)
    if parsed is None:
        return
    yield (*_rooted(parsed[0], parsed[1]), hint)
    for path, found in parsed[2]:
        yield (*_rooted(parsed[0], path), found)


def _expression_reads(text: str) -> Iterator[Read]:
    """The reads of a ``.$`` value: a path, or the paths in an intrinsic function."""
    if text.startswith("$"):
        yield from _path_reads(text, NO_HINT)
        return
    for call in re.finditer(r"States\.(\w+)\(([^()]*)", text):
        hint = Hint(_INTRINSICS.get(call[1]))
        for argument in re.findall(r"\$[^,\s)]*", re.sub(r"'[^']*'(?!\])", "", call[2])):
            yield from _path_reads(argument, hint)


def _jsonata_reads(text: str) -> Iterator[Read]:
    for found in _REFERENCE.finditer(text):
        compared = _COMPARED.match(text, found.end())
        yield (*_reference(found, ()), _compared_hint(compared))


def _compared_hint(compared: re.Match[str] | None) -> Hint:
    if compared is None:
        return NO_HINT
    if compared["word"] is None:
        return Hint(None, (compared["single"] if compared["single"] is not None else compared["double"],))
    values: Mapping[str, Json] = {"true": True, "false": False}
    return Hint(None, (values.get(compared["word"], compared["word"].isdigit() and int(compared["word"])),))


def _reference(found: re.Match[str], path: Path) -> tuple[str, Path]:
    parsed = parse_path("$" + found["path"])
    steps = parsed[1] if parsed is not None else ()
    roots = {"input": "$", "result": "$result", None: f"${found['variable']}"}
    return roots[found["root"]], (*steps, *path)
