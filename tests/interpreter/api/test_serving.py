"""``asl serve`` as a drop-in: flags, variables, the readiness line, files, mocks, logs, and the AWS CLI."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from served import COMMAND, ROLE, make_client, server_process, start_server

from interpreter import InterpreterError, serve
from interpreter.store.port import StoreError

DEFINITION = {
    "StartAt": "T",
    "States": {"T": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:1:function:f", "End": True}},
}
MOCKS = {
    "StateMachines": {"order": {"TestCases": {"Happy": {"T": "Good"}, "Sad": {"T": "Bad"}}}},
    "MockedResponses": {
        "Good": {"0": {"Return": {"ok": True}}},
        "Bad": {"0-9": {"Throw": {"Error": "E", "Cause": "c"}}},
    },
}


def ended(client, arn):
    while (described := client.describe_execution(executionArn=arn))["status"] == "RUNNING":
        time.sleep(0.01)
    return described


def create(client, name, definition):
    created = client.create_state_machine(name=name, definition=json.dumps(definition), roleArn=ROLE)
    return created["stateMachineArn"]


def run(client, machine):
    return ended(client, client.start_execution(stateMachineArn=machine)["executionArn"])


def first_lines(*flags, env=None):
    """What a server prints until it is ready."""
    command = [*COMMAND, "--port", "0", "--store", "memory:", *flags]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **(env or {})})
    lines = []
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if line.startswith("Starting server"):
            break
    process.kill()
    process.wait()
    process.stdout.close()
    return lines


def test_the_readiness_line_is_that_of_step_functions_local():
    (line,) = first_lines()
    assert line.startswith("Starting server on port ")
    assert line.endswith(" with account 123456789012, region us-east-1")


@pytest.mark.parametrize(
    "flags", [("-account", "1", "-region", "eu-west-1"), ("--aws-account", "1", "--aws-region", "eu-west-1")]
)
def test_the_flags_of_step_functions_local_are_taken(flags):
    lines = first_lines(*flags, "-lambdaEndpoint", "http://localhost:3001", "-waitTimeScale", "0.5")
    assert lines[0] == "Configure [Lambda Endpoint] to [http://localhost:3001]"
    assert lines[1].endswith(" with account 1, region eu-west-1")


def test_its_environment_variables_are_taken():
    (line,) = first_lines(env={"AWS_ACCOUNT_ID": "42", "AWS_DEFAULT_REGION": "ap-south-1", "WAIT_TIME_SCALE": "0"})
    assert line.endswith(" with account 42, region ap-south-1")


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (("--store", "nothing"), "neither 'memory:' nor 'sqlite:///'"),
        (("--store", "sqlite:////nowhere/at/all/asl.db"), "can't be opened"),
        (("--task", "nonsense"), "is not of the form NAME=VALUE"),
        (("--task", "f=no_such_module:f"), "no_such_module"),
        (("--host", "203.0.113.1", "--store", "memory:"), "can't listen on 203.0.113.1"),
    ],
)
def test_what_can_not_be_served_ends_with_a_sentence(flags, sentence):
    finished = subprocess.run(
        [*COMMAND, "--port", "0", *flags], capture_output=True, text=True, timeout=30, check=False
    )
    assert finished.returncode != 0
    assert sentence in finished.stderr
    assert "Traceback" not in finished.stderr


def test_a_second_server_on_the_same_store_refuses(tmp_path):
    store = f"sqlite:///{tmp_path}/asl.db"
    with server_process("--store", store):
        command = [*COMMAND, "--port", "0", "--store", store]
        finished = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert finished.returncode != 0
    assert "is in use by another server" in finished.stderr


def test_a_graceful_stop_keeps_what_runs_and_the_next_server_goes_on(tmp_path):
    store = f"sqlite:///{tmp_path}/asl.db"
    process, url = start_server("--store", store)
    client = make_client(url)
    states = {"W": {"Type": "Wait", "Seconds": 1, "Next": "P"}, "P": {"Type": "Pass", "Result": "on", "End": True}}
    definition = json.dumps({"StartAt": "W", "States": states})
    machine = client.create_state_machine(name="m", definition=definition, roleArn=ROLE)["stateMachineArn"]
    arns = [client.start_execution(stateMachineArn=machine)["executionArn"] for _ in range(20)]
    process.terminate()
    assert process.wait(15) == 0
    with server_process("--store", store) as (_, url):
        assert {ended(make_client(url), arn)["output"] for arn in arns} == {'"on"'}


def test_a_definition_is_served_from_its_file_and_again_when_it_is_saved(tmp_path):
    path = tmp_path / "order.asl.json"
    path.write_text(json.dumps(DEFINITION))
    config = tmp_path / "mocks.json"
    config.write_text(json.dumps(MOCKS))
    with serve(definitions=(path,), mock_config=config) as server:
        client = make_client(server.url)
        machine = "arn:aws:states:us-east-1:123456789012:stateMachine:order"
        assert json.loads(run(client, f"{machine}#Happy")["output"]) == {"ok": True}
        assert run(client, f"{machine}#Sad")["error"] == "E"
        path.write_text("{")
        time.sleep(0.7)
        path.write_text(json.dumps({"StartAt": "P", "States": {"P": {"Type": "Pass", "Result": "new", "End": True}}}))
        described = run(client, machine)
        deadline = time.monotonic() + 5
        while described.get("output") != '"new"' and time.monotonic() < deadline:
            described = run(client, machine)
        assert described["output"] == '"new"'


def test_a_mock_file_is_read_again_when_it_changes(tmp_path):
    path, config = tmp_path / "order.asl.json", tmp_path / "mocks.json"
    path.write_text(json.dumps(DEFINITION))
    config.write_text(json.dumps(MOCKS))
    with serve(definitions=(path,), mock_config=config) as server:
        client = make_client(server.url)
        machine = "arn:aws:states:us-east-1:123456789012:stateMachine:order"
        assert json.loads(run(client, f"{machine}#Happy")["output"]) == {"ok": True}
        config.write_text(json.dumps(MOCKS).replace('{"ok": true}', '{"ok": "changed"}'))
        assert json.loads(run(client, f"{machine}#Happy")["output"]) == {"ok": "changed"}
        with pytest.raises(client.exceptions.InvalidName):
            client.start_execution(stateMachineArn=f"{machine}#NoSuchCase")


def test_a_mock_file_that_is_wrong_is_named_to_who_starts_with_it(tmp_path):
    path, config = tmp_path / "order.asl.json", tmp_path / "mocks.json"
    path.write_text(json.dumps(DEFINITION))
    config.write_text("{bad")
    with serve(definitions=(path,), mock_config=config) as server:
        client = make_client(server.url)
        with pytest.raises(client.exceptions.ValidationException, match=r"mocks\.json:1:2: this is not JSON"):
            client.start_execution(stateMachineArn="arn:aws:states:us-east-1:123456789012:stateMachine:order#Happy")


def test_executions_wait_for_their_mock_file_after_a_restart_and_hold_up_no_others(tmp_path):
    config, store = tmp_path / "mocks.json", f"sqlite:///{tmp_path / 'asl.db'}"
    config.write_text(json.dumps(MOCKS))
    wait = {"Type": "Wait", "Seconds": 1, "Next": "T"}
    states = {"W": wait, "T": DEFINITION["States"]["T"]}
    plain = {"W": {**wait, "Next": "P"}, "P": {"Type": "Pass", "Result": "plain", "End": True}}
    with server_process("--store", store, "--mock-config", str(config)) as (process, url):
        client = make_client(url)
        mocked = create(client, "order", {"StartAt": "W", "States": states})
        arn = client.start_execution(stateMachineArn=f"{mocked}#Happy")["executionArn"]
        other = create(client, "plain", {"StartAt": "W", "States": plain})
        other_arn = client.start_execution(stateMachineArn=other)["executionArn"]
        process.kill()
        process.wait()
    config.write_text("{bad")
    with server_process("--store", store, "--mock-config", str(config)) as (_, url):
        client = make_client(url)
        assert ended(client, other_arn)["output"] == '"plain"'
        assert client.describe_execution(executionArn=arn)["status"] == "RUNNING"
        config.write_text(json.dumps(MOCKS))
        assert json.loads(ended(client, arn)["output"]) == {"ok": True}


def test_a_project_is_served_with_its_settings(tmp_path):
    (tmp_path / "asl.toml").write_text('[definitions."*.asl.json"]\nmocks = {T = {Return = "mocked"}}\n')
    (tmp_path / "order.asl.json").write_text(json.dumps(DEFINITION))
    with serve(project=tmp_path) as server:
        machine = "arn:aws:states:us-east-1:123456789012:stateMachine:order"
        assert run(make_client(server.url), machine)["output"] == '"mocked"'


def test_a_definition_that_is_wrong_is_not_served(tmp_path):
    path = tmp_path / "wrong.asl.json"
    path.write_text('{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}}}')
    command = [*COMMAND, "--port", "0", "--store", "memory:", str(path)]
    finished = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert finished.returncode != 0
    assert "MISSING_TRANSITION_TARGET" in finished.stderr
    assert "Traceback" not in finished.stderr


def test_the_time_of_wait_states_is_scaled():
    states = {"W": {"Type": "Wait", "Seconds": 3600, "End": True}}
    with serve(wait_scale=0.0) as server:
        client = make_client(server.url)
        definition = json.dumps({"StartAt": "W", "States": states})
        machine = client.create_state_machine(name="m", definition=definition, roleArn=ROLE)["stateMachineArn"]
        assert run(client, machine)["status"] == "SUCCEEDED"


@pytest.mark.parametrize(
    ("level", "with_data", "kinds"),
    [
        ("ALL", True, ["ExecutionStarted", "FailStateEntered", "ExecutionFailed"]),
        ("ERROR", False, ["FailStateEntered", "ExecutionFailed"]),
        ("FATAL", True, ["ExecutionFailed"]),
    ],
)
def test_the_logging_configuration_is_honoured_to_files(tmp_path, level, with_data, kinds):
    group = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/vendedlogs/../x:*"
    configuration = {
        "level": level,
        "includeExecutionData": with_data,
        "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": group}}],
    }
    with serve(logs=tmp_path) as server:
        client = make_client(server.url)
        definition = json.dumps({"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E"}}})
        parameters = {"name": "m", "definition": definition, "roleArn": ROLE, "loggingConfiguration": configuration}
        machine = client.create_state_machine(**parameters)["stateMachineArn"]
        arn = client.start_execution(stateMachineArn=machine, name="e")["executionArn"]
        ended(client, arn)
    lines = [json.loads(line) for line in (tmp_path / "aws/vendedlogs/x" / f"{arn}.log").read_text().splitlines()]
    assert [line["type"] for line in lines] == kinds
    assert lines[-1]["execution_arn"] == arn
    assert [line["id"] for line in lines] == ["1", "2", "3"][-len(kinds) :]
    assert ("input" in lines[0]["details"]) == (level == "ALL")


def test_spans_are_made_when_asked_for():
    pytest.importorskip("opentelemetry.sdk", reason="OpenTelemetry is not installed")
    program = """
        import json, boto3
        from opentelemetry import trace
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import SimpleSpanProcessor
        from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
        from interpreter import serve
        from served import make_client, ROLE

        exporter = InMemorySpanExporter()
        provider = TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(exporter))
        trace.set_tracer_provider(provider)
        definition = json.dumps({"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E"}}})
        with serve(trace=True) as server:
            client = make_client(server.url)
            machine = client.create_state_machine(name="m", definition=definition, roleArn=ROLE)["stateMachineArn"]
            client.start_execution(stateMachineArn=machine)
        (span,) = exporter.get_finished_spans()
        print(span.name, span.status.status_code.name, [event.name for event in span.events])
    """
    import textwrap

    path = os.pathsep.join([str(Path(__file__).parent), os.getcwd()])
    command = [sys.executable, "-c", textwrap.dedent(program)]
    finished = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": path}, check=True
    )
    assert finished.stdout.strip() == "m ERROR ['ExecutionStarted', 'FailStateEntered', 'ExecutionFailed']"


def aws(url, *arguments):
    """The AWS CLI's answer to one command."""
    program = Path(sys.executable).with_name("aws")
    env = {**os.environ, "AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any", "AWS_PAGER": ""}
    command = [str(program), "stepfunctions", "--endpoint-url", url, "--region", "us-east-1", *arguments]
    finished = subprocess.run(command, capture_output=True, text=True, env=env, timeout=60, check=False)
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout or "{}")


