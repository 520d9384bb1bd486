"""The function library. Importing the package registers every function."""

from __future__ import annotations

from asl.expressions.jsonata.functions import (
    arrays,
    aws,
    datetimes,
    decimal_format,
    higher_order,
    integers,
    numbers,
    objects,
    sorting,
    strings,
)

__all__ = [
    "arrays",
    "aws",
    "datetimes",
    "decimal_format",
    "higher_order",
    "integers",
    "numbers",
    "objects",
    "sorting",
    "strings",
]
