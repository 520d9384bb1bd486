"""Every rule both ways: the definition that breaks it, with AWS's words and place, and the one that keeps it."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from asl import validate

LAMBDA = "arn:aws:states:::lambda:invoke"
ACTIVITY = "arn:aws:states:us-east-1:123456789012:activity:work"
END = {"Type": "Pass", "End": True}
NEXT_OR_END = "This object should have only one of the following fields: [Next, End]"
NOT_RECOGNIZED = (
    "The resource provided {} is not recognized. The value is not a valid resource ARN, "
    "or the resource is not available in this region."
)
NOT_DYNAMIC = "The value for the field '{}' must be a valid JSONPath or a valid intrinsic function call"
OTHER_LANGUAGE = "The QueryLanguage is set to '{}', but field '{}' is only supported for the '{}' QueryLanguage"
SCHEMA = "SCHEMA_VALIDATION_FAILED"
DISTRIBUTED = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}

Definition = dict[str, Any]


class Rule(NamedTuple):
    """``message`` stands for AWS's SCHEMA_VALIDATION_FAILED unless it begins with another code."""

    name: str
    wrong: Any
    message: str
    location: str | None
    right: Any
    options: Any = None


def machine(*, query_language: str | None = None, **states: Any) -> Definition:
    language = {"QueryLanguage": query_language} if query_language else {}
    return {"StartAt": next(iter(states)), **language, "States": states}


def one(state_type: str, **fields: Any) -> Definition:
    """A machine of one state, which ends."""
    end = {} if state_type in ("Choice", "Succeed", "Fail") else {"End": True}
    return machine(X={"Type": state_type, **end, **fields})


def jsonata(state_type: str, **fields: Any) -> Definition:
    return {"QueryLanguage": "JSONata", **one(state_type, **fields)}


def task(**fields: Any) -> Definition:
    return one("Task", **{"Resource": LAMBDA, **fields})


def choice(*rules: Any, **fields: Any) -> Definition:
    return machine(X={"Type": "Choice", "Choices": list(rules), "Default": "Y", **fields}, Y=END)


def rule(**fields: Any) -> Definition:
    return choice({"Next": "Y", **fields})


def block(**states: Any) -> Definition:
    return {"StartAt": next(iter(states)), "States": states}


def a_map(config: Any = None, inner: Any = None, **fields: Any) -> Definition:
    processor = {**({} if config is None else {"ProcessorConfig": config}), **block(Y=inner or END)}
    return one("Map", ItemProcessor=processor, **fields)


def distributed(**fields: Any) -> Definition:
    return a_map(DISTRIBUTED, **fields)


def reader(config: Definition, resource: str = "arn:aws:states:::s3:getObject") -> Definition:
    return distributed(ItemReader={"Resource": resource, "Parameters": {"Bucket": "b"}, "ReaderConfig": config})


def retry(*retriers: Any) -> Definition:
    return task(Retry=[{"ErrorEquals": ["A"], **retrier} for retrier in retriers])


def catch(*catchers: Any) -> Definition:
    state = {"Type": "Task", "Resource": LAMBDA, "End": True, "Catch": list(catchers)}
    return machine(X=state, Y=END)


