"""Map, distributed: a Map Run whose children are executions of their own, with their own histories."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from asl.errors import StateError
from asl.expressions.jsonpath import Evaluate
from asl.json_text import PAYLOAD_LIMIT
from asl.types import Json, JsonObject
from interpreter.commands import CancelTask, ScheduleTask, StartChild
from interpreter.execution import Frame, Phase
from interpreter.items.readers import ITEM_READER_FAILED, batches, further_objects, next_page, read_items
from interpreter.items.writer import exported, transformed
from interpreter.machine import WAITING
from interpreter.map_run import MapRun
from interpreter.messages import ChildClosed, TaskFailed, TaskSucceeded
from interpreter.states.base import runtime_error
from interpreter.states.map import Map
from interpreter.states.numbers import Number, compile_number
from interpreter.tasks.port import Resource
from interpreter.tasks.resource import parse_resource

if TYPE_CHECKING:
    from interpreter.machine import Machine
    from interpreter.plan import StatePlan

CONCURRENCY = 10_000
"""Children of a Map Run that run at once at most."""

MOST_ITEMS = 100_000_000
"""Items that a reader takes from a dataset at most."""

THRESHOLD = "States.ExceedToleratedFailureThreshold"
THRESHOLD_CAUSE = "The specified tolerated failure threshold was exceeded"
GET_OBJECT = "arn:aws:states:::s3:getObject"
RESULT_WRITER_FAILED = "States.ResultWriterFailed"


class DistributedMap(Map):
    def __init__(self, state: StatePlan, siblings: Mapping[str, StatePlan]) -> None:
        super().__init__(state, siblings)
        definition, language = state.definition, state.language
        self._reader: JsonObject | None = definition.get("ItemReader")
        self._writer: JsonObject = definition.get("ResultWriter") or {}
        self._batcher: JsonObject | None = definition.get("ItemBatcher")
        processor = definition.get("ItemProcessor") or definition["Iterator"]
        self._child_type = processor.get("ProcessorConfig", {}).get("ExecutionType", "STANDARD")
        self._count = compile_number(definition, "ToleratedFailureCount", language, minimum=-(1 << 62))
        self._share = compile_number(
            definition, "ToleratedFailurePercentage", language, minimum=-(1 << 62), real=True, largest=100
        )
        self._config: JsonObject = (self._reader or {}).get("ReaderConfig", {})
        self._most_items = compile_number(
            self._config, "MaxItems", language, minimum=-(1 << 62),
            place="ItemReader/ReaderConfig/", largest=MOST_ITEMS,
        )  # fmt: skip
        self._read = _arguments(self._reader, "ItemReader", language)
        self._write = _arguments(self._writer, "ResultWriter", language)
        self._batch_limits = _batch_limits(self._batcher or {}, language)
        self._batch_input = _batch_input(self._batcher or {}, language)

    def enter(self, machine: Machine, frame: Frame) -> Json:
        value, _ = self.effective_input(machine, frame)
        items, keys = ([], None) if self._reader is not None else self.listed(value, machine)
        limit = int(self.concurrency(value, machine) or CONCURRENCY)
        frame.previous = machine.emit("MapStateStarted", frame.previous, (len(items),))
        count, share = self.tolerance(value, machine)
        most = self._most_items(value, machine)
        parameters = None if self._read is None else self._read(value, machine)
        frame.map_run = run = self._start_run(machine, frame, min(limit, CONCURRENCY))
        run.tolerated_count, run.tolerated_percentage = count, share
        run.effective = value
        if self._reader is not None:
            run.source = self._source(parameters)
            self._read_object(machine, frame, self._reader["Resource"], parameters)
            self._check_most_items(machine, frame, most)
            return WAITING
        return self._dispatch(machine, frame, items, keys)

    def _start_run(self, machine: Machine, frame: Frame, limit: int) -> MapRun:
        name = machine.execution.machine_arn.rsplit(":", 1)[-1]
        label = self.state.definition.get("Label") or machine.entropy.uuid()
        prefix = machine.execution.machine_arn.rsplit(":stateMachine:", 1)[0]
        arn = f"{prefix}:mapRun:{name}/{label}:{machine.entropy.uuid()}"
        frame.previous = machine.emit("MapRunStarted", frame.previous, (arn,))
        return MapRun(arn, label, self._child_type, limit, frame.previous)

    def _source(self, parameters: Json) -> str:
        """Where the items come from, as ``Map.Item.Source`` has it: an object, or the bucket that is listed."""
        bucket, key = (parameters.get(name) if isinstance(parameters, dict) else None for name in ("Bucket", "Key"))
        return f"S3://{bucket}" if key is None else f"S3://{bucket}/{key}"

    def tolerance(self, value: Json, machine: Machine) -> tuple[int | None, float | None]:
        count, share = self._count(value, machine), self._share(value, machine)
        if count is not None and count < 0:
            raise runtime_error("ToleratedFailureCount cannot be negative.")
        if share is not None and not 0 <= share <= 100:
            raise runtime_error("ToleratedFailurePercentage must be between 0 and 100.")
        return None if count is None else int(count), share

    def _check_most_items(self, machine: Machine, frame: Frame, most: float | None) -> None:
        if most is not None and most < 0:
            raise self._run_failed(machine, frame, ITEM_READER_FAILED, "field MaxItems must be positive")
        _run_of(frame).most_items = int(most) if most else None

    # Children

    def _dispatch(self, machine: Machine, frame: Frame, items: list[Json], keys: list[str] | None) -> Json:
        run = _run_of(frame)
        try:
            self._fill(machine, frame, items, keys)
        except StateError as failure:
            if failure.error == "States.DataLimitExceeded":
                raise self._run_failed(machine, frame, failure.error, failure.cause) from None
            frame.map_run = frame.work = None
            raise
        machine.wait(frame, Phase.JOIN)
        self._start_children(machine, frame)
        return self._over(machine, frame) if run.is_over else WAITING

    def _fill(self, machine: Machine, frame: Frame, items: list[Json], keys: list[str] | None) -> None:
        """Make the children's inputs, none larger than an execution takes."""
        run = _run_of(frame)
        inputs = [self._item_input(machine, frame, index, item, keys) for index, item in enumerate(items)]
        if self._batcher is None:
            run.fill(inputs, [1] * len(inputs))
        else:
            made = self._batches(machine, frame, inputs)
            run.fill(list(made), [len(batch["Items"]) for batch in made])
        for value in run.inputs:
            machine.measured(value, None, self.state.name)

    def _item_input(self, machine: Machine, frame: Frame, index: int, item: Json, keys: list[str] | None) -> Json:
        run = _run_of(frame)
        frame.item = (index, item, None) if keys is None else (index, item["Value"], keys[index])
        run.source = run.sources[index] if run.sources else run.source
        try:
            return self.selected(machine, frame, run.effective, item)
        finally:
            frame.item = None

    def _batches(self, machine: Machine, frame: Frame, inputs: list[Json]) -> list[JsonObject]:
        run = _run_of(frame)
        most, most_bytes = (limit(run.effective, machine) for limit in self._batch_limits)
        extra = {} if self._batch_input is None else {"BatchInput": self._batch_input(run.effective, machine)}
        return batches(
            inputs, None if most is None else int(most), None if most_bytes is None else int(most_bytes), extra
        )

    def _start_children(self, machine: Machine, frame: Frame) -> None:
        run = _run_of(frame)
        while run.running < run.concurrency and run.next_index < len(run.inputs):
            index = run.next_index
            run.next_index += 1
            run.running += 1
            run.statuses[index] = "RUNNING"
            machine.commands.append(self._child(frame, index))

    def _child(self, frame: Frame, index: int) -> StartChild:
        return StartChild(frame, frame.ticket, index, self.state.children[0].index, _run_of(frame).inputs[index])

    def running_children(self, frame: Frame) -> list[StartChild]:
        """The children to start again after a restart."""
        return [
            self._child(frame, index) for index, status in enumerate(_run_of(frame).statuses) if status == "RUNNING"
        ]

    def resource_for(self, frame: Frame) -> Resource:
        """The resource that the frame waits for: its reader's, or its writer's."""
        run = _run_of(frame)
        if run.reads:
            return parse_resource(GET_OBJECT)
        call = self._writer if run.writes else self._reader
        assert call is not None
        return parse_resource(call["Resource"])

    def resume(self, machine: Machine, frame: Frame, message: Any) -> None:
        _RESUMES[type(message)](self, machine, frame, message)

    def _child_closed(self, machine: Machine, frame: Frame, message: ChildClosed) -> None:
        run = _run_of(frame)
        run.running -= 1
        run.statuses[message.child] = message.status
        run.outputs[message.child] = message.output
        run.records[message.child] = message.record
        if message.status != "SUCCEEDED":
            run.failed_items += run.weights[message.child]
        if run.exceeds_tolerance:
            machine.commands.append(CancelTask(frame, frame.ticket))
            frame.failure = (THRESHOLD, THRESHOLD_CAUSE)
        elif not run.is_over:
            self._start_children(machine, frame)
            return
        machine.again(frame, Phase.SETTLE)

    # Reading and writing

    def _read_object(self, machine: Machine, frame: Frame, arn: str, parameters: Json) -> None:
        """Every object that is read is an invocation of its own."""
        counts, name = machine.execution.invocations, self.state.name
        frame.invocation = counts.get(name, 0)
        counts[name] = frame.invocation + 1
        self._call(machine, frame, arn, parameters)

    def _call(self, machine: Machine, frame: Frame, arn: str, parameters: Json) -> None:
        ticket = machine.wait(frame, Phase.TASK)
        frame.work = parameters
        resource = parse_resource(arn)
        machine.commands.append(ScheduleTask(frame, ticket, self.state, parameters, None, None, resource))

    def succeeded(self, machine: Machine, frame: Frame, message: TaskSucceeded) -> None:
        run = _run_of(frame)
        if run.writes:
            run.writes.pop(0)
        elif not run.is_filled:
            run.result = message.output
        machine.again(frame, Phase.SETTLE)

    def _refused(self, machine: Machine, frame: Frame, message: TaskFailed) -> None:
        error = RESULT_WRITER_FAILED if _run_of(frame).writes else ITEM_READER_FAILED
        frame.failure = (error, message.cause)
        machine.again(frame, Phase.SETTLE)

    def timer_fired(self, machine: Machine, frame: Frame) -> None:
        """Reading and writing have no time limit of their own."""

    def settled(self, machine: Machine, frame: Frame) -> Json:
        run = _run_of(frame)
        if frame.failure is not None:
            (error, cause), frame.failure = frame.failure, None
            raise self._run_failed(machine, frame, error, cause)
        return self._over(machine, frame) if run.is_filled else self._read_on(machine, frame)

    def _read_on(self, machine: Machine, frame: Frame) -> Json:
        """Take an answer; then read what it leads to, or hand the items out."""
        run = _run_of(frame)
        answer, run.result = run.result, None
        try:
            following = self._take(frame, answer)
        except StateError as failure:
            raise self._run_failed(machine, frame, failure.error, failure.cause) from None
        if following is not None:
            self._read_object(machine, frame, *following)
            return WAITING
        items, run.items = run.items, []
        return self._dispatch(machine, frame, items[: run.most_items], None)

    def _take(self, frame: Frame, answer: Json) -> tuple[str, Json] | None:
        """Keep the items in an answer; returns what to call next, with its parameters: the listing's next page, or an
        object that a listing or a manifest names."""
        run = _run_of(frame)
        if run.reads:
            found = read_items(answer, run.config)
            run.items += found
            run.sources += [self._source(run.reads.pop(0))] * len(found)
        elif (token := next_page(answer)) is not None:
            run.items += read_items(answer, self._config)
            return self.resource_for(frame).arn, {**frame.work, "ContinuationToken": token}
        else:
            self._take_last_page(frame, answer)
        return (GET_OBJECT, run.reads[0]) if run.reads else None

    def _take_last_page(self, frame: Frame, answer: Json) -> None:
        run = _run_of(frame)
        if isinstance(answer, dict) and run.items:
            answer = {**answer, "Contents": [*run.items, *answer.get("Contents", ())]}
        further = further_objects(answer, self._config, frame.work.get("Bucket"))
        if further is None:
            run.items = read_items(answer, self._config)
        else:
            run.items, run.reads, run.config = [], *further

    def _over(self, machine: Machine, frame: Frame) -> Json:
        run = _run_of(frame)
        if self._write is not None and run.result is None:
            run.result, run.writes = exported(
                run, self._write(run.effective, machine), self._writer.get("WriterConfig", {})
            )
        if run.writes:
            self._call(machine, frame, self._writer["Resource"], run.writes[0])
            return WAITING
        result = transformed(run, self._writer.get("WriterConfig", {})) if run.result is None else run.result
        ended = machine.emit("MapRunSucceeded", run.started_event)
        machine.emit("MapStateSucceeded", ended)
        frame.previous = run.started_event
        frame.map_run = frame.work = None
        return machine.settle(frame, self.state, result, None)

    def _run_failed(self, machine: Machine, frame: Frame, error: str | None, cause: str | None) -> StateError:
        run = _run_of(frame)
        frame.previous = machine.emit("MapRunFailed", run.started_event, (error, cause))
        frame.map_run = frame.work = None
        frame.ticket += 1
        return StateError(error, cause)


