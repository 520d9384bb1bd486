"""Who answers the tasks of a served workflow: mocks first, then functions and commands, then services at endpoints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asl.types import Json
from interpreter.api.errors import invalid_name, validation
from interpreter.api.settings import ServerSettings
from interpreter.store.port import ExecutionRecord
from interpreter.tasks.handlers import TaskHandlers
from interpreter.tasks.port import Answer, Resource, TaskHandler, TaskRequest

if TYPE_CHECKING:
    from interpreter.api.service import Service
    from interpreter.tasks.mock import MockHandler
    from interpreter.tasks.mock_config import MockConfig


@dataclass(frozen=True, slots=True)
class QuickAnswer:
    """An answer that never blocks, so that it may be asked on the server's loop."""

    answer: Answer
    is_quick: bool = True

    def __call__(self, request: TaskRequest) -> Json:
        return self.answer(request)


class ServedTasks:
    """The handlers of one execution, asked in their order."""

    def __init__(self, mocks: MockHandler | None, others: tuple[TaskHandler, ...]) -> None:
        self._mocks = mocks
        self._others = others

    def answer_for(self, state_name: str, resource: Resource) -> Answer | None:
        if self._mocks is not None:
            mocked = self._mocks.answer_for(state_name, resource)
            if mocked is not None:
                return QuickAnswer(mocked)
        return next((found for other in self._others if (found := other.answer_for(state_name, resource))), None)


class Answers:
    """Makes the handlers of every execution of a server from its settings."""

    def __init__(self, settings: ServerSettings) -> None:
        self._settings = settings
        named = TaskHandlers(settings.tasks, first=_inline(settings.mocks))
        self._others: tuple[TaskHandler, ...] = (named,) if settings.handler is None else (settings.handler, named)
        self._mock_config: MockConfig | None = None
        self._mock_stamp: tuple[float, int] | None = None
        self._plain = ServedTasks(None, self._others)
        self.by_machine: dict[str, TaskHandler] = {}
        """What answers the tasks of a state machine that is served from a file."""

    def serve(self, service: Service) -> None:
        """Let tasks reach the services: those of this server itself, and others at their endpoints."""
        from interpreter.api.integrations import Integrations

        self._others = (*self._others, Integrations(service, self._settings))
        self._plain = ServedTasks(None, self._others)

    def handler_of(self, record: ExecutionRecord | None) -> TaskHandler:
        """The handlers of one execution.

        InvalidName for a test case that the mock file does not have, ValidationException for a file that is wrong.
        """
        if record is None:
            return self._plain
        machine = record.machine_arn.rpartition(":")[2].partition("/")[0]
        own = self.by_machine.get(machine)
        others = self._others if own is None else (own, *self._others)
        test_case = record.details.get("test_case")
        if test_case is None:
            return self._plain if own is None else ServedTasks(None, others)
        return ServedTasks(self._mocks(machine, test_case), others)

    def _mocks(self, machine: str, test_case: str) -> MockHandler:
        from interpreter.errors import MockError
        from interpreter.tasks.mock import MockHandler

        config = self._current_mock_config()
        if config is None:
            raise invalid_name(f"{machine}#{test_case}")
        try:
            return MockHandler(config.mocks(f"{machine}#{test_case}", machine))
        except MockError as error:
            raise invalid_name(f"{machine}#{test_case}") from error

    def _current_mock_config(self) -> MockConfig | None:
        """The mock file as it is now; read again when it was written since."""
        from interpreter.errors import MockError
        from interpreter.tasks.mock_config import MockConfig

        path = self._settings.mock_config
        if path is None or not path.exists():
            return None
        stamp = _stamp(path)
        if self._mock_config is None or stamp != self._mock_stamp:
            try:
                self._mock_config, self._mock_stamp = MockConfig.load(path), stamp
            except MockError as error:
                raise validation(f"The mock file can't be used: {error.message}") from error
        return self._mock_config


def _inline(mocks: Mapping[str, Any]) -> list[TaskHandler]:
    from interpreter.tasks.mock import MockHandler, inline_mocks

    return [MockHandler(inline_mocks(mocks))] if mocks else []


def _stamp(path: Path) -> tuple[float, int]:
    status = path.stat()
    return status.st_mtime, status.st_size
