"""Wake-ups at instants, and that forgotten ones take no room."""

import asyncio

from interpreter.api.timers import Timers
from interpreter.clock import SystemClock


def test_keys_are_woken_in_the_order_of_their_instants_and_only_the_last_counts():
    async def run():
        clock, woken = SystemClock(), []
        timers = Timers(woken.append, clock)
        now = clock.now()
        timers.set("late", now + 0.06)
        timers.set("early", now + 0.02)
        timers.set("moved", now + 0.01)
        timers.set("moved", now + 0.04)
        timers.set("cleared", now + 0.01)
        timers.clear("cleared")
        assert len(timers) == 3
        await asyncio.sleep(0.15)
        return woken, len(timers)

    assert asyncio.run(run()) == (["early", "moved", "late"], 0)


def test_stale_entries_do_not_pile_up():
    async def run():
        clock = SystemClock()
        timers = Timers(lambda key: None, clock)
        for number in range(10_000):
            timers.set("one", clock.now() + 1000 + number)
        size = len(timers._heap)
        timers.stop()
        return size

    assert asyncio.run(run()) < 2000
