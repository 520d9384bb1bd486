"""Definitions in SAM and CloudFormation templates and in CDK's output."""

from collections.abc import Callable
from pathlib import Path

import pytest

from asl.errors import DefinitionError
from asl.sources import list_definitions, load_definition
from asl.types import Json

Look = Callable[..., str]
LAMBDA = "arn:aws:lambda:us-east-1:123456789012:function:"


def test_sam_object_definition_is_resolved_and_keeps_its_lines(fixtures: Path, pointed_at: Look) -> None:
    document = load_definition(fixtures / "sam" / "orders.yaml")
    states = document.value["States"]
    assert (document.name, document.type) == ("order-flow", "EXPRESS")
    assert states["Charge"]["Resource"] == f"{LAMBDA}charge-dev"
    assert states["Charge"]["TimeoutSeconds"] == 5
    assert states["Save"]["Parameters"]["TableName"] == "OrdersTable"
    assert states["Alert"]["Resource"] == "arn:aws:states:::sns:publish"
    assert states["Alert"]["Parameters"]["TopicArn"] == "arn:aws:sns:us-east-1:123456789012:Alerts"
    assert pointed_at(document, ("States", "Charge", "Resource")) == "orders.yaml:29: !GetAtt ChargeFunction.Arn"
    assert pointed_at(document, ("States", "Charge"), key=True) == "orders.yaml:27: Charge:"
    broken = ("States", "Alert", "Parameters", "Message.$")
    assert pointed_at(document, broken, offset=14) == "orders.yaml:48: '{} failed', $.id"
    assert document.warnings == ()


def test_a_parameter_takes_a_given_value_and_conditions_follow_it(fixtures: Path) -> None:
    document = load_definition(fixtures / "sam" / "orders.yaml", substitutions={"Stage": "prod"})
    charge = document.value["States"]["Charge"]
    assert (charge["Resource"], charge["TimeoutSeconds"]) == (f"{LAMBDA}charge-prod", 60)


def test_sam_definition_uri_leads_into_the_definitions_own_file(fixtures: Path, pointed_at: Look) -> None:
    document = load_definition(fixtures / "sam" / "uri.yaml")
    resize = document.value["States"]["Resize"]
    assert resize["Resource"] == f"{LAMBDA}Resize"
    assert resize["Parameters"] == {"width": 640, "bucket": "bucket"}
    assert pointed_at(document, ("States", "Resize", "Next")) == 'thumbnails.asl.json:8: "Nowhere"'
    assert document.source == str(fixtures / "sam" / "statemachine" / "thumbnails.asl.json")


def test_a_placeholder_that_the_template_gives_no_value_is_made_up_with_a_warning(fixtures: Path) -> None:
    document = load_definition(fixtures / "sam" / "uri.yaml")
    (warning,) = document.warnings
    assert (warning.code, warning.position.line if warning.position else 0) == ("MISSING_SUBSTITUTION", 7)
    assert document.assumed == {"Bucket": "bucket"}


def test_of_several_state_machines_one_is_named_and_without_a_name_all_are_listed(fixtures: Path) -> None:
    path = fixtures / "sam" / "several.json"
    assert load_definition(path, resource="First").value["States"]["A"]["Result"] == "us-east-1"
    assert load_definition(path, resource="Second").type == "EXPRESS"
    with pytest.raises(DefinitionError) as caught:
        load_definition(path)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.message == "The file holds 2 state machines"
    assert diagnostic.hint == (
        "Choose one by its name: First (AWS::Serverless::StateMachine, STANDARD), "
        "Second (AWS::Serverless::StateMachine, EXPRESS)"
    )


def test_a_state_machine_that_is_not_there_gets_the_nearest_name(fixtures: Path) -> None:
    with pytest.raises(DefinitionError, match="Did you mean 'First'"):
        load_definition(fixtures / "sam" / "several.json", resource="Frist")


def test_cloudformation_sub_string_keeps_lines_and_columns(fixtures: Path, pointed_at: Look) -> None:
    document = load_definition(fixtures / "cloudformation" / "string.yaml")
    states = document.value["States"]
    assert states["Check"]["Resource"] == f"{LAMBDA}Check"
    assert states["Wait"]["Seconds"] == 30
    assert pointed_at(document, ("States", "Wait", "Next")) == 'string.yaml:25: "Chekc"}'
    assert pointed_at(document, ("States", "Check", "Resource")) == 'string.yaml:22: "${Check.Arn}",'
    assert document.name == "poller"


