"""Plausible stable values for what only a deployment would know: ARNs, names and URLs of the right form.

The same name always gives the same value. Account 123456789012, region us-east-1, partition aws, as AWS's own
documentation writes them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from asl.types import Json

ACCOUNT = "123456789012"
REGION = "us-east-1"
PARTITION = "aws"

PSEUDO_PARAMETERS: dict[str, Json] = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Region": REGION,
    "AWS::Partition": PARTITION,
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackName": "stack",
    "AWS::StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/stack/00000000-0000-4000-8000-000000000000",
    "AWS::NotificationARNs": [],
}

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_NAME_TAIL = re.compile(r"(?<=[A-Za-z0-9])[-_.]?(?:arn|name|url|id)$", re.IGNORECASE)
_UNFIT = re.compile(r"[^A-Za-z0-9_-]+")


def arn(service: str, resource: str, *, region: str = REGION, account: str = ACCOUNT) -> str:
    """``arn:aws:service:region:account:resource``."""
    return f"arn:{PARTITION}:{service}:{region}:{account}:{resource}"


def base_name(name: str) -> str:
    """A name as a resource has it: ``LambdaFunctionARN`` is about ``LambdaFunction``."""
    return _UNFIT.sub("-", _NAME_TAIL.sub("", name)).strip("-")[:64] or "name"


def bucket_name(name: str) -> str:
    """A name as S3 allows it: lower case and digits."""
    return re.sub(r"[^a-z0-9]+", "-", base_name(name).lower()).strip("-") or "bucket"


def hexadecimal(name: str, length: int) -> str:
    """Hexadecimal digits that depend on the name alone, as ids of networks and keys have."""
    import hashlib

    return hashlib.sha256(name.encode()).hexdigest()[:length]


def uuid_of(name: str) -> str:
    """A UUID that depends on the name alone."""
    digits = hexadecimal(name, 32)
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:]}"


def lambda_arn(name: str) -> str:
    return arn("lambda", f"function:{name}")


def queue_url(name: str) -> str:
    return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}"


def role_arn(name: str) -> str:
    return arn("iam", f"role/{name}", region="")


FORMS: dict[str, Callable[[str], str]] = {
    "name": lambda name: name,
    "lambda": lambda_arn,
    "topic": lambda name: arn("sns", name),
    "queue": queue_url,
    "queue arn": lambda name: arn("sqs", name),
    "table": lambda name: name,
    "table arn": lambda name: arn("dynamodb", f"table/{name}"),
    "bucket": bucket_name,
    "bucket arn": lambda name: f"arn:{PARTITION}:s3:::{bucket_name(name)}",
    "state machine": lambda name: arn("states", f"stateMachine:{name}"),
    "activity": lambda name: arn("states", f"activity:{name}"),
    "role": role_arn,
    "job queue": lambda name: arn("batch", f"job-queue/{name}"),
    "job definition": lambda name: arn("batch", f"job-definition/{name}:1"),
    "cluster": lambda name: arn("ecs", f"cluster/{name}"),
    "task definition": lambda name: arn("ecs", f"task-definition/{name}:1"),
    "event bus": lambda name: arn("events", f"event-bus/{name}"),
    "connection": lambda name: arn("events", f"connection/{name}/{uuid_of(name)}"),
    "secret": lambda name: arn("secretsmanager", f"secret:{name}-AbCdEf"),
    "key": lambda name: arn("kms", f"key/{uuid_of(name)}"),
    "subnet": lambda name: f"subnet-{hexadecimal(name, 17)}",
    "security group": lambda name: f"sg-{hexadecimal(name, 17)}",
    "vpc": lambda name: f"vpc-{hexadecimal(name, 17)}",
    "account": lambda _: ACCOUNT,
    "region": lambda _: REGION,
}

_FIELD_FORMS = {
    "FunctionName": "lambda",
    "TopicArn": "topic",
    "QueueUrl": "queue",
    "TableName": "table",
    "StateMachineArn": "state machine",
    "ActivityArn": "activity",
    "JobQueue": "job queue",
    "JobDefinition": "job definition",
    "Cluster": "cluster",
    "TaskDefinition": "task definition",
    "EventBusName": "name",
    "ConnectionArn": "connection",
    "SecretId": "secret",
    "KeyId": "key",
    "KmsKeyId": "key",
    "Bucket": "bucket",
    "BucketName": "bucket",
    "RoleArn": "role",
    "Subnets": "subnet",
    "SecurityGroups": "security group",
}

NUMBERS: dict[str, Json] = {
    "TimeoutSeconds": 300,
    "HeartbeatSeconds": 60,
    "Seconds": 1,
    "IntervalSeconds": 1,
    "MaxAttempts": 3,
    "BackoffRate": 2.0,
    "MaxDelaySeconds": 60,
    "MaxConcurrency": 10,
    "MaxItemsPerBatch": 10,
    "MaxInputBytesPerBatch": 262144,
    "MaxItems": 1000,
    "ToleratedFailureCount": 0,
    "ToleratedFailurePercentage": 0,
    "NumericEquals": 1,
    "NumericGreaterThan": 1,
    "NumericGreaterThanEquals": 1,
    "NumericLessThan": 1,
    "NumericLessThanEquals": 1,
}
"""Fields of the language that take a number, with a harmless one."""

_NAME_FORMS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("account",), "account"),
    (("region",), "region"),
    (("role",), "role"),
    (("activity",), "activity"),
    (("state", "machine"), "state machine"),
    (("statemachine",), "state machine"),
    (("job", "queue"), "job queue"),
    (("job", "definition"), "job definition"),
    (("task", "definition"), "task definition"),
    (("topic",), "topic"),
    (("sns",), "topic"),
    (("queue", "arn"), "queue arn"),
    (("queue",), "queue"),
    (("sqs",), "queue"),
    (("table", "arn"), "table arn"),
    (("table",), "table"),
    (("bucket", "arn"), "bucket arn"),
    (("bucket",), "bucket"),
    (("subnet",), "subnet"),
    (("security", "group"), "security group"),
    (("vpc",), "vpc"),
    (("secret",), "secret"),
    (("connection",), "connection"),
    (("cluster",), "cluster"),
    (("function",), "lambda"),
    (("lambda",), "lambda"),
    (("arn",), "lambda"),
)

_INTEGRATIONS = (
    (("FunctionName",), "lambda:invoke"),
    (("TopicArn",), "sns:publish"),
    (("QueueUrl",), "sqs:sendMessage"),
    (("TableName", "Item"), "dynamodb:putItem"),
    (("TableName", "UpdateExpression"), "dynamodb:updateItem"),
    (("TableName", "Key"), "dynamodb:getItem"),
    (("TransactItems",), "aws-sdk:dynamodb:transactWriteItems"),
    (("JobDefinition",), "batch:submitJob"),
    (("StateMachineArn",), "states:startExecution"),
    (("TaskDefinition",), "ecs:runTask"),
    (("ProjectName",), "codebuild:startBuild"),
    (("ApiEndpoint",), "apigateway:invoke"),
    (("JobName",), "glue:startJobRun"),
)


def words_of(name: str) -> set[str]:
    """The words of a name in any case style, in lower case: ``OrderTable-arn`` gives order, table, arn."""
    return {word.lower() for word in _WORDS.findall(name)}


def by_name(name: str) -> str:
    """A value that fits the name alone: ``OrdersTableName`` a table's name, ``NotifyTopic`` a topic's ARN."""
    words = words_of(name)
    if words <= {"aws", "partition"}:
        return PARTITION
    if "name" in words:
        return base_name(name)
    form = next((form for wanted, form in _NAME_FORMS if words.issuperset(wanted)), "name")
    return FORMS[form](base_name(name))


def by_field(field: str, name: str, state: Mapping[str, Json]) -> Json:
    """A value that fits the field of a state that it stands in, else the name."""
    if field in NUMBERS:
        return NUMBERS[field]
    if field == "Resource":
        return _resource(name, state)
    if field in _FIELD_FORMS:
        return FORMS[_FIELD_FORMS[field]](base_name(name))
    if field.endswith(("RoleArn", "roleArn")):
        return role_arn(base_name(name))
    return by_name(name)


def _resource(name: str, state: Mapping[str, Json]) -> str:
    if "activity" in words_of(name):
        return FORMS["activity"](base_name(name))
    arguments = state.get("Parameters") or state.get("Arguments")
    keys = {key.removesuffix(".$") for key in arguments} if isinstance(arguments, dict) else set[str]()
    integration = next((action for wanted, action in _INTEGRATIONS if keys.issuperset(wanted)), None)
    return f"arn:{PARTITION}:states:::{integration}" if integration else lambda_arn(base_name(name))
