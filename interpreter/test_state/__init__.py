"""TestState: one state alone, with AWS's answer in full."""

from interpreter.test_state.inspect import inspect_state
from interpreter.test_state.request import TestStateError

__all__ = ["TestStateError", "inspect_state"]
