"""The engine: time that jumps, many executions at once, work that is real, stopping at any moment."""

from __future__ import annotations

import asyncio
import gc
import time
from itertools import pairwise
from typing import Any

import pytest

from asl.graph import StateGraph
from interpreter.clock import SystemClock, VirtualClock
from interpreter.engine import Engine
from interpreter.plan import Plan, compile_plan
from interpreter.tasks.port import PENDING, After, Answer, Resource, TaskError, TaskRequest

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:f"
CALLBACK = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"
YEAR = 365 * 86_400


def plan_of(start: str, states: dict[str, Any], **machine: Any) -> Plan:
    definition = {"StartAt": start, "States": states, **machine}
    return compile_plan(StateGraph(definition), definition, "Machine")


class Answers:
    """Answers every Task with one function of the request."""

    def __init__(self, function: Any) -> None:
        self._function = function

    def answer_for(self, state_name: str, resource: Resource) -> Answer:
        return self._function


def run(plan: Plan, value: Any = None, function: Any = lambda request: request.input, **options: Any) -> Any:
    async def main() -> Any:
        engine = Engine(clock=options.pop("clock", None) or VirtualClock(0.0), handler=Answers(function))
        return await engine.run(plan, value if value is not None else {}, seed=1, **options)

    return asyncio.run(main())


WAIT = {"Type": "Wait", "Seconds": 86_400, "End": True}
TASK = {"Type": "Task", "Resource": FUNCTION, "End": True}


def types(result: Any) -> list[str]:
    return [event["type"] for event in result.history]


def test_a_day_of_waiting_takes_no_time() -> None:
    clock = VirtualClock(0.0)
    started = time.monotonic()
    result = run(plan_of("A", {"A": WAIT}), clock=clock)
    assert time.monotonic() - started < 1
    assert (result.duration, clock.skipped) == (86_400, 86_400)


def test_real_time_waits_as_long_as_it_is_scaled_to() -> None:
    started = time.monotonic()
    result = run(plan_of("A", {"A": {**WAIT, "Seconds": 10}}), clock=SystemClock(scale=0.01))
    assert 0.09 < time.monotonic() - started < 2
    assert result.duration == pytest.approx(10, rel=0.5)


def test_a_scale_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="positive"):
        SystemClock(scale=0)


def test_backoff_passes_on_the_same_simulated_time_as_waits() -> None:
    retry = [{"ErrorEquals": ["Boom"], "IntervalSeconds": 10, "BackoffRate": 3, "MaxAttempts": 2}]

    def fails_twice(request: TaskRequest) -> Any:
        if request.retry_count < 2:
            raise TaskError("Boom", "again")
        return "ok"

    result = run(plan_of("A", {"A": {**TASK, "Retry": retry}}), function=fails_twice)
    assert (result.output, result.duration) == ("ok", 40)


def test_full_jitter_stays_within_the_delay_and_follows_the_seed() -> None:
    retry = [{"ErrorEquals": ["Boom"], "IntervalSeconds": 100, "MaxAttempts": 1, "JitterStrategy": "FULL"}]

    def fails_once(request: TaskRequest) -> Any:
        if request.retry_count == 0:
            raise TaskError("Boom")
        return 1

    durations = {run(plan_of("A", {"A": {**TASK, "Retry": retry}}), function=fails_once).duration for _ in range(3)}
    assert len(durations) == 1
    assert 0 < durations.pop() < 100


def test_a_task_that_nobody_ends_runs_into_its_time_limit() -> None:
    result = run(plan_of("A", {"A": {**TASK, "TimeoutSeconds": 30}}), function=lambda request: PENDING)
    assert (result.error, result.cause, result.duration) == ("States.Timeout", None, 30)
    assert "LambdaFunctionTimedOut" in types(result)


def test_a_caught_time_out_has_an_empty_cause() -> None:
    catch = [{"ErrorEquals": ["States.Timeout"], "Next": "B"}]
    states = {"A": {**TASK, "TimeoutSeconds": 1, "Catch": catch}, "B": {"Type": "Succeed"}}
    assert run(plan_of("A", states), function=lambda request: PENDING).output == {
        "Error": "States.Timeout",
        "Cause": "",
    }


