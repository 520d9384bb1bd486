"""Our own backtracking matcher: JavaScript's semantics to the letter, and a budget on its steps.

It serves patterns that ``re`` lacks or that could keep ``re`` busy for ages, which nothing can interrupt. A pattern
becomes a list of instructions; the machine below runs them with a stack of its own, so that neither Python's stack nor
time is at the mercy of the text. Registers (captures, loop counters) are a tuple, so that going back costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from asl.expressions.jsonata.regex.syntax import (
    LINE_ENDS,
    WORDS,
    BackReference,
    Chars,
    Choice,
    Edge,
    Group,
    Look,
    Pattern,
    Ranges,
    Repeat,
    Sequential,
)

_STEPS_PER_CHARGE = 64
_MAX_STACK = 2_000_000
Registers: TypeAlias = tuple[int, ...]
Charge: TypeAlias = Callable[[int], None]
Test: TypeAlias = Callable[[str], bool]


def _within(ranges: Ranges, code: int) -> bool:
    return any(low <= code <= high for low, high in ranges)


_LINE_ENDS = frozenset(chr(code) for low, high in LINE_ENDS for code in range(low, high + 1))
_WORDS = frozenset(chr(code) for low, high in WORDS for code in range(low, high + 1))


class Machine:
    """A compiled pattern."""

    def __init__(self, pattern: Pattern, groups: int, *, ignore_case: bool, multiline: bool) -> None:
        self._ignore_case = ignore_case
        self._multiline = multiline
        self._registers = 2 * (groups + 1)
        self._code: list[tuple[Any, ...]] = []
        self._emit("save", 0)
        self._compile(pattern, 1)
        self._emit("save", 1)
        self._emit("match")
        self.groups = groups

    def search(self, text: str, start: int, charge: Charge) -> Registers | None:
        """The first match at or behind ``start``: start and end of the whole and of each group, -1 where unset."""
        empty = (-1,) * self._registers
        for at in range(start, len(text) + 1):
            found = self._run(0, text, at, empty, charge)
            if found is not None:
                return found[: 2 * (self.groups + 1)]
        return None

    def _emit(self, *instruction: Any) -> int:
        self._code.append(instruction)
        return len(self._code) - 1

    def _compile(self, pattern: Pattern, step: int) -> None:
        """``step`` is 1 forwards, -1 inside a look-behind, which matches from right to left."""
        _COMPILE[type(pattern)](self, pattern, step)

    def chars(self, pattern: Chars, step: int) -> None:
        self._emit("char", self._test(pattern), step)

    def _test(self, pattern: Chars) -> Test:
        known: dict[str, bool] = {}

        def test(letter: str) -> bool:
            result = known.get(letter)
            if result is None:
                variants = {letter, letter.upper(), letter.lower()} if self._ignore_case else {letter}
                inside = any(len(variant) == 1 and _within(pattern.ranges, ord(variant)) for variant in variants)
                result = known[letter] = inside is not pattern.negated
            return result

        return test

    def edge(self, pattern: Edge, step: int) -> None:
        self._emit("edge", {"^": self._at_start, "$": self._at_end, "b": _at_word, "B": _not_at_word}[pattern.kind])

    def _at_start(self, text: str, at: int) -> bool:
        return at == 0 or (self._multiline and text[at - 1] in _LINE_ENDS)

    def _at_end(self, text: str, at: int) -> bool:
        return at == len(text) or (self._multiline and text[at] in _LINE_ENDS)

    def group(self, pattern: Group, step: int) -> None:
        if pattern.number is None:
            self._compile(pattern.body, step)
            return
        first, second = 2 * pattern.number, 2 * pattern.number + 1
        self._emit("save", first if step > 0 else second)
        self._compile(pattern.body, step)
        self._emit("save", second if step > 0 else first)

    def back_reference(self, pattern: BackReference, step: int) -> None:
        self._emit("again", 2 * pattern.number, step)

    def look(self, pattern: Look, step: int) -> None:
        at = self._emit("look")
        self._compile(pattern.body, 1 if pattern.ahead else -1)
        self._emit("match")
        self._code[at] = ("look", pattern.negative, at + 1, len(self._code))

    def repeat(self, pattern: Repeat, step: int) -> None:
        if isinstance(pattern.body, Chars):
            self._emit("run", self._test(pattern.body), step, pattern.low, pattern.high, pattern.lazy)
            return
        counter, origin = self._registers, self._registers + 1
        self._registers += 2
        self._emit("set", counter, 0)
        head = self._emit("loop")
        self._emit("enter", counter, origin, pattern.first, pattern.last)
        self._compile(pattern.body, step)
        self._emit("again_loop", counter, origin, pattern.low, head)
        self._code[head] = ("loop", counter, pattern.low, pattern.high, pattern.lazy, len(self._code))

    def sequence(self, pattern: Sequential, step: int) -> None:
        for item in pattern.items[::step]:
            self._compile(item, step)

    def choice(self, pattern: Choice, step: int) -> None:
        exits = []
        for option in pattern.options[:-1]:
            fork = self._emit("fork")
            self._compile(option, step)
            exits.append(self._emit("jump"))
            self._code[fork] = ("fork", len(self._code))
        self._compile(pattern.options[-1], step)
        for at in exits:
            self._code[at] = ("jump", len(self._code))

    def _run(self, pc: int, text: str, at: int, registers: Registers, charge: Charge) -> Registers | None:  # noqa: PLR0915
        """Run from an instruction; long because it is the machine's whole loop."""
        code = self._code
        length = len(text)
        stack: list[tuple[Any, ...]] = []
        steps = 0
        while True:
            steps += 1
            if steps >= _STEPS_PER_CHARGE:
                charge(_STEPS_PER_CHARGE >> 1)
                steps = 0
            instruction = code[pc]
            kind = instruction[0]
            pc += 1
            ok = True
            if kind == "char":
                _, test, step = instruction
                index = at if step > 0 else at - 1
                ok = 0 <= index < length and test(text[index])
                at += step
            elif kind == "run":
                _, test, step, low, high, lazy = instruction
                wanted = low if lazy else high
                count = _run_length(text, at, step, test, wanted)
                steps += count >> 2
                ok = count >= low
                if ok and lazy and low < high:
                    stack.append(("longer", pc, at + step * count, registers, test, step, high - count))
                elif ok and count > low:
                    stack.append(("shorter", pc, at + step * (count - 1), registers, at + step * low, step))
                at += step * count
            elif kind == "save":
                registers = _with(registers, instruction[1], at)
            elif kind == "match":
                return registers
            elif kind == "fork":
                stack.append(("state", instruction[1], at, registers))
            elif kind == "jump":
                pc = instruction[1]
            elif kind == "edge":
                ok = instruction[1](text, at)
            elif kind == "set":
                registers = _with(registers, instruction[1], instruction[2])
            elif kind == "loop":
                _, counter, low, high, lazy, leave = instruction
                count = registers[counter]
                if count >= high:
                    pc = leave
                elif count >= low:
                    stack.append(("state", pc if lazy else leave, at, registers))
                    pc = leave if lazy else pc
            elif kind == "enter":
                _, counter, origin, first, last = instruction
                registers = _entered(registers, counter, origin, at, first, last)
            elif kind == "again_loop":
                _, counter, origin, low, head = instruction
                ok = at != registers[origin] or registers[counter] <= low
                pc = head
            elif kind == "again":
                at, ok = self._same_again(text, at, registers, instruction[1], instruction[2])
            else:
                _, negative, body, leave = instruction
                inner = self._run(body, text, at, registers, charge)
                ok = (inner is None) is negative
                registers = inner if inner is not None and not negative else registers
                pc = leave
            if ok:
                continue
            resumed = _resume(stack, text)
            if resumed is None:
                return None
            pc, at, registers = resumed
            if len(stack) > _MAX_STACK:
                charge(1 << 40)

    def _same_again(self, text: str, at: int, registers: Registers, slot: int, step: int) -> tuple[int, bool]:
        start, end = registers[slot], registers[slot + 1]
        if start < 0 or end < 0:
            return at, True
        captured = text[start:end]
        low = at if step > 0 else at - len(captured)
        found = text[low : low + len(captured)] if low >= 0 else None
        if self._ignore_case and found is not None:
            return at + step * len(captured), found.upper() == captured.upper()
        return at + step * len(captured), found == captured


