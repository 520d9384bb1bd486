"""Services reached through botocore: ``aws-sdk:*`` and the optimized integrations, in request-response form."""

from __future__ import annotations

import threading
from typing import Any

from asl.service_names import (
    OPTIMIZED_PREFIXES,
    botocore_name,
    pascal,
    sdk_prefix,
    service_in_cause,
)
from asl.types import Json, JsonObject
from interpreter.api.integrations.values import from_api, to_api
from interpreter.api.settings import ServerSettings
from interpreter.tasks.port import Resource, TaskError, TaskRequest

_ANY = "any"
"""The credentials that a local endpoint gets when there are none."""

_WITH_METADATA = frozenset({"lambda", "dynamodb", "sns", "sqs", "ecs", "states"})


class Aws:
    """Clients, made once each. Calls block, so they are made in threads."""

    def __init__(self, settings: ServerSettings) -> None:
        self._settings = settings
        self._clients: dict[str, Any] = {}
        self._making = threading.Lock()

    def call(self, request: TaskRequest) -> Json:
        """Make the request that a service task describes; :class:`TaskError` with AWS's error name and cause."""
        resource = request.resource
        client = self.client(resource)
        operation = pascal(resource.action)
        model = self._operation(client, resource, operation)
        parameters = to_api(model.input_shape, request.input) if model.input_shape is not None else {}
        if resource.service == "s3" and "Body" in parameters:
            # A ResultWriter's file is written as it is; other tasks' texts are stored as JSON, in quotes.
            parameters["Body"] = request.input["Body"].encode("utf-8", "surrogatepass")
        response = self.request(client, resource, operation, parameters or {})
        if resource.service == "s3":
            return self.result(resource, model, inflated(response, request.input)) | listed(response)
        return self.result(resource, model, response)

    def result(self, resource: Resource, model: Any, response: JsonObject) -> JsonObject:
        """A response as the task's result, with the metadata that some optimized integrations show."""
        result: JsonObject = from_api(model.output_shape, response)
        if resource.service in _WITH_METADATA:
            result |= metadata(response["ResponseMetadata"])
        return result

    def client(self, resource: Resource) -> Any:
        """botocore's client for a resource's service, at the endpoint that the settings name."""
        name = botocore_name(resource.service or "lambda")
        with self._making:
            if name not in self._clients:
                self._clients[name] = self._new_client(name, resource)
            return self._clients[name]

    def _new_client(self, name: str, resource: Resource) -> Any:
        from botocore.exceptions import UnknownServiceError
        from botocore.session import get_session

        session = get_session()
        endpoint = self._settings.endpoint(name)
        options: dict[str, Any] = {"region_name": self._settings.region, "endpoint_url": endpoint}
        if endpoint is None:
            _check_credentials(session, name, resource)
        elif session.get_credentials() is None:
            options |= {"aws_access_key_id": _ANY, "aws_secret_access_key": _ANY}
        try:
            return session.create_client(name, config=_config(is_local=bool(endpoint)), **options)
        except UnknownServiceError as error:
            raise TaskError("States.Runtime", f"The service {resource.service} is not known here.") from error

    def _operation(self, client: Any, resource: Resource, operation: str) -> Any:
        from botocore.model import OperationNotFoundError

        try:
            return client.meta.service_model.operation_model(operation)
        except OperationNotFoundError as error:
            message = f"The service {resource.service} has no action {resource.action}."
            raise TaskError("States.Runtime", message) from error

    def request(self, client: Any, resource: Resource, operation: str, parameters: JsonObject) -> JsonObject:
        """One call; failures as Step Functions reports them."""
        from botocore import xform_name
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            response: JsonObject = getattr(client, xform_name(operation))(**parameters)
        except ClientError as error:
            raise service_error(client, resource, error.response) from error
        except BotoCoreError as error:
            name = f"{_prefix(client, resource)}.SdkClientException"
            raise TaskError(name, f"Unable to execute HTTP request: {error}") from error
        return response