def test_cloudformation_joined_string_leads_to_the_part_of_the_join(fixtures: Path, pointed_at: Look) -> None:
    document = load_definition(fixtures / "cloudformation" / "join.json")
    send = document.value["States"]["Send"]
    assert send["Resource"] == "arn:aws:states:::sqs:sendMessage"
    assert send["Parameters"]["QueueUrl"] == "https://sqs.us-east-1.amazonaws.com/123456789012/Queue"
    assert send["Parameters"]["MessageBody"] == "${literal}"
    assert pointed_at(document, ("States", "Send", "End")).startswith("join.json:20: true")
    assert pointed_at(document, ("States", "Send", "Parameters", "QueueUrl")).startswith('join.json:18: \\"${Queue}')


def test_cloudformation_s3_location_is_looked_for_beside_the_template(fixtures: Path, pointed_at: Look) -> None:
    document = load_definition(fixtures / "cloudformation" / "location.yaml")
    assert document.value["States"]["Put"]["Parameters"]["TableName"] == "items"
    assert pointed_at(document, ("States", "Put", "Next")) == "worker.asl.yaml:9: Missing"
    assert document.type == "EXPRESS"


def test_cdk_assembly_lists_the_state_machines_of_all_stacks(fixtures: Path) -> None:
    found = list_definitions(fixtures / "cdk" / "cdk.out")
    assert [one.name for one in found] == [
        "OrdersStack/OrderFlow1A2B3C4D",
        "Images99",
        "Prod-Orders/OrderFlow1A2B3C4D",
    ]


def test_cdk_joined_definition_is_read_by_its_construct_path(fixtures: Path, pointed_at: Look) -> None:
    document = load_definition(fixtures / "cdk" / "cdk.out", resource="OrdersStack/OrderFlow")
    charge = document.value["States"]["Charge"]
    assert charge["Parameters"]["FunctionName"] == f"{LAMBDA}ChargeFunction0D5A2B3C"
    assert document.name == "OrderFlow"
    assert pointed_at(document, ("States", "Done"), key=True).startswith('OrdersStack.template.json:30: \\"Done\\"')


def test_cdk_asset_is_found_in_the_assembly(fixtures: Path, pointed_at: Look) -> None:
    document = load_definition(fixtures / "cdk" / "cdk.out", resource="images")
    assert document.value["States"]["Resize"]["Resource"] == f"{LAMBDA}resize"
    assert pointed_at(document, ("States", "Resize", "Next")).endswith(':7: "Nowhere"')


def test_a_single_cdk_template_needs_no_assembly(fixtures: Path) -> None:
    document = load_definition(fixtures / "cdk" / "cdk.out" / "OrdersStack.template.json")
    assert set(document.value["States"]) == {"Charge", "Done"}


def test_a_construct_that_two_stacks_have_needs_its_stack(fixtures: Path) -> None:
    with pytest.raises(DefinitionError, match="2 state machines are called 'OrderFlow'"):
        load_definition(fixtures / "cdk" / "cdk.out", resource="OrderFlow")


