"""Which variables a state refers to."""

import pytest

from interpreter.api.variable_references import variable_references


def references(state, **more):
    return variable_references({"StartAt": "S", "States": {"S": state}, **more}).get("S", [])


@pytest.mark.parametrize(
    ("state", "names"),
    [
        ({"Type": "Pass", "InputPath": "$a", "OutputPath": "$b.c"}, ["a", "b"]),
        ({"Type": "Pass", "Parameters": {"x.$": "$a[0]", "y": "$literal"}}, ["a"]),
        ({"Type": "Pass", "Parameters": {"x.$": "States.Format('$no {}', $yes)"}}, ["yes"]),
        ({"Type": "Pass", "Parameters": {"x.$": "$$.Execution.Id", "y.$": "$.a"}}, []),
        (
            {"Type": "Choice", "Choices": [{"And": [{"Variable": "$b", "StringEqualsPath": "$a"}], "Next": "S"}]},
            ["a", "b"],
        ),
        ({"Type": "Pass", "Result": {"x": "$a"}}, []),
    ],
)
def test_references_of_paths_and_templates(state, names):
    assert references(state) == names


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("{% $a + $b.c %}", ["a", "b"]),
        ("{% $uppercase($name) %}", ["name"]),
        ("{% $states.input %}", []),
        ("{% ($x := 1; $x + $y) %}", ["y"]),
        ("{% $map($items, function($v, $i) { $v * $factor }) %}", ["factor", "items"]),
        ("{% '$text' & \"$more\" & `$name` /* $comment */ %}", []),
        ("$a", []),
    ],
)
def test_references_of_jsonata(expression, names):
    assert references({"Type": "Pass", "QueryLanguage": "JSONata", "Output": {"x": [expression]}}) == names


def test_a_container_does_not_refer_to_what_its_children_read():
    child = {"Type": "Pass", "InputPath": "$inner"}
    branch = {"StartAt": "C", "States": {"C": child}}
    definition = {"StartAt": "P", "States": {"P": {"Type": "Parallel", "Branches": [branch], "OutputPath": "$outer"}}}
    assert variable_references(definition) == {"P": ["outer"], "C": ["inner"]}
