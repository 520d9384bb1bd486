"""What a reader of a distributed Map gets of S3's responses."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from io import BytesIO

from interpreter.api.integrations.aws import inflated, listed


def test_an_object_that_is_named_gz_is_inflated() -> None:
    response = {"Body": BytesIO(gzip.compress(b"a,b\n")), "ETag": "x"}
    assert inflated(response, {"Key": "in/items.csv.gz"}) == {"Body": b"a,b\n", "ETag": "x"}


def test_an_object_of_another_name_is_left_as_it_is() -> None:
    response = {"Body": BytesIO(gzip.compress(b"a,b\n"))}
    assert inflated(response, {"Key": "in/items.csv"}) is response


def test_a_listing_has_the_names_and_times_that_aws_gives_its_items() -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, 600_000, tzinfo=UTC)
    entry = {"Key": "a", "LastModified": moment, "ETag": '"x"', "Size": 3, "ChecksumAlgorithm": ["CRC32"]}
    item = {"Etag": '"x"', "Key": "a", "LastModified": 1_767_323_045, "Size": 3}
    assert listed({"Contents": [entry]}) == {"Contents": [item]}


def test_what_is_no_listing_gets_no_contents() -> None:
    assert listed({"ETag": "x"}) == {}