def inflated(response: JsonObject, parameters: Json) -> JsonObject:
    """An ItemReader's object, unpacked where its name ends in ``.gz``."""
    key = parameters.get("Key", "") if isinstance(parameters, dict) else ""
    if "Body" not in response or not str(key).endswith(".gz"):
        return response
    import gzip

    return {**response, "Body": gzip.decompress(response["Body"].read())}


def listed(response: JsonObject) -> JsonObject:
    """The ``Contents`` of an ItemReader's listing, if it is one: each object as an item, with its time in seconds since
    1970."""
    if "Contents" not in response:
        return {}
    return {"Contents": [_item(entry) for entry in response["Contents"]]}


def _item(entry: JsonObject) -> JsonObject:
    item = {
        "Etag": entry.get("ETag"),
        "Key": entry["Key"],
        "LastModified": int(entry["LastModified"].timestamp()),
        "Size": entry.get("Size"),
        "StorageClass": entry.get("StorageClass"),
    }
    return {name: value for name, value in item.items() if value is not None}


def _check_credentials(session: Any, name: str, resource: Resource) -> None:
    """Nothing is sent to AWS itself with the credentials that are there for the sake of form."""
    credentials = session.get_credentials()
    if credentials is None or credentials.access_key == _ANY:
        variable = f"AWS_ENDPOINT_URL_{name.upper().replace('-', '_')}"
        cause = (
            f"Nothing answers {resource.arn} here. Mock the state, name what answers it with --task, or set {variable}."
        )
        raise TaskError(f"{OPTIMIZED_PREFIXES.get(resource.service or 'lambda', 'Sdk')}.SdkClientException", cause)


def _config(*, is_local: bool) -> Any:
    """A local endpoint takes bucket names in the path: their own hosts have no address."""
    from botocore.config import Config

    s3 = {"addressing_style": "path"} if is_local else {}
    return Config(parameter_validation=False, retries={"max_attempts": 1}, inject_host_prefix=False, s3=s3)


def _prefix(client: Any, resource: Resource) -> str:
    if resource.service in OPTIMIZED_PREFIXES:
        return OPTIMIZED_PREFIXES[resource.service]
    if resource.kind == "lambda":
        return "Lambda"
    return sdk_prefix(client.meta.service_model.service_id)


def service_error(client: Any, resource: Resource, response: JsonObject) -> TaskError:
    """A service's refusal as the task's failure: prefix and exception, and the SDK's sentence with its metadata."""
    code, message = response["Error"].get("Code", ""), response["Error"].get("Message", "")
    status = response["ResponseMetadata"].get("HTTPStatusCode")
    request_id = response["ResponseMetadata"].get("RequestId")
    prefix = _prefix(client, resource)
    if resource.service.startswith("aws-sdk:"):
        cause = f"{message} (Service: {prefix}, Status Code: {status}, Request ID: {request_id})"
        unmodelled = f"{prefix}Exception"
    else:
        service = service_in_cause(resource.service or "lambda")
        details = f"Service: {service}; Status Code: {status}; Error Code: {code}; Request ID: {request_id}"
        cause = f"{message} ({details}; Proxy: null)"
        unmodelled = f"Amazon{prefix}Exception"
    return TaskError(f"{prefix}.{_exception_name(client, code) or unmodelled}", cause)


def _exception_name(client: Any, code: str) -> str | None:
    """The exception of the model that a code stands for, named as Java names it."""
    for shape in client.meta.service_model.error_shapes:
        if code in (shape.name, shape.metadata.get("error", {}).get("code")):
            return str(shape.name) if shape.name.endswith("Exception") else f"{shape.name}Exception"
    return None


def metadata(response: JsonObject) -> JsonObject:
    """``SdkHttpMetadata`` and ``SdkResponseMetadata`` for a response's headers."""
    headers = response.get("HTTPHeaders", {})
    return {
        "SdkHttpMetadata": {
            "AllHttpHeaders": {name: [value] for name, value in headers.items()},
            "HttpHeaders": dict(headers),
            "HttpStatusCode": response.get("HTTPStatusCode", 200),
        },
        "SdkResponseMetadata": {"RequestId": response.get("RequestId", "")},
    }
