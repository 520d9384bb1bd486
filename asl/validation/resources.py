"""Task resources: the forms of ARN, the optimised integrations with their patterns, and what Express lacks."""

from __future__ import annotations

import re
from functools import lru_cache

from asl.types import Json
from asl.validation.context import Context
from asl.validation.findings import Findings, wrong
from asl.validation.values import wrong_type

_JOB = (".sync",)
_CALLBACK = (".waitForTaskToken",)
_BOTH = (*_JOB, *_CALLBACK)

INTEGRATIONS: dict[str, dict[str, tuple[str, ...]]] = {
    "apigateway": {"invoke": _CALLBACK},
    "athena": {
        "startQueryExecution": _JOB,
        "stopQueryExecution": (),
        "getQueryExecution": (),
        "getQueryResults": (),
    },
    "batch": {"submitJob": _JOB},
    "bedrock": {"invokeModel": _CALLBACK, "createModelCustomizationJob": _JOB},
    "codebuild": {
        "startBuild": _JOB,
        "stopBuild": (),
        "batchDeleteBuilds": (),
        "batchGetReports": (),
        "startBuildBatch": _JOB,
        "stopBuildBatch": (),
        "retryBuildBatch": _JOB,
        "deleteBuildBatch": (),
    },
    "databrew": {"startJobRun": _JOB},
    "dynamodb": {"getItem": (), "putItem": (), "deleteItem": (), "updateItem": ()},
    "ecs": {"runTask": _BOTH},
    "eks": {
        "call": (),
        "runJob": _BOTH,
        "createCluster": _JOB,
        "deleteCluster": _JOB,
        "createFargateProfile": _JOB,
        "deleteFargateProfile": _JOB,
        "createNodegroup": _JOB,
        "deleteNodegroup": _JOB,
    },
    "elasticmapreduce": {
        "createCluster": _JOB,
        "terminateCluster": _JOB,
        "addStep": _JOB,
        "cancelStep": (),
        "setClusterTerminationProtection": (),
        "modifyInstanceFleetByName": (),
        "modifyInstanceGroupByName": (),
    },
    "emr-containers": {"createVirtualCluster": (), "deleteVirtualCluster": _JOB, "startJobRun": _JOB},
    "emr-serverless": {
        "createApplication": _JOB,
        "startApplication": _JOB,
        "stopApplication": _JOB,
        "deleteApplication": _JOB,
        "startJobRun": _JOB,
        "cancelJobRun": _JOB,
    },
    "events": {"putEvents": _CALLBACK},
    "glue": {"startJobRun": _JOB},
    "http": {"invoke": ()},
    "lambda": {"invoke": _CALLBACK},
    "mediaconvert": {"createJob": _JOB},
    "sagemaker": {
        "createEndpoint": (),
        "createEndpointConfig": (),
        "updateEndpoint": (),
        "createModel": (),
        "createHyperParameterTuningJob": _JOB,
        "createLabelingJob": _JOB,
        "createProcessingJob": _JOB,
        "createTrainingJob": _JOB,
        "createTransformJob": _JOB,
    },
    "sns": {"publish": _CALLBACK},
    "sqs": {"sendMessage": _CALLBACK},
    "states": {"startExecution": (".sync", ".sync:2", ".waitForTaskToken")},
}
"""Optimised integrations: service, action, and the patterns beyond Request Response that the action has."""

_INTEGRATION = re.compile(r"arn:[^:]+:states:::(?P<service>[^:]+):(?P<action>[^.]*)(?P<pattern>\..*)?")
_LAMBDA_QUALIFIER = re.compile(r"arn:[^:]+:lambda:[^:]*:[^:]*:function:[^:]*:(?P<qualifier>.*)")
_PLACEHOLDER = re.compile(r"\$\{[^}]+\}")
_ACTIVITY = re.compile(r"arn:[^:]+:states:[^:]*:[^:]*:activity:")


def resource(value: Json, context: Context) -> Findings | None:
    """A Task's Resource."""
    if type(value) is not str:
        return wrong_type("String", value)
    problem = resource_problem(value, context.workflow == "EXPRESS")
    return None if problem is None else wrong(*problem[:1], hint=problem[1])


@lru_cache(maxsize=4_096)
def resource_problem(arn: str, is_express: bool) -> tuple[str, str | None] | None:
    """AWS's message for a Resource that it would refuse, and a hint; ``None`` for a good one.

    A ``${Placeholder}`` that nobody has filled in yet stands for anything.
    """
    if _PLACEHOLDER.search(arn):
        return None
    if not arn.startswith("arn:") or arn.count(":") < 5:
        return _not_recognized(arn, "a Resource is an ARN, such as arn:aws:states:::lambda:invoke")
    if integration := _INTEGRATION.fullmatch(arn):
        problem = _integration_problem(arn, **integration.groupdict())
        return problem or (_express_problem(arn) if is_express else None)
    qualified = _LAMBDA_QUALIFIER.fullmatch(arn)
    if qualified and not re.fullmatch(r"[\w$.<>-]+", qualified["qualifier"]):
        return _not_recognized(arn, "after the function's name comes a version, an alias or $LATEST")
    return _express_problem(arn) if is_express else None


def _integration_problem(arn: str, service: str, action: str, pattern: str | None) -> tuple[str, str | None] | None:
    from asl.validation.hints import nearest

    if service == "aws-sdk":
        return _sdk_problem(arn, action, pattern)
    actions = INTEGRATIONS.get(service)
    if actions is None:
        hint = nearest(service, INTEGRATIONS) or "services without their own integration are called with aws-sdk"
        return _not_recognized(arn, hint)
    if action not in actions:
        hint = nearest(action, actions) or f"for other actions use arn:aws:states:::aws-sdk:{service}:{action}"
        return _not_recognized(arn, hint)
    if pattern is not None and pattern not in actions[action]:
        known = ", ".join(actions[action]) or "none"
        return _not_recognized(arn, f"patterns of {service}:{action} besides Request Response: {known}")
    return None


def _sdk_problem(arn: str, rest: str, pattern: str | None) -> tuple[str, str | None] | None:
    service, _, action = rest.partition(":")
    if not service or not action:
        return _not_recognized(arn, "an SDK integration is written arn:aws:states:::aws-sdk:service:action")
    if pattern is not None and pattern not in _CALLBACK:
        return _not_recognized(arn, f"SDK integrations have no {pattern!r}; only .waitForTaskToken")
    return None


def _express_problem(arn: str) -> tuple[str, str | None] | None:
    # The space at the end of the second message is AWS's own.
    if ".sync" in arn:
        message = "Express state machine does not support '.sync' service integration"
    elif arn.endswith(".waitForTaskToken"):
        message = "Express state machine does not support '.waitForTaskToken' service integration "
    elif _ACTIVITY.match(arn):
        message = "Express state machine does not support Activity ARN"
    else:
        return None
    return message, "use a state machine of type STANDARD"


def _not_recognized(arn: str, hint: str) -> tuple[str, str]:
    message = (
        f"The resource provided {arn} is not recognized. The value is not a valid resource ARN, "
        "or the resource is not available in this region."
    )
    return message, hint
