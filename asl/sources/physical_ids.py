"""What a deployed resource would answer to Ref and Fn::GetAtt: one row per CloudFormation resource type.

A row gives the property with the resource's name, the form of Ref, and the form of the attribute ``Arn``. Types
without a row get a name for Ref and ARNs built from their service's name, which is the right shape for most.
"""

from __future__ import annotations

from dataclasses import dataclass

from asl.sources.plausible import ACCOUNT, FORMS, REGION, arn, bucket_name, hexadecimal, uuid_of


@dataclass(frozen=True, slots=True)
class Row:
    """How a type names itself; ``ref`` and ``arn`` are keys of FORMS or texts with ``{name}`` in them."""

    named_by: str
    ref: str = "name"
    arn: str = ""


_FUNCTION = Row("FunctionName", arn="lambda")
_STATE_MACHINE = Row("StateMachineName", "state machine", "state machine")
_TABLE = Row("TableName", arn="table arn")
_COMPUTE_ENVIRONMENT = arn("batch", "compute-environment/{name}")

ROWS: dict[str, Row] = {
    "AWS::Lambda::Function": _FUNCTION,
    "AWS::Serverless::Function": _FUNCTION,
    "AWS::SNS::Topic": Row("TopicName", "topic", "topic"),
    "AWS::SQS::Queue": Row("QueueName", "queue", "queue arn"),
    "AWS::DynamoDB::Table": _TABLE,
    "AWS::DynamoDB::GlobalTable": _TABLE,
    "AWS::Serverless::SimpleTable": _TABLE,
    "AWS::StepFunctions::StateMachine": _STATE_MACHINE,
    "AWS::Serverless::StateMachine": Row("Name", "state machine", "state machine"),
    "AWS::StepFunctions::Activity": Row("Name", "activity", "activity"),
    "AWS::IAM::Role": Row("RoleName", arn="role"),
    "AWS::IAM::InstanceProfile": Row("InstanceProfileName", arn=f"arn:aws:iam::{ACCOUNT}:instance-profile/{{name}}"),
    "AWS::IAM::ManagedPolicy": Row("ManagedPolicyName", f"arn:aws:iam::{ACCOUNT}:policy/{{name}}"),
    "AWS::IAM::User": Row("UserName", arn=f"arn:aws:iam::{ACCOUNT}:user/{{name}}"),
    "AWS::S3::Bucket": Row("BucketName", "bucket", "bucket arn"),
    "AWS::ECS::Cluster": Row("ClusterName", arn="cluster"),
    "AWS::ECS::TaskDefinition": Row("Family", "task definition", "task definition"),
    "AWS::Batch::JobQueue": Row("JobQueueName", "job queue", "job queue"),
    "AWS::Batch::JobDefinition": Row("JobDefinitionName", "job definition", "job definition"),
    "AWS::Batch::ComputeEnvironment": Row("ComputeEnvironmentName", _COMPUTE_ENVIRONMENT, _COMPUTE_ENVIRONMENT),
    "AWS::Events::EventBus": Row("Name", arn="event bus"),
    "AWS::Events::Rule": Row("Name", arn=arn("events", "rule/{name}")),
    "AWS::Events::Connection": Row("Name", arn="connection"),
    "AWS::Kinesis::Stream": Row("Name", arn=arn("kinesis", "stream/{name}")),
    "AWS::KinesisFirehose::DeliveryStream": Row("DeliveryStreamName", arn=arn("firehose", "deliverystream/{name}")),
    "AWS::CodeBuild::Project": Row("Name", arn=arn("codebuild", "project/{name}")),
    "AWS::KMS::Key": Row("", "{uuid}", "key"),
    "AWS::KMS::Alias": Row("AliasName"),
    "AWS::SecretsManager::Secret": Row("Name", "secret", "secret"),
    "AWS::SSM::Parameter": Row("Name"),
    "AWS::Logs::LogGroup": Row("LogGroupName", arn=arn("logs", "log-group:{name}:*")),
    "AWS::EC2::Subnet": Row("", "subnet"),
    "AWS::EC2::SecurityGroup": Row("", "security group"),
    "AWS::EC2::VPC": Row("", "vpc"),
    "AWS::Cognito::UserPool": Row("", f"{REGION}_{{hex}}", arn("cognito-idp", f"userpool/{REGION}_{{hex}}")),
    "AWS::ApiGateway::RestApi": Row("", "{hex}"),
    "AWS::ApiGatewayV2::Api": Row("", "{hex}"),
    "AWS::Serverless::Api": Row("", "{hex}"),
    "AWS::Serverless::HttpApi": Row("", "{hex}"),
    "AWS::Glue::Job": Row("Name"),
    "AWS::Glue::Crawler": Row("Name"),
    "AWS::EMR::Cluster": Row("", "j-{HEX}"),
    "AWS::AppSync::GraphQLApi": Row("", arn("appsync", "apis/{hex}"), arn("appsync", "apis/{hex}")),
}

_ATTRIBUTES = {
    "QueueUrl": "queue",
    "TopicName": "name",
    "QueueName": "name",
    "TopicArn": "topic",
    "RoleArn": "role",
    "Name": "name",
    "RootResourceId": "{hex}",
    "ApiEndpoint": f"https://{{hex}}.execute-api.{REGION}.amazonaws.com",
    "DomainName": "{bucket}.s3.amazonaws.com",
    "RegionalDomainName": f"{{bucket}}.s3.{REGION}.amazonaws.com",
    "WebsiteURL": f"http://{{bucket}}.s3-website-{REGION}.amazonaws.com",
    "FunctionUrl": f"https://{{hex}}.lambda-url.{REGION}.on.aws/",
    "GroupId": "security group",
    "SubnetId": "subnet",
    "VpcId": "vpc",
    "KeyId": "{uuid}",
    "Version": "1",
}


def ref_of(resource_type: str, name: str) -> str:
    """What Ref gives for a resource of this type and (physical) name."""
    return _form(ROWS.get(resource_type, Row("")).ref, name)


def attribute_of(resource_type: str, name: str, attribute: str) -> str:
    """What Fn::GetAtt gives for an attribute of a resource of this type and (physical) name."""
    row = ROWS.get(resource_type)
    if attribute in ("Arn", "arn") and row is not None and row.arn:
        return _form(row.arn, name)
    if attribute in _ATTRIBUTES:
        return _form(_ATTRIBUTES[attribute], name)
    if attribute.endswith("Arn"):
        return _generic_arn(resource_type, f"{name}/{attribute.removesuffix('Arn')}".rstrip("/"))
    return f"{name}-{attribute.rsplit('.', maxsplit=1)[-1]}"


def name_property(resource_type: str) -> str:
    """The property that gives a resource its name, an empty string if the type has none."""
    row = ROWS.get(resource_type)
    return row.named_by if row else ""


def _generic_arn(resource_type: str, name: str) -> str:
    parts = resource_type.split("::")
    service = parts[1].lower() if len(parts) == 3 else "custom"
    return arn(service, f"{parts[-1].lower()}/{name}")


def _form(form: str, name: str) -> str:
    if form in FORMS:
        return FORMS[form](name)
    digits = hexadecimal(name, 10)
    return form.format(name=name, hex=digits, HEX=digits.upper(), uuid=uuid_of(name), bucket=bucket_name(name))
