"""Plain definitions: placeholders given and made up, and everything that is no definition."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from asl.diagnostics import Diagnostic, Position
from asl.document import Document
from asl.errors import DefinitionError
from asl.sources import list_definitions, load_definition
from asl.types import Json

WORKFLOWS = Path(__file__).parents[4] / "shared" / "workflows" / "definitions"


def write(tmp_path: Path, text: str, name: str = "flow.asl.json") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def state(tmp_path: Path, fields: str, **given: Json) -> Document:
    path = write(tmp_path, '{"StartAt": "A",\n "States": {"A": {' + fields + "}}}")
    return load_definition(path, substitutions=given)


def refusal(path: Path, **options: Json) -> Diagnostic:
    with pytest.raises(DefinitionError) as caught:
        load_definition(path, **options)
    (diagnostic,) = caught.value.diagnostics
    return diagnostic


@pytest.mark.parametrize(
    ("fields", "value"),
    [
        ('"Resource": "${ChargeFn}"', "arn:aws:lambda:us-east-1:123456789012:function:ChargeFn"),
        ('"Resource": "${ApproveActivityArn}"', "arn:aws:states:us-east-1:123456789012:activity:ApproveActivity"),
        ('"Parameters": {"TableName": "x", "Item": {}}, "Resource": "${DDBPut}"', "arn:aws:states:::dynamodb:putItem"),
        ('"Resource": "arn:${AWS::Partition}:states:::sns:publish"', "arn:aws:states:::sns:publish"),
        ('"Resource": "arn:aws:lambda:::function:${fn}"', "arn:aws:lambda:::function:fn"),
    ],
)
def test_a_resource_placeholder_gets_an_arn_of_the_right_form(tmp_path: Path, fields: str, value: str) -> None:
    assert state(tmp_path, fields).value["States"]["A"]["Resource"] == value


@pytest.mark.parametrize(
    ("field", "placeholder", "value"),
    [
        ("QueueUrl", "${Orders}", "https://sqs.us-east-1.amazonaws.com/123456789012/Orders"),
        ("TopicArn", "${Alerts}", "arn:aws:sns:us-east-1:123456789012:Alerts"),
        ("StateMachineArn", "${Child}", "arn:aws:states:us-east-1:123456789012:stateMachine:Child"),
        ("ExecutionRoleArn", "${Exec}", "arn:aws:iam::123456789012:role/Exec"),
        ("Bucket", "${ResultBucketName}", "resultbucket"),
        ("Url", "s3://${DataBucket}/out", "s3://databucket/out"),
        ("FunctionName", "${WorkArn}:$LATEST", "arn:aws:lambda:us-east-1:123456789012:function:Work:$LATEST"),
    ],
)
def test_a_parameter_placeholder_gets_a_value_of_the_right_kind(
    tmp_path: Path, field: str, placeholder: str, value: str
) -> None:
    document = state(tmp_path, f'"Parameters": {{"{field}": "{placeholder}"}}')
    assert document.value["States"]["A"]["Parameters"][field] == value


def test_a_number_is_made_up_where_the_language_wants_one(tmp_path: Path) -> None:
    value = state(tmp_path, '"Seconds": ${Wait}, "TimeoutSeconds": "${T}"').value["States"]["A"]
    assert value == {"Seconds": 1, "TimeoutSeconds": 300}


def test_what_was_made_up_is_told(tmp_path: Path) -> None:
    document = state(tmp_path, '"Seconds": ${Wait}')
    assert document.assumed == {"Wait": 1}
    assert document.warnings == ()


def test_given_values_win_and_keep_their_types(tmp_path: Path) -> None:
    fields = '"Seconds": ${Wait}, "Resource": "${Fn}", "Comment": "waits ${Wait} s", "${Key}.$": "$"'
    document = state(tmp_path, fields, Wait=7, Fn="arn:x", Key="Orders")
    assert document.value["States"]["A"] == {
        "Seconds": 7,
        "Resource": "arn:x",
        "Comment": "waits 7 s",
        "Orders.$": "$",
    }
    assert document.assumed == {}


def test_an_unquoted_placeholder_takes_json_text(tmp_path: Path) -> None:
    value = state(tmp_path, '"Seconds": ${Wait}, "Result": ${Body}', Wait="7", Body='{"a": [1]}').value["States"]["A"]
    assert value == {"Seconds": 7, "Result": {"a": [1]}}


def test_given_values_may_use_other_given_values(tmp_path: Path) -> None:
    document = state(tmp_path, '"Resource": "${Arn}"', Arn="arn:aws:lambda:${AWS::Region}:1:function:${Name}", Name="f")
    assert document.value["States"]["A"]["Resource"] == "arn:aws:lambda:us-east-1:1:function:f"


def test_substitutions_in_a_circle_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path, '{"StartAt": "A", "States": {"A": {"Resource": "${X}"}}}')
    diagnostic = refusal(path, substitutions={"X": "${Y}", "Y": "a${X}"})
    assert diagnostic.message == "The substitutions refer to each other in a circle: X -> Y -> X"
    assert diagnostic.position == Position(1, 47)


def test_comments_and_literal_results_keep_what_nothing_is_given_for(tmp_path: Path) -> None:
    value = state(tmp_path, '"Comment": "for ${who}", "Result": {"a": "${b}"}').value["States"]["A"]
    assert value == {"Comment": "for ${who}", "Result": {"a": "${b}"}}


def test_a_given_value_that_nothing_asks_for_is_a_warning(tmp_path: Path) -> None:
    (warning,) = state(tmp_path, '"Type": "Pass"', Tabel="x").warnings
    assert (warning.code, warning.message) == ("UNUSED_SUBSTITUTION", "No placeholder is called 'Tabel'")


def test_places_survive_the_filling_of_placeholders(tmp_path: Path) -> None:
    document = state(tmp_path, '"Comment": "a ${x} {% b %}", "End": true', x="longer than before")
    text = document.value["States"]["A"]["Comment"]
    assert document.position(("States", "A", "End")) == Position(2, 55)
    assert document.position(("States", "A", "Comment"), offset=text.index("{%")) == Position(2, 38)


def test_a_definition_without_placeholders_is_given_as_it_is(tmp_path: Path) -> None:
    path = write(tmp_path, '{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}')
    document = load_definition(path)
    assert document.definition == path.read_text()
    assert load_definition(path, resource="flow").value == document.value


def test_a_plain_definition_is_listed_under_its_file_name(tmp_path: Path) -> None:
    path = write(tmp_path, '{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}')
    (found,) = list_definitions(path)
    assert (found.name, found.kind, found.type) == ("flow", "definition", "STANDARD")


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        ('{"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}', "t.json", "The file holds no state machine"),
        ("Resources:\n", "t.yaml", "The file holds no state machine"),
        ('{"a": 1}', "t.json", "The file holds no state machine"),
        ("[1]", "t.json", "This is no definition: it holds no object"),
        ("locals {}\n", "main.tf", "The file holds no state machine"),
        ('{"terraform_version": "1", "planned_values": {}}', "p.json", "The file holds no state machine"),
    ],
)
def test_a_file_without_a_state_machine_says_what_was_looked_for(
    tmp_path: Path, text: str, name: str, message: str
) -> None:
    diagnostic = refusal(write(tmp_path, text, name))
    assert diagnostic.message == message
    assert diagnostic.hint


def test_a_directory_without_a_template_says_what_may_be_in_one(tmp_path: Path) -> None:
    assert "manifest.json" in str(refusal(tmp_path).hint)


def test_a_definition_file_that_is_not_there_is_reported_at_the_line_that_names_it(tmp_path: Path) -> None:
    text = (
        "Resources:\n  M:\n    Type: AWS::Serverless::StateMachine\n    Properties:\n      DefinitionUri: none.json\n"
    )
    diagnostic = refusal(write(tmp_path, text, "template.yaml"))
    assert diagnostic.message == "The definition file 'none.json' is not there"
    assert diagnostic.position == Position(5, 22)


def test_a_state_machine_without_a_definition_is_refused(tmp_path: Path) -> None:
    text = "Resources:\n  M:\n    Type: AWS::Serverless::StateMachine\n    Properties: {Name: m}\n"
    assert refusal(write(tmp_path, text, "template.yaml")).message == "The state machine 'M' has no definition"


def test_wrong_json_inside_a_template_string_is_placed_in_the_template(tmp_path: Path) -> None:
    text = (
        "Resources:\n  M:\n    Type: AWS::StepFunctions::StateMachine\n    Properties:\n"
        '      DefinitionString: |\n        {"StartAt": "A",\n         "States": {"A": {"Type": "Pass",}}}\n'
    )
    diagnostic = refusal(write(tmp_path, text, "template.yaml"))
    assert diagnostic.code == "INVALID_JSON_DESCRIPTION"
    assert diagnostic.position == Position(7, 42)


def test_every_published_definition_loads() -> None:
    paths = sorted(WORKFLOWS.glob("*"))
    if not paths:
        pytest.skip("../shared/workflows is not here")
    for path in paths:
        document = load_definition(path)
        assert document.value["States"], path
        assert not document.duplicate_keys, path


def test_loading_a_plain_definition_imports_neither_yaml_nor_templates(tmp_path: Path) -> None:
    path = write(tmp_path, '{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}')
    code = (
        "import sys; from asl.sources import load_definition; load_definition(sys.argv[1]);"
        "print([m for m in ('yaml', 'hashlib', 'asl.sources.placeholders', 'asl.sources.resolver')"
        " if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_name_that_is_like_none_gets_the_list(tmp_path: Path) -> None:
    template = tmp_path / "t.json"
    machine = {"Type": "AWS::Serverless::StateMachine", "Properties": {"Definition": {"StartAt": "A"}}}
    template.write_text(json.dumps({"Resources": {"Orders": machine, "Refunds": machine}}))
    with pytest.raises(DefinitionError, match="There is no state machine 'xyz' here") as caught:
        load_definition(template, resource="xyz")
    assert str(caught.value.diagnostics[0].hint).startswith("The file holds: Orders (")
    with pytest.raises(DefinitionError) as caught:
        load_definition(template, resource="Order")
    assert str(caught.value.diagnostics[0].hint).startswith("Did you mean 'Orders'? The file holds: Orders (")
