"""The items that an ItemReader makes of an object: CSV, JSON, JSON Lines, or a list of objects."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from asl.errors import StateError
from asl.types import Json, JsonObject

ITEM_READER_FAILED = "States.ItemReaderFailed"
DELIMITERS = {"COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "SPACE": " ", "TAB": "\t"}


def read_items(answer: Json, config: JsonObject) -> list[Json]:
    """The items in what the reader's service call gave.

    ``answer`` is a list of items, or a response with ``Body`` (text of an object, read by ``config``) or ``Contents``
    (a listing).
    """
    if isinstance(answer, dict) and "Contents" in answer:
        return list(answer["Contents"])
    if isinstance(answer, dict) and isinstance(answer.get("Body"), str):
        return _READERS[config.get("InputType", "JSON")](answer["Body"], config)
    return _iterable(answer)


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
    """The records of a CSV text: double quotes optional, ``""`` in them a quote, a backslash escapes ``\\``, ``"``
    and the delimiter."""
    field: list[str] = []
    record: list[str] = []
    quoted = False
    characters = iter(body)
    for character in characters:
        if character == "\\":
            following = next(characters, "")
            field.append(following)
        elif character == '"':
            quoted = not quoted
        elif character == delimiter and not quoted:
            record.append("".join(field))
            field = []
        elif character == "\n" and not quoted:
            yield [*record, "".join(field).rstrip("\r")]
            record, field = [], []
        else:
            field.append(character)
    if field or record:
        yield [*record, "".join(field)]


_READERS: dict[str, Callable[[str, JsonObject], list[Json]]] = {
    "CSV": _read_csv,
    "JSON": _read_json,
    "JSONL": _read_json_lines,
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
