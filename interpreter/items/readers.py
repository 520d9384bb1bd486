"""The items that an ItemReader makes of an object: CSV, JSON, JSON Lines, or a list of objects."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from asl.errors import StateError
from asl.types import Json, JsonObject

ITEM_READER_FAILED = "States.ItemReaderFailed"
DELIMITERS = {"COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "SPACE": " ", "TAB": "\t"}


def read_items(answer: Json, config: JsonObject) -> list[Json]:
    """The items in what the reader's service call gave.

    ``answer`` is a list of items, or a response with ``Body`` (text of an object, read by ``config``) or ``Contents``
    (a listing).
    """
    if isinstance(answer, dict) and ("Contents" in answer or answer.get("KeyCount") == 0):
        return list(answer.get("Contents", ()))  # S3 leaves out the contents of an empty listing
    if isinstance(answer, dict) and isinstance(answer.get("Body"), str):
        return _READERS[config.get("InputType", "JSON")](answer["Body"], config)
    return _iterable(answer)


def next_page(answer: Json) -> str | None:
    """What a listing says that it goes on with, if it does."""
    token = answer.get("NextContinuationToken") if isinstance(answer, dict) and "Contents" in answer else None
    return token if isinstance(token, str) else None


class FurtherObjects(NamedTuple):
    """The objects that a listing or a manifest names, as getObject parameters, and the ReaderConfig to read them
    with."""

    parameters: list[JsonObject]
    config: JsonObject


def further_objects(answer: Json, config: JsonObject, bucket: Json) -> FurtherObjects | None:
    """The objects that hold the items, where the first answer only names them; else None."""
    if not isinstance(answer, dict):
        return None
    if config.get("Transformation") == "LOAD_AND_FLATTEN" and "Contents" in answer:
        keys = [entry["Key"] for entry in answer["Contents"] if not entry["Key"].endswith("/")]
        return FurtherObjects([{"Bucket": bucket, "Key": key} for key in keys], config)
    kind = config.get("ManifestType") or ("S3_INVENTORY" if config.get("InputType") == "MANIFEST" else None)
    return _MANIFESTS[kind](answer["Body"], config) if kind in _MANIFESTS and "Body" in answer else None


def _inventory(body: str, config: JsonObject) -> FurtherObjects:
    try:
        manifest = json.loads(body)
        bucket = manifest["destinationBucket"].rsplit(":", 1)[-1]
        headers = [column.strip() for column in manifest["fileSchema"].split(",")]
        objects = [{"Bucket": bucket, "Key": file["key"]} for file in manifest["files"]]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise item_reader_failed("The object is not a manifest of an S3 inventory.") from None
    return FurtherObjects(objects, {"InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": headers})


def _athena(body: str, config: JsonObject) -> FurtherObjects:
    places = [line.strip().strip('"').partition("://")[2].partition("/") for line in body.splitlines() if line.strip()]
    return FurtherObjects([{"Bucket": bucket, "Key": key} for bucket, _, key in places], config)


_MANIFESTS: dict[str | None, Callable[[str, JsonObject], FurtherObjects]] = {
    "S3_INVENTORY": _inventory,
    "ATHENA_DATA": _athena,
}


def item_reader_failed(cause: str) -> StateError:
    return StateError(ITEM_READER_FAILED, cause)


def _iterable(value: Json) -> list[Json]:
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        return [{"Key": key, "Value": entry} for key, entry in value.items()]
    raise item_reader_failed("Attempting to map over non-iterable node.")


def _read_json(body: str, config: JsonObject) -> list[Json]:
    document = _parsed(body)
    pointer = config.get("ItemsPointer")
    return _iterable(document if pointer is None else _pointed(document, pointer))


def _read_json_lines(body: str, _config: JsonObject) -> list[Json]:
    return [_parsed(line) for line in body.splitlines() if line.strip()]


def _parsed(text: str) -> Json:
    try:
        return json.loads(text)
    except ValueError as error:
        raise item_reader_failed(f"The object is not valid JSON: {error}") from None


def _read_parquet(_body: str, _config: JsonObject) -> list[Json]:
    raise item_reader_failed("A PARQUET object can't be read here: let the mock of this state return its rows.")


def _pointed(document: Json, pointer: str) -> Json:
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        try:
            document = document[int(key)] if isinstance(document, list) else document[key]
        except (KeyError, IndexError, ValueError, TypeError):
            cause = "The provided ReaderConfig.ItemsPointer does not match any valid path in the JSON structure."
            raise item_reader_failed(cause) from None
    return document


def _read_csv(body: str, config: JsonObject) -> list[Json]:
    records = csv_records(body, DELIMITERS[config.get("CSVDelimiter", "COMMA")])
    given = config.get("CSVHeaderLocation") == "GIVEN"
    headers = config.get("CSVHeaders", []) if given else next(records, [])
    if len(set(headers)) != len(headers):
        raise item_reader_failed("CSV headers cannot contain duplicates.")
    return [_row(headers, record) for record in records]


def _row(headers: list[str], record: list[str]) -> JsonObject:
    padded = [*record, *[""] * (len(headers) - len(record))]
    return dict(zip(headers, padded, strict=False))


def csv_records(body: str, delimiter: str) -> Iterator[list[str]]:
    """The records of a CSV text, blank lines left out: double quotes optional, ``""`` in them a quote, a backslash
    escapes ``\\``, ``"`` and the delimiter."""
    field: list[str] = []
    record: list[str] = []
    quoted = False
    position = 0
    while position < len(body):
        character = body[position]
        if character == "\\":
            position += 1
            field.append(body[position : position + 1])
        elif character == '"' and quoted and body[position + 1 : position + 2] == '"':
            position += 1
            field.append('"')
        elif character == '"':
            quoted = not quoted
        elif character == delimiter and not quoted:
            record.append("".join(field))
            field = []
        elif character == "\n" and not quoted:
            yield from _record(record, field)
            record, field = [], []
        else:
            field.append(character)
        position += 1
    yield from _record(record, field)


def _record(record: list[str], field: list[str]) -> Iterator[list[str]]:
    last = "".join(field).removesuffix("\r")
    if record or last:
        yield [*record, last]


_READERS: dict[str, Callable[[str, JsonObject], list[Json]]] = {
    "CSV": _read_csv,
    "JSON": _read_json,
    "JSONL": _read_json_lines,
    "PARQUET": _read_parquet,
}


def batches(items: Iterable[Json], most: int | None, most_bytes: int | None, extra: JsonObject) -> list[JsonObject]:
    """The children's inputs for an ItemBatcher: at most ``most`` items and ``most_bytes`` bytes of JSON each."""
    from asl.json_text import PAYLOAD_LIMIT, byte_length

    limit = min(most_bytes or PAYLOAD_LIMIT, PAYLOAD_LIMIT)
    overhead = byte_length({**extra, "Items": []})
    made: list[list[Any]] = []
    size = 0
    for item in items:
        length = byte_length(item) + 1
        if not made or (most is not None and len(made[-1]) >= most) or overhead + size + length > limit:
            made.append([])
            size = 0
        made[-1].append(item)
        size += length
    return [{**extra, "Items": batch} for batch in made]
