"""The parts of a Map state (processor, reader, batcher, writer, label) and the branches of a Parallel."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from asl.types import Json, JsonObject, QueryLanguage, WorkflowType
from asl.validation.context import Context
from asl.validation.findings import SCHEMA, Check, Finding, Findings, gather, missing, only_one_of, wrong
from asl.validation.jsonata import expression_or, expression_template
from asl.validation.objects import Extra, known_object
from asl.validation.templates import payload_template, reference_path
from asl.validation.values import anything, integer, label_problem, one_of, string, wrong_type

MAX_ITEMS = 100_000_000
MAX_BATCH_BYTES = 262_144
DISTRIBUTED_ONLY = (
    "ItemReader",
    "ItemBatcher",
    "ResultWriter",
    "Label",
)
_S3_ACTION = re.compile(r"arn:[^:]+:states:::s3:(?P<action>.*)")


def processor(value: Json, context: Context) -> Findings | None:
    """``ItemProcessor`` or, by its old name, ``Iterator``. Its states are checked when the walk comes to them."""
    found = _PROCESSOR(value, context)
    if type(value) is dict:
        key = "ItemProcessor" if context.state.get("ItemProcessor") is value else "Iterator"
        config = value.get("ProcessorConfig")
        distributed = is_distributed(value)
        context.children.append(((key,), value, _child_type(config, distributed, context), distributed))
        if distributed and context.workflow == "EXPRESS":
            message = "Express state machine does not support Distributed Map states"
            found = gather(found, wrong(message, "ProcessorConfig", "Mode", hint="use type STANDARD or Mode INLINE"))
    return found


def is_distributed(block: JsonObject) -> bool:
    config = block.get("ProcessorConfig")
    return isinstance(config, dict) and config.get("Mode") == "DISTRIBUTED"


def _child_type(config: Json, distributed: bool, context: Context) -> WorkflowType:
    if not distributed:
        return context.workflow
    return "EXPRESS" if config.get("ExecutionType") == "EXPRESS" else "STANDARD"


def branches(value: Json, context: Context) -> Findings | None:
    """The branches of a Parallel state."""
    if type(value) is not list:
        return wrong_type("Array", value)
    if not value:
        return wrong("Value cannot be empty")
    found: Findings | None = None
    for index, branch in enumerate(value):
        found = gather(found, _BRANCH(branch, context), index)
        if type(branch) is dict:
            context.children.append((("Branches", index), branch, context.workflow, False))
    return found


def map_as_a_whole(state: JsonObject, context: Context) -> Findings | None:
    """One processor, one selector, and nothing of a distributed Map in an inline one."""
    found: Findings | None = None
    processors = [key for key in ("ItemProcessor", "Iterator") if key in state]
    if len(processors) != 1:
        found = only_one_of(["ItemProcessor", "Iterator"]) if processors else missing(["ItemProcessor"])
    if "Parameters" in state and "ItemSelector" in state:
        found = gather(found, only_one_of(["ItemSelector", "Parameters"]))
    block = state.get(processors[0]) if processors else None
    if type(block) is dict and not is_distributed(block):
        for key in DISTRIBUTED_ONLY:
            if key in state:
                hint = "it belongs to a distributed Map: set ProcessorConfig.Mode to DISTRIBUTED"
                finding = Finding(SCHEMA, f"Field '{key}' is not supported", (key,), 1, hint, at_key=True)
                found = gather(found, [finding])
    return found


def map_label(value: Json, context: Context) -> Findings | None:
    problem = label_problem(value)
    return None if problem is None else [Finding("INVALID_LABEL_NAME", problem)]


def _s3_resource(*actions: str) -> Check:
    def check(value: Json, context: Context) -> Findings | None:
        if type(value) is not str:
            return wrong_type("String", value)
        known = _S3_ACTION.fullmatch(value)
        if "${" in value or (value.startswith("arn:") and (known is None or known["action"] in actions)):
            return None
        message = (
            f"The resource provided {value} is not recognized. The value is not a valid resource ARN, "
            "or the resource is not available in this region."
        )
        return wrong(message, hint=f"use arn:aws:states:::s3:{' or '.join(actions)}")

    return check


def _pairs(*names: str) -> Extra:
    """Each of ``names`` and its twin that ends in ``Path`` exclude each other."""

    def check(value: JsonObject, context: Context) -> Findings | None:
        found: Findings | None = None
        for name in names:
            if name in value and f"{name}Path" in value:
                found = gather(found, only_one_of([f"{name}Path", name]))
        return found

    return check


def _batcher(value: JsonObject, context: Context) -> Findings | None:
    found = _BATCH_PAIRS(value, context)
    limits = ("MaxItemsPerBatch", "MaxInputBytesPerBatch")
    if not any(limit in value or f"{limit}Path" in value for limit in limits):
        found = gather(found, wrong(f"At least one of the following fields is required: [{', '.join(limits)}]"))
    return found


def _reader(value: JsonObject, context: Context) -> Findings | None:
    """What ReaderConfig must have by the kind of reader: only listing reads without an InputType."""
    config = value.get("ReaderConfig")
    if type(config) is not dict:
        return None
    lists = str(value.get("Resource", "")).endswith(":listObjectsV2")
    flattens = config.get("Transformation") == "LOAD_AND_FLATTEN"
    if flattens and str(value.get("Resource", "")).endswith(":getObject"):
        hint = "LOAD_AND_FLATTEN reads what listObjectsV2 lists"
        transformation = ("ReaderConfig", "Transformation")
        return [Finding(SCHEMA, "Field 'Transformation' is not supported", transformation, 1, hint, at_key=True)]
    if "InputType" not in config and (flattens if lists else config.get("ManifestType") == "ATHENA_DATA"):
        return wrong("The field 'InputType' is required", "ReaderConfig")
    return None


def _reader_config(config: JsonObject, context: Context) -> Findings | None:
    found = _CONFIG_PAIRS(config, context)
    input_type = config.get("InputType")
    for field, types in _FIELDS_BY_INPUT_TYPE.items():
        if field in config and type(input_type) is str and input_type not in types:
            hint = f"{field} goes with InputType {' or '.join(types)}"
            found = gather(
                found, [Finding(SCHEMA, f"Field '{field}' is not supported", (field,), 1, hint, at_key=True)]
            )
    if config.get("ManifestType") == "ATHENA_DATA" and input_type in ("JSON", "MANIFEST"):
        message = "Field 'ManifestType' is not supported"
        found = gather(found, [Finding(SCHEMA, message, ("ManifestType",), 1, at_key=True)])
    if config.get("ManifestType") == "S3_INVENTORY" and input_type not in (None, "MANIFEST"):
        hint = "the manifest itself says how the files of an S3 inventory are written"
        message = "Field 'InputType' is not supported"
        found = gather(found, [Finding(SCHEMA, message, ("InputType",), 1, hint, at_key=True)])
    if input_type == "CSV" and "CSVHeaderLocation" not in config:
        found = gather(found, wrong("The field 'CSVHeaderLocation' is required"))
    return gather(found, _csv_headers(config))


def _csv_headers(config: JsonObject) -> Findings | None:
    location = config.get("CSVHeaderLocation")
    if location == "GIVEN" and "CSVHeaders" not in config:
        return wrong("The field 'CSVHeaders' is required")
    if location == "FIRST_ROW" and "CSVHeaders" in config:
        return [Finding(SCHEMA, "Field 'CSVHeaders' is not supported", ("CSVHeaders",), 1, at_key=True)]
    return None


def _items_pointer(value: Json, context: Context) -> Findings | None:
    if type(value) is not str:
        return wrong_type("String", value)
    if value == "" or value.startswith("/"):
        return None
    return wrong(f"Invalid input: JSON Pointer expression must start with '/': \"{value}\"")


def _strings(value: Json, context: Context) -> Findings | None:
    if type(value) is not list:
        return wrong_type("Array", value)
    found: Findings | None = None
    for index, item in enumerate(value):
        found = gather(found, string(item, context), index)
    return found


def _writer(value: JsonObject, context: Context) -> Findings | None:
    if not value:
        return wrong("Value cannot be empty")
    arguments = "Parameters" if context.language == "JSONPath" else "Arguments"
    if ("Resource" in value) != (arguments in value):
        return missing([arguments if "Resource" in value else "Resource"])
    return None


def _by_language(
    kind: str, tables: Mapping[QueryLanguage, Mapping[str, Check]], required: Sequence[str], extra: Extra
) -> Check:
    checks = {language: known_object(kind, table, required, extra) for language, table in tables.items()}

    def check(value: Json, context: Context) -> Findings | None:
        return checks[context.language](value, context)

    return check


_FIELDS_BY_INPUT_TYPE = {
    "CSVHeaderLocation": ("CSV",),
    "CSVHeaders": ("CSV",),
    "CSVDelimiter": ("CSV", "MANIFEST"),
    "ItemsPointer": ("JSON",),
}
_CONFIG_PAIRS = _pairs("MaxItems")
_BATCH_PAIRS = _pairs("MaxItemsPerBatch", "MaxInputBytesPerBatch")

_PROCESSOR_CONFIG = known_object(
    "ProcessorConfig",
    {
        "Mode": one_of("Mode", ["INLINE", "DISTRIBUTED"]),
        "ExecutionType": one_of("ExecutionType", ["STANDARD", "EXPRESS"]),
    },
)
BLOCK: Mapping[str, Check] = {"Comment": string, "StartAt": anything, "States": anything}
"""The fields of every block of states; what StartAt and States hold is the walk's business."""
_PROCESSOR = known_object("ItemProcessor", {**BLOCK, "ProcessorConfig": _PROCESSOR_CONFIG})
_BRANCH = known_object("Branch", BLOCK)

