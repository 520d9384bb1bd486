"""A compiled expression and what can be said about it without running it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from asl.expressions.jsonata.analysis import analyse
from asl.expressions.jsonata.compiler import Compiler
from asl.expressions.jsonata.errors import DEPTH_EXCEEDED, limit_error
from asl.expressions.jsonata.limits import AWS_LIMITS, Limits
from asl.expressions.jsonata.parser import Parser
from asl.expressions.jsonata.plain import plain, plain_with
from asl.expressions.jsonata.references import Findings, find
from asl.expressions.jsonata.runtime import Entropy, Runtime, Unit
from asl.expressions.jsonata.values import UNDEFINED, Sequence, Value


class Expression:
    """A parsed and compiled expression: immutable, and safe to evaluate from many threads at once."""

    __slots__ = ("_findings", "_plain_with", "_root", "_unit", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        try:
            self._root = analyse(Parser(text).parse())
            self._findings: Findings = find(self._root)
            self._plain_with = plain_with(self._root, self._findings.bound)
            self._unit: Unit = Compiler(self._findings.bound).unit(self._root)
        except RecursionError:
            raise limit_error(DEPTH_EXCEEDED) from None

    def evaluate(
        self,
        bindings: Mapping[str, Value],
        *,
        clock: Callable[[], float],
        entropy: Entropy,
        input: Value = UNDEFINED,
        limits: Limits = AWS_LIMITS,
    ) -> Value:
        """The value of the expression, or :data:`UNDEFINED`.

        ``bindings`` has the variables without their ``$``; ``clock`` gives seconds since 1970. Raises ``JsonataError``.
        """
        rt = Runtime(bindings, input, clock, entropy, limits)
        try:
            return self._run(rt)
        finally:
            rt.close()

    def result(
        self,
        bindings: Mapping[str, Value],
        *,
        clock: Callable[[], float],
        entropy: Entropy,
        limits: Limits = AWS_LIMITS,
    ) -> Value:
        """The value as plain JSON, as ``plain(evaluate(...))`` gives it, without a look at data that can't need it."""
        rt = Runtime(bindings, UNDEFINED, clock, entropy, limits)
        unit = self._unit
        try:
            value = unit.code(UNDEFINED, rt) if unit.height <= limits.depth else unit.run(UNDEFINED, rt)
            names = self._plain_with
            if rt.has_sequences or names is None or (names and not names <= bindings.keys()):
                value = plain(value)
        except RecursionError:
            raise limit_error(DEPTH_EXCEEDED) from None
        finally:
            rt.close()
        return value

    def _run(self, rt: Runtime) -> Value:
        context = rt.input
        if isinstance(context, list):
            context = Sequence([context])
            context.outer_wrapper = True
        try:
            return self._unit.run(context, rt)
        except RecursionError:
            raise limit_error(DEPTH_EXCEEDED) from None

    @property
    def variables(self) -> frozenset[str]:
        """Names that the caller must bind: free ``$name`` references that are no library functions."""
        return self._findings.free

    @property
    def references(self) -> frozenset[tuple[str, ...]]:
        """Static paths from free variables, such as ``("states", "input", "order")``, each as long as it is written."""
        return self._findings.references

    @property
    def top_level_names(self) -> tuple[tuple[str, int], ...]:
        """Names, ``$`` and ``$$`` that refer to the (here missing) input, with the offset just behind each."""
        return self._findings.top_level


def compile(text: str) -> Expression:
    """Parse and compile; raises ``JsonataError`` with the position of a syntax error."""
    return Expression(text)
