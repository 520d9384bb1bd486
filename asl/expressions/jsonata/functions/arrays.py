"""Functions on arrays and their aggregation."""

from __future__ import annotations

import functools
import operator
from math import isfinite

from asl.expressions.jsonata.functions.registry import library
from asl.expressions.jsonata.runtime import Runtime
from asl.expressions.jsonata.values import (
    MAX_SAFE,
    UNDEFINED,
    Sequence,
    Value,
    double,
    normal,
)


def append(first: Value, second: Value) -> Value:
    """Two values as one array; undefined adds nothing."""
    if first is UNDEFINED:
        return second
    if second is UNDEFINED:
        return first
    left = first if isinstance(first, list) else [first]
    right = second if isinstance(second, list) else [second]
    return [*left, *right]


@library("append", "<xx:a>", 2, runtime=True)
def append_function(rt: Runtime, first: Value = UNDEFINED, second: Value = UNDEFINED) -> Value:
    """Join two values into one array."""
    result = append(first, second)
    if isinstance(result, list):
        rt.array_of(len(result))
    return result


def _total(numbers: list[Value]) -> Value:
    """Added from left to right as doubles are; the built-in ``sum`` rounds differently."""
    total = functools.reduce(operator.add, numbers, 0)
    if -MAX_SAFE < total < MAX_SAFE:
        return total
    return functools.reduce(operator.add, map(double, numbers), 0.0)


def _settled(number: Value) -> Value:
    return normal(number) if type(number) is float and isfinite(number) else number


@library("sum", "<a<n>:n>", 1)
def sum_(numbers: Value = UNDEFINED) -> Value:
    """The sum of an array of numbers."""
    return UNDEFINED if numbers is UNDEFINED else _settled(_total(numbers))


@library("count", "<a:n>", 1)
def count(items: Value = UNDEFINED) -> Value:
    """How many items an array has; undefined has none."""
    return 0 if items is UNDEFINED else len(items)


@library("max", "<a<n>:n>", 1)
def max_(numbers: Value = UNDEFINED) -> Value:
    """The largest number."""
    return UNDEFINED if numbers is UNDEFINED or not numbers else max(numbers)


@library("min", "<a<n>:n>", 1)
def min_(numbers: Value = UNDEFINED) -> Value:
    """The smallest number."""
    return UNDEFINED if numbers is UNDEFINED or not numbers else min(numbers)


@library("average", "<a<n>:n>", 1)
def average(numbers: Value = UNDEFINED) -> Value:
    """The mean of an array of numbers."""
    if numbers is UNDEFINED or not numbers:
        return UNDEFINED
    return _settled(double(_total(numbers)) / len(numbers))


@library("join", "<a<s>s?:s>", 2, runtime=True)
def join(rt: Runtime, texts: Value = UNDEFINED, separator: Value = UNDEFINED) -> Value:
    """Strings joined, with a separator between them."""
    if texts is UNDEFINED:
        return UNDEFINED
    between = "" if separator is UNDEFINED else separator
    rt.string_of(sum(map(len, texts)) + len(between) * len(texts))
    return between.join(texts)


@library("reverse", "<a:a>", 1)
def reverse(items: Value = UNDEFINED) -> Value:
    """The items from last to first."""
    if items is UNDEFINED or len(items) < 2:
        return items
    return items[::-1]


@library("shuffle", "<a:a>", 1, runtime=True)
def shuffle(rt: Runtime, items: Value = UNDEFINED) -> Value:
    """The items in an order drawn from the evaluation's entropy."""
    if items is UNDEFINED or len(items) < 2:
        return items
    rt.array_of(len(items))
    result = list(items)
    for last in range(len(result) - 1, 0, -1):
        other = int(rt.entropy.random() * (last + 1))
        result[last], result[other] = result[other], result[last]
    return result


@library("distinct", "<x:x>", 1, runtime=True)
def distinct(rt: Runtime, items: Value = UNDEFINED) -> Value:
    """The items without repetitions, first ones kept."""
    if not isinstance(items, list) or len(items) < 2:
        return items
    result: list[Value] = Sequence() if type(items) is Sequence else []
    seen: set[Value] = set()
    rt.charge(len(items))
    for item in items:
        key = _hashable(item)
        if key not in seen:
            seen.add(key)
            result.append(item)
    return result


def _hashable(value: Value) -> Value:
    """Something that is equal for equal values only."""
    if isinstance(value, list):
        return (list, tuple(map(_hashable, value)))
    if isinstance(value, dict):
        return (dict, frozenset((key, _hashable(item)) for key, item in value.items()))
    return (type(value) is bool, value)


@library("zip", "<a+>", 0, runtime=True)
def zip_(rt: Runtime, *arrays: Value) -> Value:
    """Rows made of the first, second, ... items of each array, as many as the shortest has."""
    if any(array is UNDEFINED for array in arrays):
        return []
    shortest = min(map(len, arrays), default=0)
    rt.array_of(shortest * len(arrays))
    return [list(row) for row in zip(*(array[:shortest] for array in arrays), strict=True)]