def test_heartbeats_keep_a_task_alive_and_their_absence_ends_it() -> None:
    state = {**TASK, "Resource": CALLBACK, "HeartbeatSeconds": 10, "TimeoutSeconds": 1000}

    def beats_three_times(request: TaskRequest) -> Any:
        request.heartbeat()
        return PENDING

    result = run(plan_of("A", {"A": state}), function=beats_three_times)
    assert (result.error, result.duration) == ("States.Timeout", 10)


def test_a_missed_heartbeat_is_matched_by_its_own_name_too() -> None:
    catch = [{"ErrorEquals": ["States.HeartbeatTimeout"], "Next": "B"}]
    state = {**TASK, "Resource": CALLBACK, "HeartbeatSeconds": 10, "TimeoutSeconds": 100, "Catch": catch}
    states = {"A": state, "B": {"Type": "Succeed"}}
    assert run(plan_of("A", states), function=lambda request: PENDING).succeeded


def test_an_answer_may_come_later_in_workflow_time() -> None:
    result = run(plan_of("A", {"A": TASK}), function=lambda request: After(90, {"late": True}))
    assert (result.output, result.duration) == ({"late": True}, 90)


def test_a_later_failure_is_a_failure() -> None:
    result = run(plan_of("A", {"A": TASK}), function=lambda request: After(5, failure=TaskError("Late.Boom", "sorry")))
    assert (result.error, result.cause, result.duration) == ("Late.Boom", "sorry", 5)


def test_the_machines_own_time_limit_ends_the_execution() -> None:
    result = run(plan_of("A", {"A": WAIT}, TimeoutSeconds=60))
    assert (result.status, result.error, result.duration) == ("TIMED_OUT", None, 60)
    assert types(result)[-1] == "ExecutionTimedOut"


def test_a_standard_execution_may_last_a_year_and_an_express_one_five_minutes() -> None:
    forever = plan_of("A", {"A": {**TASK, "Resource": CALLBACK}})
    assert run(forever, function=lambda request: PENDING).duration == YEAR
    assert run(forever, function=lambda request: PENDING, type="EXPRESS").duration == 300


def test_time_does_not_jump_while_real_work_is_in_flight() -> None:
    """The slow branch really takes a moment; the other one's hour must not pass before it is done."""

    async def slow(request: TaskRequest) -> Any:
        await asyncio.sleep(0.05)
        return "done"

    branches = [{"StartAt": "S", "States": {"S": TASK}}, {"StartAt": "W", "States": {"W": {**WAIT, "Seconds": 3600}}}]
    result = run(plan_of("P", {"P": {"Type": "Parallel", "Branches": branches, "End": True}}), function=slow)
    instants = {event["type"]: event["timestamp"].timestamp() for event in result.history}
    assert instants["LambdaFunctionSucceeded"] == 0
    assert instants["WaitStateExited"] == 3600


def test_work_that_hangs_is_given_up_at_its_limit_and_cancelled() -> None:
    cancelled = []

    async def hangs(request: TaskRequest) -> Any:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.append(request.state_name)
            raise

    result = run(plan_of("A", {"A": {**TASK, "TimeoutSeconds": 1}}), function=hangs, clock=SystemClock(scale=0.05))
    assert result.error == "States.Timeout"
    assert cancelled == ["A"]


def test_a_failing_branch_cancels_the_work_of_its_siblings() -> None:
    cancelled = []

    async def answer(request: TaskRequest) -> Any:
        if request.state_name == "Fails":
            raise TaskError("Boom", "now")
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.append(request.state_name)
            raise

    branches = [{"StartAt": name, "States": {name: TASK}} for name in ("Slow", "Fails")]
    result = run(plan_of("P", {"P": {"Type": "Parallel", "Branches": branches, "End": True}}), function=answer)
    assert (result.error, cancelled) == ("Boom", ["Slow"])


def test_ten_thousand_executions_wait_a_day_side_by_side() -> None:
    async def main() -> Any:
        engine = Engine(clock=VirtualClock(0.0))
        plan = plan_of("A", {"A": WAIT})
        runs = [engine.start(plan, number) for number in range(10_000)]
        for each in runs:
            await engine.wait(each)
        return runs

    started = time.monotonic()
    runs = asyncio.run(main())
    assert time.monotonic() - started < 15
    assert [each.execution.output for each in runs] == list(range(10_000))


