"""The services that tasks of a served workflow reach: this server's own, Lambda, and others at their endpoints."""

from __future__ import annotations

from interpreter.api.service import Service
from interpreter.api.settings import ServerSettings
from interpreter.tasks.port import Answer, Resource


class Integrations:
    """Answers the resources that nobody else answers."""

    def __init__(self, service: Service, settings: ServerSettings) -> None:
        self._service = service
        self._settings = settings

    def answer_for(self, state_name: str, resource: Resource) -> Answer | None:
        return None
