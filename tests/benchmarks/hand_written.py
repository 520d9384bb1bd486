"""What a programmer would write with asyncio instead of each workload: the same tasks, the same results, no engine.

Every state with work in it is an ``async def`` that is awaited, as in code that is meant to grow; Map and Parallel are
``gather``, MaxConcurrency is a semaphore, Retry is a loop. Waiting takes no time, as in the engine's simulated time.
"""

from __future__ import annotations

import asyncio
from typing import Any

Json = Any


class FlakyError(Exception):
    """What the task ``flaky`` raises three times out of four."""


async def echo(value: Json) -> Json:
    return value


async def square(value: Json) -> Json:
    return {"sq": value["i"] * value["i"]}


async def process_doc(value: Json) -> Json:
    document = value["doc"]
    return {
        "doc": {**document, "counter": document["counter"] + 1},
        "total": value["qty"] * value["price"],
        "noise": [1, 2, 3],
    }


class Flaky:
    """Fails three times, then returns its input, over and over."""

    def __init__(self) -> None:
        self.calls = 0

    async def __call__(self, value: Json) -> Json:
        self.calls += 1
        if self.calls % 4:
            raise FlakyError("try again")
        return value


async def passed(document: Json) -> Json:
    return document


async def chain(document: Json) -> Json:
    """W1: 100 Pass states."""
    for _ in range(100):
        document = await passed(document)
    return document


async def dataflow(document: Json) -> Json:
    """W2: 50 tasks, each with arguments picked from a document and a result that replaces it."""
    for _ in range(50):
        document = await _processed(document)
    return document


async def _processed(document: Json) -> Json:
    doc = document["doc"]
    order = doc["order"]
    result = await process_doc(
        {
            "kind": "order",
            "id": order["id"],
            "city": doc["customer"]["address"]["city"],
            "qty": order["quantities"][3],
            "price": order["price"],
            "doc": doc,
        }
    )
    return {"doc": result["doc"], "sum": result["total"]}


async def choice_loop(document: Json) -> Json:
    """W3: count to 1,000."""
    while document["n"] < 1000:
        document = await _incremented(document)
    return document


async def _incremented(document: Json) -> Json:
    return {"n": document["n"] + 1}


async def inline_map(document: Json) -> Json:
    """W4a: 1,000 items, all at once."""
    return await asyncio.gather(*(_iteration(item) for item in document["items"]))


async def bounded_map(document: Json) -> Json:
    """W4b: 1,000 items, 40 at once."""
    slots = asyncio.Semaphore(40)

    async def one(item: Json) -> Json:
        async with slots:
            return await _iteration(item)

    return await asyncio.gather(*(one(item) for item in document["items"]))


async def _iteration(item: Json) -> Json:
    selected = await _selected(item)
    selected = {**selected, "r": await square(selected)}
    return await _result(selected)


async def _selected(item: Json) -> Json:
    return {"i": item["i"], "name": item["name"]}


async def _result(item: Json) -> Json:
    return item["r"]


async def parallel(document: Json) -> Json:
    """W5: 20 branches of 10 states."""
    return await asyncio.gather(*(_branch(document, number) for number in range(20)))


async def _branch(document: Json, number: int) -> Json:
    for _ in range(9):
        document = await passed(document)
    return await _numbered(document, number)


async def _numbered(document: Json, number: int) -> Json:
    return {**document, "b": {"branch": number}}


async def intrinsics(document: Json) -> Json:
    """W6: 50 states of ten small computations."""
    for _ in range(50):
        document = {**document, "out": await _computed(document)}
    return document


async def _computed(document: Json) -> Json:
    name, number, csv = document["name"], document["id"], document["csv"]
    return {
        "msg": f"Hello {name}, order {number} of {document['total']}",
        "arr": [name, number, "lit", 42],
        "merged": {**document["a"], **document["b"]},
        "parts": csv.split(","),
        "second": csv.split(",")[1],
        "nested": f"{len(csv.split(','))}/{name}",
        "sum": number + 5,
    }


async def variables(document: Json) -> Json:
    """W7: 51 states whose arguments, outputs and variables are computed."""
    assigned: dict[str, Json] = {"count": 0}
    for step in range(0, 50, 2):
        document = await _totalled(document, assigned)
        document = await _filtered(document, assigned, step + 1)
    return document


async def _totalled(document: Json, assigned: dict[str, Json]) -> Json:
    order = document["order"]
    result = await echo(
        {
            "total": order["qty"] * order["price"],
            "sum": sum(item["qty"] * item["price"] for item in document["items"]),
            "label": f"{document['name'].upper()}-{assigned['count']}",
        }
    )
    assigned["count"], assigned["last"] = assigned["count"] + 1, result["total"]
    return {**document, "res": result}


async def _filtered(document: Json, assigned: dict[str, Json], step: int) -> Json:
    assigned["big"] = [item["sku"] for item in document["items"] if item["qty"] > 2]
    return {**document, "step": step, "seen": assigned["count"]}


async def retries(document: Json) -> Json:
    """W8: 100 tasks that each fail three times."""
    flaky = Flaky()
    for _ in range(100):
        document = await _retried(flaky, document, interval=1, attempts=5, rate=1.0)
    return document


async def _retried(task: Flaky, document: Json, interval: float, attempts: int, rate: float) -> Json:
    for attempt in range(attempts):
        try:
            return await task(document)
        except FlakyError:
            await _slept(interval * rate**attempt)
    return await task(document)


async def _slept(seconds: float) -> None:
    """Where real code waits."""


async def ten_states(document: Json) -> Json:
    """W9, one of 1,000: Pass, Task and Choice states, ten in all."""
    document = await passed(document)
    document = {**document, "t1": await echo(document)}
    if document["kind"] != "a":
        return "bad"
    document = await echo(await _picked(document))
    document = await _flagged(document)
    if document["kind"] == "zzz":
        return "bad"
    return await echo(await passed(document))


async def _picked(document: Json) -> Json:
    return {"id": document["id"], "kind": document["kind"], "v": document["t1"]["v"]}


async def _flagged(document: Json) -> Json:
    return {**document, "flag": {"ok": True}}


async def many(document: Json) -> Json:
    """W9: 1,000 at once; the result of one of them."""
    return (await asyncio.gather(*(ten_states(document) for _ in range(1000))))[-1]


async def large(document: Json) -> Json:
    """W12: 50 states that each put a small result into a large document."""
    for step in range(50):
        document = await _stepped(document, step)
    return document


async def _stepped(document: Json, step: int) -> Json:
    return {**document, "step": {"i": step}}
