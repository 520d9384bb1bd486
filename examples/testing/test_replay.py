"""What a changed definition would have done with a recorded execution."""

import json
from pathlib import Path

HISTORY = Path(__file__).with_name("order.history.json")


def test_the_definition_still_does_what_was_recorded(state_machine):
    assert state_machine("order.asl.json").replay(HISTORY).divergence() is None


def test_a_change_that_would_have_gone_another_way_is_found(state_machine):
    changed = json.loads(HISTORY.with_name("order.asl.json").read_text("utf-8"))
    changed["States"]["Charge card"]["Retry"][0]["MaxAttempts"] = 1
    divergence = state_machine(changed).replay(HISTORY).divergence()
    assert divergence.state == "Charge card"
    assert divergence.text == "'Charge card' is tried 2 times; recorded were 3"
