"""What a test of a workflow costs."""

from __future__ import annotations

import time

from small_workflows import machine

from interpreter.testing import MachineUnderTest

STATES = {
    f"S{number}": {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": f"f{number}", "Payload.$": "$"},
        "ResultSelector": {"v.$": "$.Payload"},
        "ResultPath": f"$.r{number}",
        **({"Next": f"S{number + 1}"} if number < 9 else {"End": True}),
    }
    for number in range(10)
}


def test_a_test_of_ten_states_costs_less_than_two_milliseconds_after_the_first():
    definition = machine(STATES).machine

    def one_test(value):
        order = MachineUnderTest(definition)
        for state in STATES:
            order.mock(state, payload=1)
        run = order.run({"n": value})
        assert run.output["n"] == value
        assert run["S9"].attempts == 1

    one_test(0)
    took = []
    for value in range(100):
        began = time.process_time()
        one_test(value)
        took.append(time.process_time() - began)
    assert sorted(took)[50] < 0.002
