"""Definitions in Terraform modules, plans and states."""

from collections.abc import Callable
from pathlib import Path

import pytest

from asl.errors import DefinitionError
from asl.sources import list_definitions, load_definition
from asl.types import Json

Look = Callable[..., str]
LAMBDA = "arn:aws:lambda:us-east-1:123456789012:function:"


def test_jsonencode_keeps_the_lines_of_the_object(fixtures: Path, pointed_at: Look) -> None:
    document = load_definition(fixtures / "terraform" / "jsonencode" / "main.tf")
    states = document.value["States"]
    assert (document.name, document.type) == ("shop-dev-orders", "EXPRESS")
    assert states["Charge"]["Resource"] == f"{LAMBDA}shop-dev-charge"
    assert states["Charge"]["TimeoutSeconds"] == 10
    assert states["Charge"]["Retry"] == [{"ErrorEquals": ["States.TaskFailed"], "MaxAttempts": 2}]
    expected_url = "https://sqs.us-east-1.amazonaws.com/123456789012/shop-dev-orders"
    assert states["Queue"]["Parameters"] == {"QueueUrl": expected_url, "MessageBody.$": "$.order"}
    assert pointed_at(document, ("States", "Queue", "Next")) == 'main.tf:48: "Done"'
    assert pointed_at(document, ("States", "Charge"), key=True) == "main.tf:34: Charge = {"
    assert pointed_at(document, ("States", "Charge", "Resource")) == "main.tf:36: aws_lambda_function.charge.arn"
    assert pointed_at(document, ("States", "Charge", "Retry", 0, "MaxAttempts")) == "main.tf:4: 2 }]"


def test_a_variable_takes_a_given_value(fixtures: Path) -> None:
    document = load_definition(fixtures / "terraform" / "jsonencode", substitutions={"stage": "prod"})
    assert document.value["States"]["Charge"]["TimeoutSeconds"] == 60
    assert document.name == "shop-prod-orders"


def test_a_heredoc_keeps_its_lines_and_columns(fixtures: Path, pointed_at: Look) -> None:
    document = load_definition(fixtures / "terraform" / "heredoc")
    states = document.value["States"]
    assert states["Wait"]["Seconds"] == 45
    assert states["Check"]["Resource"] == f"{LAMBDA}check"
    assert pointed_at(document, ("States", "Check", "Next")) == 'main.tf:19: "Chek"'


def test_templatefile_leads_into_the_template_and_modules_are_followed(fixtures: Path, pointed_at: Look) -> None:
    document = load_definition(fixtures / "terraform" / "templatefile", resource="images")
    branches = document.value["States"]["Resize"]["Branches"]
    assert [branch["StartAt"] for branch in branches] == ["png", "webp"]
    assert branches[1]["States"]["webp"]["Resource"] == f"{LAMBDA}img-resize"
    assert pointed_at(document, ("States", "Resize", "Next")) == 'images.asl.json:11: "Gone"'


def test_file_leads_into_the_definition(fixtures: Path, pointed_at: Look) -> None:
    document = load_definition(fixtures / "terraform" / "templatefile", resource="plain")
    assert pointed_at(document, ("States", "Only", "Next")) == 'plain.asl.json:4: "Gone"}'


def test_the_registry_module_is_a_state_machine_too(fixtures: Path) -> None:
    found = list_definitions(fixtures / "terraform" / "templatefile")
    assert [(one.name, one.kind, one.type) for one in found] == [
        ("images", "aws_sfn_state_machine", "STANDARD"),
        ("plain", "aws_sfn_state_machine", "STANDARD"),
        ("registry", "terraform-aws-modules/step-functions", "EXPRESS"),
    ]


@pytest.mark.parametrize("name", ["plan.json", "terraform.tfstate"])
def test_plan_and_state_lead_into_the_string(fixtures: Path, pointed_at: Look, name: str) -> None:
    path = fixtures / "terraform" / name
    first = list_definitions(path)[0]
    document = load_definition(path, resource=first.name)
    assert document.value["States"]["A"]["Next"] == "Missing"
    assert r"\"Missing\"" in pointed_at(document, ("States", "A", "Next"))


def test_a_plan_without_the_definition_says_what_to_load(fixtures: Path) -> None:
    with pytest.raises(DefinitionError, match="known only after it is applied") as caught:
        load_definition(fixtures / "terraform" / "plan.json", resource="late")
    assert "directory with its .tf files" in str(caught.value.diagnostics[0].hint)


