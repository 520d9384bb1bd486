"""A server in this process for the tests of a module, and a client for it."""

import json

import pytest
from served import ROLE, make_client

from interpreter.serving import serve


@pytest.fixture(scope="module")
def server():
    with serve() as running:
        yield running


@pytest.fixture(scope="module")
def client(server):
    return make_client(server.url)


@pytest.fixture
def create(client, request):
    """Creates a state machine from its states; gives its ARN."""

    def create(states, *, name=None, **more):
        definition = states if "StartAt" in states else {"StartAt": next(iter(states)), "States": states}
        answer = client.create_state_machine(
            name=name or f"m{abs(hash(request.node.nodeid))}"[:40],
            definition=json.dumps(definition),
            roleArn=ROLE,
            **more,
        )
        return answer["stateMachineArn"]

    return create
