"""What people import from the kit."""

from __future__ import annotations

import interpreter.testing as kit


def test_the_names_that_people_import_stay():
    assert kit.__all__ == [
        "MachineUnderTest", "Mock", "Schedule", "StateRun", "TaskError", "WorkflowRun",
        "first_failure", "inputs", "load_machine", "no_input_ends_in_runtime",
    ]  # fmt: skip
    assert all(getattr(kit, name).__name__ == name for name in kit.__all__)
