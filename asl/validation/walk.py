"""The one pass over a definition: every block of states, every state, every field, in the order they are written."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from asl.diagnostics import Severity
from asl.graph import machine_language
from asl.types import JsonObject, Pointer, QueryLanguage, WorkflowType
from asl.validation import transitions, variables
from asl.validation.context import Context, Scope
from asl.validation.findings import SCHEMA, Finding, Findings, missing, wrong
from asl.validation.hints import misspelt, nearest
from asl.validation.maps import BLOCK
from asl.validation.objects import foreign_field, known_object
from asl.validation.tables import LANGUAGES, RULES, STATE_TYPES, StateRules
from asl.validation.values import MAX_NAME, integer, one_of, wrong_type

MAX_MACHINE_SECONDS = 99_999_999
_MACHINE = known_object(
    "StateMachine",
    {
        **BLOCK,
        "Version": one_of("Version", ["1.0"]),
        "TimeoutSeconds": integer(1, MAX_MACHINE_SECONDS),
        "QueryLanguage": one_of("QueryLanguage", LANGUAGES),
    },
)


class Walk:
    """Visits the scopes, outer before inner, and keeps what the later rules need: targets, names, assignments.

    ``definition`` is an object; :meth:`findings` has everything that AWS refuses about it.
    """

    def __init__(self, definition: JsonObject, workflow: WorkflowType) -> None:
        self.language = machine_language(definition)
        self.context = Context(workflow, self.language)
        self.found: list[Finding] = []
        self.scopes: list[Scope] = []
        self._pending: list[tuple[Scope, WorkflowType]] = [(Scope(definition, ()), workflow)]
        self._children: list[tuple[Scope, WorkflowType]] = []

        self._run()

    def findings(self) -> list[Finding]:
        """Schema first, then transitions, then names."""
        return [
            *self.found,
            *chain.from_iterable(transitions.scope_findings(scope) for scope in self.scopes),
            *self.name_findings(),
            *variables.scope_findings(self.scopes[0]),
        ]

    def _run(self) -> None:
        self._keep(_MACHINE(self._pending[0][0].block, self.context), ())
        while self._pending:
            scope, workflow = self._pending.pop()
            self.scopes.append(scope)
            self.context.workflow = workflow
            self._check_block(scope)
            self._pending.extend(reversed(self._children))

    def _check_block(self, scope: Scope) -> None:
        self._children = []
        block = scope.block
        absent = [field for field in ("States", "StartAt") if field not in block]
        if absent:
            self._keep(missing(absent), scope.pointer)
        if "StartAt" in block and type(block["StartAt"]) is not str:
            self._keep(wrong_type("String", block["StartAt"]), (*scope.pointer, "StartAt"))
        states = block.get("States")
        if type(states) is dict:
            self._check_states(states, scope)
            if not states:
                self._keep(wrong("Value cannot be empty"), (*scope.pointer, "States"))
        elif "States" in block:
            self._keep(wrong_type("Object", states), (*scope.pointer, "States"))

    def _check_states(self, states: JsonObject, scope: Scope) -> None:
        context, machine_language = self.context, self.language
        for name, state in states.items():
            if type(state) is not dict:
                if name == "QueryLanguage" and type(state) is str:
                    self._keep(_misplaced_language(), (*scope.pointer, "States", name))
                    continue
                self._keep(wrong_type("Object", state), (*scope.pointer, "States", name))
                scope.untrusted = True
                continue
            context.language = language = (
                language_of(state, machine_language) if "QueryLanguage" in state else machine_language
            )
            rules = RULES[language].get(state["Type"]) if type(state.get("Type")) is str else None
            if rules is None:
                self._keep(_type_finding(state), (*scope.pointer, "States", name))
                scope.untrusted = True
                continue
            context.state = state
            context.pairs = scope.targets[name] = []
            fields = rules.fields
            for key, value in state.items():
                check = fields.get(key)
                if check is None:
                    self._keep([foreign_field(key, fields, state["Type"], context)], (*scope.pointer, "States", name))
                else:
                    problems = check(value, context)
                    if problems is not None:
                        self._keep(problems, (*scope.pointer, "States", name, key))
            self._check_whole_state(name, state, rules, scope)

    def _check_whole_state(self, name: str, state: JsonObject, rules: StateRules, scope: Scope) -> None:
        context = self.context
        if not rules.required <= state.keys():
            absent = [field for field in rules.required if field not in state]
            hint = misspelt(absent, state, rules.fields)
            self._keep(missing(absent, hint=hint), (*scope.pointer, "States", name))
        if rules.moves:
            if ("Next" in state) is ("End" in state):
                self._keep(_next_or_end(state, rules), (*scope.pointer, "States", name))
                scope.untrusted = True
        elif "Next" in state or "End" in state:
            scope.untrusted = True
        if rules.whole is not None:
            self._keep(rules.whole(state, context), (*scope.pointer, "States", name))
        if self.language == "JSONata" and context.language == "JSONPath":
            self._keep(_downgrade(), (*scope.pointer, "States", name))
        if len(name) > MAX_NAME or not name:
            self._keep(_name_finding(name), (*scope.pointer, "States", name))
        if context.assigns:
            self._take_assignments(name, scope)
        if context.children:
            self._take_children(name, scope)

    def _take_assignments(self, name: str, scope: Scope) -> None:
        for pointer, template in self.context.assigns:
            scope.assigned.append((name, pointer, template))
            self._keep(variables.names(template, self.context), (*scope.pointer, "States", name, *pointer))
        self.context.assigns = []

    def _take_children(self, name: str, scope: Scope) -> None:
        for pointer, block, workflow, distributed in self.context.children:
            child = Scope(block, (*scope.pointer, "States", name, *pointer), distributed=distributed)
            scope.children.append(child)
            self._children.append((child, workflow))
        self.context.children = []

    def name_findings(self) -> Iterator[Finding]:
        """State names and Map labels that occur twice in the whole definition."""
        if len(self.scopes) == 1:
            return
        owners: dict[str, Pointer] = {}
        labels: dict[str, str] = {}
        for scope in self.scopes:
            states = scope.block.get("States")
            for name, state in states.items() if type(states) is dict else ():
                pointer = (*scope.pointer, "States", name)
                if name in owners:
                    yield _duplicate_name(name, pointer)
                owners.setdefault(name, pointer)
                label = state.get("Label") if type(state) is dict else None
                if type(label) is str and label in labels:
                    yield Finding("DUPLICATE_LABEL_NAME", f"Duplicate Label name: {label}", (*pointer, "Label"))
                if type(label) is str:
                    labels.setdefault(label, name)

    def _keep(self, found: Findings | None, pointer: Pointer) -> None:
        if found is not None:
            self.found.extend(finding.within(*pointer) for finding in found)


def language_of(block: JsonObject, inherited: QueryLanguage) -> QueryLanguage:
    """As on AWS, whatever is given and is not exactly ``JSONPath`` is read as JSONata."""
    if "QueryLanguage" not in block:
        return inherited
    return "JSONPath" if block["QueryLanguage"] == "JSONPath" else "JSONata"


def _misplaced_language() -> Findings:
    message = "'QueryLanguage' stands among the states; it is taken as the state machine's"
    hint = "move it up, beside StartAt"
    return [Finding(SCHEMA, message, hint=hint, severity=Severity.WARNING, aws=False, at_key=True)]


def _type_finding(state: JsonObject) -> Findings:
    if "Type" not in state:
        return missing(["Type"])
    message = f"The field 'Type' should have one of these values: [{', '.join(STATE_TYPES)}]"
    return wrong(message, "Type", hint=nearest(state["Type"], STATE_TYPES))


def _next_or_end(state: JsonObject, rules: StateRules) -> Findings:
    hint = None if "Next" in state else misspelt(("Next", "End"), state, rules.fields)
    return wrong("This object should have only one of the following fields: [Next, End]", hint=hint)


def _downgrade() -> Findings:
    message = "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine"
    return wrong(message, hint="leave JSONPath as the machine's language and set JSONata on the states that want it")


def _name_finding(name: str) -> Findings:
    message = f"State name must have 1 to {MAX_NAME} characters but '{name}' has {len(name)}"
    return [Finding("INVALID_STATE_NAME", message, at_key=True)]


def _duplicate_name(name: str, pointer: Pointer) -> Finding:
    hint = "a name may be used once in the whole definition, those inside Map and Parallel included"
    return Finding("DUPLICATE_STATE_NAME", f"Duplicate State name: {name}", pointer, hint=hint, at_key=True)
