"""The stable merge sort that ``$sort`` and order-by share, with comparisons in the reference's order."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from asl.expressions.jsonata.errors import JsonataError
from asl.expressions.jsonata.functions.registry import library
from asl.expressions.jsonata.runtime import Runtime, call
from asl.expressions.jsonata.values import UNDEFINED, Value

_T = TypeVar("_T")


def merge_sort(items: list[_T], swap: Callable[[_T, _T], bool], rt: Runtime) -> list[_T]:
    """A sorted copy; ``swap`` says that its first argument belongs behind its second."""
    if len(items) < 2:
        return items
    middle = len(items) // 2
    left, right = merge_sort(items[:middle], swap, rt), merge_sort(items[middle:], swap, rt)
    rt.charge(len(items))
    merged: list[_T] = []
    a = b = 0
    while a < len(left) and b < len(right):
        if swap(left[a], right[b]):
            merged.append(right[b])
            b += 1
        else:
            merged.append(left[a])
            a += 1
    return merged + left[a:] + right[b:]


def javascript_truth(value: Value) -> bool:
    """What JavaScript's ``if`` makes of a value: empty arrays and objects are true there."""
    if value is None or value is UNDEFINED:
        return False
    return bool(value) or isinstance(value, (list, dict))


@library("sort", "<af?:a>", 2, runtime=True)
def sort(rt: Runtime, items: Value = UNDEFINED, comparator: Value = UNDEFINED) -> Value:
    """Sort numbers, strings, or anything by a function that says whether its arguments must swap."""
    if items is UNDEFINED or len(items) < 2:
        return items
    if comparator is not UNDEFINED:
        return merge_sort(list(items), lambda a, b: javascript_truth(call(rt, comparator, [a, b])), rt)
    kinds = set(map(type, items))
    if not (kinds <= {int, float} or kinds == {str}):
        raise JsonataError("D3070", index=1)
    rt.charge(len(items))
    if kinds == {str} and not all(map(str.isascii, items)):
        return sorted(items, key=lambda text: text.encode("utf-16-be", "surrogatepass"))
    return sorted(items)
