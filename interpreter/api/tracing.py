"""OpenTelemetry spans of executions, one each with its history events; only when asked for."""

from __future__ import annotations

from typing import Any

from interpreter.errors import InterpreterError
from interpreter.history import Row
from interpreter.store.port import ExecutionRecord, Store

_EVENTS = 25_000
_NANOSECONDS = 1_000_000_000


class Spans:
    """Makes a span of every execution that ends. Raises InterpreterError where OpenTelemetry is not installed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._tracer = _tracer()

    def write(self, record: ExecutionRecord, first: int, rows: list[Row]) -> None:
        """Take the new history rows of an execution; its span is made when it is closed."""
        if record.stopped is None:
            return
        span = self._tracer.start_span(
            record.machine_arn.rpartition(":")[2],
            start_time=round(record.started * _NANOSECONDS),
            attributes={"aws.stepfunctions.execution.arn": record.arn, "status": record.status},
        )
        for number, (kind, _, seconds, *_) in self._store.history(record.arn, _EVENTS):
            span.add_event(kind, {"id": number}, timestamp=round(seconds * _NANOSECONDS))
        if record.status != "SUCCEEDED":
            span.set_status(_error_status(), record.details.get("error", record.status))
        span.end(end_time=round(record.stopped * _NANOSECONDS))


def _tracer() -> Any:
    try:
        from opentelemetry import trace
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        hint = "pip install 'asl-interpreter[telemetry]'"
        raise InterpreterError("--trace needs OpenTelemetry", hint) from error
    if not isinstance(trace.get_tracer_provider(), TracerProvider):
        provider = TracerProvider()
        provider.add_span_processor(BatchSpanProcessor(_exporter()))
        trace.set_tracer_provider(provider)
    return trace.get_tracer("asl-interpreter")


def _exporter() -> Any:
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    except ImportError as error:
        hint = "pip install 'asl-interpreter[telemetry]'"
        raise InterpreterError("--trace needs an exporter of spans", hint) from error
    return OTLPSpanExporter()


def _error_status() -> Any:
    from opentelemetry.trace import StatusCode

    return StatusCode.ERROR
