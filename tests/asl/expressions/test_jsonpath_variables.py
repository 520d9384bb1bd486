"""Which variables expressions read."""

from asl.expressions.jsonpath.variables import variables_read_by, variables_read_by_rule, variables_read_by_template


def test_paths_and_calls_name_their_variables():
    assert variables_read_by("$total.sum[0]") == {"total"}
    assert variables_read_by("States.Format('{}', $a, States.Array($b[*], $.c, $$.d))") == {"a", "b"}


def test_inputs_contexts_texts_and_mistakes_name_none():
    for text in ("$", "$.a", "$$.a", "text", "States.Nope($a)", "$a[", "", None, 5):
        assert variables_read_by(text) == set()


def test_only_dynamic_keys_of_a_template_count():
    template = {"a.$": "$x", "b": "$y", "c": [{"d.$": "States.Array($z)"}], "e": {"f.$": 5}}
    assert variables_read_by_template(template) == {"x", "z"}
    assert variables_read_by_template("$x") == set()


def test_a_rule_names_what_it_compares():
    rule = {
        "And": [{"Variable": "$a", "NumericEqualsPath": "$b.c"}, {"Not": {"Variable": "$d", "StringEquals": "$e"}}],
        "Assign": {"x.$": "$f"},
        "Next": "N",
    }
    assert variables_read_by_rule(rule) == {"a", "b", "d"}
    assert variables_read_by_rule({"Or": [{"Variable": "$.a", "IsNull": True}]}) == set()
    assert variables_read_by_rule(None) == set()
