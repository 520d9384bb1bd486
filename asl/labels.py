"""Short words for people: a choice rule's condition, a state's retries, waits and limits.

Pictures, the terminal outline and diffs all speak with these words. Everything here reads plain definitions and is
tolerant of mistakes: a label never fails.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from asl.types import Json, JsonObject

_SYMBOLS = {
    "Equals": "=",
    "LessThan": "<",
    "GreaterThan": ">",
    "LessThanEquals": "≤",
    "GreaterThanEquals": "≥",
    "Matches": "matches",
}
_NEGATED = {"=": "≠", "matches": "does not match"}
_COMPARISON = re.compile(r"(?:String|Numeric|Boolean|Timestamp)([A-Z]\w*?)(Path)?")
_TESTS = {
    "IsPresent": "present",
    "IsNull": "null",
    "IsString": "a string",
    "IsNumeric": "a number",
    "IsBoolean": "a boolean",
    "IsTimestamp": "a timestamp",
}


def condition_label(rule: JsonObject) -> str:
    """A choice rule's condition on one line, such as ``$.total > 10000 and $.kind is present``."""
    if "Condition" in rule:
        return _jsonata(rule["Condition"])
    return _rule(rule, negated=False)


def _jsonata(condition: Json) -> str:
    if not isinstance(condition, str):
        return _literal(condition)
    text = condition.strip().removeprefix("{%").removesuffix("%}")
    return " ".join(text.split()).replace("$states.", "")


def _rule(rule: Json, negated: bool) -> str:
    if not isinstance(rule, dict):
        return "?"
    if "Not" in rule:
        return _rule(rule["Not"], not negated)
    for operator, word in (("And", " and "), ("Or", " or ")):
        if operator in rule:
            return _combination(rule[operator], word, negated)
    return next((_test(rule, key, value, negated) for key, value in rule.items() if _is_operator(key)), "?")


def _combination(rules: Json, word: str, negated: bool) -> str:
    parts = [_grouped(rule) for rule in rules] if isinstance(rules, list) else ["?"]
    joined = word.join(parts)
    return f"not ({joined})" if negated else joined


def _grouped(rule: Json) -> str:
    text = _rule(rule, negated=False)
    return f"({text})" if isinstance(rule, dict) and ("And" in rule or "Or" in rule) else text


def _is_operator(key: str) -> bool:
    return key in _TESTS or _COMPARISON.fullmatch(key) is not None


def _test(rule: JsonObject, operator: str, value: Json, negated: bool) -> str:
    variable = str(rule.get("Variable", "?"))
    if operator in _TESTS:
        verb = "is" if (value is not False) != negated else "is not"
        return f"{variable} {verb} {_TESTS[operator]}"
    match = _COMPARISON.fullmatch(operator)
    symbol = _SYMBOLS.get(match[1], match[1]) if match else operator
    operand = str(value) if match and match[2] else _literal(value)
    if not negated:
        return f"{variable} {symbol} {operand}"
    if symbol in _NEGATED:
        return f"{variable} {_NEGATED[symbol]} {operand}"
    return f"not ({variable} {symbol} {operand})"


def _literal(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)


def retry_label(definition: JsonObject) -> str | None:
    """``retry ×3`` for the highest number of retries that any Retrier allows; ``None`` where there is none."""
    retriers = entries(definition, "Retry")
    attempts = [retrier.get("MaxAttempts", 3) for retrier in retriers]
    numbers = [number for number in attempts if isinstance(number, int)]
    if not retriers or (numbers and max(numbers) == 0):
        return None
    return f"retry ×{max(numbers)}" if numbers else "retry"


def wait_label(definition: JsonObject) -> str | None:
    """How long a Wait waits: ``10 min``, ``until 2030-01-01T00:00:00Z`` or the path or expression that says so."""
    for key in ("Seconds", "SecondsPath", "Timestamp", "TimestampPath"):
        if key in definition:
            return _wait(key, definition[key])
    return None


def _wait(key: str, value: Json) -> str:
    if key == "Seconds" and isinstance(value, (int, float)):
        return duration_label(value)
    text = _jsonata(value) if isinstance(value, str) else _literal(value)
    return f"{text} s" if key.startswith("Seconds") else f"until {text}"


_UNITS = ((86400, "d"), (3600, "h"), (60, "min"))


def duration_label(seconds: float) -> str:
    """``90`` is ``90 s``, ``600`` is ``10 min``, ``0.25`` is ``250 ms``; at most two units: ``1 h 5 min``."""
    if 0 < seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 120:
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    unit, name = next(pair for pair in _UNITS if seconds >= pair[0])
    smaller, smaller_name = {86400: (3600, "h"), 3600: (60, "min"), 60: (1, "s")}[unit]
    whole, rest = divmod(round(seconds), unit)
    return f"{whole} {name}" + (f" {rest // smaller} {smaller_name}" if rest // smaller else "")


def timing_labels(definition: JsonObject) -> Iterator[str]:
    """A state's own time limits: ``timeout 5 min``, ``heartbeat 30 s``."""
    for field, word in (("TimeoutSeconds", "timeout"), ("HeartbeatSeconds", "heartbeat")):
        value = definition.get(field, definition.get(f"{field}Path"))
        if isinstance(value, (int, float)):
            yield f"{word} {duration_label(value)}"
        elif isinstance(value, str):
            yield f"{word} {_jsonata(value)}"


def map_labels(definition: JsonObject) -> Iterator[str]:
    """How a Map runs: its mode, then its concurrency (``max 5``; nothing where there is no limit)."""
    processor = definition.get("ItemProcessor", definition.get("Iterator"))
    config = processor.get("ProcessorConfig") if isinstance(processor, dict) else None
    yield str(config.get("Mode", "INLINE")) if isinstance(config, dict) else "INLINE"
    limit = definition.get("MaxConcurrency", definition.get("MaxConcurrencyPath"))
    if limit == 1:
        yield "one at a time"
    elif isinstance(limit, int) and limit > 0:
        yield f"max {limit} at once"
    elif isinstance(limit, str):
        yield f"max {_jsonata(limit)} at once"


def error_names(entry: Json) -> list[str]:
    """The names in a Retrier's or Catcher's ``ErrorEquals``."""
    names = entry.get("ErrorEquals") if isinstance(entry, dict) else None
    return [str(name) for name in names] if isinstance(names, list) else []


def entries(definition: JsonObject, field: str) -> list[JsonObject]:
    """The objects in a state's ``Retry``, ``Catch`` or ``Choices``, whatever else stands there."""
    found = definition.get(field)
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def retrier_label(retrier: JsonObject) -> str:
    """A Retrier's plan: ``×3, first after 1 s, then ×2.0, at most 60 s``."""
    parts = [f"×{retrier.get('MaxAttempts', 3)}", f"first after {retrier.get('IntervalSeconds', 1)} s"]
    parts.append(f"then ×{retrier.get('BackoffRate', 2.0)}")
    if "MaxDelaySeconds" in retrier:
        parts.append(f"at most {retrier['MaxDelaySeconds']} s")
    if retrier.get("JitterStrategy") == "FULL":
        parts.append("with jitter")
    return ", ".join(parts)