@pytest.mark.skipif(
    shutil.which("aws", path=str(Path(sys.executable).parent)) is None,
    reason="the AWS CLI is not installed: pip install awscli",
)
def test_the_aws_cli_creates_starts_and_describes():
    definition = json.dumps({"StartAt": "P", "States": {"P": {"Type": "Pass", "Result": 1, "End": True}}})
    with serve() as server:
        created = aws(server.url, "create-state-machine", "--name", "m", "--role-arn", ROLE, "--definition", definition)
        machine = created["stateMachineArn"]
        arn = aws(server.url, "start-execution", "--state-machine-arn", machine, "--input", "{}")["executionArn"]
        assert aws(server.url, "describe-execution", "--execution-arn", arn)["output"] == "1"
        assert len(aws(server.url, "get-execution-history", "--execution-arn", arn)["events"]) == 4
        listed = aws(server.url, "list-executions", "--state-machine-arn", machine, "--status-filter", "SUCCEEDED")
        assert [found["executionArn"] for found in listed["executions"]] == [arn]


def test_only_the_local_machine_reaches_the_server_unless_told(server):
    import socket

    own = socket.gethostbyname(socket.gethostname())
    if own.startswith("127."):
        own = "127.1.2.3"
    with (
        pytest.raises(OSError, match=r"refused|unreachable|timed out"),
        socket.create_connection((own, server.port), 2),
    ):
        pass


