"""JSONata 2.0.6 as AWS Step Functions runs it.

An engine of its own: it knows nothing of state machines, reads no clock and draws no random number that the caller did
not supply, and every failure is a :class:`JsonataError`.
"""

from asl.expressions.jsonata.errors import JsonataError
from asl.expressions.jsonata.expression import Expression, compile
from asl.expressions.jsonata.limits import AWS_LIMITS, Limits
from asl.expressions.jsonata.plain import UnsupportedResultError, plain
from asl.expressions.jsonata.runtime import Entropy
from asl.expressions.jsonata.values import UNDEFINED, is_function

__all__ = [
    "AWS_LIMITS",
    "UNDEFINED",
    "Entropy",
    "Expression",
    "JsonataError",
    "Limits",
    "UnsupportedResultError",
    "compile",
    "is_function",
    "plain",
]
