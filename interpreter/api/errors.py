"""What the API answers when it refuses: AWS's error code, its text and the HTTP status."""

from __future__ import annotations

from asl.types import JsonObject


class ApiError(Exception):
    """A refusal as the client sees it.

    ``code`` is the exception's name in the service model, ``details`` further members of it, such as ``reason``.
    """

    def __init__(self, code: str, message: str, status: int = 400, **details: str) -> None:
        self.code = code
        self.message = message
        self.status = status
        self.details = details
        super().__init__(f"{code}: {message}")

    def body(self) -> JsonObject:
        """The JSON document of the response."""
        return {"__type": self.code, "message": self.message, **self.details}


def invalid_arn(reason: str) -> ApiError:
    return ApiError("InvalidArn", f"Invalid Arn: '{reason}'")


def invalid_name(name: str) -> ApiError:
    return ApiError("InvalidName", f"Invalid Name: '{name}'")


def invalid_token() -> ApiError:
    """For task tokens and paging tokens alike."""
    return ApiError("InvalidToken", "Invalid Token: 'Invalid token'")


def validation(message: str, reason: str | None = None) -> ApiError:
    details = {} if reason is None else {"reason": reason}
    return ApiError("ValidationException", message, 400, **details)


def state_machine_does_not_exist(arn: str) -> ApiError:
    return ApiError("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'")


def execution_does_not_exist(arn: str) -> ApiError:
    return ApiError("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'")


def activity_does_not_exist(arn: str) -> ApiError:
    return ApiError("ActivityDoesNotExist", f"Activity Does Not Exist: '{arn}'")


def resource_not_found(arn: str) -> ApiError:
    return ApiError("ResourceNotFound", f"Resource not found: '{arn}'", resourceName=arn)


def unknown_reference() -> ApiError:
    """An alias or version that does not exist, which AWS does not name."""
    return ApiError("ResourceNotFound", "Request references a resource that does not exist.")


def type_not_supported() -> ApiError:
    return ApiError("StateMachineTypeNotSupported", "This operation is not supported by this type of state machine")


def store_unavailable(reason: str) -> ApiError:
    """The store could not keep the change, so that nothing was done."""
    return ApiError("ServiceUnavailable", reason, status=503)
