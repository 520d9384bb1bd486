"""A definition that was loaded and found right: the whole of what the rest of the program wants to know of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from asl.diagnostics import Diagnostic, Severity
from asl.document import Document, parse_document
from asl.errors import DefinitionError
from asl.garbage import uncollected
from asl.graph import StateGraph, machine_language
from asl.types import Json, JsonObject, WorkflowType

if TYPE_CHECKING:
    from asl.states.machine import StateMachineModel


class StateMachine:
    """A state machine. Make one with :meth:`load` or :meth:`parse`; it is never changed.

    ``definition`` is the plain definition after substitutions, ``document`` knows the place of everything in it,
    ``type`` is the template's word for STANDARD or EXPRESS, ``warnings`` are what is odd without being wrong.
    """

    def __init__(self, document: Document, name: str, type: WorkflowType, warnings: tuple[Diagnostic, ...]) -> None:
        self.definition: JsonObject = document.value
        self.document = document
        self.name = name
        self.type: WorkflowType = type
        self.warnings = warnings

    @classmethod
    @uncollected()
    def load(
        cls,
        path: str | PathLike[str],
        *,
        resource: str | None = None,
        substitutions: Mapping[str, Json] | None = None,
        type: WorkflowType | None = None,
    ) -> StateMachine:
        """Load a definition from a file: JSON, YAML, or a template that holds one (``resource`` says which).

        Raises :class:`DefinitionError` with every error, each with its place in the file.
        """
        from asl.sources import load_definition

        document = load_definition(Path(path), resource=resource, substitutions=substitutions)
        return cls._checked(document, document.name or name_of(Path(path)), type or document.type or "STANDARD")

    @classmethod
    @uncollected()
    def parse(
        cls,
        definition: str | JsonObject,
        *,
        source: str = "definition",
        name: str | None = None,
        type: WorkflowType = "STANDARD",
    ) -> StateMachine:
        """Take a definition as JSON or YAML text, or as plain data; raises :class:`DefinitionError` as well."""
        document = (
            parse_document(definition, source=source)
            if isinstance(definition, str)
            else _as_document(definition, source)
        )
        return cls._checked(document, name or "StateMachine", type)

    @classmethod
    def _checked(cls, document: Document, name: str, type: WorkflowType) -> StateMachine:
        from asl.validation import validate

        found = validate(document, type=type, unknown_fields=Severity.WARNING)
        errors = [diagnostic for diagnostic in found if diagnostic.severity is Severity.ERROR]
        if errors:
            raise DefinitionError(errors)
        return cls(document, name, type, (*document.warnings, *found))

    @property
    def query_language(self) -> str:
        return machine_language(self.definition)

    @cached_property
    def graph(self) -> StateGraph:
        with uncollected():
            return StateGraph(self.definition)

    @cached_property
    def model(self) -> StateMachineModel:
        """The definition as frozen pydantic models."""
        from asl.states.machine import StateMachineModel

        states = {name: state for name, state in self.definition["States"].items() if isinstance(state, dict)}
        return StateMachineModel.model_validate({**self.definition, "States": states})

    def __repr__(self) -> str:
        return f"<StateMachine {self.name!r} from {self.document.source}>"


def name_of(path: Path) -> str:
    """The name that a file suggests: ``order`` for ``order.asl.json``."""
    return path.name.split(".", 1)[0] or "StateMachine"


def _as_document(definition: JsonObject, source: str) -> Document:
    """Plain data has no file: places are those in its text as it would be written."""
    try:
        text = json.dumps(definition, indent=2, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        hint = "give plain data: dict, list, str, int, float, bool and None, not nested without end"
        raise DefinitionError([_no_json(source, str(error), hint)]) from None
    return Document(definition, text, source=source, has_duplicates=False)


def _no_json(source: str, reason: str, hint: str) -> Diagnostic:
    message = f"The definition is not JSON data: {reason}"
    return Diagnostic(Severity.ERROR, "INVALID_JSON_DESCRIPTION", message, None, source, hint=hint)
