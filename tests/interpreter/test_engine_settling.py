"""An engine in the hands of a caller: it settles, and time passes when the caller lets it."""

from __future__ import annotations

import asyncio

from asl.state_machine import StateMachine
from interpreter.clock import VirtualClock
from interpreter.engine import Engine
from interpreter.running import plan_of
from interpreter.tasks.port import After, TaskError

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:f"


class Answering:
    def __init__(self, answer):
        self._answer = answer

    def answer_for(self, state_name, resource):
        return self._answer


def begun(states, answer=lambda request: 1):
    machine = StateMachine.parse({"StartAt": next(iter(states)), "States": states})
    engine = Engine(clock=VirtualClock(1000.0), handler=Answering(answer))
    return engine, engine.start(plan_of(machine), {}, seed=0)


def test_settling_lets_no_time_pass():
    engine, run = begun({"W": {"Type": "Wait", "Seconds": 60, "End": True}})
    asyncio.run(engine.settle())
    assert (engine.clock.now(), run.status, engine.next_timer) == (1000.0, "RUNNING", 1060.0)


def test_skipping_to_a_timer_wakes_what_waits_for_it():
    engine, run = begun({"W": {"Type": "Wait", "Seconds": 60, "End": True}})

    async def drive():
        await engine.settle()
        engine.skip_to(1060.0)
        await engine.settle()

    asyncio.run(drive())
    assert (run.status, engine.next_timer) == ("SUCCEEDED", None)


def test_settling_awaits_real_work():
    async def slowly(request):
        await asyncio.sleep(0.01)
        return request.input

    engine, run = begun({"T": {"Type": "Task", "Resource": FUNCTION, "End": True}}, slowly)
    asyncio.run(engine.settle())
    assert (run.status, run.execution.output) == ("SUCCEEDED", {})


def test_heartbeats_of_a_later_answer_keep_its_attempt_alive():
    states = {"T": {"Type": "Task", "Resource": FUNCTION, "HeartbeatSeconds": 10, "End": True}}
    alive = lambda request: After(25, None, TaskError("Late"), (8.0, 16.0, 24.0))  # noqa: E731
    errors = []
    for answer in (alive, lambda request: After(25, None, TaskError("Late"))):
        engine, run = begun(states, answer)
        asyncio.run(engine.wait(run))
        errors.append(run.execution.error)
    assert errors == ["Late", "States.Timeout"]
