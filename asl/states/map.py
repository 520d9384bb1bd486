"""Map: the same states for every item, in this execution (inline) or each in its own (distributed)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from asl.states.base import Assigning, InputOutput, Model, MovingState, ResultShaping
from asl.states.errors_handling import ErrorHandling
from asl.states.parallel import Branch
from asl.types import Json


class ProcessorConfig(Model):
    """How items are processed."""

    mode: Literal["INLINE", "DISTRIBUTED"] = "INLINE"
    """INLINE: iterations of this execution. DISTRIBUTED: an execution for each item or batch."""
    execution_type: Literal["STANDARD", "EXPRESS"] | None = None
    """The type of the executions of a distributed Map."""


class ItemProcessor(Branch):
    """The states that process an item."""

    processor_config: ProcessorConfig = ProcessorConfig()


class ReaderConfig(Model):
    """What a data set looks like."""

    input_type: Literal["CSV", "JSON", "JSONL", "PARQUET", "MANIFEST"] | None = None
    manifest_type: Literal["ATHENA_DATA", "S3_INVENTORY"] | None = None
    transformation: Literal["NONE", "LOAD_AND_FLATTEN"] | None = None
    """LOAD_AND_FLATTEN iterates over the contents of the listed objects."""
    csv_header_location: Literal["FIRST_ROW", "GIVEN"] | None = Field(None, alias="CSVHeaderLocation")
    """Whether the first row or CSVHeaders names the columns."""
    csv_headers: tuple[str, ...] | None = Field(None, alias="CSVHeaders")
    csv_delimiter: Literal["COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB"] | None = Field(None, alias="CSVDelimiter")
    items_pointer: str | None = None
    """A JSON Pointer to the array or object inside a JSON file."""
    max_items: int | str | None = None
    """The number of items to read at most; 0 for all. In JSONata an expression may give it."""
    max_items_path: str | None = None


class ItemReader(Model):
    """Where a distributed Map reads its items."""

    resource: str
    """arn:aws:states:::s3:getObject or arn:aws:states:::s3:listObjectsV2."""
    parameters: Json = None
    """JSONPath: a payload template with Bucket, Key or Prefix."""
    arguments: Json = None
    """JSONata: the same."""
    reader_config: ReaderConfig | None = None


class ItemBatcher(Model):
    """How items are put together for one child execution."""

    max_items_per_batch: int | str | None = None
    max_items_per_batch_path: str | None = None
    max_input_bytes_per_batch: int | str | None = None
    max_input_bytes_per_batch_path: str | None = None
    batch_input: Json = None
    """What every batch gets beside its items."""


class WriterConfig(Model):
    """What is written of the children's results."""

    transformation: Literal["NONE", "COMPACT", "FLATTEN"] | None = None
    output_type: Literal["JSON", "JSONL"] | None = None


class ResultWriter(Model):
    """Where the results of a distributed Map are written."""

    resource: str | None = None
    """arn:aws:states:::s3:putObject."""
    parameters: Json = None
    """JSONPath: a payload template with Bucket and Prefix."""
    arguments: Json = None
    """JSONata: the same."""
    writer_config: WriterConfig | None = None


class MapState(MovingState, InputOutput, ResultShaping, Assigning, ErrorHandling):
    """Runs its processor for every item; the result is the array of the outputs in the order of the items."""

    type: Literal["Map"]
    item_processor: ItemProcessor | None = None
    """The states for an item."""
    iterator: ItemProcessor | None = None
    """The former name of ItemProcessor."""
    items_path: str | None = None
    """JSONPath: where the input has the items."""
    items: Json = None
    """JSONata: the items, as an array or object or an expression that gives one."""
    item_selector: Json = None
    """The input of each iteration."""
    parameters: Json = None
    """JSONPath: the former name of ItemSelector."""
    max_concurrency: int | str | None = None
    """Iterations at a time; 0 for as many as AWS allows."""
    max_concurrency_path: str | None = None
    item_reader: ItemReader | None = None
    """Distributed: reads the items from S3."""
    item_batcher: ItemBatcher | None = None
    """Distributed: several items for one child execution."""
    result_writer: ResultWriter | None = None
    """Distributed: writes the results to S3."""
    label: str | None = None
    """Distributed: the name of the Map state in ARNs."""
    tolerated_failure_count: int | str | None = None
    """Distributed: failed items before the Map fails."""
    tolerated_failure_count_path: str | None = None
    tolerated_failure_percentage: float | str | None = None
    """Distributed: failed items, in percent, before the Map fails."""
    tolerated_failure_percentage_path: str | None = None

    @property
    def processor(self) -> ItemProcessor:
        """The ItemProcessor, whichever name it is given."""
        found = self.item_processor or self.iterator
        assert found is not None, "validation lets no Map without a processor pass"
        return found
