"""Which workflow variables the expressions of JSONPath mode read, for the list that AWS gives of each state."""

from __future__ import annotations

from asl.errors import ExpressionSyntaxError
from asl.expressions.intrinsics import compile_intrinsic
from asl.expressions.jsonpath import compile_path
from asl.types import Json


def variables_read_by(text: Json) -> frozenset[str]:
    """The variables that a path or intrinsic function reads; none for any other value or one that can't be parsed."""
    if not isinstance(text, str):
        return frozenset()
    try:
        return (compile_path(text) if text.startswith("$") else compile_intrinsic(text)).variables
    except ExpressionSyntaxError:
        return frozenset()


def variables_read_by_template(template: Json) -> frozenset[str]:
    """The variables that a payload template reads; a ``"$x"`` under a key without ``.$`` is text and does not count."""
    if isinstance(template, list):
        return frozenset().union(*map(variables_read_by_template, template))
    if not isinstance(template, dict):
        return frozenset()
    return frozenset().union(
        *(
            variables_read_by(value) if key.endswith(".$") else variables_read_by_template(value)
            for key, value in template.items()
        )
    )


def variables_read_by_rule(rule: Json) -> frozenset[str]:
    """The variables that a choice rule compares, nested rules included; its Assign and Output aside."""
    if isinstance(rule, list):
        return frozenset().union(*map(variables_read_by_rule, rule))
    if not isinstance(rule, dict):
        return frozenset()
    own = [variables_read_by(value) for key, value in rule.items() if key == "Variable" or key.endswith("Path")]
    return frozenset().union(*own, *(variables_read_by_rule(rule.get(key)) for key in ("And", "Or", "Not")))
