"""The smallest differences between two states: fields by path, rules, catchers and retriers by what they are for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from asl.labels import condition_label, entries, error_names
from asl.types import Json, JsonObject

Group = Literal["resource", "data flow", "choice rules", "error handling", "timing", "concurrency", "place", "other"]
"""What a field is about."""

_GROUPS: Mapping[Group, str] = {
    "resource": "Type Resource Credentials QueryLanguage ProcessorConfig Label Error Cause ErrorPath CausePath",
    "data flow": "InputPath OutputPath ResultPath Parameters ResultSelector Arguments Output Assign Result ItemsPath "
    "Items ItemSelector ItemReader ItemBatcher ResultWriter",
    "choice rules": "Choices",
    "error handling": "Retry Catch ToleratedFailureCount ToleratedFailureCountPath ToleratedFailurePercentage "
    "ToleratedFailurePercentagePath",
    "timing": "TimeoutSeconds TimeoutSecondsPath HeartbeatSeconds HeartbeatSecondsPath Seconds SecondsPath Timestamp "
    "TimestampPath",
    "concurrency": "MaxConcurrency MaxConcurrencyPath",
}
_GROUP_OF: Mapping[str, Group] = {field: group for group, fields in _GROUPS.items() for field in fields.split()}
ABSENT = "(none)"
_NOTHING: Any = object()


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that changed: its path inside the state, and the texts of what it was and is, ``ABSENT`` for nothing."""

    group: Group
    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class TransitionChange:
    """A transition that appeared, went away or points elsewhere.

    ``label`` is ``Next``, ``default``, ``when ...`` or ``catch ...``. ``old`` and ``new`` are the names of states,
    ``(end)``, or ``None`` where there was or is no such transition.
    """

    label: str
    old: str | None
    new: str | None


Change: TypeAlias = FieldChange | TransitionChange


def field_changes(old: JsonObject, new: JsonObject) -> Iterator[FieldChange]:
    """The fields that differ, each with its path; a field is known by its name after the last dot of its key."""
    for key in dict.fromkeys((*old, *new)):
        group = _GROUP_OF.get(key.rpartition(".")[2], "other")
        yield from _value_changes(old.get(key, _NOTHING), new.get(key, _NOTHING), group, key)


def _value_changes(old: Json, new: Json, group: Group, path: str) -> Iterator[FieldChange]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys((*old, *new)):
            yield from _value_changes(old.get(key, _NOTHING), new.get(key, _NOTHING), group, f"{path}.{key}")
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for number, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from _value_changes(before, after, group, f"{path}[{number}]")
    elif value_text(old) != value_text(new):
        yield FieldChange(group, path, value_text(old), value_text(new))


def value_text(value: Json) -> str:
    return ABSENT if value is _NOTHING else json.dumps(value, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A rule, catcher or retrier: what it is for, where it goes, and the rest of it."""

    label: str
    target: str | None
    rest: JsonObject


LISTS: Mapping[str, Callable[[JsonObject], str]] = {
    "Choices": lambda rule: f"when {condition_label(rule)}",
    "Catch": lambda catcher: f"catch {', '.join(error_names(catcher))}",
    "Retry": lambda retrier: f"retry {', '.join(error_names(retrier))}",
}
"""The lists of a state whose entries are known by what they are for, and how that is said."""


def list_changes(field: str, old: JsonObject, new: JsonObject, renamed: Mapping[str, str]) -> Iterator[Change]:
    """Compare one of the ``LISTS`` of two states; ``renamed`` has the new names of the old one's targets."""
    group = _GROUP_OF[field]
    before, after = _keyed(old, field, renamed), _keyed(new, field, {})
    reworded = dict(_reworded(before, after))
    for label, entry in before.items():
        found = after.get(reworded.get(label, label))
        if label in reworded:
            yield FieldChange(group, f"to {entry.target}", label, reworded[label])
        yield from _entry_changes(group, label, entry, found, label in reworded)
    for label, entry in after.items():
        if label not in before and label not in reworded.values():
            yield from _entry_changes(group, label, None, entry)
    kept = [reworded.get(label, label) for label in before]
    if [label for label in kept if label in after] != [label for label in after if label in kept]:
        yield FieldChange(group, f"order of {field}", " | ".join(before), " | ".join(after))


def _entry_changes(
    group: Group, label: str, old: _Entry | None, new: _Entry | None, reworded: bool = False
) -> Iterator[Change]:
    before, after = old.target if old else None, new.target if new else None
    if before != after:
        yield TransitionChange(label, before, after)
    if old and new:
        before_rest, after_rest = (_effects(entry) if reworded else entry.rest for entry in (old, new))
        yield from _value_changes(before_rest, after_rest, group, label)
    elif before is None and after is None:
        yield FieldChange(
            group, label, value_text(old.rest) if old else ABSENT, value_text(new.rest) if new else ABSENT
        )


def _effects(entry: _Entry) -> JsonObject:
    return {key: entry.rest[key] for key in ("Assign", "Output", "ResultPath", "Comment") if key in entry.rest}


def _keyed(definition: JsonObject, field: str, renamed: Mapping[str, str]) -> dict[str, _Entry]:
    found: dict[str, _Entry] = {}
    for entry in entries(definition, field):
        label = LISTS[field](entry)
        while label in found:
            label += " (again)"
        target = entry.get("Next")
        rest = {key: value for key, value in entry.items() if key not in ("Next", "ErrorEquals")}
        found[label] = _Entry(label, renamed.get(target, target) if isinstance(target, str) else None, rest)
    return found


def _reworded(before: Mapping[str, _Entry], after: Mapping[str, _Entry]) -> Iterator[tuple[str, str]]:
    """Pairs of an old and a new label of one entry, whose condition or errors changed: those with the same target."""
    left = [entry for label, entry in after.items() if label not in before and entry.target is not None]
    for label, entry in before.items():
        match = next((found for found in left if found.target == entry.target), None) if label not in after else None
        if match is not None:
            left.remove(match)
            yield label, match.label
