"""From tree to closures. Importing the package registers every kind of node."""

from asl.expressions.jsonata.compiler import basics, calls, constructors, filters, operators, paths, transform
from asl.expressions.jsonata.compiler.core import Compiler

__all__ = ["Compiler", "basics", "calls", "constructors", "filters", "operators", "paths", "transform"]