CATCHER = {"ErrorEquals": ["A"], "Next": "Y"}
CSV = {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"}
LIST = "arn:aws:states:::s3:listObjectsV2"
INTEGER = "Expected value of type Integer"
STRING = "Expected value of type String"

STRUCTURE = [
    Rule("no object", [1], "Definition must be a valid JSON object", None, one("Pass")),
    Rule("nothing at all", {}, "These fields are required: [States, StartAt]", "/", one("Pass")),
    Rule("no states", {"StartAt": "X"}, "These fields are required: [States]", "/", one("Pass")),
    Rule("empty states", {"StartAt": "X", "States": {}}, "Value cannot be empty", "/States", one("Pass")),
    Rule(
        "an unknown field of the machine", {**one("Pass"), "Foo": 1}, "Field 'Foo' is not supported", "/", one("Pass")
    ),
    Rule(
        "another version",
        {**one("Pass"), "Version": "2.0"},
        "The field 'Version' should have one of these values: [1.0]",
        "/Version",
        {**one("Pass"), "Version": "1.0"},
    ),
    Rule(
        "a time limit of none",
        {**one("Pass"), "TimeoutSeconds": 0},
        "Value must be between 1 and 99999999 but was: 0",
        "/TimeoutSeconds",
        {**one("Pass"), "TimeoutSeconds": 1},
    ),
    Rule(
        "a state without Type", machine(X={"End": True}), "These fields are required: [Type]", "/States/X", one("Pass")
    ),
    Rule(
        "an unknown type",
        one("Pas"),
        "The field 'Type' should have one of these values: [Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map]",
        "/States/X/Type",
        one("Pass"),
    ),
    Rule("an unknown field", one("Pass", Foo=1), "Field 'Foo' is not supported", "/States/X", one("Pass")),
    Rule("Retry on Pass", one("Pass", Retry=[]), "Field 'Retry' is not supported", "/States/X", one("Pass")),
    Rule(
        "a time limit on Map",
        a_map(TimeoutSeconds=5),
        "Field 'TimeoutSeconds' is not supported",
        "/States/X",
        a_map(),
    ),
    Rule("neither Next nor End", machine(X={"Type": "Pass"}), NEXT_OR_END, "/States/X", one("Pass")),
    Rule("Next and End", machine(X={**END, "Next": "Y"}, Y=END), NEXT_OR_END, "/States/X", one("Pass")),
    Rule(
        "End that is false",
        machine(X={"Type": "Pass", "End": False}, Y=END),
        "The field 'End' should have one of these values: [true]",
        "/States/X/End",
        one("Pass"),
    ),
    Rule(
        "Next on Succeed",
        machine(X={"Type": "Succeed", "Next": "Y"}, Y=END),
        "Field 'Next' is not supported",
        "/States/X",
        one("Succeed"),
    ),
    Rule("a Task without Resource", one("Task"), "These fields are required: [Resource]", "/States/X", task()),
    Rule(
        "a name of 81 characters",
        {"StartAt": "x" * 81, "States": {"x" * 81: END}},
        f"INVALID_STATE_NAME: State name must have 1 to 80 characters but '{'x' * 81}' has 81",
        f"/States/{'x' * 81}",
        {"StartAt": "x" * 80, "States": {"x" * 80: END}},
    ),
    Rule(
        "a name used twice",
        machine(X={**a_map()["States"]["X"], "End": True, "ItemProcessor": block(X=END)}),
        "DUPLICATE_STATE_NAME: Duplicate State name: X",
        "/States/X/ItemProcessor/States/X",
        a_map(),
    ),
]

TRANSITIONS = [
    Rule(
        "an unknown start",
        {"StartAt": "Z", "States": {"X": {"Type": "Pass", "Next": "Y"}, "Y": {"Type": "Pass", "Next": "X"}, "W": END}},
        "MISSING_TRANSITION_TARGET: Missing 'Next' target: Z",
        "/StartAt",
        one("Pass"),
    ),
    Rule(
        "an unknown Next",
        machine(
            X={"Type": "Choice", "Choices": [{"Variable": "$.a", "IsNull": True, "Next": "Y"}], "Default": "Z"}, Y=END
        ),
        "MISSING_TRANSITION_TARGET: Missing 'Next' target: Z",
        "/States/X/Default",
        rule(Variable="$.a", IsNull=True),
    ),
    Rule(
        "an unknown target of a rule",
        choice({"Variable": "$.a", "IsNull": True, "Next": "Z"}),
        "MISSING_TRANSITION_TARGET: Missing 'Next' target: Z",
        "/States/X/Choices[0]/Next",
        rule(Variable="$.a", IsNull=True),
    ),
    Rule(
        "an unknown target of a catcher",
        catch(CATCHER, {**CATCHER, "Next": "Z"}),
        "MISSING_TRANSITION_TARGET: Missing 'Next' target: Z",
        "/States/X/Catch[1]/Next",
        catch(CATCHER),
    ),
    Rule(
        "a target outside of the block",
        machine(
            X={"Type": "Parallel", "Branches": [block(A={"Type": "Pass", "Next": "Y"}, B=END)], "Next": "Y"},
            Y=END,
        ),
        "MISSING_TRANSITION_TARGET: Missing 'Next' target: Y",
        "/States/X/Branches[0]/States/A/Next",
        one("Parallel", Branches=[block(A=END)]),
    ),
    Rule(
        "a state that nothing leads to",
        machine(X=END, Y=END),
        'MISSING_TRANSITION_TARGET: State "Y" is not reachable.',
        "/States/Y",
        machine(X={"Type": "Pass", "Next": "Y"}, Y=END),
    ),
    Rule(
        "a loop without an end",
        machine(X={"Type": "Pass", "Next": "Y"}, Y={"Type": "Pass", "Next": "X"}),
        "MISSING_END_STATE: Workflow has no terminal state",
        None,
        machine(X={"Type": "Pass", "Next": "Y"}, Y={"Type": "Succeed"}),
    ),
]

LANGUAGES = [
    Rule(
        "a JSONPath state in a JSONata machine",
        machine(query_language="JSONata", X={**END, "QueryLanguage": "JSONPath"}),
        "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine",
        "/States/X",
        machine(query_language="JSONPath", X={**END, "QueryLanguage": "JSONata"}),
    ),
    Rule(
        "Output in JSONPath",
        one("Pass", Output=1),
        OTHER_LANGUAGE.format("JSONPath", "Output", "JSONata"),
        "/States/X",
        jsonata("Pass", Output=1),
    ),
    Rule(
        "Parameters in JSONata",
        jsonata("Pass", Parameters={}),
        OTHER_LANGUAGE.format("JSONata", "Parameters", "JSONPath"),
        "/States/X",
        one("Pass", Parameters={}),
    ),
    Rule(
        "a language of a processor",
        one("Map", ItemProcessor={**block(Y=END), "QueryLanguage": "JSONata"}),
        "Field 'QueryLanguage' is not supported",
        "/States/X/ItemProcessor",
        a_map(),
    ),
    Rule(
        "an unknown language",
        one("Pass", QueryLanguage="jsonata"),
        "The field 'QueryLanguage' should have one of these values: [JSONPath, JSONata]",
        "/States/X/QueryLanguage",
        one("Pass", QueryLanguage="JSONata"),
    ),
]

EXPRESSIONS = [
    Rule(
        "an InputPath without $",
        one("Pass", InputPath="a"),
        "Value is not a valid JSONPath",
        "/States/X/InputPath",
        one("Pass", InputPath="$.a[?(@.b == 1)]"),
    ),
    Rule(
        "a ResultPath to many",
        one("Pass", ResultPath="$.a[*]"),
        "Value is not a Reference Path",
        "/States/X/ResultPath",
        one("Pass", ResultPath="$.a[0].b"),
    ),
    Rule(
        "a ResultPath into a variable",
        one("Pass", ResultPath="$a"),
        "Value is not a Reference Path",
        "/States/X/ResultPath",
        one("Pass", ResultPath=None),
    ),
    Rule(
        "a ResultPath into the context",
        one("Pass", ResultPath="$$.a"),
        "Value is not a Reference Path",
        "/States/X/ResultPath",
        one("Pass", ResultPath="$"),
    ),
    Rule(
        "a key with .$ and no path",
        one("Pass", Parameters={"a.$": "b"}),
        NOT_DYNAMIC.format("a.$"),
        "/States/X/Parameters",
        one("Pass", Parameters={"a.$": "$.b", "c": "b"}),
    ),
    Rule(
        "a key with .$ and a number",
        one("Pass", Parameters={"a": [{"b.$": 1}]}),
        NOT_DYNAMIC.format("b.$"),
        "/States/X/Parameters/a[0]",
        one("Pass", Parameters={"a": [{"b.$": "$$.Execution.Id"}]}),
    ),
    Rule(
        "a call of an unknown function",
        one("Pass", Parameters={"a.$": "States.Foo()"}),
        NOT_DYNAMIC.format("a.$"),
        "/States/X/Parameters",
        one("Pass", Parameters={"a.$": "States.UUID()"}),
    ),
    Rule(
        "an illegal escape in a call",
        one("Pass", Parameters={"a.$": "States.Format('\\n')"}),
        NOT_DYNAMIC.format("a.$"),
        "/States/X/Parameters",
        one("Pass", Parameters={"a.$": "States.Format('\\{')"}),
    ),
    Rule(
        "a key given twice",
        one("Pass", Parameters={"a.$": "$.b", "a": 1}),
        "The field 'a' is given twice, as 'a' and as 'a.$'",
        "/States/X/Parameters",
        one("Pass", Parameters={"a.$": "$.b", "b": 1}),
    ),
    Rule(
        "half a mark",
        jsonata("Pass", Output="{% 1"),
        "INVALID_JSONATA_EXPRESSION: JSONata expressions must start with '{%' and end with '%}'",
        "/States/X/Output",
        jsonata("Pass", Output=" {% 1 %} "),
    ),
    Rule(
        "an expression without an end",
        jsonata("Pass", Output={"a": ["{% 1 + %}"]}),
        "INVALID_JSONATA_EXPRESSION: Unexpected end of expression",
        "/States/X/Output/a[0]",
        jsonata("Pass", Output={"a": ["{% 1 + 1 %}"]}),
    ),
    Rule(
        "a name at the top level",
        jsonata("Pass", Output={"v": "{% phone %}"}),
        "UNSUPPORTED_JSONATA_EXPRESSION: Reference to 'phone' at the top level is not supported.",
        "/States/X/Output/v",
        jsonata("Pass", Output={"v": "{% $states.input.phone %}"}),
    ),
    Rule(
        "a result in Pass",
        jsonata("Pass", Output="{% $states.result %}"),
        "Field '$states.result' does not exist.",
        "/States/X/Output",
        jsonata("Task", Resource=LAMBDA, Output="{% $states.result %}"),
    ),
    Rule(
        "an error output outside of Catch",
        jsonata("Task", Resource=LAMBDA, Output="{% $states.errorOutput %}"),
        "Field '$states.errorOutput' does not exist.",
        "/States/X/Output",
        {"QueryLanguage": "JSONata", **catch({**CATCHER, "Output": "{% $states.errorOutput %}"})},
    ),
]

FIELDS = [
    Rule(
        "seconds below zero",
        one("Wait", Seconds=-1),
        "Value must be between 0 and 99999999 but was: -1",
        "/States/X/Seconds",
        one("Wait", Seconds=0),
    ),
    Rule("half a second", one("Wait", Seconds=0.5), INTEGER, "/States/X/Seconds", one("Wait", Seconds=3.0)),
    Rule(
        "a time without T",
        one("Wait", Timestamp="2016-12-05 21:29:29Z"),
        "String does not match RFC3339 timestamp",
        "/States/X/Timestamp",
        one("Wait", Timestamp="2016-12-05T21:29:29.25+01:00"),
    ),
    Rule(
        "nothing to wait for",
        one("Wait"),
        "This object should have only one of the following fields: [SecondsPath, Seconds, TimestampPath, Timestamp]",
        "/States/X",
        one("Wait", SecondsPath="$.s"),
    ),
    Rule(
        "two times to wait for",
        one("Wait", Seconds=1, SecondsPath="$.s"),
        "There should only be one of the following fields: [SecondsPath, Seconds, TimestampPath, Timestamp]",
        "/States/X",
        one("Wait", Seconds=1),
    ),
    Rule(
        "an error given twice",
        one("Fail", Error="A", ErrorPath="$.e"),
        "There should only be one of the following fields: [ErrorPath, Error]",
        "/States/X",
        one("Fail", ErrorPath="States.Format('{}', $.e)", Cause="why"),
    ),
    Rule(
        "a heartbeat longer than the time limit",
        task(TimeoutSeconds=5, HeartbeatSeconds=5),
        "HeartbeatSeconds must be smaller than TimeoutSeconds",
        "/States/X/HeartbeatSeconds",
        task(TimeoutSeconds=5, HeartbeatSeconds=4),
    ),
    Rule(
        "Credentials with a role that is no text",
        task(Credentials={"RoleArn": 1}),
        "Expected value of type String",
        "/States/X/Credentials/RoleArn",
        task(Credentials={"RoleArn": "arn:aws:iam::123456789012:role/other"}),
    ),
    Rule(
        "credentials without a role",
        task(Credentials={"x": 1}),
        "The field 'RoleArn' is required but was missing",
        "/States/X/Credentials",
        task(Credentials={"RoleArn.$": "$.role"}),
    ),
    Rule(
        "no branches",
        one("Parallel", Branches=[]),
        "Value cannot be empty",
        "/States/X/Branches",
        one("Parallel", Branches=[block(Y=END)]),
    ),
    Rule(
        "a branch without states",
        one("Parallel", Branches=[{"StartAt": "Y"}]),
        "These fields are required: [States]",
        "/States/X/Branches[0]",
        one("Parallel", Branches=[block(Y=END)]),
    ),
]

RESOURCES = [
    Rule(
        "no ARN",
        task(Resource="greet"),
        NOT_RECOGNIZED.format("greet"),
        "/States/X/Resource",
        task(Resource="arn:aws:lambda:us-east-1:123456789012:function:greet:$LATEST"),
    ),
    Rule(
        "an empty alias",
        task(Resource="arn:aws:lambda:r:1:function:f:"),
        NOT_RECOGNIZED.format("arn:aws:lambda:r:1:function:f:"),
        "/States/X/Resource",
        task(Resource="arn:aws:lambda:r:1:function:f:prod"),
    ),
    Rule(
        "an unknown service",
        task(Resource="arn:aws:states:::lamda:invoke"),
        NOT_RECOGNIZED.format("arn:aws:states:::lamda:invoke"),
        "/States/X/Resource",
        task(),
    ),
    Rule(
        "an unknown action",
        task(Resource="arn:aws:states:::dynamodb:query"),
        NOT_RECOGNIZED.format("arn:aws:states:::dynamodb:query"),
        "/States/X/Resource",
        task(Resource="arn:aws:states:::aws-sdk:dynamodb:query"),
    ),
    Rule(
        "a job pattern that there is not",
        task(Resource="arn:aws:states:::lambda:invoke.sync"),
        NOT_RECOGNIZED.format("arn:aws:states:::lambda:invoke.sync"),
        "/States/X/Resource",
        task(Resource="arn:aws:states:::states:startExecution.sync:2"),
    ),
    Rule(
        "an SDK call that is waited for as a job",
        task(Resource="arn:aws:states:::aws-sdk:ecs:runTask.sync"),
        NOT_RECOGNIZED.format("arn:aws:states:::aws-sdk:ecs:runTask.sync"),
        "/States/X/Resource",
        task(Resource="arn:aws:states:::ecs:runTask.sync"),
    ),
    Rule(
        "a job in Express",
        task(Resource="arn:aws:states:::ecs:runTask.sync"),
        "Express state machine does not support '.sync' service integration",
        "/States/X/Resource",
        task(Resource="arn:aws:states:::ecs:runTask"),
        {"type": "EXPRESS"},
    ),
    Rule(
        "a callback in Express",
        task(Resource="arn:aws:states:::sqs:sendMessage.waitForTaskToken"),
        "Express state machine does not support '.waitForTaskToken' service integration ",
        "/States/X/Resource",
        task(),
        {"type": "EXPRESS"},
    ),
    Rule(
        "an activity in Express",
        task(Resource=ACTIVITY),
        "Express state machine does not support Activity ARN",
        "/States/X/Resource",
        task(),
        {"type": "EXPRESS"},
    ),
    Rule(
        "a distributed Map in Express",
        distributed(),
        "Express state machine does not support Distributed Map states",
        "/States/X/ItemProcessor/ProcessorConfig/Mode",
        a_map(),
        {"type": "EXPRESS"},
    ),
    Rule(
        "a job in an Express child",
        a_map(
            {**DISTRIBUTED, "ExecutionType": "EXPRESS"},
            {"Type": "Task", "Resource": "arn:aws:states:::ecs:runTask.sync", "End": True},
        ),
        "Express state machine does not support '.sync' service integration",
        "/States/X/ItemProcessor/States/Y/Resource",
        a_map(DISTRIBUTED, {"Type": "Task", "Resource": "arn:aws:states:::ecs:runTask.sync", "End": True}),
    ),
]

ERRORS = [
    Rule(
        "States.ALL in company",
        retry({"ErrorEquals": ["States.ALL", "A"]}),
        "States.ALL must appear alone and at end of list",
        "/States/X/Retry[0]",
        retry({"ErrorEquals": ["States.ALL"]}),
    ),
    Rule(
        "States.ALL before others",
        catch({**CATCHER, "ErrorEquals": ["States.ALL"]}, CATCHER),
        "States.ALL must appear alone and at end of list",
        "/States/X/Catch[0]",
        catch(CATCHER, {**CATCHER, "ErrorEquals": ["States.ALL"]}),
    ),
    Rule("no errors", retry({"ErrorEquals": []}), "Value cannot be empty", "/States/X/Retry[0]/ErrorEquals", retry({})),
    Rule(
        "an error that is no string",
        retry({"ErrorEquals": [True]}),
        STRING,
        "/States/X/Retry[0]/ErrorEquals[0]",
        retry({"ErrorEquals": ["State.ALL"]}),
    ),
    Rule(
        "a catcher without ErrorEquals",
        catch({"Next": "Y"}),
        "These fields are required: [ErrorEquals]",
        "/States/X/Catch[0]",
        catch(CATCHER),
    ),
    Rule(
        "a rate below one",
        retry({"BackoffRate": 0.5}),
        "Value must be at least 1 but was: 0.5",
        "/States/X/Retry[0]/BackoffRate",
        retry({"BackoffRate": 1}),
    ),
    Rule(
        "attempts below zero",
        retry({"MaxAttempts": -1}),
        "Value must be between 0 and 99999999 but was: -1",
        "/States/X/Retry[0]/MaxAttempts",
        retry({"MaxAttempts": 0}),
    ),
    Rule(
        "too long a delay",
        retry({"MaxDelaySeconds": 31622401}),
        "Value must be between 1 and 31622400 but was: 31622401",
        "/States/X/Retry[0]/MaxDelaySeconds",
        retry({"MaxDelaySeconds": 31622400, "IntervalSeconds": 1, "JitterStrategy": "FULL"}),
    ),
    Rule(
        "a jitter in lower case",
        retry({"JitterStrategy": "full"}),
        "The field 'JitterStrategy' should have one of these values: [FULL, NONE]",
        "/States/X/Retry[0]/JitterStrategy",
        retry({"JitterStrategy": "NONE"}),
    ),
    Rule(
        "a field of Catch in Retry",
        retry({"ResultPath": "$.e"}),
        "Field 'ResultPath' is not supported",
        "/States/X/Retry[0]",
        catch({**CATCHER, "ResultPath": "$.e"}),
    ),
]

CHOICES = [
    Rule("no rules", choice(), "Value cannot be empty", "/States/X/Choices", rule(Variable="$.a", IsNull=True)),
    Rule(
        "a rule without Next",
        choice({"Variable": "$.a", "IsNull": True}),
        "These fields are required: [Next]",
        "/States/X/Choices[0]",
        rule(Variable="$.a", IsNull=True),
    ),
    Rule(
        "a rule without an operator",
        rule(Variable="$.a"),
        "A comparison operator is required",
        "/States/X/Choices[0]",
        rule(Variable="$.a", IsPresent=False),
    ),
    Rule(
        "a rule with two operators",
        rule(Variable="$.a", IsNull=True, IsString=True),
        "There should only be one of the following fields: [IsNull, IsString]",
        "/States/X/Choices[0]",
        rule(And=[{"Variable": "$.a", "IsNull": True}, {"Variable": "$.a", "IsString": True}]),
    ),
    Rule(
        "a variable that is no path",
        rule(Variable="status", StringEquals="a"),
        "Value is not a Reference Path",
        "/States/X/Choices[0]/Variable",
        rule(Variable="$$.Execution.Name", StringEqualsPath="$name"),
    ),
    Rule(
        "an operand of another type",
        rule(Variable="$.a", StringEquals=1),
        STRING,
        "/States/X/Choices[0]/StringEquals",
        rule(Variable="$.a", NumericEquals=1),
    ),
    Rule(
        "a combination of nothing",
        rule(Or=[]),
        "Value cannot be empty",
        "/States/X/Choices[0]/Or",
        rule(Or=[{"Not": {"Variable": "$.a", "IsNull": True}}]),
    ),
    Rule(
        "a Next inside a combination",
        rule(Not={"Variable": "$.a", "IsNull": True, "Next": "Y"}),
        "Field 'Next' is not supported",
        "/States/X/Choices[0]/Not",
        rule(Not={"Variable": "$.a", "IsNull": True}),
    ),
    Rule(
        "a condition in JSONPath",
        rule(Condition="{% true %}"),
        OTHER_LANGUAGE.format("JSONPath", "Condition", "JSONata"),
        "/States/X/Choices[0]",
        {"QueryLanguage": "JSONata", **rule(Condition="{% true %}")},
    ),
    Rule(
        "a condition that is text",
        {"QueryLanguage": "JSONata", **rule(Condition="true")},
        "Value must be a JSONata expression",
        "/States/X/Choices[0]/Condition",
        {"QueryLanguage": "JSONata", **rule(Condition=True)},
    ),
    Rule(
        "an End in a rule",
        choice({"Variable": "$.a", "IsNull": True, "Next": "Y", "End": True}),
        "Field 'End' is not supported",
        "/States/X/Choices[0]",
        rule(Variable="$.a", IsNull=True),
    ),
]

MAPS = [
    Rule("no processor", one("Map"), "These fields are required: [ItemProcessor]", "/States/X", a_map()),
    Rule(
        "two processors",
        a_map(Iterator=block(Z=END)),
        "There should only be one of the following fields: [ItemProcessor, Iterator]",
        "/States/X",
        one("Map", Iterator=block(Z=END)),
    ),
    Rule(
        "two selectors",
        a_map(ItemSelector={}, Parameters={}),
        "There should only be one of the following fields: [ItemSelector, Parameters]",
        "/States/X",
        a_map(Parameters={"v.$": "$$.Map.Item.Value"}),
    ),
    Rule(
        "a reader inline",
        a_map(ItemReader={"Resource": LIST}),
        "Field 'ItemReader' is not supported",
        "/States/X",
        distributed(ItemReader={"Resource": LIST, "Parameters": {"Bucket": "b"}}),
    ),
    Rule(
        "a concurrency below zero",
        a_map(MaxConcurrency=-1),
        "Value must be between 0 and 2147483647 but was: -1",
        "/States/X/MaxConcurrency",
        a_map(MaxConcurrencyPath="$.n"),
    ),
    Rule(
        "a percentage above 100",
        distributed(ToleratedFailurePercentage=105),
        "Value must be at least 0 and at most 100 but was: 105",
        "/States/X/ToleratedFailurePercentage",
        distributed(ToleratedFailurePercentage=99.5),
    ),
    Rule(
        "a count given twice",
        distributed(ToleratedFailureCount=0, ToleratedFailureCountPath="$.n"),
        "There should only be one of the following fields: [ToleratedFailureCountPath, ToleratedFailureCount]",
        "/States/X",
        distributed(ToleratedFailureCountPath="$.n"),
    ),
    Rule(
        "a label with a space",
        distributed(Label="a b"),
        "INVALID_LABEL_NAME: Label contains the character ' ', which is not allowed",
        "/States/X/Label",
        distributed(Label="a-b"),
    ),
    Rule(
        "an unknown mode",
        a_map({"Mode": "PARALLEL"}),
        "The field 'Mode' should have one of these values: [INLINE, DISTRIBUTED]",
        "/States/X/ItemProcessor/ProcessorConfig/Mode",
        a_map({"Mode": "INLINE"}),
    ),
    Rule(
        "CSV without a place for headers",
        reader({"InputType": "CSV"}),
        "The field 'CSVHeaderLocation' is required",
        "/States/X/ItemReader/ReaderConfig",
        reader(CSV),
    ),
    Rule(
        "given headers that are not given",
        reader({**CSV, "CSVHeaderLocation": "GIVEN"}),
        "The field 'CSVHeaders' is required",
        "/States/X/ItemReader/ReaderConfig",
        reader({**CSV, "CSVHeaderLocation": "GIVEN", "CSVHeaders": ["a"]}),
    ),
    Rule(
        "headers of JSON",
        reader({"InputType": "JSON", "CSVHeaderLocation": "FIRST_ROW"}),
        "Field 'CSVHeaderLocation' is not supported",
        "/States/X/ItemReader/ReaderConfig",
        reader({"InputType": "JSON"}),
    ),
    Rule(
        "headers of JSONL",
        reader({"InputType": "JSONL", "CSVHeaders": ["a"]}),
        "Field 'CSVHeaders' is not supported",
        "/States/X/ItemReader/ReaderConfig",
        reader({"InputType": "JSONL"}),
    ),
    Rule(
        "flattening what has no type",
        reader({"Transformation": "LOAD_AND_FLATTEN"}, LIST),
        "The field 'InputType' is required",
        "/States/X/ItemReader/ReaderConfig",
        reader({"Transformation": "LOAD_AND_FLATTEN", "InputType": "JSON"}, LIST),
    ),
    Rule(
        "flattening one object",
        reader({"Transformation": "LOAD_AND_FLATTEN", "InputType": "JSON"}),
        "Field 'Transformation' is not supported",
        "/States/X/ItemReader/ReaderConfig",
        reader({"Transformation": "NONE", "InputType": "JSON"}),
    ),
    Rule(
        "an S3 inventory with an InputType",
        reader({"ManifestType": "S3_INVENTORY", "InputType": "JSONL"}),
        "Field 'InputType' is not supported",
        "/States/X/ItemReader/ReaderConfig",
        reader({"ManifestType": "S3_INVENTORY"}),
    ),
    Rule(
        "an Athena manifest of JSON",
        reader({"ManifestType": "ATHENA_DATA", "InputType": "JSON"}),
        "Field 'ManifestType' is not supported",
        "/States/X/ItemReader/ReaderConfig",
        reader({"ManifestType": "ATHENA_DATA", "InputType": "PARQUET"}),
    ),
    Rule(
        "a pointer without a slash",
        reader({"InputType": "JSON", "ItemsPointer": "data/items"}),
        "Invalid input: JSON Pointer expression must start with '/': \"data/items\"",
        "/States/X/ItemReader/ReaderConfig/ItemsPointer",
        reader({"InputType": "JSON", "ItemsPointer": "/data/items"}),
    ),
    Rule(
        "items limited twice",
        reader({**CSV, "MaxItems": 1, "MaxItemsPath": "$.n"}),
        "There should only be one of the following fields: [MaxItemsPath, MaxItems]",
        "/States/X/ItemReader/ReaderConfig",
        reader({**CSV, "MaxItemsPath": "$.n"}),
    ),
    Rule(
        "a batch without a limit",
        distributed(ItemBatcher={"BatchInput": {}}),
        "At least one of the following fields is required: [MaxItemsPerBatch, MaxInputBytesPerBatch]",
        "/States/X/ItemBatcher",
        distributed(ItemBatcher={"MaxItemsPerBatch": 10}),
    ),
    Rule(
        "too big a batch",
        distributed(ItemBatcher={"MaxInputBytesPerBatch": 262145}),
        "Value must be between 1 and 262144 but was: 262145",
        "/States/X/ItemBatcher/MaxInputBytesPerBatch",
        distributed(ItemBatcher={"MaxInputBytesPerBatch": 262144}),
    ),
    Rule(
        "a writer of nothing",
        distributed(ResultWriter={}),
        "Value cannot be empty",
        "/States/X/ResultWriter",
        distributed(ResultWriter={"WriterConfig": {"Transformation": "FLATTEN", "OutputType": "JSONL"}}),
    ),
    Rule(
        "a writer without a bucket",
        distributed(ResultWriter={"Resource": "arn:aws:states:::s3:putObject"}),
        "These fields are required: [Parameters]",
        "/States/X/ResultWriter",
        distributed(ResultWriter={"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "b"}}),
    ),
    Rule(
        "a reader of something else",
        distributed(ItemReader={"Resource": "arn:aws:states:::s3:putObject"}),
        NOT_RECOGNIZED.format("arn:aws:states:::s3:putObject"),
        "/States/X/ItemReader/Resource",
        distributed(ItemReader={"Resource": "arn:aws:states:::s3:getObject"}),
    ),
    Rule(
        "an ItemsPath in JSONata",
        {"QueryLanguage": "JSONata", **a_map(ItemsPath="$.a")},
        OTHER_LANGUAGE.format("JSONata", "ItemsPath", "JSONPath"),
        "/States/X",
        {"QueryLanguage": "JSONata", **a_map(Items="{% $states.input.a %}")},
    ),
    Rule(
        "items that are a number",
        {"QueryLanguage": "JSONata", **a_map(Items=3)},
        "Expected value of type Array",
        "/States/X/Items",
        {"QueryLanguage": "JSONata", **a_map(Items=[1, "{% 2 %}"])},
    ),
]

VARIABLES = [
    Rule(
        "the reserved name",
        one("Pass", Assign={"states": 1}),
        "Invalid variable name 'states'",
        "/States/X/Assign",
        one("Pass", Assign={"state": 1}),
    ),
    Rule(
        "a part of a variable",
        one("Pass", Assign={"a.b": 1}),
        "Invalid variable name 'a.b'",
        "/States/X/Assign",
        one("Pass", Assign={"größe.$": "$.b"}),
    ),
    Rule(
        "too long a name",
        one("Pass", Assign={"a" * 81: 1}),
        f"Invalid variable name '{'a' * 81}'",
        "/States/X/Assign",
        one("Pass", Assign={"a" * 80: 1}),
    ),
    Rule(
        "an Assign that is no object",
        one("Pass", Assign=[1]),
        "Expected value of type Object",
        "/States/X/Assign",
        one("Pass", Assign={}),
    ),
    Rule(
        "an Assign on Succeed",
        one("Succeed", Assign={"a": 1}),
        "Field 'Assign' is not supported",
        "/States/X",
        one("Succeed"),
    ),
    Rule(
        "an outer name assigned inside",
        machine(
            W={"Type": "Pass", "Assign": {"n": 1}, "Next": "X"},
            X=a_map(inner={**END, "Assign": {"n.$": "$"}})["States"]["X"],
        ),
        "Variable 'n' is already assigned in an outer scope",
        "/States/X/ItemProcessor/States/Y/Assign",
        machine(
            W={"Type": "Pass", "Assign": {"n": 1}, "Next": "X"},
            X=a_map(DISTRIBUTED, {**END, "Assign": {"n.$": "$"}})["States"]["X"],
        ),
    ),
]

RULES = [*STRUCTURE, *TRANSITIONS, *LANGUAGES, *EXPRESSIONS, *FIELDS, *RESOURCES, *ERRORS, *CHOICES, *MAPS, *VARIABLES]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_broken_rule_is_told_in_the_words_of_aws(rule: Rule) -> None:
    found = [
        (each.message if each.code == SCHEMA else f"{each.code}: {each.message}", each.location)
        for each in validate(rule.wrong, **(rule.options or {}))
    ]
    assert (rule.message, rule.location) in found
    alone = [(message, place) for message, place in found if not message.startswith("MISSING_")]
    assert len(alone) <= 1, found


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_what_keeps_the_rule_is_accepted(rule: Rule) -> None:
    assert validate(rule.right, **(rule.options or {})) == []


def test_each_rule_has_a_name_of_its_own() -> None:
    names = [rule.name for rule in RULES]
    assert sorted(set(names)) == sorted(names)


def test_a_dangling_target_comes_before_the_missing_end() -> None:
    found = validate(machine(A={"Type": "Pass", "Next": "B"}))
    assert [each.code for each in found] == ["MISSING_TRANSITION_TARGET", "MISSING_END_STATE"]


def test_a_state_that_a_dangling_target_strands_is_told_after_it() -> None:
    found = validate(machine(pass1={"Type": "Pass", "Next": "pass3"}, pass2=END))
    assert [(each.message, each.location) for each in found] == [
        ("Missing 'Next' target: pass3", "/States/pass1/Next"),
        ('State "pass2" is not reachable.', "/States/pass2"),
    ]


def test_only_states_that_nothing_names_are_unreachable() -> None:
    definition = {"StartAt": "Not sure", "States": {"Pass One": {"Type": "Pass", "Next": "Success"}, "Success": END}}
    assert [each.location for each in validate(definition)] == ["/StartAt", "/States/Pass One"]


def test_a_missing_end_hides_what_is_unreachable() -> None:
    loop = {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "A"}, "C": {"Type": "Pass", "Next": "A"}}
    assert [each.code for each in validate({"StartAt": "A", "States": loop})] == ["MISSING_END_STATE"]


def test_all_mistakes_are_told_at_once() -> None:
    found = validate(
        machine(A={"Type": "Wait", "Seconds": -1, "Next": "B"}, B={"Type": "Task", "Resource": "x", "End": True})
    )
    assert [each.location for each in found] == ["/States/A/Seconds", "/States/B/Resource"]


def test_a_catcher_may_assign_what_its_branches_assign() -> None:
    branch = block(A={"Type": "Task", "Resource": LAMBDA, "Assign": {"n.$": "$"}, "End": True})
    outer = {"Type": "Parallel", "Branches": [branch], "End": True, "Catch": [{**CATCHER, "Assign": {"n": 1}}]}
    assert validate(machine(X=outer, Y=END)) == []


def test_labels_are_unique_in_the_whole_definition() -> None:
    first = {**distributed(Label="same")["States"]["X"], "Next": "B"}
    del first["End"]
    second = {
        **distributed(Label="same")["States"]["X"],
        "ItemProcessor": {"ProcessorConfig": DISTRIBUTED, **block(Z=END)},
    }
    found = validate(machine(A=first, B=second))
    assert [(each.code, each.location) for each in found] == [("DUPLICATE_LABEL_NAME", "/States/B/Label")]


def test_a_misspelt_field_is_the_hint_for_the_missing_one() -> None:
    found = validate(machine(X={"Type": "Pass", "Nxt": "Y"}, Y=END))
    assert "'Nxt' is no field; did you mean 'Next'?" in [each.hint for each in found]
