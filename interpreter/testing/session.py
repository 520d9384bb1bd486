"""What all tests of a session share: definitions that were loaded once, coverage, and where traces go."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asl.types import JsonObject

__tracebackhide__ = True

if TYPE_CHECKING:
    from asl.state_machine import StateMachine
    from interpreter.testing.machine_under_test import MachineUnderTest
    from interpreter.testing.observing import Observer
    from interpreter.testing.schedules import Schedule


class Session:
    """Makes machines under test. ``observer`` is told of their runs."""

    def __init__(self, observer: Observer | None = None) -> None:
        self.observer = observer
        self._loaded: dict[Any, tuple[int, StateMachine]] = {}

    def load(self, definition: str | PathLike[str], folders: tuple[Path, ...] = (), **options: Any) -> StateMachine:
        """A definition from a file, looked for in these folders and here; read again only when it was changed.

        Raises :class:`asl.DefinitionError` for a wrong one, FileNotFoundError with the places that were looked in.
        """
        path = _found(Path(definition), folders)
        changed = path.stat().st_mtime_ns
        key = (path, repr(sorted(options.items())))
        known = self._loaded.get(key)
        if known is None or known[0] != changed:
            from asl.state_machine import StateMachine

            known = self._loaded[key] = (changed, StateMachine.load(path, **options))
        return known[1]

    def machine(
        self,
        definition: str | PathLike[str] | JsonObject | StateMachine,
        folders: tuple[Path, ...] = (),
        *,
        mode: str = "STRICT",
        schedule: Schedule | None = None,
        **options: Any,
    ) -> MachineUnderTest:
        """A machine of its own for one test, over a definition that tests share."""
        from interpreter.testing.machine_under_test import MachineUnderTest

        if isinstance(definition, (str, PathLike)):
            machine = self.load(definition, folders, **options)
        else:
            from interpreter.running import to_machine

            machine = to_machine(definition)
        return MachineUnderTest(machine, mode=mode, schedule=schedule, observer=self.observer)


def _found(path: Path, folders: tuple[Path, ...]) -> Path:
    if path.is_absolute():
        places = [path]
    else:
        places = [folder / path for folder in folders] + [Path.cwd() / path]
    for place in dict.fromkeys(places):
        if place.is_file():
            return place.resolve()
    looked = " or ".join(str(place.parent) for place in dict.fromkeys(places))
    raise FileNotFoundError(f"there is no definition {str(path)!r} in {looked}")
