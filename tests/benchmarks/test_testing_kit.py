"""What a whole suite of workflow tests costs."""

from __future__ import annotations

import json
import time

import pytest

pytest_plugins = ["pytester"]

STATES = {
    f"S{number}": {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": f"f{number}", "Payload.$": "$"},
        "ResultPath": f"$.r{number}",
        **({"Next": f"S{number + 1}"} if number < 9 else {"End": True}),
    }
    for number in range(10)
}


@pytest.mark.benchmark
def test_a_suite_of_a_thousand_such_tests_takes_less_than_five_seconds(pytester):
    pytester.path.joinpath("ten.asl.json").write_text(json.dumps({"StartAt": "S0", "States": STATES}))
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("n", range(1000))
        def test_ten(state_machine, n):
            ten = state_machine("ten.asl.json")
            for number in range(10):
                ten.mock(f"S{number}", payload=number)
            assert ten.run({"n": n}).output["n"] == n
        """
    )
    began = time.perf_counter()
    pytester.runpytest_subprocess("-q", "-p", "no:cacheprovider").assert_outcomes(passed=1000)
    assert time.perf_counter() - began < 5
