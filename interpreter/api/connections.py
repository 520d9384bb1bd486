"""Connections with a limit to their patience: whoever does not get a request's headers across in time is cut off."""

from __future__ import annotations

import asyncio
from typing import Any

HEADER_SECONDS = 30.0


def patient_protocol() -> Any:
    """uvicorn's protocol class with that limit; uvicorn's own choice where httptools is not installed."""
    try:
        from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
    except ImportError:
        return "auto"

    class PatientProtocol(HttpToolsProtocol):
        _limit: asyncio.TimerHandle | None = None

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self._begin(transport)

        def on_message_begin(self) -> None:
            super().on_message_begin()
            self._end()
            self._begin(self.transport)

        def on_headers_complete(self) -> None:
            self._end()
            super().on_headers_complete()

        def connection_lost(self, exc: Exception | None) -> None:
            self._end()
            super().connection_lost(exc)

        def _begin(self, transport: Any) -> None:
            self._limit = self.loop.call_later(HEADER_SECONDS, transport.close)

        def _end(self) -> None:
            if self._limit is not None:
                self._limit.cancel()
                self._limit = None

    return PatientProtocol
