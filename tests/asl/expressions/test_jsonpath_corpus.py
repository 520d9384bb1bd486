"""Every path and intrinsic function that people published or that was recorded on AWS compiles."""

import json
from pathlib import Path

import pytest
import yaml

from asl.errors import ExpressionSyntaxError
from asl.expressions.payload_template import compile_text_field

SHARED = Path(__file__).parents[4] / "shared"
FOLDERS = [SHARED / "conformance" / "cases", SHARED / "workflows" / "definitions"]
REFUSED_BY_AWS = "escaped double quote", 'Test \\"Name\\" Here'
"""The texts of recorded definitions that AWS refused for their escapes."""

pytestmark = pytest.mark.skipif(
    not FOLDERS[0].is_dir(), reason="the recorded cases (../shared/conformance) are not here"
)


def definitions():
    for file in sorted(file for folder in FOLDERS for file in folder.rglob("*") if file.is_file()):
        loaded = json.loads(file.read_text()) if file.suffix == ".json" else yaml.safe_load(file.read_text())
        yield loaded.get("definition", loaded) if isinstance(loaded, dict) else None


def expressions(node, key=""):
    """Values that look like expressions, with the keys that make them so; literal Results and inputs have none."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name not in ("Result", "input"):
                yield from expressions(value, str(name))
    elif isinstance(node, list):
        for item in node:
            yield from expressions(item, key)
    elif is_expression(key, node):
        yield key, node


def is_expression(key, value):
    asked_for = key.endswith((".$", "Path")) or key == "Variable"
    return asked_for and isinstance(value, str) and value.startswith(("$", "States.")) and "${" not in value


def test_every_published_and_recorded_expression_compiles():
    found = {pair for definition in definitions() for pair in expressions(definition)}
    assert len(found) > 500
    refused = []
    for key, text in sorted(found):
        try:
            compile_text_field(text, key)
        except ExpressionSyntaxError as error:
            refused.append((text, error.__cause__))
    assert [text for text, _ in refused if not any(part in text for part in REFUSED_BY_AWS)] == []
