"""Hypothesis strategies for inputs, from a JSON Schema or from examples, and the property that none ends in
States.Runtime.

    @given(inputs(examples=[{"orderId": 7, "email": "a@b.c"}]))
    def test_any_order_ends_well(state_machine, order): ...

    no_input_ends_in_runtime(machine, inputs(schema=order_schema))
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from asl.types import Json, JsonObject
from interpreter.errors import InterpreterError
from interpreter.testing.loop import KitError

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from interpreter.testing.machine_under_test import MachineUnderTest
    from interpreter.testing.workflow_run import WorkflowRun

Strategy: TypeAlias = "SearchStrategy[Any]"
_LARGEST_EXACT = 2**53 - 1
_TYPES = ("null", "boolean", "integer", "number", "string", "array", "object")


def inputs(schema: JsonObject | bool | None = None, *, examples: Sequence[Json] | None = None) -> Strategy:
    """Values that fit a JSON Schema, or that are like the examples: the same keys (those that some lack are left out at
    times), values of the same types.

    Understands type, enum, const, properties, required, additionalProperties, items, prefixItems, the limits of
    numbers, texts and arrays, pattern, format ``date-time``, anyOf, oneOf, and $ref within the schema. Raises
    InterpreterError for a schema that says something else, or where Hypothesis is not installed.
    """
    _require_hypothesis()
    if (schema is None) == (examples is None):
        raise InterpreterError("inputs() takes a schema or examples", "Write inputs(examples=[{...}]).")
    root = schema_like(examples) if schema is None and examples is not None else schema
    assert root is not None
    return _strategy(root, root if isinstance(root, dict) else {})


def _require_hypothesis() -> None:
    try:
        import hypothesis  # noqa: F401
    except ModuleNotFoundError:
        hint = "Install it: pip install 'asl-interpreter[testing]'"
        raise InterpreterError("strategies need Hypothesis", hint) from None


def schema_like(examples: Sequence[Json]) -> JsonObject:
    """The JSON Schema of values like these."""
    kinds = {
        _type_of(example): [other for other in examples if _type_of(other) == _type_of(example)] for example in examples
    }
    choices = [_SCHEMAS.get(kind, lambda _values, kind=kind: {"type": kind})(values) for kind, values in kinds.items()]
    return choices[0] if len(choices) == 1 else {"anyOf": choices}


def _type_of(value: Json) -> str:
    if isinstance(value, bool):
        return "boolean"
    names = {dict: "object", list: "array", str: "string", int: "integer", float: "number", type(None): "null"}
    return names[type(value)]


def _object_like(values: Sequence[Any]) -> JsonObject:
    keys = dict.fromkeys(key for value in values for key in value)
    properties = {key: schema_like([value[key] for value in values if key in value]) for key in keys}
    required = [key for key in keys if all(key in value for value in values)]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _array_like(values: Sequence[Any]) -> JsonObject:
    items = [item for value in values for item in value]
    return {"type": "array", "items": schema_like(items)} if items else {"type": "array", "maxItems": 0}


_SCHEMAS: dict[str, Callable[[Sequence[Any]], JsonObject]] = {"object": _object_like, "array": _array_like}


def _strategy(schema: JsonObject | bool, root: JsonObject) -> Strategy:
    from hypothesis import strategies as st

    if isinstance(schema, bool):
        return _any_json() if schema else st.nothing()
    if "$ref" in schema:
        return st.deferred(lambda: _strategy(_referred(schema["$ref"], root), root))
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return st.one_of([_strategy({**_without(schema, choice), **each}, root) for each in schema[choice]])
    if unknown := schema.keys() & {"allOf", "not", "if", "patternProperties", "dependentSchemas"}:
        raise InterpreterError(f"inputs() does not understand {min(unknown)} in a JSON Schema")
    types = schema.get("type") or _implied_type(schema)
    listed = [types] if isinstance(types, str) else types
    return st.one_of([_BY_TYPE[each](schema, root) for each in listed]) if listed else _any_json()


def _without(schema: JsonObject, key: str) -> JsonObject:
    return {name: value for name, value in schema.items() if name != key}


def _implied_type(schema: JsonObject) -> str | None:
    implied = {"properties": "object", "required": "object", "items": "array", "pattern": "string", "minimum": "number"}
    return next((kind for key, kind in implied.items() if key in schema), None)


def _referred(reference: str, root: JsonObject) -> JsonObject:
    if not reference.startswith("#"):
        raise InterpreterError(f"$ref {reference!r} leads out of the schema")
    found: Any = root
    for part in reference.removeprefix("#").strip("/").split("/"):
        found = found[part.replace("~1", "/").replace("~0", "~")] if part else found
    return dict(found)


def _any_json() -> Strategy:
    from hypothesis import strategies as st

    plain = st.none() | st.booleans() | st.integers(-_LARGEST_EXACT, _LARGEST_EXACT) | st.text(max_size=20)
    return st.recursive(
        plain, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    )


def _integers(schema: JsonObject, _root: JsonObject) -> Strategy:
    from hypothesis import strategies as st

    low, high = _bounds(schema, 1)
    return st.integers(
        int(low) if low is not None else -_LARGEST_EXACT, int(high) if high is not None else _LARGEST_EXACT
    )


def _bounds(schema: JsonObject, step: int) -> tuple[float | None, float | None]:
    low, high = schema.get("minimum"), schema.get("maximum")
    if "exclusiveMinimum" in schema:
        low = schema["exclusiveMinimum"] + step
    if "exclusiveMaximum" in schema:
        high = schema["exclusiveMaximum"] - step
    return low, high


def _numbers(schema: JsonObject, root: JsonObject) -> Strategy:
    from hypothesis import strategies as st

    low, high = (
        schema.get("minimum", schema.get("exclusiveMinimum")),
        schema.get("maximum", schema.get("exclusiveMaximum")),
    )
    return st.floats(
        low, high, allow_nan=False, allow_infinity=False, exclude_min="exclusiveMinimum" in schema,
        exclude_max="exclusiveMaximum" in schema,
    )  # fmt: skip


def _strings(schema: JsonObject, _root: JsonObject) -> Strategy:
    from hypothesis import strategies as st

    if "pattern" in schema:
        return st.from_regex(schema["pattern"])
    if schema.get("format") == "date-time":
        return st.datetimes().map(lambda moment: moment.isoformat(timespec="seconds") + "Z")
    return st.text(min_size=schema.get("minLength", 0), max_size=schema.get("maxLength"))


def _arrays(schema: JsonObject, root: JsonObject) -> Strategy:
    from hypothesis import strategies as st

    if "prefixItems" in schema:
        return st.tuples(*(_strategy(each, root) for each in schema["prefixItems"])).map(list)
    limits = {"min_size": schema.get("minItems", 0), "max_size": schema.get("maxItems")}
    return st.lists(_strategy(schema.get("items", True), root), **limits)


def _objects(schema: JsonObject, root: JsonObject) -> Strategy:
    from hypothesis import strategies as st

    properties = {key: _strategy(each, root) for key, each in schema.get("properties", {}).items()}
    required = {key: properties.pop(key, _any_json()) for key in schema.get("required", ())}
    others = schema.get("additionalProperties", False)
    named = st.fixed_dictionaries(required, optional=properties)
    if not others:
        return named
    extra = st.dictionaries(st.text(max_size=8), _strategy(others, root), max_size=3)
    return st.tuples(extra, named).map(lambda pair: {**pair[0], **pair[1]})


def _nulls(_schema: JsonObject, _root: JsonObject) -> Strategy:
    from hypothesis import strategies as st

    return st.none()


def _booleans(_schema: JsonObject, _root: JsonObject) -> Strategy:
    from hypothesis import strategies as st

    return st.booleans()


_BY_TYPE: dict[str, Callable[[JsonObject, JsonObject], Strategy]] = dict(
    zip(_TYPES, (_nulls, _booleans, _integers, _numbers, _strings, _arrays, _objects), strict=True)
)


def no_input_ends_in_runtime(machine: MachineUnderTest, values: Strategy, *, examples: int = 100) -> None:
    """Run the machine on many inputs; AssertionError with the smallest that ends in ``States.Runtime``, explained.

    Tasks need their mocks. Other failures are not its business: they may be meant.
    """
    from hypothesis import HealthCheck, Phase, given, settings

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
    )
    @given(values)
    def no_runtime_error(value: Json) -> None:
        run = machine.run(value)
        del machine.runs[:-1]
        if run.error == "States.Runtime":
            raise RuntimeErrorFoundError(_found(value, run))

    no_runtime_error()


class RuntimeErrorFoundError(KitError):
    """An input ends in States.Runtime, which nothing can catch."""


def _found(value: Json, run: WorkflowRun) -> str:
    return f"this input ends in States.Runtime: {value!r}\n{run.explanation}"
