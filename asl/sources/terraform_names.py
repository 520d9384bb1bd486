"""What deployed Terraform resources and data sources would answer, by way of CloudFormation's table of physical ids."""

from __future__ import annotations

from asl.sources.physical_ids import attribute_of, ref_of
from asl.sources.plausible import ACCOUNT, PARTITION, REGION, by_name
from asl.types import Json

_TYPES = {
    "aws_lambda_function": "AWS::Lambda::Function",
    "aws_sns_topic": "AWS::SNS::Topic",
    "aws_sqs_queue": "AWS::SQS::Queue",
    "aws_dynamodb_table": "AWS::DynamoDB::Table",
    "aws_sfn_state_machine": "AWS::StepFunctions::StateMachine",
    "aws_sfn_activity": "AWS::StepFunctions::Activity",
    "aws_iam_role": "AWS::IAM::Role",
    "aws_iam_instance_profile": "AWS::IAM::InstanceProfile",
    "aws_s3_bucket": "AWS::S3::Bucket",
    "aws_ecs_cluster": "AWS::ECS::Cluster",
    "aws_ecs_task_definition": "AWS::ECS::TaskDefinition",
    "aws_batch_job_queue": "AWS::Batch::JobQueue",
    "aws_batch_job_definition": "AWS::Batch::JobDefinition",
    "aws_batch_compute_environment": "AWS::Batch::ComputeEnvironment",
    "aws_cloudwatch_event_bus": "AWS::Events::EventBus",
    "aws_cloudwatch_event_rule": "AWS::Events::Rule",
    "aws_cloudwatch_event_connection": "AWS::Events::Connection",
    "aws_cloudwatch_log_group": "AWS::Logs::LogGroup",
    "aws_kinesis_stream": "AWS::Kinesis::Stream",
    "aws_kinesis_firehose_delivery_stream": "AWS::KinesisFirehose::DeliveryStream",
    "aws_codebuild_project": "AWS::CodeBuild::Project",
    "aws_kms_key": "AWS::KMS::Key",
    "aws_secretsmanager_secret": "AWS::SecretsManager::Secret",
    "aws_ssm_parameter": "AWS::SSM::Parameter",
    "aws_subnet": "AWS::EC2::Subnet",
    "aws_security_group": "AWS::EC2::SecurityGroup",
    "aws_vpc": "AWS::EC2::VPC",
    "aws_glue_job": "AWS::Glue::Job",
    "aws_glue_crawler": "AWS::Glue::Crawler",
    "aws_api_gateway_rest_api": "AWS::ApiGateway::RestApi",
    "aws_apigatewayv2_api": "AWS::ApiGatewayV2::Api",
    "aws_emr_cluster": "AWS::EMR::Cluster",
}
_ID_IS_ARN = frozenset(("aws_ecs_cluster", "aws_batch_job_queue", "aws_secretsmanager_secret"))
NAMED_BY = ("function_name", "name", "bucket", "family", "identifier")
DATA: dict[tuple[str, str], Json] = {
    ("aws_caller_identity", "account_id"): ACCOUNT,
    ("aws_caller_identity", "arn"): f"arn:{PARTITION}:iam::{ACCOUNT}:root",
    ("aws_region", "name"): REGION,
    ("aws_region", "id"): REGION,
    ("aws_region", "region"): REGION,
    ("aws_partition", "partition"): PARTITION,
    ("aws_partition", "dns_suffix"): "amazonaws.com",
}
"""Data sources whose answer depends on the account alone."""


def attribute_value(kind: str, name: str, attribute: str) -> Json:
    """What a deployed resource would answer."""
    resource_type = _TYPES.get(kind, "::".join(("AWS", *(part.title() for part in kind.split("_")[1:3]))))
    if attribute in ("arn", "qualified_arn", "invoke_arn") or (attribute == "id" and kind in _ID_IS_ARN):
        return attribute_of(resource_type, name, "Arn") + (":1" if attribute == "qualified_arn" else "")
    if attribute in ("id", "url", "key_id"):
        return ref_of(resource_type, name)
    if attribute in ("name", *NAMED_BY):
        return name
    return by_name(f"{name}_{attribute}") if attribute.endswith(("arn", "name")) else f"{name}-{attribute}"