def test_a_client_without_any_settings_works_inside_the_block(monkeypatch, tmp_path):
    import boto3

    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    before = dict(os.environ)
    with serve(mocks={"T": [{"Throw": {"Error": "E", "Cause": "c"}}, {"Return": 2}]}) as server:
        client = boto3.Session().client("stepfunctions", endpoint_url=server.url)
        retried = {**DEFINITION["States"]["T"], "Retry": [{"ErrorEquals": ["E"], "IntervalSeconds": 1}]}
        definition = json.dumps({"StartAt": "T", "States": {"T": retried}})
        machine = client.create_state_machine(name="m", definition=definition, roleArn=ROLE, type="EXPRESS")
        answer = client.start_sync_execution(stateMachineArn=machine["stateMachineArn"])
    assert (answer["status"], answer["output"]) == ("SUCCEEDED", "2")
    assert dict(os.environ) == before


def test_programs_and_mocks_answer_tasks_from_the_command_line(tmp_path):
    path = tmp_path / "two.asl.json"
    states = {
        "T": {**DEFINITION["States"]["T"], "ResultPath": "$.mocked", "Next": "P"},
        "P": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:1:function:program", "End": True},
    }
    del states["T"]["End"]
    path.write_text(json.dumps({"StartAt": "T", "States": states}))
    flags = ("--store", "memory:", "--mock", 'T={"Return": 5}', "--command", "program=cat", str(path))
    with server_process(*flags) as (_, url):
        described = run(make_client(url), "arn:aws:states:us-east-1:123456789012:stateMachine:two")
    assert json.loads(described["output"]) == {"mocked": 5}


