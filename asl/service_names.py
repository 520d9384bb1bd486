"""How Step Functions names services, their errors, and the members of their requests and responses."""

from __future__ import annotations

import re

BOTOCORE_NAMES = {
    "accessanalyzer": "accessanalyzer",
    "acmpca": "acm-pca",
    "applicationautoscaling": "application-autoscaling",
    "applicationdiscovery": "discovery",
    "autoscalingplans": "autoscaling-plans",
    "bedrockruntime": "bedrock-runtime",
    "cloudwatchlogs": "logs",
    "cognitoidentity": "cognito-identity",
    "cognitoidentityprovider": "cognito-idp",
    "computeoptimizer": "compute-optimizer",
    "costexplorer": "ce",
    "databasemigration": "dms",
    "ec2instanceconnect": "ec2-instance-connect",
    "ecrpublic": "ecr-public",
    "elasticloadbalancing": "elb",
    "elasticloadbalancingv2": "elbv2",
    "elasticmapreduce": "emr",
    "elasticsearch": "es",
    "emrcontainers": "emr-containers",
    "emrserverless": "emr-serverless",
    "eventbridge": "events",
    "iotdataplane": "iot-data",
    "networkfirewall": "network-firewall",
    "rdsdata": "rds-data",
    "redshiftdata": "redshift-data",
    "resourcegroups": "resource-groups",
    "sagemakerruntime": "sagemaker-runtime",
    "servicequotas": "service-quotas",
    "sfn": "stepfunctions",
    "ssoadmin": "sso-admin",
    "states": "stepfunctions",
    "timestreamwrite": "timestream-write",
    "voiceid": "voice-id",
    "wafregional": "waf-regional",
}
"""Services whose name in a Resource is not botocore's."""

OPTIMIZED_PREFIXES = {
    "athena": "Athena",
    "batch": "Batch",
    "bedrock": "Bedrock",
    "codebuild": "CodeBuild",
    "databrew": "DataBrew",
    "dynamodb": "DynamoDB",
    "ecs": "ECS",
    "eks": "EKS",
    "elasticmapreduce": "ElasticMapReduce",
    "emr-containers": "EMRContainers",
    "emr-serverless": "EMRServerless",
    "events": "EventBridge",
    "glue": "Glue",
    "lambda": "Lambda",
    "mediaconvert": "MediaConvert",
    "sagemaker": "SageMaker",
    "sns": "SNS",
    "sqs": "SQS",
    "states": "StepFunctions",
}
"""Optimized integrations to the first part of their errors' names."""

_SERVICES_IN_CAUSES = {"dynamodb": "AmazonDynamoDBv2", "lambda": "AWSLambda", "states": "AWSStepFunctions"}
_WORDS = re.compile(r"[A-Z]{2,}(?=[A-Z][a-z]|\d|$)")
_SDK_PREFIXES = {"SESv2": "SesV2", "CodeStar Notifications": "CodestarNotifications"}


def botocore_name(service: str) -> str:
    """The service of a Resource (``sqs``, ``aws-sdk:cloudwatchlogs``) as botocore calls it."""
    name = service.removeprefix("aws-sdk:")
    return BOTOCORE_NAMES.get(name, name)


def sdk_prefix(service_id: str) -> str:
    """The first part of an SDK integration's error names, from the service id: ``DynamoDb`` for ``DynamoDB``."""
    if service_id in _SDK_PREFIXES:
        return _SDK_PREFIXES[service_id]
    words = re.split(r"[^A-Za-z0-9]+", service_id)
    return "".join(_WORDS.sub(lambda run: run[0].capitalize(), word[:1].upper() + word[1:]) for word in words)


def service_in_cause(service: str) -> str:
    """How the cause of an optimized integration's failure names the service."""
    return _SERVICES_IN_CAUSES.get(service, f"Amazon{OPTIMIZED_PREFIXES.get(service, service)}")


def pascal(member: str) -> str:
    """A member of an API as Step Functions writes it."""
    return member[:1].upper() + member[1:]