def _resume(stack: list[tuple[Any, ...]], text: str) -> tuple[int, int, Registers] | None:
    while stack:
        entry = stack.pop()
        kind, pc, at, registers = entry[:4]
        if kind == "state":
            return pc, at, registers
        if kind == "shorter":
            limit, step = entry[4:]
            if at != limit:
                stack.append(("shorter", pc, at - step, registers, limit, step))
            return pc, at, registers
        test, step, left = entry[4:]
        index = at if step > 0 else at - 1
        if 0 <= index < len(text) and test(text[index]):
            if left > 1:
                stack.append(("longer", pc, at + step, registers, test, step, left - 1))
            return pc, at + step, registers
    return None


def _run_length(text: str, at: int, step: int, test: Test, most: int) -> int:
    count = 0
    index = at if step > 0 else at - 1
    while count < most and 0 <= index < len(text) and test(text[index]):
        count += 1
        index += step
    return count


def _with(registers: Registers, slot: int, value: int) -> Registers:
    return (*registers[:slot], value, *registers[slot + 1 :])


def _entered(registers: Registers, counter: int, origin: int, at: int, first: int, last: int) -> Registers:
    changed = list(registers)
    changed[counter] += 1
    changed[origin] = at
    changed[2 * first : 2 * last] = [-1] * (2 * (last - first))
    return tuple(changed)


def _at_word(text: str, at: int) -> bool:
    before = at > 0 and text[at - 1] in _WORDS
    return before is not (at < len(text) and text[at] in _WORDS)


def _not_at_word(text: str, at: int) -> bool:
    return not _at_word(text, at)


_COMPILE: dict[type, Callable[..., None]] = {
    Chars: Machine.chars, Edge: Machine.edge, Group: Machine.group, BackReference: Machine.back_reference,
    Look: Machine.look, Repeat: Machine.repeat, Sequential: Machine.sequence, Choice: Machine.choice,
}  # fmt: skip