def _run_of(frame: Frame) -> MapRun:
    assert frame.map_run is not None
    return frame.map_run


def _arguments(call: JsonObject | None, field: str, language: str) -> Evaluate | None:
    if not call or "Resource" not in call:
        return None
    if language == "JSONata":
        from asl.dataflow_jsonata import compile_value

        return compile_value(call.get("Arguments", {}), f"{field}/Arguments")
    from asl.expressions.payload_template import compile_template

    return compile_template(call.get("Parameters", {}), f"{field}.Parameters").evaluate


def _batch_limits(batcher: JsonObject, language: str) -> tuple[Number, Number]:
    return (
        compile_number(batcher, "MaxItemsPerBatch", language, minimum=1, place="ItemBatcher/", largest=MOST_ITEMS),
        compile_number(
            batcher, "MaxInputBytesPerBatch", language, minimum=1, place="ItemBatcher/", largest=PAYLOAD_LIMIT
        ),
    )


def _batch_input(batcher: JsonObject, language: str) -> Evaluate | None:
    if "BatchInput" not in batcher:
        return None
    if language == "JSONata":
        from asl.dataflow_jsonata import compile_value

        return compile_value(batcher["BatchInput"], "ItemBatcher/BatchInput")
    from asl.expressions.payload_template import compile_template

    return compile_template(batcher["BatchInput"], "BatchInput").evaluate


_RESUMES: dict[type, Any] = {
    ChildClosed: DistributedMap._child_closed,
    TaskSucceeded: DistributedMap.succeeded,
    TaskFailed: DistributedMap._refused,
}
