"""What changed between two definitions."""

import copy

import pytest

from asl.diff import END, diff_definitions
from asl.diff_fields import ABSENT


def machine(**states):
    return {"StartAt": next(iter(states)), "States": states}


@pytest.fixture
def old():
    return machine(
        Check={
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": "check", "Payload": {"a": 1}},
            "Retry": [{"ErrorEquals": ["Busy"], "MaxAttempts": 2}],
            "Catch": [{"ErrorEquals": ["Bad"], "Next": "Sorry"}],
            "Next": "Big?",
        },
        **{
            "Big?": {
                "Type": "Choice",
                "Choices": [{"Variable": "$.total", "NumericGreaterThan": 100, "Next": "Ship"}],
                "Default": "Sorry",
            }
        },
        Ship={
            "Type": "Map",
            "ItemProcessor": machine(
                Pick={"Type": "Pass", "Next": "Pack"}, Pack={"Type": "Pass", "Result": 1, "End": True}
            ),
            "End": True,
        },
        Sorry={"Type": "Fail", "Error": "E"},
    )


def changed(old, change):
    new = copy.deepcopy(old)
    change(new["States"])
    return diff_definitions(old, new)


def the_fields(diff):
    (only,) = diff.changed
    return [(found.group, found.field, found.old, found.new) for found in only.fields]


def the_transitions(diff):
    (only,) = diff.changed
    return [(found.label, found.old, found.new) for found in only.transitions]


def test_equal_definitions_have_no_difference(old):
    reordered = dict(reversed(old["States"].items()))
    assert not diff_definitions(old, {**old, "States": reordered})


def test_states_are_added_and_removed_wherever_they_stand(old):
    def change(states):
        states["Ship"]["ItemProcessor"]["States"]["Wrap"] = {"Type": "Wait", "Seconds": 1, "Next": "Pack"}
        states["Check"]["Catch"] = []
        del states["Sorry"]

    diff = changed(old, change)
    assert diff.added == ("Wrap",)
    assert diff.removed == ("Sorry",)


def test_a_state_with_the_same_content_under_another_name_was_renamed(old):
    def change(states):
        states["Apologise"] = states.pop("Sorry")
        states["Check"]["Catch"][0]["Next"] = "Apologise"
        states["Big?"]["Default"] = "Apologise"

    diff = changed(old, change)
    assert (diff.added, diff.removed, diff.renamed) == ((), (), {"Sorry": "Apologise"})
    assert [(change.name, change.was) for change in diff.changed] == [("Apologise", "Sorry")]


def test_of_several_equal_states_the_most_alike_names_are_paired():
    old = machine(
        StepOne={"Type": "Pass", "Next": "StepTwo"}, StepTwo={"Type": "Pass", "Next": "Z"}, Z={"Type": "Succeed"}
    )
    new = machine(
        StepTwoB={"Type": "Pass", "Next": "StepOneB"}, StepOneB={"Type": "Pass", "Next": "Z"}, Z={"Type": "Succeed"}
    )
    assert diff_definitions(old, new).renamed == {"StepOne": "StepOneB", "StepTwo": "StepTwoB"}


def test_a_state_that_moved_into_a_map_is_the_same_state_in_another_place(old):
    def change(states):
        states["Ship"]["ItemProcessor"]["States"]["Sorry"] = states.pop("Sorry")

    assert the_fields(changed(old, change)) == [("place", "inside", "the machine", "Ship")]


