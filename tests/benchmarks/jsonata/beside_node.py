"""The engine beside the reference implementation in node, on ten expressions over one document of 137 KB.

``python tests/benchmarks/jsonata/beside_node.py`` prints one table. It needs ``node`` and a folder in which
``npm i jsonata@2.0.6`` was run, named by the environment variable ``JSONATA_NODE``.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path
from statistics import median
from time import perf_counter, time
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from asl.expressions.jsonata import compile

ROUNDS = 9
SECONDS_PER_ROUND = 0.02
EXPRESSIONS = {
    "field access": "$states.input.order.customer.address.city",
    "choice condition": '$states.input.order.total > 50 and $states.input.order.customer.name = "Ada"',
    "string building": '"Order " & $states.input.order.id & " costs " & $string($states.input.order.total)',
    "map and filter over 100": """$map($filter($states.input.items, function($v){$v.qty > 3}),
        function($v){$v.price * $v.qty})""",
    "$sum over 1,000": "$sum($states.input.lines.price)",
    "object construction": """{"id": $states.input.order.id, "gross": $states.input.order.total * 1.2,
        "n": $count($states.input.items)}""",
    "$sort": "$sort($states.input.items, function($a, $b){$a.price > $b.price})",
    "grouping": "$states.input.items{cat: $sum(price)}",
    "regex": "$match($states.input.text, /([a-z]+)-(\\d+)/)",
    "identity": "$states.input",
}  # fmt: skip
NODE_PROGRAM = """
const jsonata = require('jsonata');
const {expressions, states, rounds, seconds} = JSON.parse(require('fs').readFileSync(0));
const clock = () => Number(process.hrtime.bigint()) / 1e9;
(async () => {
  const best = {};
  for (const [name, text] of Object.entries(expressions)) {
    const expression = jsonata(text);
    best[name] = Infinity;
    for (let round = 0; round < rounds; round++) {
      let count = 0, start = clock(), taken = 0;
      do { await expression.evaluate(undefined, {states}); count++; taken = clock() - start; } while (taken < seconds);
      best[name] = Math.min(best[name], taken / count);
    }
  }
  console.log(JSON.stringify(best));
})();
"""


class Seeded:
    """Randomness from a seed."""

    def __init__(self) -> None:
        self.random = random.Random(1).random

    def uuid(self) -> str:
        return "00000000-0000-4000-8000-000000000000"


def document() -> dict[str, Any]:
    """What ``$states`` is bound to."""
    draw = random.Random(1)
    lines = [
        {"id": f"line-{n}", "sku": f"SKU-{n % 17:04}", "qty": n % 9 + 1, "price": round(draw.random() * 100, 2),
         "cat": "abcde"[n % 5], "name": f"A product with number {draw.randint(1, 9999)}"}
        for n in range(1000)
    ]  # fmt: skip
    order = {"id": "o-17", "total": 99.5, "customer": {"name": "Ada", "address": {"city": "London"}}}
    text = "alpha-12 beta-345, gamma-6"
    return {"input": {"order": order, "lines": lines, "items": lines[:100], "text": text}, "context": {}}


def ours(states: dict[str, Any]) -> dict[str, float]:
    """Seconds an evaluation, the best of some rounds."""
    entropy, best = Seeded(), {}
    for name, text in EXPRESSIONS.items():
        expression = compile(text)
        rounds = []
        for _ in range(ROUNDS):
            count, start, taken = 0, perf_counter(), 0.0
            while taken < SECONDS_PER_ROUND:
                expression.evaluate({"states": states}, clock=time, entropy=entropy)
                count += 1
                taken = perf_counter() - start
            rounds.append(taken / count)
        best[name] = min(rounds)
    return best


def nodes(states: dict[str, Any]) -> dict[str, float]:
    """The same for the reference; raises ``LookupError`` where it is not installed."""
    folder, node = os.environ.get("JSONATA_NODE"), shutil.which("node")
    if not folder or not node:
        raise LookupError("node or JSONATA_NODE (a folder with npm's jsonata@2.0.6) is missing")
    task = {"expressions": EXPRESSIONS, "states": states, "rounds": ROUNDS, "seconds": SECONDS_PER_ROUND}
    done = subprocess.run(
        [node, "-e", NODE_PROGRAM], cwd=folder, input=json.dumps(task), capture_output=True, text=True, check=True
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def ratios() -> dict[str, tuple[float, float]]:
    """Ours and node's seconds by expression."""
    states = document()
    theirs, own = nodes(states), ours(states)
    return {name: (own[name], theirs[name]) for name in EXPRESSIONS}


def main() -> None:
    measured = ratios()
    print(f"{'microseconds':26}{'ours':>10}{'node':>10}{'ratio':>8}")
    for name, (own, theirs) in measured.items():
        print(f"{name:26}{own * 1e6:10.2f}{theirs * 1e6:10.2f}{own / theirs:8.2f}")
    all_ratios = [own / theirs for own, theirs in measured.values()]
    print(f"median {median(all_ratios):.2f}, highest {max(all_ratios):.2f}")


if __name__ == "__main__":
    main()
