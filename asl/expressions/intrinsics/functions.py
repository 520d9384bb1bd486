"""What each intrinsic function does with the values of its arguments.

A function raises :class:`IntrinsicError` for arguments that AWS does not take;
who calls it puts the text of the call around it.
"""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from asl.expressions.intrinsics.java import in_hash_order
from asl.expressions.texts import json_text
from asl.types import Json

MAX_TEXT = 10_000
MAX_RANGE = 1_000
_INT32 = range(-(2**31), 2**31)
_ALGORITHMS = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/=]")


class IntrinsicError(Exception):
    """The arguments don't fit; ``detail`` replaces the usual ``Invalid arguments in ...`` where AWS has other words."""

    def __init__(self, detail: str | None = None) -> None:
        self.detail = detail
        super().__init__(detail)


def string_to_json(text: Json) -> Json:
    if not isinstance(text, str):
        raise IntrinsicError
    if not text.strip():
        return None
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError):
        raise IntrinsicError from None


def _refuse_constant(name: str) -> Json:
    raise ValueError(name)


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


def array_partition(array: Json, size: Json) -> Json:
    length = whole(size)
    if not isinstance(array, list) or length < 1:
        raise IntrinsicError
    return [array[start : start + length] for start in range(0, len(array), length)]


def array_contains(array: Json, value: Json) -> Json:
    """Compares texts, as AWS does: ``true`` is found as ``"true"``, and the order of an object's keys matters."""
    if not isinstance(array, list):
        raise IntrinsicError
    wanted = _bare_text(value)
    return any(_bare_text(item) == wanted or _same_number(item, value) for item in array)


def _bare_text(value: Json) -> str:
    return value if isinstance(value, str) else json_text(value)


def _same_number(first: Json, second: Json) -> bool:
    return is_number(first) and is_number(second) and bool(first == second)


def array_range(first: Json, last: Json, step: Json) -> Json:
    start, stop, stride = whole(first), whole(last), whole(step)
    if stride == 0:
        raise IntrinsicError
    numbers = range(start, stop + (1 if stride > 0 else -1), stride)
    if numbers[MAX_RANGE:]:
        raise IntrinsicError
    return list(numbers)


def array_get_item(array: Json, index: Json) -> Json:
    if not isinstance(array, list):
        raise IntrinsicError
    position = whole(index)
    if not array:
        return None
    if not 0 <= position < len(array):
        raise IntrinsicError
    return array[position]


def array_length(array: Json) -> Json:
    if not isinstance(array, list):
        raise IntrinsicError
    return len(array)


def array_unique(array: Json) -> Json:
    if not isinstance(array, list):
        raise IntrinsicError
    distinct: dict[Any, Json] = {}
    for item in array:
        distinct.setdefault(_identity(item), item)
    return in_hash_order(list(distinct.values()), len(array))


def _identity(value: Json) -> Any:
    """A key that is equal for structurally equal values: key order does not count, and 1 is 1.0 but not true."""
    if isinstance(value, dict):
        return "object", frozenset((key, _identity(item)) for key, item in value.items())
    if isinstance(value, list):
        return "array", tuple(map(_identity, value))
    return (isinstance(value, bool), value)


def base64_encode(text: Json) -> Json:
    return base64.b64encode(_limited(text).encode("utf-8", "replace")).decode("ascii")


def base64_decode(text: Json) -> Json:
    """Lenient as a MIME decoder: what is not in the alphabet is passed over and padding may be missing."""
    digits = _NOT_BASE64.sub("", _limited(text)).partition("=")[0]
    if len(digits) % 4 == 1:
        raise IntrinsicError
    return base64.b64decode(digits + "=" * (-len(digits) % 4)).decode("utf-8", "replace")


def hash_(data: Json, algorithm: Json) -> Json:
    if data is None or not isinstance(algorithm, str) or algorithm not in _ALGORITHMS:
        raise IntrinsicError
    import hashlib

    text = _limited(_bare_text(data))
    return hashlib.new(_ALGORITHMS[algorithm], text.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


def _limited(text: Json) -> str:
    if not isinstance(text, str) or len(text) > MAX_TEXT:
        raise IntrinsicError
    return text


def json_merge(first: Json, second: Json, deep: Json) -> Json:
    if deep is True or not isinstance(first, dict) or not isinstance(second, dict):
        raise IntrinsicError
    return {**first, **second}


def math_add(first: Json, second: Json) -> Json:
    if first.__class__ is int and second.__class__ is int:
        total = first + second
        if -(2**31) <= first < 2**31 and -(2**31) <= second < 2**31 and -(2**31) <= total < 2**31:
            return total
        raise IntrinsicError
    return math_add(_rounded(first), _rounded(second))


def _rounded(value: Json) -> int:
    """Half up, as ``Math.round`` of Java: 2.5 is 3 and -1.5 is -1."""
    if not is_number(value) or not math.isfinite(value):
        raise IntrinsicError
    below: int = math.floor(value)
    return below + 1 if value - below >= 0.5 else below


def string_split(text: Json, delimiters: Json) -> Json:
    """Each character of ``delimiters`` splits; empty pieces are dropped."""
    if not isinstance(text, str) or not isinstance(delimiters, str):
        raise IntrinsicError
    if len(delimiters) > 1:
        for other, following in pairwise(delimiters):
            text = text.replace(other, following)
    pieces = text.split(delimiters[-1]) if delimiters else [text]
    return [piece for piece in pieces if piece]


def random_bounds(start: Json, end: Json) -> tuple[int, int]:
    """The bounds of ``States.MathRandom``: first included, second not."""
    low, high = whole(start), whole(end)
    if low >= high or high - low not in _INT32 or low not in _INT32 or high not in _INT32:
        raise IntrinsicError
    return low, high


def is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def whole(value: Json) -> int:
    """A number without its fraction. Raises :class:`IntrinsicError` for anything else."""
    if not is_number(value) or not math.isfinite(value):
        raise IntrinsicError
    return int(value)


FUNCTIONS: dict[str, tuple[int, Callable[..., Json]]] = {
    "States.StringToJson": (1, string_to_json),
    "States.JsonToString": (1, json_text),
    "States.ArrayPartition": (2, array_partition),
    "States.ArrayContains": (2, array_contains),
    "States.ArrayRange": (3, array_range),
    "States.ArrayGetItem": (2, array_get_item),
    "States.ArrayLength": (1, array_length),
    "States.ArrayUnique": (1, array_unique),
    "States.Base64Encode": (1, base64_encode),
    "States.Base64Decode": (1, base64_decode),
    "States.Hash": (2, hash_),
    "States.JsonMerge": (3, json_merge),
    "States.MathAdd": (2, math_add),
    "States.StringSplit": (2, string_split),
}
"""Functions of their arguments alone, with the number of those."""
