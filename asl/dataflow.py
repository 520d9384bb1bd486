"""The data flow of one state, compiled once: from its raw input to what its work gets, and from its result to its
output.

JSONPath: InputPath, Parameters, work, ResultSelector, ResultPath, OutputPath. JSONata: Arguments, work, Output. Both:
Assign. Every step is a small callable; a step that changes nothing is left out. Beside each value goes an upper bound
of its size in bytes, so that the 256 KiB limit costs nothing while payloads are small.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from asl.errors import PathError, StateError
from asl.expressions.jsonpath import Evaluate, compile_path
from asl.expressions.payload_template import CompiledTemplate, compile_template
from asl.expressions.reference_path import compile_result_path
from asl.expressions.scope import Scope
from asl.types import Json, JsonObject

Observe: TypeAlias = Callable[[Scope, str, Json], None]
"""Told the value after each step by AWS's inspection name, such as ``afterInputPath``; used by inspection only."""

After: TypeAlias = Callable[[Json, Json, Scope], Json]
"""``(raw input, result, scope)`` to the state's output."""

Bound: TypeAlias = "tuple[int, int] | None"
"""``(m, c)``: the value has at most ``m * bytes + c`` bytes; None: it has to be measured."""

Bound2: TypeAlias = "tuple[int, int, int] | None"
"""``(r, m, c)``: the output has at most ``r * raw + m * result + c`` bytes; None: it has to be measured."""

_SAME = (1, 0)

TEMPLATE_TYPES = frozenset({"Task", "Parallel", "Map", "Pass"})


class DataFlow(NamedTuple):
    """``None`` stands for "unchanged": no ``before`` passes the raw input on, no ``after`` makes the result the
    output."""

    before: Evaluate | None
    before_bound: Bound
    after: After | None
    after_bound: Bound2
    assign: After | None


def compile_dataflow(state: JsonObject, language: str, observe: Observe | None = None) -> DataFlow:
    """Compile the data-flow fields of a state of any type for its query language."""
    if language == "JSONata":
        from asl.dataflow_jsonata import compile_jsonata_dataflow

        return compile_jsonata_dataflow(state, observe)
    return _compile_jsonpath(state, observe)


def _compile_jsonpath(state: JsonObject, observe: Observe | None) -> DataFlow:
    before, before_bound = _compile_before(state, observe)
    after, after_bound = _compile_after(state, observe)
    return DataFlow(before, before_bound, after, after_bound, compile_assign(state.get("Assign")))


def compile_path_field(field: str, path: str | None) -> Evaluate:
    """InputPath, OutputPath and the ``...Path`` numbers: a miss fails the state in the words of AWS's path library."""
    if path is None:
        return _empty_object
    compiled = compile_path(path)
    evaluate = compiled.evaluate

    def select(value: Json, scope: Scope) -> Json:
        try:
            return evaluate(value, scope)
        except PathError as miss:
            cause = f"Invalid path '{path}' : {miss.detail}"
            raise StateError("States.Runtime", cause, located=True) from None

    return select


def compile_assign(template: Json) -> After | None:
    """Assign in JSONPath: every right-hand side sees the result and the variables as they were."""
    if not template:
        return None
    evaluate = compile_template(template, "Assign").evaluate
    return lambda _raw, result, scope: evaluate(result, scope)


def _empty_object(_value: Json, _scope: Scope) -> Json:
    return {}


def _compile_before(state: JsonObject, observe: Observe | None) -> tuple[Evaluate | None, Bound]:
    select, select_bound = _selection(state, "InputPath")
    template = _template(state, "Parameters") if state.get("Type") != "Map" else None
    steps = [step for step in (
        _observed(select, observe, "afterInputPath"),
        _observed(template.evaluate if template else None, observe, "afterParameters"),
    ) if step is not None]  # fmt: skip
    return _chain(steps), _chain_bounds(select_bound, _template_bound(template))


def _compile_after(state: JsonObject, observe: Observe | None) -> tuple[After | None, Bound2]:
    select, select_bound = _selection(state, "OutputPath")
    select = _observed(select, observe, "output")
    if state.get("Type") not in TEMPLATE_TYPES:
        return _output_only(select), None if select_bound is None else (0, 1, 0)
    selector = _template(state, "ResultSelector")
    shape = _observed(selector.evaluate if selector else None, observe, "afterResultSelector", before="result")
    merge, overhead = _merge(state)
    after = _compose_after(shape, merge if observe is None else _observed_merge(merge, observe), select)
    return after, _after_bound(_template_bound(selector), overhead, select_bound)


def _after_bound(shape: Bound, overhead: tuple[int, int, int], select: Bound) -> Bound2:
    if shape is None or select is None:
        return None
    raw, result, constant = overhead
    return raw, result * shape[0], result * shape[1] + constant


def _output_only(select: Evaluate | None) -> After | None:
    return None if select is None else lambda _raw, result, scope: select(result, scope)


def _compose_after(
    shape: Evaluate | None, merge: Callable[[Json, Json, Scope], Json] | None, select: Evaluate | None
) -> After | None:
    if shape is None and select is None:
        return merge
    if shape is None and merge is None:
        return _output_only(select)

    def after(raw: Json, result: Json, scope: Scope) -> Json:
        value = result if shape is None else shape(result, scope)
        if merge is not None:
            value = merge(raw, value, scope)
        return value if select is None else select(value, scope)

    return after


def _merge(state: JsonObject) -> tuple[After | None, tuple[int, int, int]]:
    path = state.get("ResultPath", "$")
    if path == "$":
        return None, (0, 1, 0)
    if path is None:
        return (lambda raw, _result, _scope: raw), (1, 0, 0)
    if path == state.get("OutputPath"):  # what is put there is all that is taken out again
        return compile_result_path(path), (0, 1, 0)
    return compile_result_path(path), (1, 1, 2 * len(path.encode()) + 16)


def _selection(state: JsonObject, field: str) -> tuple[Evaluate | None, Bound]:
    path = state.get(field, "$")
    if path == "$":
        return None, _SAME
    narrowing = path is None or (path.startswith("$.") and compile_path(path).definite)
    return compile_path_field(field, path), _SAME if narrowing else None


def _template(state: JsonObject, field: str) -> CompiledTemplate | None:
    return compile_template(state[field], field) if field in state else None


def _template_bound(template: CompiledTemplate | None) -> Bound:
    if template is None:
        return _SAME
    return None if template.size is None else (template.size.multiple, template.size.constant)


def _chain_bounds(first: Bound, second: Bound) -> Bound:
    if first is None or second is None:
        return None
    return first[0] * second[0], first[1] * second[0] + second[1]


def _chain(steps: list[Evaluate]) -> Evaluate | None:
    if len(steps) < 2:
        return steps[0] if steps else None
    first, second = steps
    return lambda value, scope: second(first(value, scope), scope)


def _observed(step: Evaluate | None, observe: Observe | None, name: str, before: str | None = None) -> Evaluate | None:
    if observe is None:
        return step

    def observed(value: Json, scope: Scope) -> Json:
        if before is not None:
            observe(scope, before, value)
        if step is not None:
            value = step(value, scope)
        observe(scope, name, value)
        return value

    return observed


def _observed_merge(merge: After | None, observe: Observe | None) -> After:
    def observed(raw: Json, result: Json, scope: Scope) -> Json:
        value = result if merge is None else merge(raw, result, scope)
        if observe is not None:
            observe(scope, "afterResultPath", value)
        return value

    return observed