_READER_CONFIG: Mapping[str, Check] = {
    "InputType": one_of("InputType", ["CSV", "JSON", "JSONL", "PARQUET", "MANIFEST"]),
    "ManifestType": one_of("ManifestType", ["ATHENA_DATA", "S3_INVENTORY"]),
    "Transformation": one_of("Transformation", ["NONE", "LOAD_AND_FLATTEN"]),
    "CSVHeaderLocation": one_of("CSVHeaderLocation", ["FIRST_ROW", "GIVEN"]),
    "CSVHeaders": _strings,
    "CSVDelimiter": one_of("CSVDelimiter", ["COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB"]),
    "ItemsPointer": _items_pointer,
    "MaxItems": integer(0, MAX_ITEMS),
}
_WRITER_CONFIG = known_object(
    "WriterConfig",
    {
        "Transformation": one_of("Transformation", ["NONE", "COMPACT", "FLATTEN"]),
        "OutputType": one_of("OutputType", ["JSON", "JSONL"]),
    },
)
_BATCH_LIMITS: Mapping[str, Check] = {
    "MaxItemsPerBatch": integer(1, MAX_ITEMS),
    "MaxInputBytesPerBatch": integer(1, MAX_BATCH_BYTES),
}

PARTS: Mapping[str, Mapping[QueryLanguage, Mapping[str, Check]]] = {
    "ReaderConfig": {
        "JSONPath": {**_READER_CONFIG, "MaxItemsPath": reference_path},
        "JSONata": {**_READER_CONFIG, "MaxItems": expression_or(integer(0, MAX_ITEMS))},
    },
    "ItemBatcher": {
        "JSONPath": {
            **_BATCH_LIMITS,
            **{f"{limit}Path": reference_path for limit in _BATCH_LIMITS},
            "BatchInput": payload_template,
        },
        "JSONata": {
            **{limit: expression_or(check) for limit, check in _BATCH_LIMITS.items()},
            "BatchInput": expression_template(),
        },
    },
    "ResultWriter": {
        "JSONPath": {
            "Resource": _s3_resource("putObject"),
            "Parameters": payload_template,
            "WriterConfig": _WRITER_CONFIG,
        },
        "JSONata": {
            "Resource": _s3_resource("putObject"),
            "Arguments": expression_template(),
            "WriterConfig": _WRITER_CONFIG,
        },
    },
}
"""The fields of the Map state's own objects, per language."""

_READER_CONFIG_CHECK = _by_language("ReaderConfig", PARTS["ReaderConfig"], (), _reader_config)
_READ = _s3_resource("getObject", "listObjectsV2")
READER: Mapping[QueryLanguage, Mapping[str, Check]] = {
    "JSONPath": {"Resource": _READ, "Parameters": payload_template, "ReaderConfig": _READER_CONFIG_CHECK},
    "JSONata": {"Resource": _READ, "Arguments": expression_template(), "ReaderConfig": _READER_CONFIG_CHECK},
}

item_reader = _by_language("ItemReader", READER, ["Resource"], _reader)
item_batcher = _by_language("ItemBatcher", PARTS["ItemBatcher"], (), _batcher)
result_writer = _by_language("ResultWriter", PARTS["ResultWriter"], (), _writer)
