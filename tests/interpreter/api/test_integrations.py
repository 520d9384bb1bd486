"""Services that served tasks reach: AWS emulators, Lambda's Invoke API and web servers at their endpoints."""

import json
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from served import make_client

from interpreter import serve

moto_server = pytest.importorskip("moto.server", reason="moto is not installed: pip install 'moto[server]'")
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:"


class Web(BaseHTTPRequestHandler):
    """Lambda's Invoke API for three functions, and an ordinary web page."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"null")
        if self.path.endswith("fails/invocations"):
            self.answer(200, {"errorType": "ValueError", "errorMessage": "no"}, {"X-Amz-Function-Error": "Unhandled"})
        elif self.path.endswith("missing/invocations"):
            self.answer(404, {"Message": "Function not found"}, {"x-amzn-ErrorType": "ResourceNotFoundException"})
        elif "/invocations" in self.path:
            self.answer(200, {"got": body})
        else:
            self.answer(201, {"path": self.path, "body": body, "header": self.headers.get("X-Own")})

    def do_GET(self):
        self.answer(500 if "broken" in self.path else 200, {"path": self.path})

    def answer(self, status, document, headers=()):
        content = json.dumps(document).encode()
        self.send_response(status)
        for name, value in {
            "Content-Type": "application/json",
            "Content-Length": str(len(content)),
            **dict(headers),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def web():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Web)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture(scope="module")
def emulator():
    server = moto_server.ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host.replace('0.0.0.0', '127.0.0.1')}:{port}"
    server.stop()


@pytest.fixture(scope="module")
def server(web, emulator):
    endpoints = dict.fromkeys(("sqs", "sns", "dynamodb", "s3", "events", "secretsmanager"), emulator)
    with serve(endpoints={"lambda": web, **endpoints}) as running:
        yield running


def run(client, create, resource, parameters=None, value=None, *, name):
    """The end of an execution of one task, and its history's types."""
    state = {"Type": "Task", "Resource": resource, "End": True}
    if parameters is not None:
        state["Parameters"] = parameters
    machine = create({"T": state}, name=name)
    arn = client.start_execution(stateMachineArn=machine, input=json.dumps(value))["executionArn"]
    while (described := client.describe_execution(executionArn=arn))["status"] == "RUNNING":
        time.sleep(0.01)
    return described


def output(described):
    assert described["status"] == "SUCCEEDED", described
    return json.loads(described["output"])


def failure(described):
    return described["error"], described["cause"]


@pytest.mark.parametrize("value", [{"a": 1}, [1], None, "text"])
def test_a_function_gets_the_input_and_gives_the_result(client, create, value):
    assert output(run(client, create, f"{FUNCTION}echo", None, value, name="echo")) == {"got": value}


def test_invoke_gives_the_response_with_its_payload_parsed(client, create):
    parameters = {"FunctionName": "echo", "Payload": {"x": [1]}}
    result = output(run(client, create, "arn:aws:states:::lambda:invoke", parameters, name="invoke"))
    assert (result["Payload"], result["StatusCode"]) == ({"got": {"x": [1]}}, 200)
    assert set(result) >= {"SdkHttpMetadata", "SdkResponseMetadata"}


def test_a_function_that_fails_fails_the_task_with_its_document(client, create):
    assert failure(run(client, create, f"{FUNCTION}fails", name="f1")) == (
        "ValueError",
        '{"errorType": "ValueError", "errorMessage": "no"}',
    )
    described = run(client, create, "arn:aws:states:::lambda:invoke", {"FunctionName": "fails"}, name="f2")
    assert failure(described) == ("ValueError", '{"errorType":"ValueError","errorMessage":"no"}')


def test_a_function_that_is_not_there_is_named_as_aws_names_it(client, create):
    error, cause = failure(run(client, create, f"{FUNCTION}missing", name="missing"))
    assert error == "Lambda.ResourceNotFoundException"
    assert cause.startswith(
        "Function not found (Service: AWSLambda; Status Code: 404; Error Code: ResourceNotFoundException;"
    )


def test_a_message_that_is_no_text_is_sent_as_json(client, create, emulator):
    queue = make_client(emulator, "sqs").create_queue(QueueName="orders")["QueueUrl"]
    parameters = {"QueueUrl": queue, "MessageBody": {"order": 7}}
    result = output(run(client, create, "arn:aws:states:::sqs:sendMessage", parameters, name="send"))
    assert set(result) == {"MD5OfMessageBody", "MessageId", "SdkHttpMetadata", "SdkResponseMetadata"}
    (message,) = make_client(emulator, "sqs").receive_message(QueueUrl=queue)["Messages"]
    assert message["Body"] == '{"order":7}'