def template(tmp_path: Path, value: str, more: str = "") -> Path:
    path = tmp_path / "template.yaml"
    path.write_text(
        "Parameters:\n  Names: {Type: CommaDelimitedList, Default: 'a,b'}\n  Size: {Type: Number, Default: 5}\n"
        "  Unset: {Type: String}\nMappings: {M: {us-east-1: {k: v}}}\n"
        "Conditions:\n  Yes: !Equals [a, a]\n  No: !Not [!Condition Yes]\n"
        "  Both: !And [!Condition Yes, !Condition No]\n"
        f"Resources:\n  Q: {{Type: AWS::SQS::Queue}}\n  F: {{Type: AWS::Lambda::Function}}\n{more}"
        "  Flow:\n    Type: AWS::StepFunctions::StateMachine\n    Properties:\n      Definition:\n"
        f"        StartAt: A\n        States:\n          A: {{Type: Pass, End: true, Result: {value}}}\n",
        encoding="utf-8",
    )
    return path


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("!Ref Size", 5),
        ("!Ref Names", ["a", "b"]),
        ("!Select [1, !Ref Names]", "b"),
        ("!Join ['-', [x, !Ref Size, !Ref AWS::AccountId]]", "x-5-123456789012"),
        ("!Split ['/', 'a/b']", ["a", "b"]),
        ("!FindInMap [M, !Ref AWS::Region, k]", "v"),
        ("!If [No, 1, !If [Both, 2, 3]]", 3),
        ("!Sub ['${x}-${Size}', {x: !GetAtt Q.Arn}]", "arn:aws:sqs:us-east-1:123456789012:Q-5"),
        ("!Ref Q", "https://sqs.us-east-1.amazonaws.com/123456789012/Q"),
        ("!GetAtt Q.QueueName", "Q"),
        ("!Ref F", "F"),
        ("!Base64 hi", "aGk="),
        ("!Cidr [10.0.0.0/16, 2, 8]", ["10.0.0.0/24", "10.0.1.0/24"]),
        ("{a: !Ref AWS::NoValue, b: 1}", {"b": 1}),
        ("[1, !Ref AWS::NoValue]", [1]),
        ("!GetAZs ''", ["us-east-1a", "us-east-1b", "us-east-1c"]),
        ("{'Fn::ToJsonString': {a: [1]}}", '{"a":[1]}'),
        ("{'Fn::Length': [1, 2]}", 2),
        ("!Ref Unset", "Unset"),
        ("!ImportValue shared-TopicArn", "arn:aws:sns:us-east-1:123456789012:shared-Topic"),
    ],
)
def test_intrinsic_functions_give_what_the_template_alone_tells(tmp_path: Path, expression: str, value: Json) -> None:
    document = load_definition(template(tmp_path, expression))
    assert document.value["States"]["A"]["Result"] == value


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("{'Fn::Subs': x}", "Unknown intrinsic function Fn::Subs"),
        ("!If [Missing, 1, 2]", "The template has no condition 'Missing'"),
        ("!FindInMap [M, eu-west-1, k]", "The template's Mappings have no M / eu-west-1 / k"),
        ("!Select [5, !Ref Names]", "Fn::Select has no item 5 in a list of 2"),
        ("!Join [x]", "Fn::Join takes a delimiter and a list"),
        ("{'Fn::Transform': {Name: Macro}}", "Only the transform AWS::Include can be worked out here"),
    ],
)
def test_a_function_that_can_not_be_worked_out_is_one_finding_at_its_line(
    tmp_path: Path, expression: str, message: str
) -> None:
    path = template(tmp_path, expression)
    with pytest.raises(DefinitionError) as caught:
        load_definition(path)
    (diagnostic,) = caught.value.diagnostics
    assert (diagnostic.message, diagnostic.source) == (message, str(path))
    assert diagnostic.position is not None
    assert "Result:" in path.read_text(encoding="utf-8").splitlines()[diagnostic.position.line - 1]
    assert diagnostic.hint


def test_a_reference_to_nothing_gets_a_value_and_a_warning(tmp_path: Path) -> None:
    document = load_definition(template(tmp_path, "!Ref Sizes"))
    (warning,) = document.warnings
    assert (warning.code, warning.hint) == ("UNRESOLVED_REFERENCE", "Did you mean Size?")


def test_conditions_in_a_circle_are_refused(tmp_path: Path) -> None:
    path = template(tmp_path, "!If [No, 1, 2]")
    path.write_text(path.read_text().replace("Yes: !Equals [a, a]", "Yes: !Not [!Condition No]"))
    with pytest.raises(DefinitionError, match=r"in a circle: No -> Yes -> No"):
        load_definition(path)


def test_an_include_transform_reads_the_local_file(tmp_path: Path) -> None:
    (tmp_path / "part.yaml").write_text("x: !Ref Size\n")
    include = "{'Fn::Transform': {Name: AWS::Include, Parameters: {Location: part.yaml}}}"
    document = load_definition(template(tmp_path, include))
    assert document.value["States"]["A"]["Result"] == {"x": 5}
    assert document.locate(("States", "A", "Result", "x"))[0] == str(tmp_path / "part.yaml")


def test_a_definition_that_only_a_parameter_knows_is_asked_for(tmp_path: Path) -> None:
    template = tmp_path / "template.yaml"
    template.write_text(
        "Parameters:\n  Flow: {Type: String}\nResources:\n  M:\n    Type: AWS::StepFunctions::StateMachine\n"
        "    Properties:\n      DefinitionString: !Ref Flow\n"
    )
    with pytest.raises(DefinitionError) as caught:
        load_definition(template)
    [diagnostic] = caught.value.diagnostics
    assert diagnostic.position is not None
    assert (diagnostic.position.line, diagnostic.message) == (7, "The definition is no JSON object but 'Flow'")
    given = {"Flow": '{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}'}
    assert load_definition(template, substitutions=given).value["StartAt"] == "A"
