"""What becomes of the results of a Map Run: the state's result, and the files that a ResultWriter puts."""

from __future__ import annotations

from itertools import chain

from asl.json_text import to_text
from asl.types import Json, JsonObject
from interpreter.map_run import MapRun


def transformed(run: MapRun, config: JsonObject) -> list[Json]:
    """The result of a Map Run that is not exported: outputs, outputs with arrays spliced in, or records."""
    return _rows(run, range(len(run.inputs)), config.get("Transformation", "COMPACT"))


def exported(run: MapRun, target: JsonObject, config: JsonObject) -> tuple[JsonObject, list[JsonObject]]:
    """The state's result, and the putObject parameters of every file: the results by status, then the manifest."""
    folder = "/".join(part for part in (str(target.get("Prefix", "")).strip("/"), run.arn.rsplit(":", 1)[-1]) if part)
    bucket = target.get("Bucket")
    files = {status: _file(run, status, folder, bucket, config) for status in ("SUCCEEDED", "FAILED", "PENDING")}
    written = {status: [] if file is None else [_listed(file)] for status, file in files.items()}
    manifest = {"DestinationBucket": bucket, "MapRunArn": run.arn, "ResultFiles": written}
    key = f"{folder}/manifest.json"
    puts = [file for file in files.values() if file is not None]
    puts.append({"Bucket": bucket, "Key": key, "Body": to_text(manifest)})
    return {"MapRunArn": run.arn, "ResultWriterDetails": {"Bucket": bucket, "Key": key}}, puts


def _file(run: MapRun, status: str, folder: str, bucket: Json, config: JsonObject) -> JsonObject | None:
    indexes = [index for index, ended in enumerate(run.statuses) if _group(ended) == status]
    if not indexes:
        return None
    transformation = config.get("Transformation", "NONE") if status == "SUCCEEDED" else "NONE"
    lines = config.get("OutputType") == "JSONL"
    rows = _rows(run, indexes, transformation)
    body = "".join(f"{to_text(row)}\n" for row in rows) if lines else to_text(rows)
    return {"Bucket": bucket, "Key": f"{folder}/{status}_0.{'jsonl' if lines else 'json'}", "Body": body}


def _group(status: str) -> str:
    return status if status in ("SUCCEEDED", "PENDING") else "FAILED"


def _listed(file: JsonObject) -> JsonObject:
    return {"Key": file["Key"], "Size": len(file["Body"].encode())}


def _rows(run: MapRun, indexes: range | list[int], transformation: str) -> list[Json]:
    if transformation == "NONE":
        return [run.records[index] for index in indexes]
    outputs = [run.outputs[i] if run.statuses[i] == "SUCCEEDED" else run.records[i] for i in indexes]
    if transformation == "FLATTEN":
        return list(chain.from_iterable(output if isinstance(output, list) else [output] for output in outputs))
    return outputs