def test_a_callback_waits_for_the_token_that_the_message_carries(client, create, emulator):
    queue = make_client(emulator, "sqs").create_queue(QueueName="callbacks")["QueueUrl"]
    parameters = {"QueueUrl": queue, "MessageBody": {"token.$": "$$.Task.Token"}}
    resource = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"
    machine = create({"T": {"Type": "Task", "Resource": resource, "Parameters": parameters, "End": True}}, name="waits")
    arn = client.start_execution(stateMachineArn=machine)["executionArn"]
    messages = []
    while not messages:
        messages = make_client(emulator, "sqs").receive_message(QueueUrl=queue).get("Messages", [])
    client.send_task_success(taskToken=json.loads(messages[0]["Body"])["token"], output='{"ok":1}')
    while (described := client.describe_execution(executionArn=arn))["status"] == "RUNNING":
        time.sleep(0.01)
    assert output(described) == {"ok": 1}
    events = client.get_execution_history(executionArn=arn)["events"]
    assert [event["type"] for event in events[2:6]] == [
        "TaskScheduled",
        "TaskStarted",
        "TaskSubmitted",
        "TaskSucceeded",
    ]
    assert "MessageId" in json.loads(events[4]["taskSubmittedEventDetails"]["output"])


def test_dynamodb_is_called_in_both_ways_with_their_own_results_and_errors(client, create, emulator):
    make_client(emulator, "dynamodb").create_table(
        TableName="t",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    item = {"TableName": "t", "Item": {"id": {"S": "1"}, "n": {"N": "5"}}}
    key = {"TableName": "t", "Key": {"id": {"S": "1"}}}
    put = output(run(client, create, "arn:aws:states:::dynamodb:putItem", item, name="put"))
    assert set(put) == {"SdkHttpMetadata", "SdkResponseMetadata"}
    got = output(run(client, create, "arn:aws:states:::aws-sdk:dynamodb:getItem", key, name="get"))
    assert got == {"Item": item["Item"]}
    missing = {**key, "TableName": "nowhere"}
    error, cause = failure(run(client, create, "arn:aws:states:::dynamodb:getItem", missing, name="no1"))
    assert error == "DynamoDB.ResourceNotFoundException"
    assert "(Service: AmazonDynamoDBv2; Status Code: 400; Error Code: ResourceNotFoundException; Request ID: " in cause
    error, cause = failure(run(client, create, "arn:aws:states:::aws-sdk:dynamodb:getItem", missing, name="no2"))
    assert error == "DynamoDb.ResourceNotFoundException"
    assert "(Service: DynamoDb, Status Code: 400, Request ID: " in cause


def test_objects_are_put_as_json_and_read_as_text(client, create, emulator):
    make_client(emulator, "s3", s3={"addressing_style": "path"}).create_bucket(Bucket="bucket")
    target = {"Bucket": "bucket", "Key": "k"}
    run(client, create, "arn:aws:states:::aws-sdk:s3:putObject", {**target, "Body": {"a": [1]}}, name="s3put")
    result = output(run(client, create, "arn:aws:states:::aws-sdk:s3:getObject", target, name="s3get"))
    assert result["Body"] == '{"a":[1]}'
    assert result["LastModified"].endswith("Z")
    error, _ = failure(
        run(client, create, "arn:aws:states:::aws-sdk:s3:getObject", {**target, "Key": "x"}, name="s3no")
    )
    assert error == "S3.NoSuchKeyException"


def test_events_are_put_with_their_origin(client, create):
    entry = {"Detail": {"a": 1}, "DetailType": "d", "Source": "s"}
    result = output(run(client, create, "arn:aws:states:::events:putEvents", {"Entries": [entry]}, name="events"))
    assert result["FailedEntryCount"] == 0
    bad = {"Detail": "no json", "DetailType": "d", "Source": "s"}
    error, cause = failure(run(client, create, "arn:aws:states:::events:putEvents", {"Entries": [bad]}, name="bad"))
    assert error == "EventBridge.FailedEntry"
    assert json.loads(cause)["FailedEntryCount"] == 1


def test_an_unknown_parameter_or_action_fails_the_task(client, create):
    resource = "arn:aws:states:::aws-sdk:secretsmanager:listSecrets"
    described = run(client, create, resource, {"Filter": []}, name="unknown")
    assert failure(described) == ("States.Runtime", "The field 'Filter' is not supported by Step Functions")


def test_a_web_server_is_called(client, create, web):
    parameters = {
        "ApiEndpoint": f"{web}/orders",
        "Method": "POST",
        "Headers": {"X-Own": "h"},
        "QueryParameters": {"q": ["a b", "c"]},
        "RequestBody": {"n": 1},
        "InvocationConfig": {"ConnectionArn": "arn:aws:events:us-east-1:1:connection/c/1"},
    }
    result = output(run(client, create, "arn:aws:states:::http:invoke", parameters, name="http"))
    assert (result["StatusCode"], result["StatusText"]) == (201, "Created")
    assert result["ResponseBody"] == {"path": "/orders?q=a%20b&q=c", "body": {"n": 1}, "header": "h"}
    assert result["Headers"]["Content-Type"] == ["application/json"]


def test_a_web_server_that_refuses_fails_the_task(client, create, web):
    connection = {"ConnectionArn": "arn:aws:events:us-east-1:1:connection/c/1"}
    parameters = {"ApiEndpoint": f"{web}/broken", "Method": "GET", "InvocationConfig": connection}
    described = run(client, create, "arn:aws:states:::http:invoke", parameters, name="http500")
    assert failure(described) == ("States.Http.StatusCode.500", '{"path": "/broken"}')
    parameters["ApiEndpoint"] = "http://127.0.0.1:1"
    assert run(client, create, "arn:aws:states:::http:invoke", parameters, name="down")["error"] == "States.Http.Socket"


def test_an_api_gateway_is_called_by_stage_and_path(client, create, web):
    parameters = {"ApiEndpoint": web, "Method": "POST", "Stage": "dev", "Path": "/a", "RequestBody": {"n": 1}}
    result = output(run(client, create, "arn:aws:states:::apigateway:invoke", parameters, name="api"))
    assert result["ResponseBody"]["path"] == "/dev/a"


def test_a_job_that_is_not_waited_for_says_what_to_do(client, create):
    described = run(client, create, "arn:aws:states:::glue:startJobRun.sync", {"JobName": "j"}, name="job")
    assert "Mock the state or name what answers it with --task" in described["cause"]


def test_a_service_that_does_not_answer_fails_the_task(client, create):
    with serve(endpoints={"sqs": "http://127.0.0.1:1"}) as lonely:
        elsewhere = make_client(lonely.url)
        state = {
            "Type": "Task",
            "Resource": "arn:aws:states:::sqs:sendMessage",
            "Parameters": {"QueueUrl": "http://127.0.0.1:1/q", "MessageBody": "m"},
            "End": True,
        }
        definition = json.dumps({"StartAt": "T", "States": {"T": state}})
        role = "arn:aws:iam::123456789012:role/r"
        machine = elsewhere.create_state_machine(name="m", definition=definition, roleArn=role)["stateMachineArn"]
        arn = elsewhere.start_execution(stateMachineArn=machine)["executionArn"]
        while (described := elsewhere.describe_execution(executionArn=arn))["status"] == "RUNNING":
            time.sleep(0.01)
    assert described["error"] == "SQS.SdkClientException"
    assert described["cause"].startswith("Unable to execute HTTP request: ")


def test_a_distributed_map_reads_its_items_from_s3_and_writes_its_results_there(client, create, emulator):
    s3 = make_client(emulator, "s3", s3={"addressing_style": "path"})
    s3.create_bucket(Bucket="maps")
    s3.put_object(Bucket="maps", Key="items.json", Body=b'[{"n": 1}, {"n": 2}]')
    processor = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}
    state = {
        "Type": "Map",
        "ItemReader": {
            "Resource": "arn:aws:states:::s3:getObject",
            "ReaderConfig": {"InputType": "JSON"},
            "Parameters": {"Bucket": "maps", "Key": "items.json"},
        },
        "ResultWriter": {
            "Resource": "arn:aws:states:::s3:putObject",
            "Parameters": {"Bucket": "maps", "Prefix": "out"},
        },
        "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, **processor},
        "End": True,
    }
    arn = client.start_execution(stateMachineArn=create({"M": state}, name="reads_and_writes"))["executionArn"]
    while (described := client.describe_execution(executionArn=arn))["status"] == "RUNNING":
        time.sleep(0.01)
    manifest_key = output(described)["ResultWriterDetails"]["Key"]
    manifest = json.loads(s3.get_object(Bucket="maps", Key=manifest_key)["Body"].read())
    (written,) = manifest["ResultFiles"]["SUCCEEDED"]
    results = json.loads(s3.get_object(Bucket="maps", Key=written["Key"])["Body"].read())
    assert [json.loads(result["Output"]) for result in results] == [{"n": 1}, {"n": 2}]


def test_nothing_is_sent_to_aws_without_credentials_of_its_own(monkeypatch):
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    state = {"Type": "Task", "Resource": f"{FUNCTION}f", "End": True}
    definition = json.dumps({"StartAt": "T", "States": {"T": state}})
    with serve() as lonely:
        elsewhere = make_client(lonely.url)
        role = "arn:aws:iam::123456789012:role/r"
        machine = elsewhere.create_state_machine(name="m", definition=definition, roleArn=role, type="EXPRESS")
        answer = elsewhere.start_sync_execution(stateMachineArn=machine["stateMachineArn"])
    assert answer["error"] == "Lambda.SdkClientException"
    assert "or set AWS_ENDPOINT_URL_LAMBDA" in answer["cause"]
