"""What was created: state machines with their versions and aliases, and activities, as the store keeps them."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import asdict, dataclass, field
from typing import Any, TypeAlias

from asl.types import JsonObject, WorkflowType
from interpreter.store.port import RecordChange, Store

Routing: TypeAlias = tuple[tuple[str, int], ...]
"""Version ARNs and their weights, which add up to 100."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a revision of a state machine is made of; a version is a copy of it under a number."""

    definition: str
    role_arn: str
    logging: JsonObject
    tracing: JsonObject
    encryption: JsonObject


@dataclass(frozen=True, slots=True)
class StateMachine:
    """``revision_id`` is None until the first update. ``published`` is the newest version of the current revision.

    ``asked`` are the parameters of its creation that make a repeated creation the same one.
    """

    arn: str
    name: str
    type: WorkflowType
    created: float
    updated: float
    settings: Settings
    revision_id: str | None = None
    published: str | None = None
    next_version: int = 1
    asked: JsonObject = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Version:
    arn: str
    machine_arn: str
    number: int
    created: float
    settings: Settings
    revision_id: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Alias:
    arn: str
    machine_arn: str
    name: str
    routing: Routing
    created: float
    updated: float
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Activity:
    arn: str
    name: str
    created: float
    encryption: JsonObject
    tags: dict[str, str] = field(default_factory=dict)


Item: TypeAlias = StateMachine | Version | Alias | Activity

_KINDS: dict[type[Item], str] = {
    StateMachine: "state_machine",
    Version: "version",
    Alias: "alias",
    Activity: "activity",
}
_DEFINITION = "definition"


class Registry:
    """Every item by ARN, in the order of creation. Change it under :attr:`changing`, one change at a time."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.changing = asyncio.Lock()
        self.state_machines: dict[str, StateMachine] = {}
        self.versions: dict[str, Version] = {}
        self.aliases: dict[str, Alias] = {}
        self.activities: dict[str, Activity] = {}
        self.definitions: dict[str, str] = {}
        self._tables: dict[type[Item], dict[str, Any]] = {
            StateMachine: self.state_machines,
            Version: self.versions,
            Alias: self.aliases,
            Activity: self.activities,
        }
        self._load()

    def _load(self) -> None:
        self.definitions.update(self._store.records(_DEFINITION))
        for kind, name in _KINDS.items():
            items = [self._read(kind, body) for _, body in self._store.records(name)]
            for item in sorted(items, key=lambda item: item.created):
                self._tables[kind][item.arn] = item

    def _read(self, kind: type[Item], body: JsonObject) -> Any:
        fields = dict(body)
        if "settings" in fields:
            settings = dict(fields["settings"])
            settings["definition"] = self.definitions[settings["definition"]]
            fields["settings"] = Settings(**settings)
        if "routing" in fields:
            fields["routing"] = tuple((arn, weight) for arn, weight in fields["routing"])
        return kind(**fields)

    async def save(self, *items: Item) -> None:
        """Keep new or changed items, all or none; they count when this returns."""
        changes = [change for item in items for change in self._changes(item)]
        await self._store.commit((), changes)
        for item in items:
            self._tables[type(item)][item.arn] = item
            if isinstance(item, StateMachine | Version):
                self.definitions[definition_id(item.settings.definition)] = item.settings.definition

    async def remove(self, *items: Item) -> None:
        """Drop items, all or none. Definitions stay: executions may still need them."""
        await self._store.commit((), [RecordChange(_KINDS[type(item)], item.arn, None) for item in items])
        for item in items:
            self._tables[type(item)].pop(item.arn, None)

    def _changes(self, item: Item) -> list[RecordChange]:
        body = asdict(item)
        changes = [RecordChange(_KINDS[type(item)], item.arn, body)]
        if isinstance(item, StateMachine | Version):
            key = definition_id(item.settings.definition)
            body["settings"]["definition"] = key
            if key not in self.definitions:
                changes.append(RecordChange(_DEFINITION, key, item.settings.definition))
        return changes

    def versions_of(self, machine_arn: str) -> list[Version]:
        """The versions of a state machine, oldest first."""
        return [version for version in self.versions.values() if version.machine_arn == machine_arn]

    def aliases_of(self, machine_arn: str) -> list[Alias]:
        """The aliases of a state machine, oldest first."""
        return [alias for alias in self.aliases.values() if alias.machine_arn == machine_arn]


def definition_id(text: str) -> str:
    """The key under which a definition's text is kept once, however many versions and executions share it."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
