"""What the readers of a distributed Map make of datasets, and where they say that an item comes from."""

from __future__ import annotations

from typing import Any

import pytest

from asl.types import Json, JsonObject
from interpreter import Result, run
from interpreter.items.readers import csv_records

PLACE = "An error occurred while executing the state 'S' (entered at the event id #2). "


def distributed(**fields: Any) -> JsonObject:
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "Item",
        "States": {"Item": {"Type": "Pass", "End": True}},
    }
    return {"Type": "Map", "ItemProcessor": processor, "End": True, **fields}


def reader(config: JsonObject | None, action: str = "getObject", parameters: str = "Parameters") -> JsonObject:
    place = {"Bucket": "data", "Key": "in/file"} if action == "getObject" else {"Bucket": "data"}
    written: JsonObject = {"Resource": f"arn:aws:states:::s3:{action}", parameters: place}
    return written if config is None else {**written, "ReaderConfig": config}


def run_map(state: JsonObject, input: Json, *answers: Json, language: str = "JSONPath") -> Result:
    machine = {"StartAt": "S", "QueryLanguage": language, "States": {"S": state}}
    mocks = {"S": [{"Return": answer} for answer in answers]} if answers else None
    return run(machine, input, mocks=mocks, seed=1)


@pytest.mark.parametrize(
    ("text", "records"),
    [
        ('"x,y",z\n', [["x,y", "z"]]),
        ('"say ""hi""",1\n', [['say "hi"', "1"]]),
        ('"",""\n', [["", ""]]),
        ('"two\nlines",1', [["two\nlines", "1"]]),
        ("a\\,b,\\x,\\\\\n", [["a,b", "x", "\\"]]),
        ("a,b\r\n\r\n\nc,d\r\n", [["a", "b"], ["c", "d"]]),
        ("", []),
    ],
)
def test_csv_has_quotes_doubled_inside_quotes_and_drops_other_backslashes(text: str, records: list[list[str]]) -> None:
    assert list(csv_records(text, ",")) == records


def test_a_parquet_object_that_cannot_be_read_fails_the_map_run() -> None:
    result = run_map(distributed(ItemReader=reader({"InputType": "PARQUET"})), {}, {"Body": "PAR1"})
    assert result.error == "States.ItemReaderFailed"
    assert "MapRunFailed" in [event["type"] for event in result.history]


SELECTOR = {"value.$": "$$.Map.Item.Value", "source.$": "$$.Map.Item.Source"}


@pytest.mark.parametrize(
    ("fields", "answer", "source"),
    [
        ({}, None, "STATE_DATA"),
        ({"ItemReader": reader({"InputType": "JSON"})}, {"Body": "[1]"}, "S3://data/in/file"),
        ({"ItemReader": reader(None, "listObjectsV2")}, {"Contents": [{"Key": "a"}]}, "S3://data"),
    ],
)
def test_a_distributed_map_says_where_its_items_come_from(fields: JsonObject, answer: Json, source: str) -> None:
    answers = [] if answer is None else [answer]
    result = run_map(distributed(ItemSelector=SELECTOR, **fields), [1], *answers)
    assert [item["source"] for item in result.output] == [source]


def test_load_and_flatten_iterates_over_the_contents_of_every_listed_object() -> None:
    config = {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW", "Transformation": "LOAD_AND_FLATTEN"}
    state = distributed(ItemReader=reader(config, "listObjectsV2"), ItemSelector=SELECTOR)
    listing = {"Contents": [{"Key": "in/"}, {"Key": "in/1.csv"}, {"Key": "in/2.csv"}]}
    result = run_map(state, {}, listing, {"Body": "n\n1\n2\n"}, {"Body": "n\n3\n"})
    assert result.output == [
        {"value": {"n": "1"}, "source": "S3://data/in/1.csv"},
        {"value": {"n": "2"}, "source": "S3://data/in/1.csv"},
        {"value": {"n": "3"}, "source": "S3://data/in/2.csv"},
    ]


def test_an_inventory_gives_objects_with_the_columns_of_its_schema() -> None:
    manifest = '{"destinationBucket": "arn:aws:s3:::lists", "fileSchema": "Bucket, Key", "files": [{"key": "1.csv"}]}'
    state = distributed(ItemReader=reader({"InputType": "MANIFEST"}))
    result = run_map(state, {}, {"Body": manifest}, {"Body": '"data","x"\n"data","y"\n'})
    assert result.output == [{"Bucket": "data", "Key": "x"}, {"Bucket": "data", "Key": "y"}]


def test_an_athena_manifest_gives_the_rows_of_the_files_that_it_names() -> None:
    config = {"InputType": "JSONL", "ManifestType": "ATHENA_DATA"}
    manifest = "s3://results/1.jsonl\ns3://results/2.jsonl\n"
    state = distributed(ItemReader=reader(config))
    assert run_map(state, {}, {"Body": manifest}, {"Body": '{"n":1}\n'}, {"Body": "2\n"}).output == [{"n": 1}, 2]


def test_an_exported_map_run_without_items_gives_its_manifest() -> None:
    writer = {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "out", "Prefix": "p"}}
    result = run_map(distributed(ResultWriter=writer), [], {})
    assert set(result.output) == {"MapRunArn", "ResultWriterDetails"}