@pytest.mark.parametrize(
    ("change", "transitions"),
    [
        (lambda states: states["Check"].update(Next="Ship"), [("Next", "Big?", "Ship")]),
        (lambda states: states["Big?"].update(Default="Ship"), [("default", "Sorry", "Ship")]),
        (lambda states: states["Big?"].pop("Default"), [("default", "Sorry", None)]),
        (lambda states: states["Check"]["Catch"][0].update(Next="Ship"), [("catch Bad", "Sorry", "Ship")]),
        (lambda states: states["Check"].pop("Catch"), [("catch Bad", "Sorry", None)]),
        (lambda states: states["Big?"]["Choices"][0].update(Next="Sorry"), [("when $.total > 100", "Ship", "Sorry")]),
        (
            lambda states: states["Big?"]["Choices"].append(
                {"Variable": "$.vip", "BooleanEquals": True, "Next": "Ship"}
            ),
            [("when $.vip = true", None, "Ship")],
        ),
        (lambda states: (states["Ship"].pop("End"), states["Ship"].update(Next="Sorry")), [("Next", END, "Sorry")]),
    ],
)
def test_a_retargeted_transition_is_told_by_what_it_is_for(old, change, transitions):
    diff = changed(old, change)
    assert the_transitions(diff) == transitions
    assert the_fields(diff) == []


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        (
            lambda states: states["Check"]["Parameters"]["Payload"].update(a=2, b=3),
            [("data flow", "Parameters.Payload.a", "1", "2"), ("data flow", "Parameters.Payload.b", ABSENT, "3")],
        ),
        (
            lambda states: states["Check"].update(Resource="arn:aws:states:::sqs:sendMessage", TimeoutSeconds=5),
            [
                ("resource", "Resource", '"arn:aws:states:::lambda:invoke"', '"arn:aws:states:::sqs:sendMessage"'),
                ("timing", "TimeoutSeconds", ABSENT, "5"),
            ],
        ),
        (
            lambda states: states["Check"]["Retry"][0].update(MaxAttempts=9),
            [("error handling", "retry Busy.MaxAttempts", "2", "9")],
        ),
        (
            lambda states: states["Check"]["Retry"].append({"ErrorEquals": ["States.ALL"]}),
            [("error handling", "retry States.ALL", ABSENT, "{}")],
        ),
        (
            lambda states: states["Check"]["Catch"][0].update(ErrorEquals=["Bad", "Worse"]),
            [("error handling", "to Sorry", "catch Bad", "catch Bad, Worse")],
        ),
        (
            lambda states: states["Check"]["Catch"][0].update(ResultPath="$.error"),
            [("error handling", "catch Bad.ResultPath", ABSENT, '"$.error"')],
        ),
        (
            lambda states: states["Big?"]["Choices"][0].update(NumericGreaterThan=500),
            [("choice rules", "to Ship", "when $.total > 100", "when $.total > 500")],
        ),
        (lambda states: states["Ship"].update(MaxConcurrency=4), [("concurrency", "MaxConcurrency", ABSENT, "4")]),
        (
            lambda states: states["Ship"]["ItemProcessor"].update(ProcessorConfig={"Mode": "DISTRIBUTED"}),
            [("resource", "processor.ProcessorConfig", ABSENT, '{"Mode": "DISTRIBUTED"}')],
        ),
        (lambda states: states["Sorry"].update(Comment="x"), [("other", "Comment", ABSENT, '"x"')]),
    ],
)
def test_a_changed_field_stands_under_what_it_is_about(old, change, fields):
    diff = changed(old, change)
    assert the_fields(diff) == fields
    assert the_transitions(diff) == []


def test_rules_in_another_order_are_told_once(old):
    extra = {"Variable": "$.vip", "BooleanEquals": True, "Next": "Sorry"}
    old["States"]["Big?"]["Choices"].append(extra)
    ((group, field, before, _),) = the_fields(changed(old, lambda states: states["Big?"]["Choices"].reverse()))
    assert (group, field) == ("choice rules", "order of Choices")
    assert before == "when $.total > 100 | when $.vip = true"


def test_a_number_that_became_a_text_is_a_change(old):
    assert the_fields(changed(old, lambda states: states["Check"]["Parameters"]["Payload"].update(a="1")))
    assert the_fields(changed(old, lambda states: states["Check"]["Parameters"]["Payload"].update(a=True)))


def test_the_machines_own_fields_are_told_apart(old):
    diff = diff_definitions(old, {**old, "StartAt": "Ship", "TimeoutSeconds": 9})
    assert [(found.group, found.field, found.new) for found in diff.machine] == [
        ("other", "StartAt", '"Ship"'),
        ("timing", "TimeoutSeconds", "9"),
    ]
    assert diff.changed == ()


def test_the_difference_as_json_is_plain_data(old):
    diff = changed(old, lambda states: states["Check"].update(Next="Ship"))
    assert diff.as_json()["changed"][0]["transitions"] == ({"label": "Next", "old": "Big?", "new": "Ship"},)


@pytest.mark.parametrize("wrong", [{}, {"States": []}, {"StartAt": [], "States": {"A": {"Type": 1, "Choices": "x"}}}])
def test_wrong_definitions_are_compared_as_far_as_they_go(old, wrong):
    assert diff_definitions(old, wrong).removed
    assert diff_definitions(wrong, old).added


def test_a_task_renamed_with_a_change_is_one_state_that_changed(old):
    def rename(states):
        states["Verify"] = {**states.pop("Check"), "Retry": [{"ErrorEquals": ["Busy"], "MaxAttempts": 5}]}

    diff = changed(old, rename)
    assert (diff.renamed, diff.added, diff.removed) == ({"Check": "Verify"}, (), ())
    assert [group for group, *_ in the_fields(diff)] == ["error handling"]


def test_two_tasks_that_make_the_same_call_are_not_guessed_at(old):
    def split(states):
        check = states.pop("Check")
        states["One"], states["Two"] = {**check, "TimeoutSeconds": 1}, {**check, "TimeoutSeconds": 2}

    diff = changed(old, split)
    assert (diff.renamed, diff.added, diff.removed) == ({}, ("One", "Two"), ("Check",))
