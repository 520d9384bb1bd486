"""Retries, a saga's compensation and time limits of one workflow."""

from datetime import timedelta

import pytest

from interpreter.testing import TaskError


@pytest.fixture
def order(state_machine):
    order = state_machine("order.asl.json")
    order.mock("Reserve stock", returns={"ok": True})
    order.mock("Notify", returns={"sent": True})
    return order


def test_card_declined(state_machine):
    order = state_machine("order.asl.json")
    order.mock("Reserve stock", returns={"ok": True})
    charge = order.mock("Charge card", raises=TaskError("Card.Declined", "no funds"), times=2).then(returns={"id": 1})
    order.mock("Notify", by=lambda task_input: {"sent": task_input["email"]})
    run = order.run({"orderId": 7})
    assert run.succeeded and run.output["id"] == 1
    assert run.path == ["Reserve stock", "Charge card", "Notify"]
    assert charge.inputs[0]["orderId"] == 7 and run["Charge card"].attempts == 3 and run.waited == timedelta(seconds=3)


def test_the_stock_is_given_back_when_the_card_is_refused_for_good(order):
    order.mock("Charge card", raises="Card.Declined")
    release = order.mock("Release stock", returns={})
    run = order.run({"orderId": 7})
    assert run.failed and run.error == "OrderFailed"
    assert release.inputs[0]["failure"]["Error"] == "Card.Declined" and not run["Notify"]


def test_a_bank_that_hangs_is_given_up(order):
    order.mock("Charge card", returns={"id": 1}, after=timedelta(minutes=5))
    order.mock("Release stock", returns={})
    run = order.run({"orderId": 7})
    assert run.error == "OrderFailed" and run["Charge card"].error == "States.Timeout"
    assert timedelta(seconds=30) <= run.duration < timedelta(minutes=1)


def test_what_the_customer_reads_can_be_seen_and_the_input_changed_on_the_way(order):
    order.mock("Charge card", returns={"id": 1})
    run = order.start({"orderId": 7})
    pause = run.pause_at("Notify")
    assert pause.input["payment"] == {"id": 1}
    pause.input = {**pause.input, "orderId": 8}
    pause.resume()
    assert run.succeeded and order.mocks[1].inputs[0]["email"] == "customer-of-8@example.com"


def test_one_state_alone(order):
    assert order.run({"orderId": 7, "payment": {"id": 1}}, start_at="Notify").output == {"id": 1}
    assert order.run({"orderId": 7}, until="Charge card")["Charge card"].input["stock"] == {"ok": True}