@pytest.mark.parametrize(
    ("percentage", "cause"),
    [
        (1.5, None),
        (100, None),
        (100.5, "ToleratedFailurePercentage must be between 0 and 100 but was: 100.5"),
        (-1, "ToleratedFailurePercentage must be between 0 and 100 but was: -1"),
    ],
)
def test_a_tolerated_percentage_by_expression_is_a_real_number_up_to_100(percentage: float, cause: str | None) -> None:
    state = distributed(Items=[1], ToleratedFailurePercentage="{% $states.input.p %}")
    result = run_map(state, {"p": percentage}, language="JSONata")
    assert result.cause == (None if cause is None else PLACE + cause)


def test_the_numbers_of_reader_and_batcher_name_their_whole_place() -> None:
    config = {"InputType": "JSON", "MaxItems": "{% 'x' %}"}
    state = distributed(ItemReader=reader(config, parameters="Arguments"))
    result = run_map(state, {}, {"Body": "[1]"}, language="JSONata")
    failed = next(event for event in result.history if event["type"] == "EvaluationFailed")
    assert failed["evaluationFailedEventDetails"]["location"] == "ItemReader/ReaderConfig/MaxItems"
    most = distributed(ItemReader=reader({"InputType": "JSON", "MaxItems": "{% 100000000 %}"}, parameters="Arguments"))
    assert run_map(most, {}, {"Body": "[1]"}, language="JSONata").output == [1]


def caught(**fields: Any) -> JsonObject:
    state = distributed(Catch=[{"ErrorEquals": ["States.ALL"], "Next": "After"}], Next="After", **fields)
    del state["End"]
    after = {"Type": "Pass", "Parameters": {"error.$": "$.Error", "context.$": "$$"}, "End": True}
    return {"StartAt": "S", "States": {"S": state, "After": {"QueryLanguage": "JSONPath", **after}}}


@pytest.mark.parametrize("batcher", [{}, {"ItemBatcher": {"MaxItemsPerBatch": 10}}])
def test_a_child_whose_input_would_be_too_large_fails_the_map_run(batcher: JsonObject) -> None:
    twice = {"a.$": "$$.Map.Item.Value", "b.$": "$$.Map.Item.Value"}
    result = run(caught(ItemSelector=twice, **batcher), ["x" * 140_000])
    assert result.output["error"] == "States.DataLimitExceeded"
    types = [event["type"] for event in result.history]
    assert types[3:7] == ["MapRunStarted", "MapRunFailed", "MapStateFailed", "MapStateExited"]


def test_a_caught_item_selector_leaves_no_map_run_behind() -> None:
    result = run(caught(QueryLanguage="JSONata", Items=[1], ItemSelector="{% $nope %}"), {})
    assert result.output["error"] == "States.QueryEvaluationError"
    assert "Map" not in result.output["context"]


def test_a_listing_of_several_pages_is_read_to_its_end() -> None:
    first = {"Contents": [{"Key": "a"}], "NextContinuationToken": "more", "IsTruncated": True}
    asked: list[Json] = []

    def answer(parameters: JsonObject) -> Json:
        asked.append(parameters)
        return {"Contents": [{"Key": "b"}]} if "ContinuationToken" in parameters else first

    machine = {"StartAt": "S", "States": {"S": distributed(ItemReader=reader(None, "listObjectsV2"))}}
    result = run(machine, {}, tasks={"S": answer})
    assert result.output == [{"Key": "a"}, {"Key": "b"}]
    assert asked == [{"Bucket": "data"}, {"Bucket": "data", "ContinuationToken": "more"}]


def test_a_reader_that_gives_null_has_nothing_to_iterate_over() -> None:
    machine = {"StartAt": "S", "States": {"S": distributed(ItemReader=reader({"InputType": "JSON"}))}}
    result = run(machine, {}, mocks={"S": {"Return": None}})
    assert (result.error, result.cause) == ("States.ItemReaderFailed", "Attempting to map over non-iterable node.")


@pytest.mark.parametrize("config", [None, {"InputType": "JSON", "Transformation": "LOAD_AND_FLATTEN"}])
def test_an_empty_listing_has_no_items(config: JsonObject | None) -> None:
    result = run_map(distributed(ItemReader=reader(config, "listObjectsV2")), {}, {"KeyCount": 0, "Name": "data"})
    assert result.output == []