def test_a_task_in_flight_may_end_before_the_server_does(tmp_path):
    """Its result is kept: the next server does not ask again."""
    calls = tmp_path / "calls"
    program = f"sh -c 'echo called >> {calls}; sleep 1; echo 5'"
    store = ("--store", f"sqlite:///{tmp_path}/asl.db")
    process, url = start_server(*store, "--command", f"f={program}")
    client = make_client(url)
    definition = json.dumps(DEFINITION)
    machine = client.create_state_machine(name="m", definition=definition, roleArn=ROLE)["stateMachineArn"]
    arn = client.start_execution(stateMachineArn=machine)["executionArn"]
    while not calls.exists():
        time.sleep(0.01)
    process.terminate()
    assert process.wait(15) == 0
    with server_process(*store, "--command", f"f={program}") as (_, url):
        assert ended(make_client(url), arn)["output"] == "5"
    assert calls.read_text() == "called\n"


def test_the_state_machines_of_a_template_are_served(tmp_path):
    passes = {"StartAt": "P", "States": {"P": {"Type": "Pass", "Result": "${Word}", "End": True}}}
    properties = {"Type": "EXPRESS", "Definition": passes, "DefinitionSubstitutions": {"Word": "hello"}}
    flows = {name: {"Type": "AWS::Serverless::StateMachine", "Properties": properties} for name in ("First", "Second")}
    path = tmp_path / "template.json"
    path.write_text(json.dumps({"Transform": "AWS::Serverless-2016-10-31", "Resources": flows}))
    with serve(definitions=(path,)) as server:
        client = make_client(server.url)
        machines = client.list_state_machines()["stateMachines"]
        assert [(machine["name"], machine["type"]) for machine in machines] == [
            ("First", "EXPRESS"),
            ("Second", "EXPRESS"),
        ]
        assert client.start_sync_execution(stateMachineArn=machines[0]["stateMachineArn"])["status"] == "SUCCEEDED"


