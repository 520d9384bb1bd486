"""A Map whose items fail in different ways, mocked by the Task's input; chance under a seed; inputs by Hypothesis."""

from interpreter.testing import inputs, no_input_ends_in_runtime


def test_items_that_bounce_are_noted(state_machine):
    invoices = state_machine("invoices.asl.json")
    invoices.mock("Send", returns="sent")
    invoices.mock("Send", when=lambda invoice: invoice["to"] == "nobody", raises="Mail.Bounced")
    run = invoices.run({"invoices": [{"to": "ada"}, {"to": "nobody"}, {"to": "grace"}]})
    assert run.output == ["sent", "bounced", "sent"]
    assert run["Send all"].iterations == 3 and [visit.index for visit in run["Note address"].visits] == [1]


def test_one_item_that_fails_ends_all(state_machine):
    invoices = state_machine("invoices.asl.json")
    invoices.mock("Send", by=lambda invoice: f"sent to {invoice['to']}")
    invoices.mock("Send", when=lambda invoice: invoice["to"] == "eve", raises="Mail.Refused")
    run = invoices.run({"invoices": [{"to": "ada"}, {"to": "eve"}, {"to": "grace"}]})
    assert run.failed and run.error == "Mail.Refused"


def test_a_server_that_is_busy_half_of_the_time(state_machine):
    invoices = state_machine("invoices.asl.json")
    invoices.mock("Send", raises="Mail.Busy", chance=0.5).then(returns="sent")
    run = invoices.run({"invoices": [{"to": name} for name in "abcdef"]}, seed=3)
    assert run.output == ["sent"] * 6 and run["Send"].attempts > 6


def test_no_list_of_invoices_ends_in_runtime(state_machine):
    invoices = state_machine("invoices.asl.json")
    invoices.mock("Send", returns="sent")
    no_input_ends_in_runtime(invoices, inputs(examples=[{"invoices": [{"to": "ada"}]}]), examples=30)
