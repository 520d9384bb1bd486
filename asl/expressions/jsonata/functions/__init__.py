"""The function library. Importing the package registers the functions that most expressions use."""

from __future__ import annotations

from asl.expressions.jsonata.functions import arrays, aws, higher_order, numbers, objects, sorting, strings

__all__ = ["arrays", "aws", "higher_order", "numbers", "objects", "sorting", "strings"]
