"""ARNs and names."""

import pytest

from interpreter.api.arn import Names, check_name, check_role, parse_arn
from interpreter.api.errors import ApiError

PREFIX = "arn:aws:states:us-east-1:123456789012"


@pytest.mark.parametrize(
    ("text", "kind", "name", "qualifier"),
    [
        (f"{PREFIX}:stateMachine:m", "stateMachine", "m", None),
        (f"{PREFIX}:stateMachine:m:3", "stateMachine", "m", "3"),
        (f"{PREFIX}:stateMachine:m/label", "stateMachine", "m/label", None),
        (f"{PREFIX}:execution:m:e", "execution", "m", "e"),
        (f"{PREFIX}:express:m:e:uuid", "express", "m", "e:uuid"),
        (f"{PREFIX}:mapRun:m/label:uuid", "mapRun", "m/label", "uuid"),
        (f"{PREFIX}:activity:a", "activity", "a", None),
    ],
)
def test_every_kind_of_arn_is_taken_apart(text, kind, name, qualifier):
    arn = parse_arn(text, kind)
    assert (arn.kind, arn.name, arn.qualifier) == (kind, name, qualifier)
    assert arn.machine == f"{PREFIX}:stateMachine:{name.partition('/')[0]}"


@pytest.mark.parametrize(
    "text",
    ["", "x", "arn:aws:states", f"{PREFIX}:execution", f"{PREFIX}:execution:m", f"{PREFIX}:execution:m:", "a" * 300],
)
def test_what_is_no_whole_arn_is_invalid(text):
    with pytest.raises(ApiError, match="InvalidArn: Invalid Arn: '"):
        parse_arn(text, "execution")


def test_the_unqualified_arn_is_that_of_the_machine():
    assert parse_arn(f"{PREFIX}:stateMachine:m:live", "stateMachine").unqualified == f"{PREFIX}:stateMachine:m"


@pytest.mark.parametrize("name", ["a", "A-b_c.d", "ü", "x" * 80])
def test_allowed_names(name):
    assert check_name(name) == name


@pytest.mark.parametrize("name", ["", "x" * 81, *(f"a{char}b" for char in ' \t<>{}[]?*"#%\\^|~`$&,;:/\0\x1f\x7f\x9f')])
def test_forbidden_names(name):
    with pytest.raises(ApiError, match="InvalidName"):
        check_name(name)


def test_arns_are_made_for_an_account_and_a_region():
    names = Names("1", "eu-west-1", "aws-cn")
    assert names.execution("m", "e") == "arn:aws-cn:states:eu-west-1:1:execution:m:e"
    assert names.express_execution("m", "e", "u") == "arn:aws-cn:states:eu-west-1:1:express:m:e:u"
    assert names.activity("a") == "arn:aws-cn:states:eu-west-1:1:activity:a"


@pytest.mark.parametrize("arn", ["role", "arn:aws:iam::1:user/u", "arn:aws:iam::1:role/"])
def test_what_is_no_role_is_refused_by_its_own_name(arn):
    with pytest.raises(ApiError, match="InvalidArn: Invalid Role Arn: '"):
        check_role(arn)


@pytest.mark.parametrize("arn", ["arn:aws:iam::012345678901:role/DummyRole", "arn:aws-cn:iam::1:role/path/r"])
def test_any_role_will_do(arn):
    assert check_role(arn) == arn