LOOP = {
    "Again": {"Type": "Pass", "Next": "More?"},
    "More?": {
        "Type": "Choice",
        "Choices": [{"Variable": "$.stop", "BooleanEquals": True, "Next": "End"}],
        "Default": "Again",
    },
    "End": {"Type": "Succeed"},
}


def test_a_loop_without_end_starves_nobody() -> None:
    ticks = []

    async def ticking() -> None:
        while True:
            ticks.append(time.perf_counter())
            await asyncio.sleep(0)

    async def main() -> Any:
        ticker = asyncio.create_task(ticking())
        engine = Engine(clock=VirtualClock(0.0))
        looping = engine.start(plan_of("Again", LOOP), {"stop": False}, type="EXPRESS")
        short = engine.start(plan_of("Again", LOOP), {"stop": True})
        await engine.wait(short)
        assert not looping.execution.is_closed
        await asyncio.sleep(0.1)
        engine.stop(looping)
        await engine.wait(looping)
        ticker.cancel()
        return short.result()

    gc.collect()  # what other tests left behind is not to be collected while this one looks at the clock
    assert asyncio.run(main()).succeeded
    assert max(late - early for early, late in pairwise(ticks)) < 0.25


def test_a_loop_without_end_stops_at_the_quota_of_events() -> None:
    result = run(plan_of("Again", LOOP), {"stop": False})
    assert len(result.history) == 25_000
    assert result.history[-1]["type"] == "ExecutionFailed"
    assert result.cause == "The execution reached the maximum number of history events (25000)."


@pytest.mark.parametrize("events_before", range(1, 12))
def test_stopping_works_at_any_moment(events_before: int) -> None:
    inner = {"S": {"Type": "Task", "Resource": FUNCTION, "Next": "W"}, "W": {**WAIT, "Seconds": 5}}
    each = {"Type": "Map", "ItemProcessor": {"StartAt": "S", "States": inner}, "End": True}
    plan = plan_of("Each", {"Each": each})

    async def main() -> Any:
        engine = Engine(clock=VirtualClock(0.0), handler=Answers(lambda request: request.input))
        seen: list[Any] = []

        def observe(event: Any) -> None:
            seen.append(event)
            if len(seen) == events_before:
                engine.stop(started, "Operator", "enough")

        started = engine.start(plan, [1, 2], observe=observe)
        await engine.wait(started)
        return started.result()

    result = asyncio.run(main())
    assert (result.status, result.error, result.cause) == ("ABORTED", "Operator", "enough")
    assert types(result)[-1] == "ExecutionAborted"


def test_stopping_what_is_over_does_no_harm() -> None:
    async def main() -> Any:
        engine = Engine(clock=VirtualClock(0.0))
        started = engine.start(plan_of("A", {"A": {"Type": "Succeed"}}), 1)
        await engine.wait(started)
        engine.stop(started)
        await engine.wait(started)
        return started.result()

    assert asyncio.run(main()).output == 1


def test_a_run_in_a_loop_can_be_awaited_by_many() -> None:
    async def main() -> list[Any]:
        engine = Engine(clock=VirtualClock(0.0), handler=Answers(lambda request: request.input))
        plan = plan_of("A", {"A": {**TASK, "Next": "W"} | {"End": None}, "W": {**WAIT, "Seconds": 2}})
        return await asyncio.gather(*(engine.run(plan, number) for number in range(50)))

    assert [result.output for result in asyncio.run(main())] == list(range(50))


def test_an_error_of_this_program_in_a_handler_is_not_taken_for_a_failed_task() -> None:
    def broken(request: TaskRequest) -> Any:
        raise ZeroDivisionError("a bug")

    with pytest.raises(ZeroDivisionError, match="a bug"):
        run(plan_of("A", {"A": TASK}), function=broken)


def test_observers_see_every_event_once_and_in_order() -> None:
    seen: list[Any] = []
    result = run(plan_of("A", {"A": {**TASK, "Next": "B"} | {"End": None}, "B": WAIT}), observe=seen.append)
    assert [event["id"] for event in seen] == list(range(1, len(result.history) + 1))
    assert [event["type"] for event in seen] == types(result)
