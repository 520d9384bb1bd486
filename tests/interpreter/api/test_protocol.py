"""What a client can get wrong about the protocol: AWS's error for each, and a server that goes on answering."""

import http.client
import json
import socket
import threading

import pytest
from served import ROLE

from interpreter import serve

TARGET = "AWSStepFunctions."
MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:m"


def post(server, body, operation="ListStateMachines", **headers):
    """Status, response document and headers of a raw request."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("POST", "/", body, {"X-Amz-Target": TARGET + operation, **headers})
    response = connection.getresponse()
    return response.status, json.loads(response.read() or b"{}"), response.headers


def error_of(server, body, operation="ListStateMachines"):
    status, document, _ = post(server, body, operation)
    return status, document["__type"], document["message"]


def test_a_response_has_the_content_type_and_a_request_id(server):
    status, document, headers = post(server, b"{}")
    assert (status, document) == (200, {"stateMachines": []})
    assert headers["Content-Type"] == "application/x-amz-json-1.0"
    assert len(headers["x-amzn-RequestId"]) == 36


@pytest.mark.parametrize(
    "body", [b"{", b'{"maxResults":', b"\xff\xfe", b"[]", b'"text"', b'{"a": NaN}', b"[" * 100_000]
)
def test_what_is_no_json_object_is_a_serialization_exception(server, body):
    assert error_of(server, body)[:2] == (400, "SerializationException")


@pytest.mark.parametrize(
    ("body", "operation", "message"),
    [
        ({"maxResults": "5"}, "ListStateMachines", "STRING_VALUE can not be converted to an Integer"),
        ({"maxResults": True}, "ListStateMachines", "TRUE_VALUE can not be converted to an Integer"),
        ({"maxResults": 1.5}, "ListStateMachines", "DECIMAL_VALUE can not be converted to an Integer"),
        ({"name": 5}, "CreateActivity", "NUMBER_VALUE can not be converted to a String"),
        ({"name": {}}, "CreateActivity", "Start of structure or map found where not expected."),
        ({"name": "a", "tags": "b"}, "CreateActivity", "Unexpected field type"),
    ],
)
def test_a_value_of_the_wrong_type_is_a_serialization_exception(server, body, operation, message):
    assert error_of(server, json.dumps(body), operation) == (400, "SerializationException", message)


@pytest.mark.parametrize(
    "operation", ["NoSuchOperation", "", "../../etc/passwd", "ListStateMachines; DROP TABLE records"]
)
def test_an_unknown_target_is_an_unknown_operation(server, operation):
    assert error_of(server, b"{}", operation)[:2] == (400, "UnknownOperationException")


def test_a_request_without_a_target_is_an_unknown_operation(server):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("POST", "/", b"{}")
    assert json.loads(connection.getresponse().read())["__type"] == "UnknownOperationException"


def test_several_violations_are_told_at_once(server):
    body = {"name": "A", "routingConfiguration": [], "description": "d" * 257}
    status, code, message = error_of(server, json.dumps(body), "CreateStateMachineAlias")
    assert (status, code) == (400, "ValidationException")
    assert message == (
        "2 validation errors detected: "
        "Value '[]' at 'routingConfiguration' failed to satisfy constraint: "
        "Member must have length greater than or equal to 1; "
        "Value at 'description' failed to satisfy constraint: Member must have length less than or equal to 256"
    )


def test_a_missing_member_must_not_be_null(server):
    message = "1 validation error detected: Value null at 'name' failed to satisfy constraint: Member must not be null"
    assert error_of(server, b'{"name": null}', "CreateActivity") == (400, "ValidationException", message)


def test_a_body_of_two_megabytes_is_refused(server):
    assert error_of(server, b'{"name": "' + b"a" * 2_000_000 + b'"}', "CreateActivity")[0] == 413


def test_who_sends_too_much_over_a_connection_that_ends_is_heard_out_and_answered(server):
    body = b'{"name": "' + b"a" * 5_000_000 + b'"}'
    for _ in range(3):
        status, document, _ = post(server, body, "CreateActivity", Connection="close")
        assert (status, document["__type"]) == (413, "RequestEntityTooLarge")


def test_a_body_that_grows_beyond_a_megabyte_in_chunks_is_refused(server):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    chunks = (b"a" * 100_000 for _ in range(20))
    connection.request("POST", "/", chunks, {"X-Amz-Target": TARGET + "ListActivities"}, encode_chunked=True)
    assert connection.getresponse().status == 413


@pytest.mark.parametrize(
    ("arn", "message"),
    [
        ("no arn", "Invalid Arn: 'Invalid ARN prefix: no arn'"),
        (
            "arn:aws:lambda:us-east-1:1:function:f",
            "Invalid Arn: 'Invalid ARN prefix: arn:aws:lambda:us-east-1:1:function:f'",
        ),
        (MACHINE, "Invalid Arn: 'Resource type not valid in this context: stateMachine'"),
        (
            "arn:aws:states:us-east-1:1:express:m:n:u",
            "Invalid Arn: 'Resource type not valid in this context: express'",
        ),
    ],
)
def test_a_bad_arn_is_an_invalid_arn(client, arn, message):
    with pytest.raises(client.exceptions.InvalidArn) as refused:
        client.describe_execution(executionArn=arn)
    assert refused.value.response["Error"]["Message"] == message


@pytest.mark.parametrize("name", ["'; DROP TABLE records; --", "../../etc/passwd", "a/b", "nul\0", "a b", ""])
def test_names_that_look_like_sql_or_paths_are_refused(client, name):
    with pytest.raises(client.exceptions.InvalidName, match="Invalid Name"):
        client.create_state_machine(name=name, definition="{}", roleArn=ROLE)


def test_odd_but_allowed_names_are_kept_as_they_are(client, create):
    arn = create({"P": {"Type": "Pass", "End": True}}, name="..__über-naïve.'OR'1'='1'")
    started = client.start_execution(stateMachineArn=arn, name="..")["executionArn"]
    assert client.describe_execution(executionArn=started)["stateMachineArn"] == arn
    client.delete_state_machine(stateMachineArn=arn)


def test_slow_clients_and_two_hundred_connections_do_not_stop_the_others(server):
    slow = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(100)]
    for number, connection in enumerate(slow):
        head = b"POST / HTTP/1.1\r\nHost: x\r\n"
        connection.sendall(head if number % 2 else head + b"Content-Length: 100\r\n\r\n{")
    statuses = []
    threads = [threading.Thread(target=lambda: statuses.append(post(server, b"{}")[0])) for _ in range(200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for connection in slow:
        connection.close()
    assert statuses == [200] * 200


def test_who_does_not_get_the_headers_across_in_time_is_cut_off(monkeypatch):
    monkeypatch.setattr("interpreter.api.connections.HEADER_SECONDS", 0.1)
    with serve() as quick, socket.create_connection(("127.0.0.1", quick.port), timeout=10) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost:")
        assert connection.recv(100) == b""


def test_any_host_is_answered_so_that_sdk_host_prefixes_work(server):
    assert post(server, b"{}", Host="sync-localhost")[0] == 200
    assert post(server, b"{}", Host="sync-states.us-east-1.amazonaws.com")[0] == 200


def test_health_and_metrics_tell_what_happens(server):
    post(server, b"{}")
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", "/health")
    assert json.loads(connection.getresponse().read())["status"] == "ok"
    connection.request("GET", "/metrics")
    text = connection.getresponse().read().decode()
    assert 'asl_requests_total{operation="ListStateMachines",status="200"}' in text
    assert "asl_executions_parked 0" in text