def test_a_server_that_can_not_start_lets_go_of_its_store(tmp_path):
    store = f"sqlite:///{tmp_path}/asl.db"
    with pytest.raises(InterpreterError, match="no_such_module"), serve(store=store, tasks={"f": "no_such_module:f"}):
        pass
    with serve(store=store) as server:
        assert make_client(server.url).list_state_machines()["stateMachines"] == []


def test_mocks_are_found_where_step_functions_local_finds_them(tmp_path):
    (tmp_path / "MockConfigFile.json").write_text(json.dumps(MOCKS))
    (tmp_path / "order.asl.json").write_text(json.dumps(DEFINITION))
    env = {**os.environ, "PYTHONPATH": os.getcwd()}
    with server_process("--store", "memory:", "order.asl.json", cwd=tmp_path, env=env) as (_, url):
        described = run(make_client(url), "arn:aws:states:us-east-1:123456789012:stateMachine:order#Happy")
    assert json.loads(described["output"]) == {"ok": True}


def test_the_servers_own_log_is_one_json_object_a_line(tmp_path):
    errors = (tmp_path / "log").open("w+")
    with server_process("--store", "memory:", "--log-level", "info", stderr=errors) as (_, url):
        client = make_client(url)
        definition = json.dumps({"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E"}}})
        machine = client.create_state_machine(name="m", definition=definition, roleArn=ROLE)["stateMachineArn"]
        arn = run(client, machine)["executionArn"]
    errors.seek(0)
    lines = [json.loads(line) for line in errors]
    errors.close()
    assert [line["message"] for line in lines if line.get("execution") == arn] == [
        "execution started",
        "execution ended",
    ]
    assert (lines[-1]["level"], lines[-1]["status"], lines[-1]["error"]) == ("info", "FAILED", "E")


def test_mocks_go_on_where_they_were_after_a_crash(tmp_path):
    retried = {**DEFINITION["States"]["T"], "Retry": [{"ErrorEquals": ["E"], "IntervalSeconds": 2, "MaxAttempts": 1}]}
    path = tmp_path / "retried.asl.json"
    path.write_text(json.dumps({"StartAt": "T", "States": {"T": retried}}))
    answers = json.dumps([{"Throw": {"Error": "E", "Cause": "c"}}, {"Return": "second"}])
    flags = ("--store", f"sqlite:///{tmp_path}/asl.db", "--mock", f"T={answers}", str(path))
    machine = "arn:aws:states:us-east-1:123456789012:stateMachine:retried"
    with server_process(*flags) as (_, url):
        client = make_client(url)
        arn = client.start_execution(stateMachineArn=machine)["executionArn"]
        while len(client.get_execution_history(executionArn=arn)["events"]) < 5:
            time.sleep(0.01)
    with server_process(*flags) as (_, url):
        assert ended(make_client(url), arn)["output"] == '"second"'


def test_executions_in_a_form_of_another_version_are_refused_and_kept(tmp_path, monkeypatch):
    store = f"sqlite:///{tmp_path}/asl.db"
    definition = json.dumps({"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 600, "End": True}}})
    with serve(store=store) as server:
        client = make_client(server.url)
        machine = client.create_state_machine(name="m", definition=definition, roleArn=ROLE)["stateMachineArn"]
        arn = client.start_execution(stateMachineArn=machine)["executionArn"]
    monkeypatch.setattr("interpreter.api.application.VERSION", 99)
    with (
        pytest.raises(StoreError, match="and this program reads form 99"),
        serve(store=store),
    ):
        pass
    monkeypatch.undo()
    with serve(store=store) as server:
        assert make_client(server.url).describe_execution(executionArn=arn)["status"] == "RUNNING"