def module(tmp_path: Path, expression: str, more: str = "") -> Path:
    path = tmp_path / "main.tf"
    path.write_text(
        f'{more}\nresource "aws_sfn_state_machine" "flow" {{\n  definition = jsonencode({{\n'
        f'    StartAt = "A"\n    States = {{ A = {{ Type = "Pass", Result = {expression} }} }}\n  }})\n}}\n',
        encoding="utf-8",
    )
    return path


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3 == 9 && !false", True),
        ("-5 % 3 < 0 || 1 >= 2", True),
        ('"a${1 + 1}b"', "a2b"),
        ('"$${literal} %%{x} \\"q\\" \\u00e9\\n"', '${literal} %{x} "q" é\n'),
        ('"%{ if 1 > 2 }x%{ else }y%{ endif }"', "y"),
        ("[for x in [1, 2, 3] : x * 2 if x > 1]", [4, 6]),
        ("{ for k, v in { a = 1 } : upper(k) => v }", {"A": 1}),
        ("merge({ a = 1 }, { b = 2 })", {"a": 1, "b": 2}),
        ("concat([1], [2])[1]", 2),
        ('lookup({ a = 1 }, "b", 9)', 9),
        ('join(",", ["a", "b"])', "a,b"),
        ('format("%s-%03d-%q", "a", 7, "x")', 'a-007-"x"'),
        ('replace("a-b", "/[-]/", "_")', "a_b"),
        ('try(local.missing, "fallback")', "fallback"),
        ('jsondecode("{\\"a\\": [1]}").a[0]', 1),
        ('yamldecode("a: {b: 2}")["a"].b', 2),
        ("[{ n = 1 }, { n = 2 }][*].n", [1, 2]),
        ('coalesce("", "x")', "x"),
        ("flatten([[1, [2]], 3])", [1, 2, 3]),
        ("aws_sns_topic.alerts[0].arn", "arn:aws:sns:us-east-1:123456789012:alerts-topic"),
        ("aws_sns_topic.alerts[*].arn", ["arn:aws:sns:us-east-1:123456789012:alerts-topic"]),
        ("data.aws_caller_identity.me.account_id", "123456789012"),
        ("var.list[0]", "x"),
        ("var.unset_table_name", "unset_table"),
        ("module.remote.topic_arn", "arn:aws:sns:us-east-1:123456789012:remote_topic"),
        ("min([3, 1]...)", 1),
        ("<<-EOT\n      a\n        b\n    EOT\n", "a\n  b\n"),
    ],
)
def test_expressions_are_worth_what_terraform_makes_of_them(tmp_path: Path, expression: str, value: Json) -> None:
    more = (
        'resource "aws_sns_topic" "alerts" {\n  name = "alerts-topic"\n}\nvariable "list" { default = ["x"] }\n'
        'variable "unset_table_name" {}\ndata "aws_caller_identity" "me" {}\n'
        'module "remote" {\n  source = "git::https://example.com/remote.git"\n}'
    )
    document = load_definition(module(tmp_path, expression, more))
    assert document.value["States"]["A"]["Result"] == value


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("uuidv5(1)", "Unknown function uuidv5"),
        ("local.nothing", 'There is no local value "nothing"'),
        ("var.nothing", 'There is no variable "nothing"'),
        ('file("none.json")', "The file 'none.json' is not there"),
        ("1 + {}", "The operator + does not fit its operands"),
        ("upper(5)", "The function upper does not fit its arguments"),
        ("{ a = 1 }.b", "There is no attribute 'b' here"),
        ("[1, 2", "Expected ']'"),
        ('"unclosed', "A string is not closed"),
        ("(" * 5000, "nested more than"),
    ],
)
def test_an_expression_that_can_not_be_worked_out_is_one_finding_at_its_line(
    tmp_path: Path, expression: str, message: str
) -> None:
    path = module(tmp_path, expression)
    with pytest.raises(DefinitionError) as caught:
        load_definition(path)
    (diagnostic,) = caught.value.diagnostics
    assert message in diagnostic.message
    assert diagnostic.source == str(path)
    assert diagnostic.position is not None
    assert diagnostic.position.line in (5, 6)


def test_locals_in_a_circle_are_refused(tmp_path: Path) -> None:
    path = module(tmp_path, "local.a", "locals {\n  a = local.b\n  b = local.a\n}")
    with pytest.raises(DefinitionError, match=r"in a circle: local\.a -> local\.b -> local\.a"):
        load_definition(path)


def test_older_template_data_sources_are_rendered(tmp_path: Path) -> None:
    (tmp_path / "flow.json").write_text('{"StartAt": "A",\n "States": {"A": {"Type": "Task", "Resource": "${fn}"}}}')
    (tmp_path / "main.tf").write_text(
        'data "template_file" "flow" {\n  template = "${file("${path.module}/flow.json")}"\n'
        '  vars = {\n    fn = "${aws_lambda_function.f.arn}"\n  }\n}\n'
        'resource "aws_lambda_function" "f" {\n  function_name = "f"\n}\n'
        'resource "aws_sfn_state_machine" "flow" {\n  definition = "${data.template_file.flow.rendered}"\n}\n'
    )
    document = load_definition(tmp_path)
    assert document.value["States"]["A"]["Resource"] == f"{LAMBDA}f"
    source, position = document.locate(("States", "A", "Type"))
    assert (source, position.line) == (str(tmp_path / "flow.json"), 2)


def test_a_definition_that_only_a_variable_knows_is_asked_for(tmp_path: Path) -> None:
    module = tmp_path / "main.tf"
    module.write_text('variable "flow" {}\nresource "aws_sfn_state_machine" "x" {\n  definition = var.flow\n}\n')
    with pytest.raises(DefinitionError) as caught:
        load_definition(module)
    [diagnostic] = caught.value.diagnostics
    assert diagnostic.position is not None
    assert (diagnostic.position.line, diagnostic.message) == (3, "The definition is no JSON object but 'flow'")
    assert "--set" in str(diagnostic.hint)
    given = {"flow": '{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}'}
    assert load_definition(module, substitutions=given).value["StartAt"] == "A"
