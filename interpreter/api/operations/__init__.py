"""Every operation of the service, one module per noun, found by its name on the wire."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from asl.types import JsonObject
from interpreter.api.operations.activities import (
    create_activity,
    delete_activity,
    describe_activity,
    list_activities,
)
from interpreter.api.operations.aliases import (
    create_state_machine_alias,
    delete_state_machine_alias,
    describe_state_machine_alias,
    list_state_machine_aliases,
    update_state_machine_alias,
)
from interpreter.api.operations.executions import (
    describe_execution,
    describe_state_machine_for_execution,
    list_executions,
    stop_execution,
)
from interpreter.api.operations.history import get_execution_history
from interpreter.api.operations.map_runs import describe_map_run, list_map_runs, update_map_run
from interpreter.api.operations.redrive import redrive_execution
from interpreter.api.operations.starting import start_execution, start_sync_execution
from interpreter.api.operations.state_machines import (
    create_state_machine,
    delete_state_machine,
    describe_state_machine,
    list_state_machines,
    update_state_machine,
)
from interpreter.api.operations.tags import list_tags_for_resource, tag_resource, untag_resource
from interpreter.api.operations.tasks import (
    get_activity_task,
    send_task_failure,
    send_task_heartbeat,
    send_task_success,
)
from interpreter.api.operations.test_state import test_state
from interpreter.api.operations.validation import validate_state_machine_definition
from interpreter.api.operations.versions import (
    delete_state_machine_version,
    list_state_machine_versions,
    publish_state_machine_version,
)
from interpreter.api.service import Service

Handler: TypeAlias = Callable[[Service, JsonObject], Awaitable[JsonObject]]

OPERATIONS: dict[str, Handler] = {
    "CreateActivity": create_activity,
    "CreateStateMachine": create_state_machine,
    "CreateStateMachineAlias": create_state_machine_alias,
    "DeleteActivity": delete_activity,
    "DeleteStateMachine": delete_state_machine,
    "DeleteStateMachineAlias": delete_state_machine_alias,
    "DeleteStateMachineVersion": delete_state_machine_version,
    "DescribeActivity": describe_activity,
    "DescribeExecution": describe_execution,
    "DescribeMapRun": describe_map_run,
    "DescribeStateMachine": describe_state_machine,
    "DescribeStateMachineAlias": describe_state_machine_alias,
    "DescribeStateMachineForExecution": describe_state_machine_for_execution,
    "GetActivityTask": get_activity_task,
    "GetExecutionHistory": get_execution_history,
    "ListActivities": list_activities,
    "ListExecutions": list_executions,
    "ListMapRuns": list_map_runs,
    "ListStateMachineAliases": list_state_machine_aliases,
    "ListStateMachineVersions": list_state_machine_versions,
    "ListStateMachines": list_state_machines,
    "ListTagsForResource": list_tags_for_resource,
    "PublishStateMachineVersion": publish_state_machine_version,
    "RedriveExecution": redrive_execution,
    "SendTaskFailure": send_task_failure,
    "SendTaskHeartbeat": send_task_heartbeat,
    "SendTaskSuccess": send_task_success,
    "StartExecution": start_execution,
    "StartSyncExecution": start_sync_execution,
    "StopExecution": stop_execution,
    "TagResource": tag_resource,
    "TestState": test_state,
    "UntagResource": untag_resource,
    "UpdateMapRun": update_map_run,
    "UpdateStateMachine": update_state_machine,
    "UpdateStateMachineAlias": update_state_machine_alias,
    "ValidateStateMachineDefinition": validate_state_machine_definition,
}
"""The dispatch table of the server."""
