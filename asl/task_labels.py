"""Short words for a Task: the service and action behind its ``Resource``, as people say them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from asl.types import JsonObject


@dataclass(frozen=True, slots=True)
class TaskLabel:
    """What a Task does: ``DynamoDB``, ``putItem``, the resource it does it to, and how it waits for the end.

    ``subject`` is such as a function's or an activity's name; ``pattern`` is ``.sync``, ``callback`` or ``None``.
    """

    service: str
    action: str | None = None
    subject: str | None = None
    pattern: str | None = None

    def __str__(self) -> str:
        return " ".join(part for part in (self.service, self.action) if part)


_SERVICES = {
    "apigateway": "API Gateway",
    "apigatewayv2": "API Gateway v2",
    "autoscaling": "Auto Scaling",
    "bedrockagent": "Bedrock Agent",
    "bedrockagentruntime": "Bedrock Agent Runtime",
    "bedrockruntime": "Bedrock Runtime",
    "cloudformation": "CloudFormation",
    "cloudfront": "CloudFront",
    "cloudwatch": "CloudWatch",
    "cloudwatchlogs": "CloudWatch Logs",
    "codebuild": "CodeBuild",
    "codepipeline": "CodePipeline",
    "cognitoidentityprovider": "Cognito",
    "costexplorer": "Cost Explorer",
    "databrew": "DataBrew",
    "dynamodb": "DynamoDB",
    "elasticmapreduce": "EMR",
    "emr-containers": "EMR on EKS",
    "emr-serverless": "EMR Serverless",
    "eventbridge": "EventBridge",
    "events": "EventBridge",
    "http": "HTTP",
    "mediaconvert": "MediaConvert",
    "opensearch": "OpenSearch",
    "quicksight": "QuickSight",
    "rdsdata": "RDS Data",
    "redshiftdata": "Redshift Data",
    "route53": "Route 53",
    "sagemaker": "SageMaker",
    "sagemakerruntime": "SageMaker Runtime",
    "secretsmanager": "Secrets Manager",
    "servicecatalog": "Service Catalog",
    "sesv2": "SES v2",
    "sfn": "Step Functions",
    "states": "Step Functions",
}
_ACRONYMS = frozenset(
    ("acm", "dax", "dms", "ebs", "ec2", "ecr", "ecs", "efs", "eks", "emr", "fis", "fms", "fsx", "iam", "iot", "ivs",
     "kms", "mwaa", "rds", "s3", "ses", "sns", "sqs", "ssm", "sso", "sts", "swf", "waf", "wafv2")
)  # fmt: skip
_PATTERNS = {".sync": ".sync", ".sync:2": ".sync", ".waitForTaskToken": "callback"}
_INTEGRATION = re.compile(
    r"arn:[^:]*:states:[^:]*:[^:]*:(aws-sdk:)?([^:.]+):([^.:]+)(\.sync:2|\.sync|\.waitForTaskToken)?"
)
_FUNCTION = re.compile(r"arn:[^:]*:lambda:[^:]*:[^:]*:function:([^:]+)(?::([^:]+))?")
_ACTIVITY = re.compile(r"arn:[^:]*:states:[^:]*:[^:]*:activity:(.+)")
_SUBJECTS = (
    "FunctionName", "TableName", "QueueUrl", "TopicArn", "StateMachineArn", "Bucket", "JobName", "Cluster", "ModelId",
    "ProjectName", "EventBusName", "ApiEndpoint",
)  # fmt: skip


def task_label(definition: JsonObject) -> TaskLabel:
    """Say what a Task state's ``Resource`` and arguments mean, in a reader's words."""
    resource = definition.get("Resource")
    if not isinstance(resource, str):
        return TaskLabel("Task")
    if match := _FUNCTION.fullmatch(resource):
        return TaskLabel("Lambda", subject=short_name(match[1]))
    if match := _ACTIVITY.fullmatch(resource):
        return TaskLabel("Activity", subject=short_name(match[1]))
    if match := _INTEGRATION.fullmatch(resource):
        pattern = _PATTERNS.get(match[4] or "")
        return TaskLabel(service_name(match[2]), match[3], _subject(definition), pattern)
    return TaskLabel(short_name(resource))


def service_name(service: str) -> str:
    """The name that people know a service by: ``dynamodb`` is ``DynamoDB``."""
    if service in _ACRONYMS:
        return service.upper()
    return _SERVICES.get(service, service[:1].upper() + service[1:])


def _subject(definition: JsonObject) -> str | None:
    arguments = definition.get("Arguments", definition.get("Parameters"))
    if not isinstance(arguments, dict):
        return None
    found = (arguments.get(key) for key in _SUBJECTS)
    return next((short_name(value) for value in found if isinstance(value, str) and "{%" not in value), None)


def short_name(resource: str) -> str:
    """The last, telling part of an ARN, a URL or a placeholder: ``${ShipFunction.Arn}`` is ``ShipFunction``."""
    placeholder = re.fullmatch(r"\$\{([^}]+)\}", resource)
    if placeholder:
        return re.sub(r"_?Arn$", "", placeholder[1].removesuffix(".Arn")) or placeholder[1]
    function = _FUNCTION.fullmatch(resource)
    if function:
        return short_name(function[1])
    tail = re.split(r"[:/](?![^{]*\})", resource.removesuffix(":$LATEST").rstrip(":/"))[-1]
    return re.sub(r"\$\{([^}]+)\}", r"\1", tail) or resource
